import type { ActionOutcome, Asker } from '../actions/action.js';
import type { WorkMode, WrapUpMode } from '../telephony/state.js';
import type { ConsultRequest } from './consult.js';
import type { DialRequest } from './dial.js';
import type { LegChoice } from './hang-up.js';
import type { SuperviseRequest } from './supervise.js';

/** What a check-in form carries beside the button: the answers to the questions of E2. */
export interface CheckInAnswers {
  /** Another extension's number, '' = the agent's own. */
  extension: string;
  /** 忽略并签入: check in though the phone is not linked. */
  ignorePhone: boolean;
  /** 继续签入: the phone's address differs from the browser's, and that is all right. */
  acceptAddress: boolean;
}

export interface PauseRequest {
  /** Code of the team's pause reasons. */
  reason: string;
  /** The text that reason "other" demands. */
  note: string;
}

/**
 * What can be done for an agent; each is a guarded saga in the process that holds the PBX. They answer `requested` once the PBX has
 * confirmed by events (or `done` where nothing of the PBX is involved), `ask` where a person must choose, and throw DomainErrors:
 * NotNow (state), InvalidInput (fields), TelephonyDown (no link, no confirmation in time).
 */
export interface Operations {
  /** All groups of the agent that are not checked in yet; one when `groupId` is given. */
  checkIn(agentId: number, asker: Asker, answers: CheckInAnswers, groupId: number | null): Promise<ActionOutcome>;
  /** All dynamic memberships; one when `groupId` is given. Static ones are never checked out. */
  checkOut(agentId: number, asker: Asker, groupId: number | null): Promise<ActionOutcome>;
  pause(agentId: number, asker: Asker, request: PauseRequest, groupId: number | null): Promise<ActionOutcome>;
  unpause(agentId: number, asker: Asker, groupId: number | null): Promise<ActionOutcome>;
  endWrapUp(agentId: number, asker: Asker): Promise<ActionOutcome>;
  setWorkMode(agentId: number, asker: Asker, groupId: number, mode: WorkMode): Promise<ActionOutcome>;
  setWrapUpMode(agentId: number, asker: Asker, groupId: number, mode: WrapUpMode): Promise<ActionOutcome>;
  /** 话务刷新: the same reconcile that runs after a lost link, at most once a few seconds. */
  resync(agentId: number, asker: Asker): Promise<ActionOutcome>;
  /** Reads this agent's phone from the PBX now. */
  refreshPhone(agentId: number, asker: Asker): Promise<ActionOutcome>;
  /** Dismisses the warning until the phone's state changes. */
  ignorePhone(agentId: number, asker: Asker): Promise<ActionOutcome>;
  lock(agentId: number, asker: Asker, reason: string, note: string): Promise<ActionOutcome>;
  unlock(agentId: number, asker: Asker): Promise<ActionOutcome>;
  /** Rings the agent's phone, then the customer. */
  dial(agentId: number, asker: Asker, request: DialRequest): Promise<ActionOutcome>;
  hangUpLeg(agentId: number, asker: Asker, choice: LegChoice): Promise<ActionOutcome>;
  hangUpAll(agentId: number, asker: Asker): Promise<ActionOutcome>;
  hold(agentId: number, asker: Asker): Promise<ActionOutcome>;
  resume(agentId: number, asker: Asker): Promise<ActionOutcome>;
  consult(agentId: number, asker: Asker, request: ConsultRequest): Promise<ActionOutcome>;
  retrieve(agentId: number, asker: Asker): Promise<ActionOutcome>;
  conference(agentId: number, asker: Asker): Promise<ActionOutcome>;
  transfer(agentId: number, asker: Asker): Promise<ActionOutcome>;
  /** A leader's: one group, whose members he leads. */
  forceCheckOut(agentId: number, asker: Asker, groupId: number): Promise<ActionOutcome>;
  forcePause(agentId: number, asker: Asker, request: PauseRequest): Promise<ActionOutcome>;
  /** Ends the wrap-up. */
  forceIdle(agentId: number, asker: Asker): Promise<ActionOutcome>;
  forceHangUp(agentId: number, asker: Asker): Promise<ActionOutcome>;
  /** Answers when the supervisor's phone rings, or, for one who listens already, when the mode has changed. */
  supervise(agentId: number, asker: Asker, request: SuperviseRequest): Promise<ActionOutcome>;
  stopListening(agentId: number, asker: Asker, legId: string): Promise<ActionOutcome>;
}
