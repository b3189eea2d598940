import type { Log } from '../log.js';
import type { AmiSender } from '../telephony/ami-record.js';
import { hangup, queueRemove, redirect } from '../telephony/commands.js';
import type { Wish } from '../telephony/state.js';
import type { LiveBoard } from './live-board.js';
import type { Members } from './members.js';
import type { Sagas } from './sagas.js';

export interface WishesOptions {
  ami: AmiSender;
  live: () => LiveBoard;
  members: () => Members;
  sagas: Sagas;
  /** Holds the agent's phone, adds the member and settles its pause. */
  addMember: (wish: Extract<Wish, { kind: 'add-member' }>) => Promise<void>;
  log: Log;
}

/**
 * Carries out what the engine asks of the PBX. The action is on the wire before this returns: a pause ahead of wrap-up races against the
 * next waiting customer (telephony guide 1.5). A wish that fails is logged; the reconcile after the link's return repairs it.
 */
export function carryOut(options: WishesOptions, wishes: readonly Wish[]): void {
  for (const wish of wishes) {
    one(options, wish).catch((error: unknown) =>
      options.log.warn({ err: error, wish }, 'a wish could not be carried out'),
    );
  }
}

async function one(options: WishesOptions, wish: Wish): Promise<void> {
  const { ami, members, sagas, log } = options;
  switch (wish.kind) {
    case 'pause':
      return members().pause(wish.agentId, wish.reason, wish.queues);
    case 'unpause':
      return members().release(wish.agentId, wish.queues);
    case 'add-member':
    case 'remove-member':
      // The picture is older than a check-in or check-out under way: the next sweep sees what came of it.
      if (sagas.recent(wish.agentId)) return;
      log.info({ wish }, 'putting a member right');
      if (wish.kind === 'add-member') return options.addMember(wish);
      await queueRemove(ami, { queue: wish.queue, interface: wish.interface });
      return;
    case 'release-leg':
      return releaseLeg(options, wish);
  }
}

async function releaseLeg(
  { ami, live, log }: WishesOptions,
  wish: Extract<Wish, { kind: 'release-leg' }>,
): Promise<void> {
  const leg = live()
    .call(wish.callId)
    ?.legs.find((one) => one.legId === wish.legId);
  if (!leg || leg.endedAt !== null) return;
  // A talking leg leaves by the dialplan, so that app_queue knows who ended the call; a ringing one cannot (telephony guide 0.3).
  const result = leg.up
    ? await redirect(ami, { channel: leg.channelName, place: { context: 'cc-bye', exten: 's' } })
    : await hangup(ami, leg.channelName);
  if (!result.ok && result.code !== 'no-such-channel') log.warn({ wish, ...result }, 'a leg could not be let go');
}
