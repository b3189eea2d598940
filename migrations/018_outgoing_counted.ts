import type { Knex } from 'knex';

/** Where a message counts towards the daily limit of its recipient, so that one that certainly was not sent is taken off again. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('outgoing_messages', (t) => {
    t.string('counted_as', 254).notNullable().defaultTo('');
    t.string('counted_day', 10).notNullable().defaultTo(''); // '' = it does not count (any more)
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const column of ['counted_day', 'counted_as'])
    await knex.raw('alter table ?? drop column ??', ['outgoing_messages', column]);
}
