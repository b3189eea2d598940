import type { ActionOutcome, Asker } from '../actions/action.js';
import { DomainError, InvalidInput, NotNow, TelephonyDown } from '../errors.js';
import * as extensions from '../models/extensions.js';
import type { SuperviseMode, Supervision } from '../models/supervisions.js';
import { hangupById, redirect, setvar } from '../telephony/commands.js';
import { readPhone } from '../telephony/pbx-phone.js';
import type { ExtensionEntry } from '../telephony/state.js';
import { newLegId, ring } from './call-originate.js';
import { currentView, inCall, legNow, letGo, need, places, readAgain, step } from './call-steps.js';
import type { CallView } from './call-view.js';
import { endpointOf, entryOf } from './check-in.js';
import { spyOptions } from './spy-options.js';
import type { Station } from './station.js';
import { takeOver } from './take-over.js';

/** How long the supervisor's phone rings. */
const ringMillis = 30_000;

export interface SuperviseRequest {
  mode: SuperviseMode;
  /** Number of an extension of the team; '' = the supervisor's own. */
  phone: string;
}

/**
 * 监听, 密语, 强插, 强拆: calls the supervisor's phone, or, when he listens to this agent already, changes what he does. His phone is
 * only asked to ring here; the PBX's events tell when it begins (services/supervisions.ts).
 * @throws NotNow (no call, own call, listening elsewhere, `pbx-lacks`), InvalidInput for the field `phone`, TelephonyDown
 */
export async function supervise(
  station: Station,
  agentId: number,
  asker: Asker,
  request: SuperviseRequest,
): Promise<ActionOutcome> {
  need(station, 'supervise');
  if (asker.agentId === agentId) throw new NotNow('unavailable.own-call');
  const { callId } = listenable(station, agentId).call;
  const own = asker.agentId === null ? [] : [`called:${asker.agentId}`];
  return station.sagas.holding([`call:${callId}`, `supervisor:${asker.accountId}`, ...own], async () => {
    const view = listenable(station, agentId);
    const mine = station.supervisions.ofAccount(asker.accountId);
    if (mine && (mine.callId !== callId || mine.agentId !== agentId)) throw new NotNow('supervising-another');
    if (mine) return change(station, mine, request.mode);
    return begin(station, view, asker, request);
  });
}

/**
 * Lets the supervisor's own leg go.
 * @param legId the one he means; '' = whichever there is
 * @throws NotNow `not-supervising`, `changed-meanwhile` (he listens to another by now), TelephonyDown
 */
export async function stopListening(station: Station, asker: Asker, legId: string): Promise<ActionOutcome> {
  const { supervisions, live, now } = station;
  const mine = supervisions.ofAccount(asker.accountId);
  if (!mine) throw new NotNow('not-supervising');
  if (legId !== '' && legId !== mine.legId) throw new NotNow('changed-meanwhile');
  const leg = legNow(station, mine);
  // After a take-over he is the one who talks with the customer.
  if (mine.mode === 'take-over')
    live.local({ kind: 'hang-up-requested', at: now(), callId: mine.callId, by: 'supervisor' });
  if (leg) await letGo(station, leg);
  else await step(station, { send: () => hangupById(station.ami, mine.legId), settled: () => isOver(station, mine) });
  return { status: 'done', message: 'actions.stop-listening.done', params: {} };
}

/** @throws NotNow when he is in no call, or has no part in it but listening himself */
function listenable(station: Station, agentId: number): CallView {
  const view = currentView(station, agentId);
  if (!view.me.up || view.me.role === 'supervisor') throw new NotNow('unavailable.agent-not-in-call');
  return view;
}

async function begin(
  station: Station,
  view: CallView,
  asker: Asker,
  { mode, phone: number }: SuperviseRequest,
): Promise<ActionOutcome> {
  if (mode === 'take-over') checkTakeOver(view);
  const phone = await phoneOf(station, view.me.agentId ?? 0, asker, number);
  const busy = () => refused('supervisor-phone-busy', { phone: phone.number });
  const onPhone = async () => {
    // The PBX calls a phone busy only when it rings.
    if (station.supervisions.isOnPhone(view.call.teamId, phone.number)) throw busy();
    return callPhone(station, view, { asker, mode, phone });
  };
  return station.sagas.holding([`phone:${phone.extensionId}`], onPhone, busy);
}

async function callPhone(
  station: Station,
  { call, me }: CallView,
  { asker, mode, phone }: { asker: Asker; mode: SuperviseMode; phone: ExtensionEntry },
): Promise<ActionOutcome> {
  const agentId = me.agentId ?? 0;
  const legId = newLegId(station, call, 's');
  const now = station.now();
  station.live.local({ kind: 'leg-requested', at: now, legId, agentId: asker.agentId });
  const one = await station.supervisions.begin({
    ...{ teamId: call.teamId, pbx: station.pbx, callId: call.callId, legId, agentId, phone: phone.number },
    ...{ accountId: asker.accountId, userName: asker.userName, address: asker.address },
    ...{ wanted: mode, mode: mode === 'take-over' ? ('listen' as const) : mode, askedAt: now },
  });
  station.supervisions.audit(one, 'supervise.start', { mode });
  const { agentNo } = entryOf(station, agentId);
  try {
    const { begun } = await ring(
      station,
      {
        channel: phone.interface,
        place: places.spy,
        channelId: legId,
        timeoutMillis: ringMillis,
        callerId: { number: agentNo },
        variables: { SPYCHAN: me.channelName, SPYOPT: spyOptions[mode] },
      },
      () => legNow(station, me) === null,
    );
    if (!begun || isOver(station, one)) throw new NotNow('supervisor-phone-refused', { phone: phone.number });
  } catch (error) {
    station.supervisions.end(legId, station.now());
    throw error;
  }
  return { status: 'requested', message: `actions.${mode}.requested`, params: { phone: phone.number, agentNo } };
}

