import type { Knex } from 'knex';

/**
 * Announcements 公告, internal messages 内部信息, tasks 任务 and schedule 日程. Times as in the foundation. `form_key` is the word a form
 * was handed out with: the same form sent twice makes one row.
 */
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

  await createTable('announcements', (t) => {
    t.increments('announcement_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('author_id').unsigned().notNullable();
    t.string('title', 200).notNullable();
    t.text('content', 'mediumtext').notNullable();
    t.string('state', 10).notNullable(); // disabled | open | pinned
    t.boolean('pinned').notNullable(); // of the state, for the order
    t.string('scope', 10).notNullable(); // team | groups | accounts
    t.string('form_key', 26).notNullable();
    t.bigInteger('published_at').notNullable(); // when it was last opened; its place in the list
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['author_id', 'form_key']);
    t.unique(['team_id', 'announcement_id']);
    t.index(['team_id', 'pinned', 'published_at', 'announcement_id']);
    t.foreign(['team_id', 'author_id']).references(['team_id', 'account_id']).inTable('accounts');
  });
  const announcement = (t: Knex.CreateTableBuilder) => {
    t.integer('team_id').unsigned().notNullable();
    t.integer('announcement_id').unsigned().notNullable();
    t.foreign(['team_id', 'announcement_id'])
      .references(['team_id', 'announcement_id'])
      .inTable('announcements')
      .onDelete('CASCADE');
  };
  await createTable('announcement_groups', (t) => {
    announcement(t);
    t.integer('group_id').unsigned().notNullable();
    t.primary(['announcement_id', 'group_id']);
    t.foreign(['team_id', 'group_id']).references(['team_id', 'group_id']).inTable('agent_groups');
  });
  await createTable('announcement_accounts', (t) => {
    announcement(t);
    t.integer('account_id').unsigned().notNullable();
    t.primary(['announcement_id', 'account_id']);
    t.foreign(['team_id', 'account_id']).references(['team_id', 'account_id']).inTable('accounts');
  });
  await createTable('announcement_reads', (t) => {
    announcement(t);
    t.integer('account_id').unsigned().notNullable();
    t.bigInteger('read_at').notNullable();
    t.primary(['account_id', 'announcement_id']);
    t.foreign(['team_id', 'account_id']).references(['team_id', 'account_id']).inTable('accounts');
  });

  await createTable('tasks', (t) => {
    t.increments('task_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('creator_id').unsigned().notNullable();
    t.string('title', 200).notNullable();
    t.string('category', 60).notNullable(); // '' = none
    t.integer('level').notNullable(); // 0 normal, 1 important, 2 urgent, 3 very urgent: a number, for the order
    t.text('content', 'mediumtext').notNullable();
    t.bigInteger('planned_at').nullable();
    t.bigInteger('due_at').nullable();
    t.string('audience', 10).notNullable(); // team | group | person: who sees it beside the two sides
    t.integer('group_id').unsigned().nullable();
    t.integer('assignee_id').unsigned().nullable();
    t.string('state', 10).notNullable(); // open | taken | done | cancelled
    t.boolean('finished').notNullable(); // of the state, for the usual list
    t.string('form_key', 26).notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['creator_id', 'form_key']);
    t.unique(['team_id', 'task_id']);
    t.index(['team_id', 'finished', 'level', 'task_id']);
    t.index(['assignee_id', 'state']);
    t.foreign(['team_id', 'creator_id']).references(['team_id', 'account_id']).inTable('accounts');
    t.foreign(['team_id', 'assignee_id']).references(['team_id', 'account_id']).inTable('accounts');
    t.foreign(['team_id', 'group_id']).references(['team_id', 'group_id']).inTable('agent_groups');
  });
  await createTable('task_log', (t) => {
    t.bigIncrements('task_log_id');
    t.integer('team_id').unsigned().notNullable();
    t.integer('task_id').unsigned().notNullable();
    t.integer('account_id').unsigned().notNullable();
    t.string('event', 12).notNullable(); // created | taken | reassigned | done | redone | cancelled
    t.string('note', 1000).notNullable();
    t.integer('to_group_id').unsigned().nullable(); // of created and reassigned: whose it became
    t.integer('to_account_id').unsigned().nullable();
    t.bigInteger('at').notNullable();
    t.index(['task_id', 'task_log_id']);
    t.foreign(['team_id', 'task_id']).references(['team_id', 'task_id']).inTable('tasks').onDelete('CASCADE');
    t.foreign(['team_id', 'account_id']).references(['team_id', 'account_id']).inTable('accounts');
    t.foreign(['team_id', 'to_group_id']).references(['team_id', 'group_id']).inTable('agent_groups');
    t.foreign(['team_id', 'to_account_id']).references(['team_id', 'account_id']).inTable('accounts');
  });

  await createTable('messages', (t) => {
    t.increments('message_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('sender_id').unsigned().notNullable();
    t.string('subject', 200).notNullable();
    t.text('content', 'mediumtext').notNullable();
    t.string('addressed', 500).notNullable(); // as it was addressed, for people to read: groups, then persons; '' = the team
    t.integer('recipients').notNullable();
    t.string('sender_box', 10).notNullable(); // sent | archive | deleted | none (a task told it)
    t.integer('task_id').unsigned().nullable(); // the task that told it
    t.string('task_event', 12).notNullable(); // as in task_log; '' = a person wrote it
    t.string('form_key', 26).notNullable();
    t.bigInteger('sent_at').notNullable();
    t.unique(['sender_id', 'form_key']);
    t.unique(['team_id', 'message_id']);
    t.index(['sender_id', 'sender_box', 'message_id']);
    t.foreign(['team_id', 'sender_id']).references(['team_id', 'account_id']).inTable('accounts');
    t.foreign(['team_id', 'task_id']).references(['team_id', 'task_id']).inTable('tasks');
  });
  await createTable('message_recipients', (t) => {
    t.integer('team_id').unsigned().notNullable();
    t.integer('message_id').unsigned().notNullable();
    t.integer('account_id').unsigned().notNullable();
    t.string('box', 10).notNullable(); // inbox | archive | deleted
    t.bigInteger('read_at').nullable();
    t.primary(['message_id', 'account_id']);
    t.index(['account_id', 'box', 'message_id']);
    t.index(['account_id', 'read_at', 'box']);
    t.foreign(['team_id', 'message_id']).references(['team_id', 'message_id']).inTable('messages').onDelete('CASCADE');
    t.foreign(['team_id', 'account_id']).references(['team_id', 'account_id']).inTable('accounts');
  });

  await createTable('schedule_entries', (t) => {
    t.increments('entry_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('account_id').unsigned().notNullable();
    t.string('title', 200).notNullable();
    t.text('content', 'mediumtext').notNullable();
    t.bigInteger('starts_at').notNullable();
    t.bigInteger('ends_at').notNullable();
    t.integer('remind_minutes').nullable(); // before the start; null = no reminder
    t.bigInteger('remind_at').nullable(); // null = no reminder to come: none wanted, or it has come
    t.bigInteger('reminded_at').nullable();
    t.bigInteger('dismissed_at').nullable();
    t.string('form_key', 26).notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['account_id', 'form_key']);
    t.index(['account_id', 'starts_at', 'entry_id']);
    t.index(['account_id', 'reminded_at']);
    t.index(['remind_at']);
    t.foreign(['team_id', 'account_id']).references(['team_id', 'account_id']).inTable('accounts');
  });
}

export async function down(knex: Knex): Promise<void> {
  const tables = [
    ...['schedule_entries', 'message_recipients', 'messages', 'task_log', 'tasks'],
    ...['announcement_reads', 'announcement_accounts', 'announcement_groups', 'announcements'],
  ];
  for (const table of tables) await knex.schema.dropTableIfExists(table);
}
