import type { PbxEvent, PbxPicture } from './events.js';
import type { AgentState, Applied, Call, Directory } from './state.js';
import type { LocalIntent } from './switchboard-intents.js';

/**
 * The live model of phones, channels, calls and agents. Pure: no I/O and no clock, time comes with each event (`event.at`) or as `at`.
 * Every method that changes something answers what changed and what must now be asked of the PBX; snapshots are never mutated afterwards.
 * States are 'unknown' until the first `reconcile` (or `linkUp`), because nobody has looked at the PBX yet.
 */
export class Switchboard {
  /** Starts from the database: the directory, the last recorded agent states and the calls that were open. Replaces everything. */
  load(_directory: Directory, _agents: AgentState[], _calls: Call[], _at: number): void {}
  /** The directory changed (new agent, group, mode, phone). Agents get their states, open calls go on. */
  setDirectory(_directory: Directory, _at: number): Applied {
    return { changes: [], wishes: [] };
  }
  /** One event of the PBX. Never throws for an unknown channel, queue or member: such an event changes nothing. */
  apply(_event: PbxEvent): Applied {
    return { changes: [], wishes: [] };
  }
  /** What Asterisk does not own (lock, wrap-up, desk …). */
  applyLocal(_intent: LocalIntent): Applied {
    return { changes: [], wishes: [] };
  }
  /** Ends wrap-ups whose maximum is over and forgets old tombstones. Call it about once a second. */
  tick(_at: number): Applied {
    return { changes: [], wishes: [] };
  }
  /** The link to the PBX is gone: every agent's state is unknown. Events are to be buffered until `reconcile`. */
  linkDown(_at: number, _reason: string): Applied {
    return { changes: [], wishes: [] };
  }
  /** The link is up and the state may be trusted without a picture (replays, a simulator that begins empty). */
  linkUp(_at: number): Applied {
    return { changes: [], wishes: [] };
  }
  /** Compares with the PBX as it is and corrects (telephony.md 1.17). Then apply the buffered events; both are idempotent. */
  reconcile(_picture: PbxPicture): Applied {
    return { changes: [], wishes: [] };
  }
  /** The state of one agent; throws RangeError for an agent who is not in the directory. */
  snapshot(agentId: number): AgentState {
    throw new RangeError(`agent ${agentId} is not in the directory`);
  }
  /** A live call, or null when it ended or never was. */
  call(_callId: string): Call | null {
    return null;
  }
  /** The live call in which this agent has an open leg, or null. */
  callOfAgent(_agentId: number): Call | null {
    return null;
  }
  openCalls(): Call[] {
    return [];
  }
  agents(): AgentState[] {
    return [];
  }
  /** Is the state of the PBX known? */
  get link(): 'up' | 'down' {
    return 'down';
  }
  /** Sizes of what is held, for metrics and for the test that memory does not grow. */
  sizes(): { channels: number; calls: number; tombstones: number; pendingDials: number } {
    return { channels: 0, calls: 0, tombstones: 0, pendingDials: 0 };
  }
}
