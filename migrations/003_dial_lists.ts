import type { Knex } from 'knex';

/**
 * What a dialled call may be for (E6): a virtual user », a campaign « or a business application <>, each for some groups; and the common
 * contacts of a consultation. Only what names them: the modules behind add their own columns and tables.
 */
const kinds = [
  { table: 'virtual_users', id: 'virtual_user_id', groups: 'virtual_user_groups' },
  { table: 'campaigns', id: 'campaign_id', groups: 'campaign_groups' },
  { table: 'business_applications', id: 'application_id', groups: 'application_groups' },
];

export async function up(knex: Knex): Promise<void> {
  const create = (name: string, build: (t: Knex.CreateTableBuilder) => void) =>
    knex.schema.createTable(name, (t) => {
      if (knex.client.config.client === 'mysql2') {
        t.engine('InnoDB');
        t.charset('utf8mb4');
        t.collate('utf8mb4_bin');
      }
      build(t);
    });
  for (const { table, id, groups } of kinds) {
    await create(table, (t) => {
      t.increments(id);
      t.integer('team_id').unsigned().notNullable().references('teams.team_id');
      t.string('name', 100).notNullable();
      t.boolean('enabled').notNullable();
      t.bigInteger('created_at').notNullable();
      t.bigInteger('updated_at').notNullable();
      t.unique(['team_id', 'name']);
      t.unique(['team_id', id]);
    });
    await create(groups, (t) => {
      t.integer('team_id').unsigned().notNullable();
      t.integer(id).unsigned().notNullable();
      t.integer('group_id').unsigned().notNullable();
      t.primary([id, 'group_id']);
      t.index(['group_id']);
      t.foreign(['team_id', id]).references(['team_id', id]).inTable(table).onDelete('CASCADE');
      t.foreign(['team_id', 'group_id']).references(['team_id', 'group_id']).inTable('agent_groups');
    });
  }
  await create('common_contacts', (t) => {
    t.increments('contact_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('group_id').unsigned().nullable(); // one of the two: whose contact it is
    t.integer('virtual_user_id').unsigned().nullable();
    t.string('name', 100).notNullable();
    t.string('phone', 64).notNullable();
    t.boolean('show_number').notNullable(); // no = agents may dial it and never see it
    t.string('note', 200).notNullable();
    t.boolean('enabled').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.index(['team_id', 'phone']);
    t.foreign(['team_id', 'group_id']).references(['team_id', 'group_id']).inTable('agent_groups');
    t.foreign(['team_id', 'virtual_user_id']).references(['team_id', 'virtual_user_id']).inTable('virtual_users');
  });
  await knex.schema.alterTable('calls', (t) => {
    t.string('attribution_kind', 20).nullable(); // virtual-user | campaign | application
    t.integer('attribution_id').unsigned().nullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const column of ['attribution_id', 'attribution_kind']) {
    await knex.raw('alter table ?? drop column ??', ['calls', column]);
  }
  await knex.schema.dropTableIfExists('common_contacts');
  for (const { table, groups } of kinds.toReversed()) {
    await knex.schema.dropTableIfExists(groups);
    await knex.schema.dropTableIfExists(table);
  }
}
