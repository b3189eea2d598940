import type { Knex } from 'knex';

/** Numbers the agents of a group may not call, as patterns separated by blanks: `110 119 12X 00!`; '' = none. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('agent_groups', (t) => {
    t.string('forbidden_numbers', 1000).notNullable().defaultTo('');
  });
}

/** Raw, as knex would build the table anew on SQLite, which the rows that refer to it do not allow. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw('alter table agent_groups drop column forbidden_numbers');
}
