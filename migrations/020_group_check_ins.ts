import type { Knex } from 'knex';

/**
 * Who was checked in to a group, from when until when: a list of a past day names those who worked in the group on that day, whoever is its
 * member now. An open row, his present check-in, has no end. Times as in the foundation.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('group_check_ins', (t) => {
    if (knex.client.config.client === 'mysql2') {
      t.engine('InnoDB');
      t.charset('utf8mb4');
      t.collate('utf8mb4_bin');
    }
    t.integer('team_id').unsigned().notNullable();
    t.integer('group_id').unsigned().notNullable();
    t.integer('agent_id').unsigned().notNullable();
    t.bigInteger('started_at').notNullable();
    t.bigInteger('ended_at').nullable();
    t.primary(['group_id', 'started_at', 'agent_id']);
    t.foreign(['team_id', 'group_id']).references(['team_id', 'group_id']).inTable('agent_groups');
    t.foreign(['team_id', 'agent_id']).references(['team_id', 'agent_id']).inTable('agents');
  });
  await knex.raw(
    `insert into group_check_ins (team_id, group_id, agent_id, started_at)
     select m.team_id, m.group_id, m.agent_id, s.checked_in_at from group_memberships m
     join membership_states s on s.membership_id = m.membership_id
     where s.checked_in and s.checked_in_at is not null`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('group_check_ins');
}
