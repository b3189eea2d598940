import type { IncomingHttpHeaders } from 'node:http';
import type { Action, ActionOutcome, AgentSnapshot, Asker } from '../actions/action.js';
import type { Outbox } from './outgoing/outbox.js';

/** The link to the PBX as the desks show it. `down` also while no process holds the PBX. */
export interface LinkView {
  state: 'up' | 'down' | 'probing';
  since: number;
}

/** Ordered: the tool bar loops over it. */
export interface ActionRegistry {
  all: readonly Action[];
  byName(name: string): Action | undefined;
}

/**
 * The door for every command from a page. Parses the fields, carries the command out here if this process holds the PBX, else sends
 * it to the process that does.
 */
export interface CommandBus {
  /**
   * @param agentId whom it is for: the asker's own agent, or (monitor) the target
   * @throws NotFound (no such action), InvalidInput (fields), NotNow (guard's reason `unavailable.<reason>`, or `busy`), TelephonyDown
   */
  run(name: string, agentId: number, asker: Asker, fields: unknown): Promise<ActionOutcome>;
  /**
   * 退出: checks out of the dynamic groups, behind whatever runs for this agent, and tells that the desk is closed. Never fails for a
   * telephony reason: signing off must work.
   * @returns false when it is not known that he is out of his queues
   */
  signOff(agentId: number, asker: Asker): Promise<boolean>;
  /** E4. The caller has checked who approves, and for unlock the password. @throws InvalidInput, NotNow (reason), TelephonyDown (no process holds the PBX) */
  lock(agentId: number, asker: Asker, reason: string, note?: string): Promise<void>;
  unlock(agentId: number, asker: Asker): Promise<void>;
  /** E17. Of these calls, those that have channels at the PBX. @throws TelephonyDown when nobody can tell */
  aliveCalls(callIds: readonly string[]): Promise<string[]>;
  /** Ends the record of a dead call; the caller has checked that this person may. @throws NotNow `stuck-alive`, `changed-meanwhile`, TelephonyDown */
  clearCall(callId: string, asker: Asker): Promise<void>;
}

/** Which agents have a desk open. A process tells what it sees; the holder puts the processes together. */
export interface Presence {
  /** The desk of this agent was seen now (stream opened or pinged, a fragment polled). Cheap: memory only. */
  seen(agentId: number): void;
  /** Its last desk in this process was closed by signing off: no grace time. */
  left(agentId: number): void;
}

/** Names of what changed, of this process (after its commit) and of the others (100 ms poll of live_events). */
export interface LiveFeed {
  /** Answers the function that ends the subscription. */
  subscribe(listener: (topics: readonly string[]) => void): () => void;
  /** Writes the topics for the other processes and tells this one's listeners. For topics not made by the recorder, e.g. `session:<id>`. */
  publish(topics: readonly string[]): Promise<void>;
}

export interface Snapshots {
  /** What the agent is and does now, in any process. null: no such agent. */
  ofAgent(agentId: number): Promise<AgentSnapshot | null>;
}

/** Answer of the internal endpoint: what Express shall send back as it is. */
export interface InternalAnswer {
  status: number;
  body: string;
}

/** Everything the web needs of the services; made by `createServices` (composition root: main.ts). */
export interface Services {
  readonly now: () => number;
  readonly actions: ActionRegistry;
  readonly commands: CommandBus;
  readonly presence: Presence;
  readonly live: LiveFeed;
  readonly snapshots: Snapshots;
  /** Name, phone or memberships of an agent were changed by a form: whoever keeps them reads them anew, and his desk is told. */
  settingsChanged(agentId: number): Promise<void>;
  /** E-mail and SMS to customers. */
  readonly outbox: Outbox;
  /** Link of the process that holds the PBX, from the lease row; cached for 1 s at most. */
  link(): Promise<LinkView>;
  /**
   * POST /internal/commands from another process: body text exactly as received (no body parser before it), signed with
   * X-Zuoxi-Time and X-Zuoxi-Signature. The route has no session, no CSRF.
   */
  internal(headers: IncomingHttpHeaders, rawBody: string): Promise<InternalAnswer>;
}
