import type { Knex } from 'knex';

/** What is half-written in the form of a page (A11), by whoever writes it: found again after a reload, a lock, in another browser. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('drafts', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.integer('account_id').unsigned().notNullable().references('accounts.account_id').onDelete('CASCADE');
    t.string('page', 300).notNullable(); // its address
    t.string('tab', 300).notNullable(); // address of the desk's tab it stands in, '' = in none
    t.text('fields', 'mediumtext').notNullable(); // as js/drafts.js wrote them
    t.bigInteger('updated_at').notNullable().index();
    t.primary(['account_id', 'page']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('drafts');
}
