import type { Knex } from 'knex';

/**
 * Calls that have ended and that the ledger has not looked at. Whoever ends a call's record notes it here in the same transaction, so what
 * is to be looked at is what ended since, however many calls there are and however long one of them stays open.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('pay_calls', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.string('pbx', 40).notNullable();
    t.string('call_id', 64).notNullable(); // without a foreign key: written with every call that ends, and gone a few seconds later
    t.primary(['pbx', 'call_id']);
  });
  await knex.raw(
    `insert into pay_calls (pbx, call_id) select calls.pbx, calls.call_id from calls
     join pay_cursors on pay_cursors.pbx = calls.pbx and calls.started_at >= pay_cursors.started_at
     where calls.ended_at is not null and calls.answered_at is not null and calls.direction = 'in'`,
  );
  await knex.schema.dropTable('pay_cursors');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.createTable('pay_cursors', (t) => {
    t.string('pbx', 40).notNullable().primary();
    t.bigInteger('started_at').notNullable();
  });
  // From the oldest that is open or was not looked at.
  await knex.raw(
    `insert into pay_cursors (pbx, started_at) select pbx, min(started_at) from calls
     where ended_at is null or call_id in (select call_id from pay_calls) group by pbx`,
  );
  await knex.schema.dropTable('pay_calls');
}
