import type { Db } from '../db/database.js';
import * as accounts from '../models/accounts.js';
import type { ApprovalThrottle } from '../models/approval-throttle.js';
import * as auditLog from '../models/audit-log.js';
import { verifyNobody, verifyPassword } from '../models/passwords.js';

export interface ApprovalRequest {
  teamId: number;
  /** Whose dialog it is. */
  asker: { accountId: number; userName: string; address: string };
  /** The leader of any of these may say yes; so may the team's administrator. */
  groupIds: readonly number[];
  userName: string;
  password: string;
  /** For the log: what he says yes to. */
  what: string;
}

export interface Approval {
  accountId: number;
  userName: string;
}
export type ApprovalAnswer = { approval: Approval } | { refused: true } | { waitSeconds: number };

/**
 * A leader says yes at somebody else's screen with his name and password (domain guide 3.7, 15.18): once, three tries, then a minute's
 * wait. Both names go to the audit log. An unknown name, a wrong password and somebody who leads none of the groups are one answer.
 */
export class Approvals {
  readonly #queues = new Map<number, Promise<unknown>>();

  constructor(private readonly options: { db: Db; throttle: ApprovalThrottle; now: () => number }) {}

  /** Tries of one asker go one after the other: all at once would be looked at before the first is counted. */
  async ask(request: ApprovalRequest): Promise<ApprovalAnswer> {
    const { accountId } = request.asker;
    const before = this.#queues.get(accountId) ?? Promise.resolve();
    const mine = before.then(() => this.#askOnce(request));
    const settled = mine.catch(() => undefined);
    this.#queues.set(accountId, settled);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(accountId) === settled) this.#queues.delete(accountId);
    }
  }

  async #askOnce(request: ApprovalRequest): Promise<ApprovalAnswer> {
    const { throttle } = this.options;
    const { teamId, asker, userName } = request;
    const wait = await throttle.tried(asker.accountId, teamId, userName);
    if (wait > 0) return { waitSeconds: Math.ceil(wait / 1000) };
    const approval = await this.#check(request);
    await this.#log(request, approval);
    if (!approval) return { refused: true };
    await throttle.succeeded(asker.accountId, teamId, userName);
    return { approval };
  }

  async #check({ teamId, userName, password, groupIds }: ApprovalRequest): Promise<Approval | null> {
    const { db } = this.options;
    const account = await accounts.byUserName(db, teamId, userName);
    const hash = account ? await accounts.passwordHashOf(db, account.accountId) : null;
    const right = hash === null ? await verifyNobody(password) : await verifyPassword(hash, password);
    // MySQL pads what it compares: `lena ` would find lena.
    if (!account || account.userName !== userName || hash === null || !right) return null;
    const person = await accounts.person(db, account.accountId);
    const leads = person?.ledGroupIds.some((groupId) => groupIds.includes(groupId)) ?? false;
    return leads || account.kind === 'team-admin' ? { accountId: account.accountId, userName } : null;
  }

  #log({ teamId, asker, userName, what }: ApprovalRequest, approval: Approval | null): Promise<void> {
    return auditLog.add(
      this.options.db,
      {
        ...{ teamId, accountId: asker.accountId, actor: asker.userName, address: asker.address },
        action: approval ? 'approval.given' : 'approval.refused',
        targetKind: 'account',
        targetId: approval ? String(approval.accountId) : '',
        details: { approver: userName, what },
      },
      this.options.now(),
    );
  }
}
