import type { Log } from '../log.js';
import type { AmiSender } from '../telephony/ami-record.js';
import { setvar } from '../telephony/commands.js';
import type { Change } from '../telephony/state.js';
import type { DirectoryCache } from './directory-cache.js';
import type { LiveBoard } from './live-board.js';

export interface ExternalLinesOptions {
  ami: AmiSender;
  live: () => LiveBoard;
  directory: DirectoryCache;
  log: Log;
}

type DeviceState = 'NOT_INUSE' | 'RINGING' | 'INUSE';

/**
 * 外线分机: the state of a trunk says nothing of the one who is called through it, so the queues watch a device of ours, and we tell them
 * from the agent's own legs whether he rings or talks (telephony guide 1.2). Without it a second customer would ring him in his call.
 */
export class ExternalLines {
  readonly #options: ExternalLinesOptions;
  /** Device → what the PBX was told last. */
  readonly #told = new Map<string, DeviceState>();

  constructor(options: ExternalLinesOptions) {
    this.#options = options;
  }

  /** What the switchboard has just changed. On the wire before this returns: it races with the next waiting customer. */
  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'agent') this.#tell(change.agentId);
      else if (change.kind === 'call') for (const { agentId } of change.call.legs) if (agentId) this.#tell(agentId);
    }
  }

  /** After each reconcile: the PBX or we were away, and what was told before may be forgotten or wrong. */
  restore(): void {
    this.#told.clear();
    for (const { agentId } of this.#options.live().states()) this.#tell(agentId);
  }

  #tell(agentId: number): void {
    const { ami, live, directory, log } = this.#options;
    const extension = directory.agent(agentId)?.extension;
    if (!extension?.external || !extension.stateInterface.startsWith('Custom:') || live().link !== 'up') return;
    const device = extension.stateInterface;
    const state = this.#stateOf(agentId);
    if (this.#told.get(device) === state) return;
    this.#told.set(device, state);
    const failed = (why: unknown) => {
      this.#told.delete(device);
      log.warn({ err: why, agentId, device, state }, 'the state of an outside line could not be told');
    };
    setvar(ami, `DEVICE_STATE(${device})`, state).then((result) => {
      if (!result.ok) failed(result);
    }, failed);
  }

  #stateOf(agentId: number): DeviceState {
    const call = this.#options.live().callOfAgent(agentId);
    const own = (call?.legs ?? []).filter((leg) => leg.agentId === agentId && leg.endedAt === null);
    if (own.length === 0) return 'NOT_INUSE';
    return own.some((leg) => leg.up) ? 'INUSE' : 'RINGING';
  }
}
