import type { Attribution, ExtensionEntry, PhoneState } from './state.js';

/** Reasons of QueuePause that carry a meaning for the engine. The others are the team's own pause reasons. */
export const PAUSE_REASONS = {
  /** Pre-pause for wrap-up (telephony.md 1.5): masked by the call, then by work = 'wrap-up'. */
  wrapUp: 'wrapup',
  /** A consulted agent, kept out of the queues while the consult lasts (1.8). */
  consult: 'consult',
  /** A membership in work mode 'dialout' stays a member, paused (1.4): not a pause of the agent. */
  dialOut: 'dialout',
  /** Static and online, but no desk is open (1.2). */
  deskClosed: 'desktop-closed',
  /** A member that a check-in has just added; unpaused when all queues know it. Forgotten ones are unpaused by reconcile. */
  checkingIn: 'check-in',
  /** Pause by itself after a missed call, where the group wants it. */
  missed: 'missed',
} as const;

interface OfAgent<K extends string> {
  kind: K;
  at: number;
  agentId: number;
}

/** What Asterisk does not own. Applied by the process that holds the PBX, recorded like an event of the PBX. */
export type LocalIntent =
  | (OfAgent<'desk'> & { online: boolean })
  /** He signed off and the PBX could not be told, or did not confirm: he is in none of his dynamic groups, and reconcile takes him out. */
  | OfAgent<'queues-left'>
  | (OfAgent<'lock'> & { reason: string })
  | OfAgent<'unlock'>
  /**
   * The wrap-up button, the saved contact, the supervisor. `thenPause` null: wishes the unpause (or the pause reason of before).
   * Otherwise wishes that pause at once and stays in wrap-up until the PBX confirms it: never unpaused between (1.5).
   */
  | (OfAgent<'end-wrap-up'> & { because: string; thenPause: { reason: string; note: string } | null })
  /** Only remembers the note; the caller sends QueuePause and the PBX's event makes the pause. */
  | (OfAgent<'pause-requested'> & { reason: string; note: string })
  | OfAgent<'phone-ignored'>
  | (OfAgent<'extension-changed'> & { extension: ExtensionEntry | null })
  /** Polled facts of the phone (latency has no event, 1.12). */
  | (OfAgent<'phone-facts'> & { phone: PhoneState; rttMicros: number | null })
  /** Click to dial was asked for: `cc-<callId>-a` will come. Ends by itself after a minute without a channel. */
  | (OfAgent<'dial-requested'> & {
      callId: string;
      groupId: number | null;
      number: string;
      attribution?: Attribution | null;
    })
  /**
   * The phone of a supervisor or of a consulted agent is about to be called as `legId`: an outside line's channel does not tell whose it
   * is. `agentId` null = he is no agent, whoever else the phone belongs to.
   */
  | { kind: 'leg-requested'; at: number; legId: string; agentId: number | null }
  /** Conference and transfer: customer and consulted party are on their way to each other (`true`), and have met or not (`false`). */
  | { kind: 'parties-join'; at: number; callId: string; joining: boolean }
  /** We are about to let the whole call go: says who the record shall name. */
  | { kind: 'hang-up-requested'; at: number; callId: string; by: 'agent' | 'supervisor' | 'system' };

export type LocalIntentKind = LocalIntent['kind'];
