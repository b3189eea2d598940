import type { ChannelFacts, PbxEvent } from '../../src/telephony/events.js';
import type { Directory } from '../../src/telephony/state.js';
import { Switchboard } from '../../src/telephony/switchboard.js';
import { memberFacts } from '../support/board.js';
import { traceEvents } from '../support/trace.js';
import { type Figure, quantile } from './figures.js';

const AGENTS = 1000;
const QUEUES_AN_AGENT = 3;
const GROUPS = 30;
/** Calls alive at the same time, their events mixed. */
const LANES = 300;
const CALLS = 6000;
const RUNS = 5;
const TRACES = ['ast22_queue_agent_bye', 'ast22_queue_hold_resume'];

/** The engine alone: typed events of two real calls, renamed and mixed over a thousand agents, applied as fast as it goes. */
export async function engine(): Promise<Figure[]> {
  const directory = site();
  const events = load();
  const rates: number[] = [];
  let changes = 0;
  for (let run = 0; run < RUNS; run++) {
    const board = openBoard(directory);
    const started = performance.now();
    for (const event of events) changes += board.apply(event).changes.length;
    rates.push(events.length / ((performance.now() - started) / 1000));
    if (board.openCalls().length > 0) throw new Error('the engine lost calls');
  }
  const note = `${events.length} events a run, median of ${RUNS}; ${(changes / RUNS / events.length).toFixed(2)} changes an event`;
  return [
    {
      what: 'engine alone, typed events applied',
      value: quantile(rates, 0.5),
      unit: '/s',
      bound: { at: 'least', value: 200_000 },
      note,
    },
  ];
}

function site(): Directory {
  return {
    groups: Array.from({ length: GROUPS }, (_, index) => ({
      groupId: index + 1,
      teamId: 1,
      name: `group ${index}`,
      queue: `q${index}`,
      wrapUpSeconds: 30,
      pauseOnMissed: false,
    })),
    agents: Array.from({ length: AGENTS }, (_, index) => ({
      agentId: index + 1,
      teamId: 1,
      agentNo: `${2000 + index}`,
      name: `agent ${index}`,
      extension: {
        extensionId: index + 1,
        number: `${10_000 + index}`,
        interface: device(index),
        stateInterface: device(index),
        external: false,
      },
      memberships: queuesOf(index).map((group) => ({
        membershipId: group * 10_000 + index,
        groupId: group + 1,
        static: false,
        offline: false,
        leader: false,
        workMode: 'all' as const,
        wrapUpMode: 'answer' as const,
        penalty: 0,
      })),
    })),
    dids: [],
  };
}

function device(agent: number): string {
  return `PJSIP/${10_000 + agent}`;
}

function queuesOf(agent: number): number[] {
  return Array.from({ length: QUEUES_AN_AGENT }, (_, index) => (agent + index * 7) % GROUPS);
}

function openBoard(directory: Directory): Switchboard {
  const board = new Switchboard();
  board.load(directory, [], [], 0);
  board.linkUp(0);
  for (let agent = 0; agent < AGENTS; agent++) {
    for (const queue of queuesOf(agent)) {
      const member = { queue: `q${queue}`, memberName: `${2000 + agent}`, interface: device(agent) };
      board.apply({ kind: 'QueueMemberAdded', at: 0, ...member, ...memberFacts() });
    }
  }
  return board;
}

/** Every call is one of the traces with names of its own; lanes run at the same time, an agent never has two calls. */
function load(): PbxEvent[] {
  const scripts = TRACES.map((name) => traceEvents(name, 0));
  const lanes = Array.from({ length: LANES }, (): PbxEvent[] => []);
  for (let call = 0; call < CALLS; call++) {
    const lane = lanes[call % LANES];
    const script = scripts[call % scripts.length];
    if (lane !== undefined && script !== undefined) lane.push(...renamed(script, call));
  }
  const mixed: PbxEvent[] = [];
  const longest = Math.max(...lanes.map((lane) => lane.length));
  for (let index = 0; index < longest; index++) {
    for (const lane of lanes) {
      const event = lane[index];
      if (event !== undefined) mixed.push({ ...event, at: 1_000_000 + mixed.length });
    }
  }
  return mixed;
}

function renamed(script: PbxEvent[], call: number): PbxEvent[] {
  const agent = (call % LANES) * Math.floor(AGENTS / LANES);
  const names: Array<[RegExp, string]> = [
    [/^q1$/, `q${queuesOf(agent)[0] ?? 0}`],
    [/^2019$/, `${2000 + agent}`],
    [/^PJSIP\/1002(.*)$/, `${device(agent)}$1`],
    [/^1002$/, `${10_000 + agent}`],
    [/^(t22-.*)$/, `$1-${call}`],
  ];
  return script.map((event) => rename(event, names));
}

function rename<T extends PbxEvent | ChannelFacts>(value: T, names: Array<[RegExp, string]>): T {
  const entries = Object.entries(value).map(([key, one]: [string, unknown]) => {
    if (typeof one === 'string') return [key, names.reduce((text, [from, to]) => text.replace(from, to), one)];
    return [key, isFacts(one) ? rename(one, names) : one];
  });
  return Object.fromEntries(entries) as T;
}

function isFacts(value: unknown): value is ChannelFacts {
  return typeof value === 'object' && value !== null && 'uniqueid' in value;
}
