import type { Knex } from 'knex';

/** Whether a group's calls are recorded: team (as the team says) | on | off. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('agent_groups', (t) => {
    t.string('recording', 8).notNullable().defaultTo('team');
  });
}

/** Raw, as knex would build the table anew on SQLite, which the rows that refer to it do not allow. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw('alter table agent_groups drop column recording');
}
