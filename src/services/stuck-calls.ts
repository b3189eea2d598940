import type { Asker } from '../actions/action.js';
import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import { NotNow, TelephonyDown } from '../errors.js';
import * as auditLog from '../models/audit-log.js';
import * as recordings from '../models/recordings.js';
import * as stuckCalls from '../models/stuck-calls.js';
import { recordedGroups } from './audio-settings.js';
import type { Station } from './station.js';

/** Younger ones are left alone: their events may be under way. */
const youngMillis = 60_000;

/**
 * What a row of the table of open calls is:
 * young = less than a minute old; in-call = an agent is in it; alive = the PBX has channels of it; dead = older than a minute, nobody
 * is in it, and the PBX, looked at every minute, has no channel of it; unknown = nobody can look at the PBX now.
 */
export type Verdict = 'young' | 'in-call' | 'alive' | 'dead' | 'unknown';

/** @param alive ids of calls with channels; null = the PBX cannot be looked at */
export function judge(
  row: Pick<stuckCalls.StuckRow, 'callId' | 'startedAt' | 'inCall'>,
  alive: ReadonlySet<string> | null,
  now: number,
): Verdict {
  if (now - row.startedAt < youngMillis) return 'young';
  if (row.inCall) return 'in-call';
  if (alive === null) return 'unknown';
  return alive.has(row.callId) ? 'alive' : 'dead';
}

/** Of these calls, those that still have channels. @throws TelephonyDown while the PBX's state is unknown */
export function aliveCalls({ live }: Station, callIds: readonly string[]): string[] {
  if (live.link !== 'up') throw new TelephonyDown();
  return callIds.filter((callId) => live.call(callId)?.legs.some((leg) => leg.endedAt === null));
}

/**
 * Deletes wrong call data: looks at the PBX once more, and ends the record. Never an action on the PBX.
 * @throws NotNow `stuck-alive`, `changed-meanwhile` (it has ended, or an agent is in it by now), TelephonyDown
 */
export async function clearCall(station: Station, callId: string, asker: Asker): Promise<void> {
  await station.listener.resync();
  if (aliveCalls(station, [callId]).length > 0) throw new NotNow('stuck-alive');
  if (!(await endRecord(station.db, callId, station.now()))) throw new NotNow('changed-meanwhile');
  await auditLog.add(
    station.db,
    {
      ...{ teamId: asker.teamId, accountId: asker.accountId, actor: asker.userName, address: asker.address },
      ...{ action: 'call.delete-stuck', targetKind: 'call', targetId: callId },
      details: asker.approval ? { approvedBy: asker.approval.userName } : {},
    },
    station.now(),
  );
}

/**
 * Ends the record of a call, and sees to what follows any call that ends: it is paid, and its recording is looked for. The walk over ended
 * calls passes this one by, as it ended long before it was deleted.
 * @returns false when it was over before, or an agent's state says that he is in it
 */
export function endRecord(db: Db, callId: string, now: number): Promise<boolean> {
  return transaction(db, async (trx) => {
    if (!(await stuckCalls.end(trx, callId))) return false;
    const call = await recordings.answeredCall(trx, callId);
    if (call && (await recordedGroups(trx, call.teamId))(call.groupId)) {
      await recordings.expect(trx, call.pbx, [call], now);
    }
    return true;
  });
}
