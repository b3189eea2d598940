import type { Knex } from 'knex';

/**
 * What people say of themselves beside their account, and the ledger of what part-time agents earn and are paid (未付金额, 已付金额).
 * Amounts are integers of the currency's smallest unit. Times as in the foundation.
 */
export async function up(knex: Knex): Promise<void> {
  const createTable = (name: string, build: (t: Knex.CreateTableBuilder) => void) =>
    knex.schema.createTable(name, (t) => {
      if (knex.client.config.client === 'mysql2') {
        t.engine('InnoDB');
        t.charset('utf8mb4');
        t.collate('utf8mb4_bin');
      }
      build(t);
    });

  await createTable('personal_details', (t) => {
    t.integer('account_id').unsigned().notNullable().primary().references('accounts.account_id').onDelete('CASCADE');
    t.string('phone', 40).notNullable();
    t.string('bank_name', 100).notNullable();
    t.string('bank_account', 64).notNullable();
    t.string('bank_holder', 100).notNullable();
    t.bigInteger('updated_at').notNullable();
  });

  /** Of an agent or of a group. A rate is never changed but by ending it, so a call is worth the same whenever it is looked at. */
  await createTable('pay_rates', (t) => {
    t.increments('rate_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('agent_id').unsigned().nullable();
    t.integer('group_id').unsigned().nullable();
    t.integer('period_seconds').notNullable();
    t.bigInteger('period_amount').notNullable();
    t.bigInteger('connect_amount').notNullable();
    t.bigInteger('valid_from').notNullable();
    t.bigInteger('valid_to').nullable(); // the first moment it does not hold any more
    t.integer('created_by').unsigned().notNullable();
    t.bigInteger('created_at').notNullable();
    t.unique(['team_id', 'rate_id']);
    t.foreign(['team_id', 'agent_id']).references(['team_id', 'agent_id']).inTable('agents');
    t.foreign(['team_id', 'group_id']).references(['team_id', 'group_id']).inTable('agent_groups');
  });

  /** Never changed and never deleted: a mistake is put right by another entry. */
  await createTable('pay_entries', (t) => {
    t.bigIncrements('entry_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('agent_id').unsigned().notNullable();
    t.string('kind', 12).notNullable(); // call | payment | correction
    t.bigInteger('amount').notNullable(); // of a correction with its sign
    t.string('call_id', 64).nullable(); // without a foreign key: calls are cleared away some day, what was earned stays
    t.integer('rate_id').unsigned().nullable().references('pay_rates.rate_id');
    t.integer('billed_seconds').nullable();
    t.string('note', 200).notNullable();
    t.string('bank', 300).notNullable(); // where it was paid to, as it stood then
    t.integer('account_id').unsigned().nullable(); // who entered it; null = the machine
    t.string('user_name', 100).notNullable();
    t.bigInteger('at').notNullable();
    t.unique(['call_id', 'agent_id']); // a call is earned once by an agent
    t.index(['agent_id', 'at', 'entry_id']);
    t.foreign(['team_id', 'agent_id']).references(['team_id', 'agent_id']).inTable('agents');
  });

  /** The sums of an agent's entries, written with each. */
  await createTable('pay_balances', (t) => {
    t.integer('agent_id').unsigned().notNullable().primary();
    t.integer('team_id').unsigned().notNullable();
    t.bigInteger('earned').notNullable();
    t.bigInteger('paid').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.foreign(['team_id', 'agent_id']).references(['team_id', 'agent_id']).inTable('agents');
  });

  /** Calls of a PBX that began before this have been looked at. */
  await createTable('pay_cursors', (t) => {
    t.string('pbx', 40).notNullable().primary();
    t.bigInteger('started_at').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  const tables = ['pay_cursors', 'pay_balances', 'pay_entries', 'pay_rates', 'personal_details'];
  for (const table of tables) await knex.schema.dropTableIfExists(table);
}
