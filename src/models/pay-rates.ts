import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';

/** What an agent earns by an answered inbound call (坐席呼入费率). Of an agent or of a group, never of both. */
export interface PayRate {
  rateId: number;
  teamId: number;
  agentId: number | null;
  groupId: number | null;
  /** Every period that has begun counts. */
  periodSeconds: number;
  /** Smallest units of the team's currency, a period. */
  periodAmount: number;
  /** Once a call. */
  connectAmount: number;
  validFrom: number;
  /** The first moment it does not hold any more; null = without end. */
  validTo: number | null;
}
export type NewPayRate = Omit<PayRate, 'rateId'>;

/** With the words a list shows. */
export interface ListedRate extends PayRate {
  agentNo: string;
  agentSurname: string;
  groupName: string;
}

interface RateRow {
  rate_id: number;
  team_id: number;
  agent_id: number | null;
  group_id: number | null;
  period_seconds: number;
  period_amount: number;
  connect_amount: number;
  valid_from: number;
  valid_to: number | null;
}
const columns = [
  ...['rate_id', 'team_id', 'agent_id', 'group_id', 'period_seconds', 'period_amount', 'connect_amount'],
  ...['valid_from', 'valid_to'],
].map((name) => `pay_rates.${name}`);

const toRate = (row: RateRow): PayRate => ({
  rateId: row.rate_id,
  teamId: row.team_id,
  agentId: row.agent_id,
  groupId: row.group_id,
  periodSeconds: row.period_seconds,
  periodAmount: row.period_amount,
  connectAmount: row.connect_amount,
  validFrom: row.valid_from,
  validTo: row.valid_to,
});

/** Rates of every team whose PBX this is, ended ones too: a call that is looked at late is paid as on its day. */
export async function ofPbx(db: Db, pbx: string): Promise<PayRate[]> {
  const rows: RateRow[] = await db('pay_rates')
    .join('teams', 'teams.team_id', 'pay_rates.team_id')
    .select(columns)
    .where({ pbx });
  return rows.map(toRate);
}

/** Of the team, those in force or to come first, newest first. */
export async function ofTeam(db: Db, teamId: number): Promise<ListedRate[]> {
  const rows: Array<RateRow & { agent_no: string | null; last_name: string | null; group_name: string | null }> =
    await db('pay_rates')
      .leftJoin('agents', 'agents.agent_id', 'pay_rates.agent_id')
      .leftJoin('accounts', 'accounts.account_id', 'agents.account_id')
      .leftJoin('agent_groups', 'agent_groups.group_id', 'pay_rates.group_id')
      .select([...columns, 'agent_no', 'last_name'])
      .select({ group_name: 'agent_groups.name' })
      .where('pay_rates.team_id', teamId)
      .orderBy('rate_id', 'desc')
      .limit(500);
  return rows.map((row) => ({
    ...toRate(row),
    agentNo: row.agent_no ?? '',
    agentSurname: row.last_name ?? '',
    groupName: row.group_name ?? '',
  }));
}

/** A rate of this team; another team's looks like none. */
export async function byId(db: Db, teamId: number, rateId: number): Promise<PayRate | null> {
  const row: RateRow | undefined = await db('pay_rates')
    .select(columns)
    .where({ team_id: teamId, rate_id: rateId })
    .first();
  return row ? toRate(row) : null;
}

/** @param by the account that makes it; agent or group must be of the team (a foreign key holds it) */
export async function create(db: Db, rate: NewPayRate, by: number, now: number): Promise<number> {
  const [id = 0]: number[] = await db('pay_rates').insert({
    ...sameAs(rate, by),
    ...{ valid_from: rate.validFrom, created_at: now },
  });
  return id;
}

const sameAs = (rate: NewPayRate, by: number) => ({
  ...{ team_id: rate.teamId, agent_id: rate.agentId, group_id: rate.groupId, valid_to: rate.validTo },
  ...{ period_seconds: rate.periodSeconds, period_amount: rate.periodAmount, connect_amount: rate.connectAmount },
  created_by: by,
});

/** A button pressed twice: the same rate, by the same person, within this time. */
const pressedTwice = 10_000;

/**
 * As {@link create}, of a form.
 * @returns null where the same person has just made the same rate: two would go on paying after one of them was ended
 */
export async function createOnce(db: Db, rate: NewPayRate, by: number, now: number): Promise<number | null> {
  return transaction(db, async (trx) => {
    // One after another within the team.
    await trx('teams').select('team_id').where({ team_id: rate.teamId }).forUpdate().first();
    const twin = await trx('pay_rates')
      .where(sameAs(rate, by))
      .where('created_at', '>', now - pressedTwice)
      .whereBetween('valid_from', [rate.validFrom - pressedTwice, rate.validFrom])
      .first('rate_id');
    if (twin) return null;
    return create(trx, rate, by, now);
  });
}

/** Ends a rate; never in the past, where calls have been paid by it. @returns false when it has ended already */
export async function end(db: Db, teamId: number, rateId: number, now: number): Promise<boolean> {
  const count: number = await db('pay_rates')
    .where({ team_id: teamId, rate_id: rateId })
    .andWhere((open) => open.whereNull('valid_to').orWhere('valid_to', '>', now))
    .update({ valid_to: now });
  return count > 0;
}

/** Whether a rate of the team holds now or will. */
export async function anyHolds(db: Db, teamId: number, now: number): Promise<boolean> {
  const row: unknown = await db('pay_rates')
    .select('rate_id')
    .where({ team_id: teamId })
    .andWhere((open) => open.whereNull('valid_to').orWhere('valid_to', '>', now))
    .first();
  return row !== undefined;
}
