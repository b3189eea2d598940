import type { Knex } from 'knex';

/** 消息: e-mail and SMS to customers (E16), their templates, and how many a recipient got today. Times as in the foundation. */
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

  await createTable('message_templates', (t) => {
    t.increments('template_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('kind', 8).notNullable(); // mail | sms
    t.string('name', 100).notNullable();
    t.string('subject', 200).notNullable(); // '' for SMS
    t.text('body').notNullable();
    t.boolean('enabled').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['team_id', 'kind', 'name']);
  });

  await createTable('outgoing_messages', (t) => {
    t.increments('message_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('account_id').unsigned().notNullable().references('accounts.account_id');
    t.string('form_key', 40).notNullable(); // of the form: sent twice, it is one message
    t.string('kind', 8).notNullable(); // mail | sms
    t.string('recipient', 254).notNullable();
    t.string('subject', 200).notNullable();
    t.text('body').notNullable();
    t.string('state', 12).notNullable(); // pending | sending | sent | failed | uncertain
    t.string('reason', 20).notNullable(); // why it is not sent (yet): locale key outgoing-messages.reason.*
    t.string('detail', 300).notNullable(); // the gateway's own words
    t.string('gateway_id', 120).notNullable(); // what the gateway called it
    t.integer('attempts').notNullable();
    t.bigInteger('next_at').nullable(); // of the next attempt; null = there is none
    t.string('claim', 40).nullable(); // of the process that is sending it
    t.bigInteger('claimed_until').nullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('finished_at').nullable();
    t.unique(['account_id', 'form_key']);
    t.index(['kind', 'state', 'next_at']);
    t.index(['team_id', 'created_at', 'message_id']);
    t.index(['account_id', 'created_at', 'message_id']);
  });

  /** The daily limit of a recipient: one row counts, so that two who send at once cannot both be the last. */
  await createTable('outgoing_counts', (t) => {
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('kind', 8).notNullable();
    t.string('recipient', 254).notNullable();
    t.string('day', 10).notNullable(); // of the team's calendar
    t.integer('messages').notNullable();
    t.primary(['team_id', 'kind', 'recipient', 'day']);
  });

  // Whoever works as an agent may send: roles that were there before this permission get it.
  const roles: Array<{ role_id: number }> = await knex('role_permissions')
    .select('role_id')
    .where({ permission: 'desk.use' });
  for (const { role_id } of roles) await knex('role_permissions').insert({ role_id, permission: 'outgoing.send' });
}

export async function down(knex: Knex): Promise<void> {
  await knex('role_permissions').where({ permission: 'outgoing.send' }).delete();
  for (const table of ['outgoing_counts', 'outgoing_messages', 'message_templates'])
    await knex.schema.dropTableIfExists(table);
}
