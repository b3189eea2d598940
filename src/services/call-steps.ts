import { DomainError, NotNow, TelephonyDown } from '../errors.js';
import { type CommandResult, hangup, type Place, redirect } from '../telephony/commands.js';
import type { Leg } from '../telephony/state.js';
import { type CallView, viewOf } from './call-view.js';
import { confirmMillis, type Station } from './station.js';

/** The fixed contexts into which legs are moved (src/telephony/dialplan). */
export const places = {
  hold: { context: 'cc-hold', exten: 's' },
  wait: { context: 'cc-wait', exten: 's' },
  transfer: { context: 'cc-xfer', exten: 's' },
  bye: { context: 'cc-bye', exten: 's' },
  spy: { context: 'cc-spy', exten: 's' },
  customerRoom: (room: string): Place => ({ context: 'cc-room', exten: room }),
  agentRoom: (room: string): Place => ({ context: 'cc-room-agent', exten: room }),
} as const;

/** The agent's call now. @throws NotNow `unavailable.not-in-call` when it is over */
export function currentView(station: Station, agentId: number): CallView {
  const view = viewOf(station.live.callOfAgent(agentId), station.live.state(agentId));
  if (view === null) throw new NotNow('unavailable.not-in-call');
  return view;
}

/** A Redirect into a context the PBX lacks answers Success and kills the call (telephony guide 1.1). @throws NotNow `pbx-lacks` */
export function need(station: Station, what: 'hold' | 'consult' | 'transfer' | 'dial' | 'supervise'): void {
  if (station.disabled.has(what)) throw new NotNow('pbx-lacks');
}

/** A leg as it is now; null when it, or its call, is over. */
export function legNow(station: Station, { callId, legId }: Pick<Leg, 'callId' | 'legId'>): Leg | null {
  const leg = station.live.call(callId)?.legs.find((one) => one.legId === legId);
  return leg === undefined || leg.endedAt !== null ? null : leg;
}

/**
 * One operation a call at a time, whoever of its agents asks; the state is looked at again once the call is held.
 * @throws NotNow `busy`
 */
export function inCall<T>(station: Station, callId: string, saga: () => Promise<T>): Promise<T> {
  return station.sagas.holding([`call:${callId}`], saga);
}

export interface Step {
  send: () => Promise<CommandResult>;
  /** True when there is nothing more to wait for: it happened, or a party is gone. The caller looks which. */
  settled: () => boolean;
  millis?: number;
}

/**
 * Asks the PBX for one thing and waits for the events that say it happened; they count even when the answer does not come.
 * @throws NotNow `call-changed` (the leg was gone), TelephonyDown (refused, link lost, `not-confirmed` in time: the picture is read again)
 */
export async function step(station: Station, { send, settled, millis = confirmMillis }: Step): Promise<void> {
  const watch = station.live.settles(settled, millis);
  const refused = new Promise<Error>((resolve) => {
    send().then(
      (result) => {
        if (!result.ok) resolve(refusal(result));
      },
      (error: unknown) => resolve(error instanceof Error ? error : new Error(String(error))),
    );
  });
  const end = await Promise.race([watch.happened, refused]);
  watch.stop();
  if (end === true || settled()) return;
  if (end !== false) throw end;
  readAgain(station);
  throw new TelephonyDown('not-confirmed');
}

/** What app_queue and Dial need to join two who were told to be connected, and more. */
const joinMillis = 2_000;

/**
 * Both events tell of the answer before the PBX joins the two. Who was dialled has no dialplan of his own until then: a Redirect of both
 * is refused halfway ("Secondary redirect failed"), and he is lost. After two seconds it is tried all the same: the PBX decides.
 */
export async function together(station: Station, one: Leg, other: Leg): Promise<void> {
  const joined = (): boolean => {
    const [here, there] = [legNow(station, one), legNow(station, other)];
    if (here === null || there === null) return true;
    return here.bridgeId !== null && here.bridgeId === there.bridgeId;
  };
  if (!joined()) await station.live.settles(joined, joinMillis).happened;
}

function refusal(result: Extract<CommandResult, { ok: false }>): DomainError {
  if (result.code === 'no-such-channel') return new NotNow('call-changed');
  return new TelephonyDown('call-refused', { message: result.message });
}

/** What was asked did not happen as told: believe the PBX, not ourselves. */
export function readAgain(station: Station): void {
  station.listener.resync().catch((error: unknown) => station.log.warn({ err: error }, 'could not read the PBX again'));
}

/** Sends a leg somewhere without waiting; for what is put back after a failure. Answers whether the PBX took it. */
export async function sendBack(station: Station, leg: Leg | null, place: Place): Promise<boolean> {
  if (leg === null) return false;
  try {
    return (await redirect(station.ami, { channel: leg.channelName, place })).ok;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    station.log.warn({ callId: leg.callId, legId: leg.legId, code: error.code }, 'a leg could not be put back');
    return false;
  }
}

/** How long a leg may take to be gone: a listening phone delays the Hangup by up to 2 s (telephony guide 1.9). */
const goneMillis = 4_000;

/** With these the PBX still has the leg, and its link. */
const notLetGo = ['not-confirmed', 'call-refused'];

/**
 * Lets one leg go: a talking one through the dialplan, a ringing one by Hangup (telephony guide 0.3). One that stays, or that the PBX
 * cannot move in that moment, is hung up.
 * @throws TelephonyDown
 */
export async function letGo(station: Station, leg: Leg): Promise<void> {
  const gone = () => legNow(station, leg) === null;
  try {
    await step(station, { send: () => release(station, leg), settled: gone, millis: goneMillis });
  } catch (error) {
    if (error instanceof NotNow) {
      // The PBX knows it no more: its Hangup is on the way.
      if (await station.live.settles(gone, goneMillis).happened) return;
    } else if (!(error instanceof TelephonyDown) || !notLetGo.includes(error.code)) throw error;
    await step(station, { send: () => hangup(station.ami, leg.channelName), settled: gone, millis: goneMillis });
  }
}

function release(station: Station, { callId, legId }: Leg): Promise<CommandResult> {
  const leg = legNow(station, { callId, legId });
  if (leg === null) return Promise.resolve({ ok: true, already: true, message: '' });
  const { channelName } = leg;
  return leg.up ? redirect(station.ami, { channel: channelName, place: places.bye }) : hangup(station.ami, channelName);
}
