import type { Knex } from 'knex';

/**
 * Less work a batch of the recorder. Live events are one row a transaction, with all of its topics, a line each. A history row is known by
 * whose it is, when it began and what was shown, so that its end and its successor are written by one statement.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.dropTable('live_events');
  await liveEvents(knex, (t) => t.text('topics', 'mediumtext').notNullable());
  await dropDoubles(knex);
  await knex.schema.alterTable('agent_state_history', (t) => {
    t.unique(['agent_id', 'started_at', 'shown']);
    t.dropIndex(['agent_id', 'started_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('live_events');
  await liveEvents(knex, (t) => t.string('topic', 64).notNullable());
  await knex.schema.alterTable('agent_state_history', (t) => {
    t.index(['agent_id', 'started_at']);
    t.dropUnique(['agent_id', 'started_at', 'shown']);
  });
}

/** Of several stretches that one agent began in one millisecond with the same shown state the last stays; the others lasted no time. */
async function dropDoubles(knex: Knex): Promise<void> {
  const doubles: number[] = await knex('agent_state_history as h')
    .join('agent_state_history as later', (on) =>
      on
        .on('later.agent_id', 'h.agent_id')
        .on('later.started_at', 'h.started_at')
        .on('later.shown', 'h.shown')
        .on('later.history_id', '>', 'h.history_id'),
    )
    .distinct()
    .pluck('h.history_id');
  for (let at = 0; at < doubles.length; at += 500) {
    await knex('agent_state_history')
      .whereIn('history_id', doubles.slice(at, at + 500))
      .delete();
  }
}

/** Its rows live for a minute and only while processes run, so nothing is taken over. */
async function liveEvents(knex: Knex, topics: (t: Knex.CreateTableBuilder) => void): Promise<void> {
  await knex.schema.createTable('live_events', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.bigIncrements('live_event_id');
    topics(t);
    t.bigInteger('at').notNullable().index();
  });
}
