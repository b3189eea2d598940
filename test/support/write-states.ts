import type { Db } from '../../src/db/database.js';
import { runTogether } from '../../src/db/together.js';
import { transaction } from '../../src/db/transaction.js';
import { type StateBatch, writing } from '../../src/models/state-records.js';

/** Writes a batch as the recorder does, without its lease. */
export async function writeStates(db: Db, batch: StateBatch, pbx: string): Promise<void> {
  await transaction(db, (trx) => runTogether(trx, writing(trx, batch, pbx)));
}
