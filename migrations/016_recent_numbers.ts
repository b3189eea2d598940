import type { Knex } from 'knex';

/**
 * The last calls of a group in one direction (the dial page, E7): in a group that took a million calls and made none, the walk by start
 * alone looked at each of them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('calls', (t) => {
    t.index(['group_id', 'direction', 'started_at', 'call_id'], 'calls_group_direction_index');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('calls', (t) => {
    t.dropIndex([], 'calls_group_direction_index');
  });
}
