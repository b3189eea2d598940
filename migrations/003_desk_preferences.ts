import type { Knex } from 'knex';

/** How a person wants the desk: shortcuts (E19) and the ring. A person without a row has the defaults. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('desk_preferences', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.integer('account_id').unsigned().notNullable().primary().references('accounts.account_id').onDelete('CASCADE');
    t.boolean('shortcuts_on').notNullable();
    t.text('shortcuts').notNullable(); // JSON: name of a button → its key, '' = none; only what differs from the default
    t.boolean('ring_muted').notNullable();
    t.integer('ring_volume').notNullable(); // per cent
    t.boolean('notify').notNullable();
    t.bigInteger('updated_at').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('desk_preferences');
}
