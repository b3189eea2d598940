import type { Knex } from 'knex';

/** Who listens to whom (监听 密语 强插 强拆): one row a listening, open while the supervisor's phone is in it. Times as in the foundation. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('supervisions', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.increments('supervision_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('pbx', 40).notNullable();
    t.string('call_id', 64).notNullable();
    t.string('leg_id', 80).notNullable();
    t.integer('agent_id').unsigned().notNullable().references('agents.agent_id'); // whose call it is
    t.integer('account_id').unsigned().notNullable().references('accounts.account_id'); // who listens
    t.string('user_name', 100).notNullable();
    t.string('address', 64).notNullable();
    t.string('phone', 40).notNullable();
    t.string('wanted', 12).notNullable(); // listen | whisper | barge-in | take-over
    t.string('mode', 12).notNullable(); // as the PBX confirmed it
    t.bigInteger('asked_at').notNullable();
    t.bigInteger('began_at').nullable(); // the phone was picked up
    t.bigInteger('ended_at').nullable();
    t.index(['account_id', 'supervision_id']);
    t.index(['pbx', 'ended_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('supervisions');
}