/** Setvar and Redirect: ChanSpy stops and starts anew, the supervisor stays on the line. */
async function change(station: Station, mine: Supervision, mode: SuperviseMode): Promise<ActionOutcome> {
  const { supervisions, ami } = station;
  const leg = legNow(station, mine);
  if (!leg?.up || mine.beganAt === null) throw new NotNow('supervisor-phone-rings');
  if (mine.mode === 'take-over') throw new NotNow('supervising-another');
  if (mine.mode === mode) throw new NotNow('supervising-so');
  if (mode === 'take-over') await takeOver(station, mine);
  else {
    supervisions.change(mine.legId, { wanted: mode });
    try {
      const set = await setvar(ami, 'SPYOPT', spyOptions[mode], leg.channelName);
      if (!set.ok) throw new NotNow('call-changed');
      await step(station, {
        send: () => redirect(ami, { channel: leg.channelName, place: places.spy }),
        settled: () => isOver(station, mine) || supervisions.get(mine.legId)?.mode === mode,
      });
    } catch (error) {
      supervisions.change(mine.legId, { wanted: mine.mode });
      await restore(station, mine);
      throw error;
    }
    if (isOver(station, mine)) throw new NotNow('call-changed');
  }
  supervisions.audit(mine, 'supervise.change', { from: mine.mode, mode });
  // The page that follows shall find it.
  await supervisions.written();
  return { status: 'done', message: `actions.${mode}.done`, params: {} };
}

/** A Redirect that is carried out late shall find the options of the mode that still holds. */
async function restore(station: Station, mine: Supervision): Promise<void> {
  const leg = legNow(station, mine);
  if (!leg) return;
  try {
    await setvar(station.ami, 'SPYOPT', spyOptions[mine.mode], leg.channelName);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    station.log.warn({ legId: mine.legId, code: error.code }, 'a mode of listening could not be put back');
  }
}

function isOver(station: Station, { legId }: Supervision): boolean {
  return !station.supervisions.isOpen(legId);
}

/** A take-over needs a customer who can be moved: not one alone with somebody else. */
function checkTakeOver({ customer, mine }: CallView): void {
  if (customer === null || !mine) throw new NotNow('take-over-impossible');
}

/**
 * The phone that carries it: an extension of the agent's team, registered, free, and nobody else's who is checked in.
 * @throws InvalidInput for the field `phone`
 */
async function phoneOf(station: Station, agentId: number, asker: Asker, number: string): Promise<ExtensionEntry> {
  const { teamId, extension: ofAgent } = entryOf(station, agentId);
  const own = asker.agentId === null ? null : (station.directory.agent(asker.agentId)?.extension ?? null);
  const found = number === '' || number === own?.number ? own : await ofTeam(station, teamId, number);
  if (!found) throw refused(number === '' ? 'required' : 'extension-unknown', {});
  const params = { phone: found.number };
  if (found.extensionId === ofAgent?.extensionId) throw refused('supervisor-phone-agents', params);
  const holder = await extensions.holderOf(station.db, found.extensionId);
  if (holder && holder.agentId !== asker.agentId)
    throw refused('supervisor-phone-held', { ...params, agentNo: holder.agentNo });
  if (!found.external) {
    const { registered, deviceState, status } = await readPhone(station.ami, endpointOf(found));
    if (!registered || deviceState === 'UNAVAILABLE' || status === 'Unreachable')
      throw refused('supervisor-phone-missing', params);
    if (['INUSE', 'BUSY', 'RINGING', 'RINGINUSE', 'ONHOLD'].includes(deviceState))
      throw refused('supervisor-phone-busy', params);
  }
  return found;
}

async function ofTeam(station: Station, teamId: number, number: string): Promise<ExtensionEntry | null> {
  const found = await extensions.byNumber(station.db, teamId, number);
  return found?.enabled ? found : null;
}

function refused(code: string, params: Record<string, string>): InvalidInput {
  return new InvalidInput(code, { phone: `errors.${code}` }, params);
}

/** After the supervisor's phone was picked up for a take-over: nobody waits for an answer, so it holds the call by itself. */
export async function takeOverLater(station: Station, one: Supervision): Promise<void> {
  try {
    await inCall(station, one.callId, () => takeOver(station, one));
    station.supervisions.audit(one, 'supervise.change', { from: 'listen', mode: 'take-over' });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error instanceof TelephonyDown) readAgain(station);
    throw error;
  }
}
