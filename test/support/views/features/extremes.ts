import type { CallPage, CallsPage } from '../../../../src/web/page-models.js';
import type { RecordingPage } from '../../../../src/web/pages/recordings.js';
import type { VoicemailsPage } from '../../../../src/web/pages/voicemails.js';
import { ago, type Fixture } from '../fixture.js';

const hours = 2 * 3600;
const start = ago(121);
const at = (seconds: number) => start + seconds * 1000;
type Leg = CallPage['legs'][number];
type Interval = CallPage['intervals'][number];
/** Role, number, surname, start and end in seconds of the call. */
const parties: Array<[Leg['role'], string, string, number, number]> = [
  ['customer', '+861390412778812', '', 0, hours],
  ['agent', '2227', '时', 20, 3100],
  ['agent', '2231', '孙', 12, 20],
  ['consult', '2020', '王', 400, 900],
  ['consult', '041182345678', '', 905, 930],
  ['consult', '2021', '陈', 935, 2400],
  ['consult', '01065529988', '', 2410, 3100],
  ['agent', '2033', '欧阳', 3090, hours],
  ['consult', '2025', '吴', 5000, 5004],
  ['consult', '2017', '李', 5010, 6900],
];
/** Two hours with ten parties: seconds beside hours, four names of one role, and a hold or a consultation in each. */
const longCall = (open: boolean): Pick<CallPage, 'legs' | 'intervals'> => ({
  legs: parties.map(([role, number, agentSurname, from, to], i): Leg => {
    const going = open && to === hours;
    const missed = to - from < 30;
    return {
      ...{ legId: `l${i}`, role, number, agentNo: agentSurname ? number : '', agentSurname },
      ...{ startedAt: at(from), ringingAt: at(from + 1), answeredAt: missed ? null : at(from + (i ? 8 : 0)) },
      endedAt: going ? null : at(to),
      result: going ? null : missed ? 'noanswer' : 'answered',
      endedBy: going ? null : 'other',
    };
  }),
  intervals: parties.flatMap(([role, , , from, to], i): Interval[] => {
    const one = { seq: i, legId: `l${i}`, startedAt: at(from + 8), endedAt: open && to === hours ? null : at(to) };
    if (role === 'consult') return [{ ...one, kind: i % 2 ? 'consult' : 'conference' }];
    return role === 'customer'
      ? [
          { ...one, kind: 'hold', startedAt: at(400), endedAt: at(2400) },
          { ...one, kind: 'wait', startedAt: at(0), endedAt: at(20) },
        ]
      : [];
  }),
});

/** What people type, in both scripts; as long as their columns take. */
const long = ' 华东大区售后服务与投诉升级处理中心第三坐席组 Escalations and after-sales, third group';
const typed =
  /^(name|surname|agentSurname|groupName|teamName|userName|title|subject|callerName|didName|purpose|pauseReason|category|addressed|note|bank)$/;
/** The same model with every text that people type made long. */
function lengthened(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return value && typed.test(key) ? value + long : value;
  if (Array.isArray(value)) return value.map((one) => lengthened(one, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, lengthened(one, name)]));
}
const withLongTexts = ['calls', 'call', 'tasks', 'task', 'messages', 'voicemails', 'pay', 'pay-agent', 'reminders'];

/** Many, long, open and broken: pages as nobody wishes them, out of the usual ones. */
export function extremeFixtures(usual: readonly Fixture[]): Fixture[] {
  const of = <Model>(name: string): Fixture & { model: Model } => {
    const found = usual.find((one) => one.name === name);
    if (!found) throw new Error(`no fixture ${name}`);
    return found as Fixture & { model: Model };
  };
  const { view, model } = of<CallPage>('call');
  const one = {
    ...{ ...model.call, startedAt: start, customerNumber: '+861390412778812', waitMillis: 20_000 },
    ...{ talkMillis: (hours - 20) * 1000, totalMillis: hours * 1000, endedAt: at(hours) },
  };
  const many = <Row>(rows: Row[]): Row[] => Array.from({ length: 200 }, (_, i) => rows[i % rows.length]!);
  const calls = of<CallsPage>('calls');
  const mails = of<VoicemailsPage>('voicemails');
  const sound = of<RecordingPage>('recording');
  const none = { millis: null, bytes: null, type: '', soundUrl: '', listenUrl: '', downloadUrl: '' } as const;
  return [
    { name: 'call-ten-parties', view, model: { ...model, ...longCall(false), call: one } },
    {
      name: 'call-ten-parties-open',
      view,
      model: { ...model, ...longCall(true), call: { ...one, endedAt: null, result: null, endedBy: null } },
    },
    { ...calls, name: 'calls-200', model: { ...calls.model, rows: many(calls.model.rows) } },
    { ...mails, name: 'voicemails-200', model: { ...mails.model, fresh: 134, rows: many(mails.model.rows) } },
    ...(['pending', 'missing', 'expired'] as const).map((state) => ({
      ...sound,
      name: `recording-${state}`,
      model: { ...sound.model, recording: { ...sound.model.recording, ...none, state } },
    })),
    {
      ...sound,
      name: 'recording-empty',
      model: { ...sound.model, recording: { ...sound.model.recording, state: 'broken', millis: 0, bytes: 0 } },
    },
    ...withLongTexts.map((name) => ({
      ...of<object>(name),
      name: `${name}-long`,
      model: lengthened(of(name).model) as object,
    })),
  ];
}
