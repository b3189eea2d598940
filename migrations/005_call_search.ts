import type { Knex } from 'knex';

/**
 * What the call records are searched by. Over millions of calls a list must be one walk along one index that stops after a page, whatever
 * is asked for, so:
 * - (team or group, direction, result, recorded, start) serves every choice of these; the columns after the id let a sum be read from the
 *   index alone;
 * - the last four characters of the number stand in a column of their own: "the whole number or its last digits" is one short stretch;
 * - call_agents repeats what an agent's calls are narrowed by: his whole history is one stretch of its primary key.
 */
export async function up(knex: Knex): Promise<void> {
  const mysql = knex.client.config.client === 'mysql2';
  // Computed by the database, so that whoever writes a call cannot forget them. SQLite adds a column only when it is not stored.
  const kept = mysql ? 'stored' : 'virtual';
  const tail = mysql ? 'right(customer_number, 4)' : 'substr(customer_number, -4)';
  const bit = mysql ? 'tinyint(1)' : 'boolean';
  await knex.schema.alterTable('calls', (t) => {
    t.specificType('number_tail', `varchar(4) generated always as (${tail}) ${kept}`);
    t.specificType('answered', `${bit} generated always as (answered_at is not null) ${kept}`);
    t.boolean('recorded').notNullable().defaultTo(false); // there is something to listen to
  });
  await knex.schema.alterTable('calls', (t) => {
    t.dropIndex(['team_id', 'customer_number', 'started_at']);
    t.index([...kind('team_id'), ...sums], 'calls_team_kind_index');
    t.index([...kind('group_id'), ...sums], 'calls_group_kind_index');
    t.index(['team_id', 'number_tail', 'started_at', 'call_id', 'customer_number'], 'calls_number_index');
  });
  await knex.schema.alterTable('call_agents', (t) => {
    t.integer('group_id').unsigned().nullable();
    t.string('direction', 10).notNullable().defaultTo('');
    t.string('result', 20).nullable();
    t.boolean('answered').notNullable().defaultTo(false);
    t.boolean('recorded').notNullable().defaultTo(false);
    t.bigInteger('talk_millis').notNullable().defaultTo(0);
  });
  const ofCall = (column: string) => knex('calls').select(column).whereRaw('calls.call_id = call_agents.call_id');
  await knex('call_agents').update(
    Object.fromEntries(
      ['group_id', 'direction', 'result', 'answered', 'talk_millis'].map((name) => [name, ofCall(name)]),
    ),
  );
}

const kind = (owner: string) => [owner, 'direction', 'result', 'recorded', 'started_at', 'call_id'];
const sums = ['answered', 'talk_millis'];

export async function down(knex: Knex): Promise<void> {
  for (const column of ['talk_millis', 'recorded', 'answered', 'result', 'direction', 'group_id']) {
    await knex.raw('alter table ?? drop column ??', ['call_agents', column]);
  }
  await knex.schema.alterTable('calls', (t) => {
    t.index(['team_id', 'customer_number', 'started_at']);
    t.dropIndex([], 'calls_team_kind_index');
    t.dropIndex([], 'calls_group_kind_index');
    t.dropIndex([], 'calls_number_index');
  });
  // By hand: knex would copy an SQLite table to drop a column of it, and does not know computed ones.
  for (const column of ['recorded', 'answered', 'number_tail']) {
    await knex.raw('alter table ?? drop column ??', ['calls', column]);
  }
}
