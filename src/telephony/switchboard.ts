import type { PbxEvent, PbxPicture } from './events.js';
import { reconcilePicture } from './reconcile.js';
import type { AgentState, Applied, Call, Directory } from './state.js';
import { applyEvent } from './switchboard-events.js';
import type { LocalIntent } from './switchboard-intents.js';
import { restoreCalls } from './switchboard-load.js';
import { applyIntent } from './switchboard-local.js';
import { Registry } from './switchboard-registry.js';
import { settle } from './switchboard-settle.js';
import { tickRegistry } from './switchboard-tick.js';

/**
 * The live model of phones, channels, calls and agents. Pure: no I/O and no clock, time comes with each event (`event.at`) or as `at`.
 * Every method that changes something answers what changed and what must now be asked of the PBX; snapshots are never mutated afterwards.
 * States are 'unknown' until the first `reconcile` (or `linkUp`), because nobody has looked at the PBX yet.
 */
export class Switchboard {
  private registry = new Registry();

  /**
   * Starts from the database: the directory, the last recorded agent states and the calls that were open. Replaces everything.
   * `lastSeenAt`: when a process last listened to the PBX (the lease's last renewal); calls found gone are ended at that time.
   * Answers the changes to 'unknown' that hold until the PBX was looked at.
   */
  load(directory: Directory, agents: AgentState[], calls: Call[], at: number, lastSeenAt = at): Applied {
    this.registry = new Registry();
    this.registry.setDirectory(directory, at);
    this.registry.restoreAgents(agents);
    restoreCalls(this.registry, calls, lastSeenAt);
    return settle(this.registry, at, 'load');
  }

  /** The directory changed (new agent, group, mode, phone). Agents get their states, open calls go on. */
  setDirectory(directory: Directory, at: number): Applied {
    this.registry.setDirectory(directory, at);
    return settle(this.registry, at, 'directory');
  }

  /** One event of the PBX. Never throws for an unknown channel, queue or member: such an event changes nothing. */
  apply(event: PbxEvent): Applied {
    applyEvent(this.registry, event);
    return settle(this.registry, event.at, event.kind);
  }

  /** What Asterisk does not own (lock, wrap-up, desk …). */
  applyLocal(intent: LocalIntent): Applied {
    applyIntent(this.registry, intent);
    return settle(this.registry, intent.at, intent.kind === 'end-wrap-up' ? intent.because : intent.kind);
  }

  /** Ends wrap-ups whose maximum is over, gives up dials that never got a channel, forgets old tombstones. About once a second. */
  tick(at: number): Applied {
    tickRegistry(this.registry, at);
    return settle(this.registry, at, 'time');
  }

  /** The link to the PBX is gone: every agent's state is unknown. Events are to be buffered until `reconcile`. */
  linkDown(at: number, reason: string): Applied {
    if (this.registry.linkUp) this.registry.lostAt = at;
    this.registry.linkUp = false;
    for (const agent of this.registry.agents.values()) this.registry.touchAgent(agent);
    return settle(this.registry, at, reason);
  }

  /** The link is up and the state may be trusted without a picture (replays, a simulator that begins empty). */
  linkUp(at: number): Applied {
    this.registry.linkUp = true;
    for (const agent of this.registry.agents.values()) this.registry.touchAgent(agent);
    return settle(this.registry, at, 'link-up');
  }

  /** Compares with the PBX as it is and corrects (telephony.md 1.17). Then apply the buffered events; both are idempotent. */
  reconcile(picture: PbxPicture): Applied {
    const reason = reconcilePicture(this.registry, picture);
    return settle(this.registry, picture.at, reason);
  }

  /** The state of one agent; throws RangeError for an agent who is not in the directory. */
  snapshot(agentId: number): AgentState {
    const agent = this.registry.agents.get(agentId);
    if (agent === undefined) throw new RangeError(`agent ${agentId} is not in the directory`);
    return agent.state;
  }

  /** A live call, or null when it ended or never was. */
  call(callId: string): Call | null {
    return this.registry.calls.get(callId)?.snapshot ?? null;
  }

  /** The live call in which this agent has an open leg, or null. */
  callOfAgent(agentId: number): Call | null {
    const callId = this.registry.agents.get(agentId)?.state.callId ?? null;
    return callId === null ? null : this.call(callId);
  }

  openCalls(): Call[] {
    return [...this.registry.calls.values()].flatMap((call) => call.snapshot ?? []);
  }

  agents(): AgentState[] {
    return [...this.registry.agents.values()].map((agent) => agent.state);
  }

  /** Is the state of the PBX known? */
  get link(): 'up' | 'down' {
    return this.registry.linkUp ? 'up' : 'down';
  }

  /** Sizes of what is held, for metrics and for the test that memory does not grow. */
  sizes(): { channels: number; calls: number; tombstones: number; pendingDials: number } {
    const { channels, calls, tombstones, pendingDials } = this.registry;
    return {
      channels: channels.size,
      calls: calls.size,
      tombstones: tombstones.size,
      pendingDials: pendingDials.size,
    };
  }
}
