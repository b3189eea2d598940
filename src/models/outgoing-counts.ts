import type { Trx } from '../db/database.js';
import { NotNow } from '../errors.js';

/** How many messages one recipient may get in a day. */
export interface DailyLimit {
  /** 0 = no limit. */
  most: number;
  /** yyyy-mm-dd of the team. */
  day: string;
  /** Who gets it, one spelling for one recipient. */
  counted: string;
}

/** Where a message counts. */
export interface CountedAt {
  team_id: number;
  kind: string;
  counted_as: string;
  /** '' = it does not count. */
  counted_day: string;
}

/**
 * Counts one more message; of two who send at once only one can be the last.
 * @throws NotNow `outgoing-limit`
 */
export async function add(
  trx: Trx,
  teamId: number,
  kind: string,
  { most, day, counted }: DailyLimit,
): Promise<Pick<CountedAt, 'counted_as' | 'counted_day'>> {
  const key = { team_id: teamId, kind, recipient: counted, day };
  await trx('outgoing_counts')
    .insert({ ...key, messages: 1 })
    .onConflict(['team_id', 'kind', 'recipient', 'day'])
    .merge({ messages: trx.raw('outgoing_counts.messages + 1') });
  const row: { messages: number } | undefined = await trx('outgoing_counts').where(key).first('messages');
  if (most > 0 && (row?.messages ?? 0) > most) throw new NotNow('outgoing-limit', { limit: most });
  return { counted_as: counted, counted_day: day };
}

/** Takes a message off again that certainly was not sent. */
export async function takeOff(trx: Trx, { team_id, kind, counted_as, counted_day }: CountedAt): Promise<void> {
  if (counted_day === '') return;
  await trx('outgoing_counts')
    .where({ team_id, kind, recipient: counted_as, day: counted_day })
    .where('messages', '>', 0)
    .decrement('messages', 1);
}
