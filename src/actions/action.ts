import type { ZodType } from 'zod';
import type { Operations } from '../services/operations.js';
import type { AgentState, Call, ExtensionEntry, MembershipEntry, MembershipState } from '../telephony/state.js';

/**
 * What a predicate may look at. Built from the database for the tool bar (any process) and from the switchboard for the guard
 * (the process that holds the PBX), by the same function: one predicate lights the button and guards the request.
 */
export interface AgentSnapshot {
  agentId: number;
  teamId: number;
  agentNo: string;
  name: string;
  extension: ExtensionEntry | null;
  extensionMode: 'fixed' | 'self-select' | 'adaptive';
  state: AgentState;
  memberships: Array<
    MembershipEntry &
      MembershipState & {
        groupName: string;
        workModeFixed: boolean;
        wrapUpModeFixed: boolean;
        /** 外呼: restricted = only numbers of the group's contact history. */
        outbound: 'unrestricted' | 'restricted' | 'disabled';
        /** May calls be handed to outside lines? */
        externalTransfer: boolean;
        /** Whom its agents may consult. */
        consultScope: 'none' | 'group' | 'team';
        defaultOutbound: boolean;
      }
  >;
  /** The live call of this agent with its legs, or null. */
  call: Call | null;
  /** Link of the listening process to the PBX. */
  link: 'up' | 'down';
}

/** Who asks, and from where. The address comes from the socket or a trusted proxy, never from a free header. */
export interface Asker {
  accountId: number;
  userName: string;
  teamId: number | null;
  agentId: number | null;
  address: string;
  /** Who typed his own password in the agent's dialog (pause reasons that need it). Set by the server, never from the request. */
  approval?: { accountId: number; userName: string } | undefined;
}

/**
 * done = nothing more will follow; requested = the PBX was asked, its event will change the state;
 * ask = a question with its choices must be answered first (check-in: another extension? ignore the phone?).
 */
export type ActionOutcome =
  | { status: 'done' | 'requested'; message: string; params: Record<string, string | number> }
  | { status: 'ask'; question: string; params: Record<string, string | number>; choices: string[] };

/** Every button of the desk and of the monitor is one of these; the file name is the action's name. */
export interface Action<I = unknown> {
  /** kebab-case; the URL is POST /actions/<name>, the locale keys are actions.<name>.* */
  name: string;
  permission: string;
  /** Place in the tool bar. 'none' = not a button of the bar (a row of the group panel, a dialog's second step). */
  place: 'availability' | 'call' | 'tools' | 'none';
  /** Default shortcut, e.g. 'Alt+2'; '' = none. */
  shortcut: string;
  /** Two-state buttons are two actions; this tells which of them stands in the bar. */
  isShown(snapshot: AgentSnapshot): boolean;
  /** null = lit. Otherwise why not: a locale key under `actions.unavailable.`. */
  unavailable(snapshot: AgentSnapshot): string | null;
  /**
   * What a press means beyond its name: the call, the party, the wrap-up that the page showed. Pages carry it in the hidden field `about`
   * ('' = none), and a press about something else comes late: it is refused, not done to what came after. Absent = nothing can be meant
   * wrong.
   */
  about?(snapshot: AgentSnapshot): string;
  /** true: the button opens the page/dialog GET /actions/<name> first (pause asks a reason). */
  asks: boolean;
  /** A leader's command on somebody else: its own route asks whose agent it is; never for the own one. */
  onOther?: boolean;
  /** Of the posted fields; strings of a form and JSON values alike. */
  input: ZodType<I>;
  /** Runs in the process that holds the PBX, after `unavailable` said null there too. Throws DomainErrors. */
  run(context: ActionContext, input: I): Promise<ActionOutcome>;
}

/** What an action may use: whom it is for, who asked, and the operations that do the work. */
export interface ActionContext {
  asker: Asker;
  snapshot: AgentSnapshot;
  operations: Operations;
}
