import { DomainError, NotNow } from '../errors.js';
import { hangupById, type Originate, originate } from '../telephony/commands.js';
import type { Call } from '../telephony/state.js';
import { step } from './call-steps.js';
import type { Station } from './station.js';

export interface Rung {
  /** True: the phone is being called. False: there was never a channel (not registered, no such trunk). */
  begun: boolean;
}

/**
 * Id of a phone's channel that is called into a call: k = consulted, s = supervisor. By the clock, so that none is used twice: one that was
 * given up is hung up by its id whenever it comes, and must not be taken for a later one.
 */
export function newLegId(station: Station, { callId }: Pick<Call, 'callId'>, role: 'k' | 's'): string {
  return `cc-${callId}-${role}${station.now()}`;
}

/**
 * Calls a phone and waits until its channel exists, or the PBX says that there will be none. `pointless` ends the wait early: whom the
 * phone was called for is gone; a channel that comes all the same is hung up.
 * @throws NotNow, TelephonyDown
 */
export async function ring(station: Station, call: Originate, pointless: () => boolean): Promise<Rung> {
  const seen = { channel: false, refused: false };
  const end = station.live.hear((event) => {
    if (event.kind === 'Newchannel' && event.channel.uniqueid === call.channelId) seen.channel = true;
    else if (event.kind === 'OriginateResponse' && event.uniqueid === call.channelId && !event.success)
      seen.refused = true;
  });
  try {
    await step(station, {
      send: () => originate(station.ami, call),
      settled: () => seen.channel || seen.refused || pointless(),
    });
  } catch (error) {
    takeBack(station, call.channelId, seen);
    throw error;
  } finally {
    end();
  }
  if (pointless()) {
    takeBack(station, call.channelId, seen);
    throw new NotNow('call-changed');
  }
  return { begun: seen.channel };
}

/** A PBX that stood still may carry out an Originate long after nobody waits for it any more. */
const lateMillis = 10 * 60_000;

/** Nobody waits for this phone any more. Its channel may still be on its way, and is hung up when it comes. */
export function takeBack(station: Station, channelId: string, seen = { channel: false, refused: false }): void {
  const coming = { channel: seen.channel, refused: seen.refused };
  const end = station.live.hear((event) => {
    if (event.kind === 'Newchannel' && event.channel.uniqueid === channelId) coming.channel = true;
    else if (event.kind === 'OriginateResponse' && event.uniqueid === channelId && !event.success)
      coming.refused = true;
  });
  const { happened } = station.live.settles(() => coming.channel || coming.refused, lateMillis, true);
  const clean = async () => {
    await happened;
    end();
    if (coming.channel && !coming.refused) await hangupById(station.ami, channelId);
  };
  clean().catch((error: unknown) => {
    if (!(error instanceof DomainError)) throw error;
    station.log.warn({ channelId, code: error.code }, 'a phone nobody waits for could not be hung up');
  });
}
