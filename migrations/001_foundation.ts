import type { Knex } from 'knex';

/**
 * Teams, people, phones, groups, their live states, calls, audit, settings, and the tables that let several server processes work as one.
 * Times are epoch milliseconds (UTC) in bigint columns, states are short strings checked in code, no database-side defaults for time.
 * Foreign keys over (team_id, id) hold that nothing crosses a team.
 */
export async function up(knex: Knex): Promise<void> {
  const s = {
    /**
     * InnoDB, every character there is, compared byte by byte as SQLite does: under the server's default two emoji, or `Li` and `li`,
     * would be one user name.
     */
    createTable: (name: string, build: (t: Knex.CreateTableBuilder) => void) =>
      knex.schema.createTable(name, (t) => {
        if (knex.client.config.client === 'mysql2') {
          t.engine('InnoDB');
          t.charset('utf8mb4');
          t.collate('utf8mb4_bin');
        }
        build(t);
      }),
  };

  await s.createTable('teams', (t) => {
    t.increments('team_id');
    t.string('identity', 32).notNullable().unique();
    t.string('name', 100).notNullable();
    t.string('display_name', 100).notNullable();
    t.string('time_zone', 64).notNullable();
    t.string('language', 10).notNullable();
    t.string('record_access', 24).notNullable(); // none | records | records-audio (坐席录音权限)
    t.string('pbx', 40).notNullable(); // the PBX that serves this team
    t.boolean('enabled').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
  });

  await s.createTable('roles', (t) => {
    t.increments('role_id');
    t.integer('team_id').unsigned().nullable().references('teams.team_id'); // null = of every team
    t.integer('team_scope').notNullable(); // team_id, or 0: a unique key must not see nulls
    t.string('kind', 10).notNullable(); // account | agent
    t.string('code', 40).notNullable(); // seeds: agent, group-leader, quality-inspector, …
    t.string('name', 100).notNullable();
    t.unique(['team_scope', 'kind', 'code']);
  });
  await s.createTable('role_permissions', (t) => {
    t.integer('role_id').unsigned().notNullable().references('roles.role_id').onDelete('CASCADE');
    t.string('permission', 64).notNullable();
    t.primary(['role_id', 'permission']);
  });

  await s.createTable('accounts', (t) => {
    t.increments('account_id');
    t.integer('team_id').unsigned().nullable().references('teams.team_id'); // null = system administrator
    t.integer('sign_in_scope').notNullable(); // team_id, or 0 for system administrators: a unique key must not see nulls
    t.string('user_name', 64).notNullable();
    t.string('password_hash', 255).notNullable();
    t.string('kind', 16).notNullable(); // system-admin | team-admin | user
    t.integer('role_id').unsigned().nullable().references('roles.role_id');
    t.string('last_name', 64).notNullable();
    t.string('first_name', 64).notNullable();
    t.string('email', 190).notNullable();
    t.string('language', 10).notNullable(); // '' = as the team
    t.string('theme', 10).notNullable(); // system | light | dark
    t.boolean('enabled').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['sign_in_scope', 'user_name']);
    t.unique(['team_id', 'account_id']);
  });

  await s.createTable('extensions', (t) => {
    t.increments('extension_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('number', 40).notNullable();
    t.string('kind', 10).notNullable(); // sip | external (外线分机)
    t.string('pbx', 40).notNullable(); // as the team's
    t.string('interface', 80).notNullable();
    t.string('state_interface', 80).notNullable();
    t.boolean('enabled').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['team_id', 'number']);
    t.unique(['pbx', 'interface']);
    t.unique(['team_id', 'extension_id']);
  });

  await s.createTable('agents', (t) => {
    t.increments('agent_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('account_id').unsigned().notNullable().unique();
    t.string('agent_no', 20).notNullable();
    t.string('extension_mode', 12).notNullable(); // fixed 固定 | self-select 自选 | adaptive 自适应
    t.integer('extension_id').unsigned().nullable(); // home phone
    t.integer('role_id').unsigned().nullable().references('roles.role_id');
    t.boolean('enabled').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['team_id', 'agent_no']);
    t.unique(['team_id', 'agent_id']);
    t.foreign(['team_id', 'account_id']).references(['team_id', 'account_id']).inTable('accounts');
    t.foreign(['team_id', 'extension_id']).references(['team_id', 'extension_id']).inTable('extensions');
  });

  /** A row while an agent uses a phone (checked in): both keys together hold "one agent an extension, one extension an agent". */
  await s.createTable('extension_holds', (t) => {
    t.integer('extension_id').unsigned().notNullable().primary();
    t.integer('agent_id').unsigned().notNullable().unique();
    t.integer('team_id').unsigned().notNullable();
    t.bigInteger('held_at').notNullable();
    t.foreign(['team_id', 'extension_id']).references(['team_id', 'extension_id']).inTable('extensions');
    t.foreign(['team_id', 'agent_id']).references(['team_id', 'agent_id']).inTable('agents');
  });

  await s.createTable('agent_groups', (t) => {
    t.increments('group_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('name', 100).notNullable();
    t.string('pbx', 40).notNullable(); // as the team's
    t.string('queue', 80).notNullable();
    t.string('work_mode', 10).notNullable(); // all | dialin | dialout | choice
    t.string('wrap_up_mode', 10).notNullable(); // ring | answer | off | choice
    t.integer('wrap_up_seconds').nullable();
    t.string('work_link', 500).notNullable();
    t.string('outbound', 14).notNullable(); // unrestricted | restricted | disabled
    t.boolean('external_transfer').notNullable();
    t.string('consult_scope', 10).notNullable(); // none | group | team
    t.boolean('pause_on_missed').notNullable();
    t.boolean('enabled').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['team_id', 'name']);
    t.unique(['pbx', 'queue']);
    t.unique(['team_id', 'group_id']);
  });

  await s.createTable('group_memberships', (t) => {
    t.increments('membership_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('group_id').unsigned().notNullable();
    t.integer('agent_id').unsigned().notNullable();
    t.boolean('static').notNullable();
    t.boolean('offline').notNullable();
    t.boolean('leader').notNullable();
    t.boolean('may_delete_stuck').notNullable();
    t.boolean('default_outbound').notNullable();
    t.string('work_mode', 10).notNullable(); // the agent's choice, used where the group says choice
    t.string('wrap_up_mode', 10).notNullable();
    t.integer('penalty').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['group_id', 'agent_id']);
    t.index(['agent_id']);
    t.foreign(['team_id', 'group_id']).references(['team_id', 'group_id']).inTable('agent_groups');
    t.foreign(['team_id', 'agent_id']).references(['team_id', 'agent_id']).inTable('agents');
  });

  await s.createTable('dids', (t) => {
    t.increments('did_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('number', 40).notNullable();
    t.string('pbx', 40).notNullable(); // as the team's
    t.integer('group_id').unsigned().nullable();
    t.string('name', 100).notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.unique(['pbx', 'number']);
    t.foreign(['team_id', 'group_id']).references(['team_id', 'group_id']).inTable('agent_groups');
  });

  await s.createTable('pause_reasons', (t) => {
    t.increments('pause_reason_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('code', 20).notNullable(); // training meeting leave lunch rest other
    t.string('text', 100).notNullable(); // '' = the locale's word for the code
    t.boolean('needs_text').notNullable();
    t.boolean('needs_approval').notNullable();
    t.boolean('enabled').notNullable();
    t.integer('position').notNullable();
    t.unique(['team_id', 'code']);
  });

  await s.createTable('web_sessions', (t) => {
    t.string('sid', 128).primary();
    t.integer('account_id').unsigned().nullable().references('accounts.account_id').onDelete('CASCADE');
    t.text('data', 'mediumtext').notNullable();
    t.bigInteger('expires_at').notNullable().index();
  });
  /** Shape wanted by rate-limiter-flexible. */
  await s.createTable('sign_in_attempts', (t) => {
    t.string('key', 255).primary();
    t.integer('points').notNullable();
    t.bigInteger('expire').nullable().index();
  });

  await s.createTable('desk_tabs', (t) => {
    t.increments('tab_id');
    t.integer('account_id').unsigned().notNullable().references('accounts.account_id').onDelete('CASCADE');
    t.string('url', 300).notNullable();
    t.string('title', 100).notNullable();
    t.string('title_key', 100).notNullable(); // '' = the title as it is
    t.integer('position').notNullable();
    t.boolean('closable').notNullable();
    t.boolean('current').notNullable();
    t.unique(['account_id', 'url']);
  });

  await s.createTable('agent_states', (t) => {
    t.integer('agent_id').unsigned().notNullable().primary().references('agents.agent_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('shown', 20).notNullable();
    t.bigInteger('since').notNullable();
    t.string('work', 10).notNullable();
    t.string('pause_reason', 80).notNullable();
    t.string('pause_note', 200).notNullable();
    t.string('wrap_up_call_id', 64).nullable();
    t.bigInteger('wrap_up_until').nullable();
    t.boolean('locked').notNullable();
    t.string('lock_reason', 80).notNullable();
    t.string('call_id', 64).nullable();
    t.string('call_phase', 20).nullable();
    t.string('phone', 14).notNullable();
    t.integer('phone_rtt_micros').nullable();
    t.boolean('phone_ignored').notNullable();
    t.boolean('online').notNullable();
    t.bigInteger('version').notNullable().index(); // a monitor asks for the few rows above the version it has
    t.bigInteger('updated_at').notNullable();
  });

  await s.createTable('membership_states', (t) => {
    t.integer('membership_id').unsigned().notNullable().primary().references('group_memberships.membership_id');
    t.integer('agent_id').unsigned().notNullable().references('agents.agent_id');
    t.integer('group_id').unsigned().notNullable().references('agent_groups.group_id');
    t.boolean('checked_in').notNullable();
    t.bigInteger('checked_in_at').nullable();
    t.boolean('paused').notNullable();
    t.string('pause_reason', 80).notNullable();
    t.integer('answered').notNullable();
    t.integer('dialled').notNullable();
    t.bigInteger('talk_millis').notNullable();
    t.bigInteger('last_call_ended_at').nullable();
    t.index(['group_id']);
    t.index(['agent_id']);
  });

  /** The open row of an agent, his present state, has no end. */
  await s.createTable('agent_state_history', (t) => {
    t.bigIncrements('history_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.integer('agent_id').unsigned().notNullable().references('agents.agent_id');
    t.string('shown', 20).notNullable();
    t.string('pause_reason', 80).notNullable();
    t.string('call_id', 64).nullable();
    t.string('reason', 80).notNullable(); // why it became so: the event, the action, or the reconcile rule
    t.bigInteger('started_at').notNullable();
    t.bigInteger('ended_at').nullable();
    t.index(['agent_id', 'started_at']);
    t.index(['agent_id', 'ended_at']);
    t.index(['team_id', 'started_at']);
  });

  /** Waiting customers a queue, for the monitor's header. */
  await s.createTable('queue_states', (t) => {
    t.integer('group_id').unsigned().notNullable().primary().references('agent_groups.group_id');
    t.integer('waiting').notNullable();
    t.bigInteger('longest_since').nullable();
    t.bigInteger('version').notNullable();
  });

  await s.createTable('calls', (t) => {
    t.string('call_id', 64).primary();
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('pbx', 40).notNullable();
    t.integer('group_id').unsigned().nullable().references('agent_groups.group_id');
    t.integer('agent_id').unsigned().nullable().references('agents.agent_id');
    t.string('direction', 10).notNullable();
    t.string('did', 40).notNullable();
    t.string('customer_number', 64).notNullable();
    t.string('phase', 20).notNullable();
    t.string('result', 20).nullable();
    t.string('ended_by', 20).nullable();
    t.string('end_reason', 40).nullable();
    t.bigInteger('started_at').notNullable();
    t.bigInteger('answered_at').nullable();
    t.bigInteger('ended_at').nullable();
    t.bigInteger('wait_millis').notNullable(); // of its intervals that have ended
    t.bigInteger('talk_millis').notNullable();
    t.index(['team_id', 'started_at', 'call_id']);
    t.index(['group_id', 'started_at', 'call_id']);
    t.index(['team_id', 'customer_number', 'started_at']);
    t.index(['ended_at']);
  });

  await s.createTable('call_legs', (t) => {
    t.string('leg_id', 80).notNullable();
    t.string('call_id', 64).notNullable().references('calls.call_id').onDelete('CASCADE');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('role', 12).notNullable();
    t.integer('agent_id').unsigned().nullable().references('agents.agent_id');
    t.string('number', 64).notNullable();
    t.string('channel_name', 120).notNullable();
    t.string('state', 12).notNullable();
    t.bigInteger('started_at').notNullable();
    t.bigInteger('ringing_at').nullable();
    t.bigInteger('answered_at').nullable();
    t.bigInteger('ended_at').nullable();
    t.integer('cause').nullable();
    t.string('ended_by', 10).nullable();
    t.string('result', 20).nullable();
    t.boolean('up').notNullable();
    t.string('bridge_id', 64).nullable();
    t.string('room', 64).nullable();
    t.boolean('music').notNullable();
    t.primary(['call_id', 'leg_id']);
  });

  /** Every agent a call ever touched, in the order an agent's own list is read: a page of it is one walk along the key. */
  await s.createTable('call_agents', (t) => {
    t.integer('agent_id').unsigned().notNullable().references('agents.agent_id');
    t.bigInteger('started_at').notNullable(); // the call's
    t.string('call_id', 64).notNullable().references('calls.call_id').onDelete('CASCADE');
    t.primary(['agent_id', 'started_at', 'call_id']);
    t.index(['call_id']);
  });

  await s.createTable('call_intervals', (t) => {
    t.string('call_id', 64).notNullable().references('calls.call_id').onDelete('CASCADE');
    t.integer('seq').notNullable();
    t.string('kind', 12).notNullable();
    t.string('leg_id', 80).nullable();
    t.integer('agent_id').unsigned().nullable().references('agents.agent_id');
    t.bigInteger('started_at').notNullable();
    t.bigInteger('ended_at').nullable();
    t.primary(['call_id', 'seq']);
  });

  await s.createTable('audit_log', (t) => {
    t.bigIncrements('audit_id');
    t.integer('team_id').unsigned().nullable();
    t.integer('account_id').unsigned().nullable();
    t.string('actor', 100).notNullable(); // user name as typed or known, kept when the account goes
    t.string('action', 64).notNullable();
    t.string('target_kind', 32).notNullable();
    t.string('target_id', 64).notNullable();
    t.text('details').notNullable(); // JSON
    t.string('address', 64).notNullable();
    t.bigInteger('at').notNullable();
    t.index(['team_id', 'at']);
    t.index(['account_id', 'at']);
  });

  await s.createTable('settings', (t) => {
    t.increments('setting_id');
    t.integer('team_scope').notNullable(); // team_id, or 0 for the system
    t.string('name', 64).notNullable();
    t.text('value').notNullable(); // JSON
    t.bigInteger('updated_at').notNullable();
    t.integer('updated_by').unsigned().nullable();
    t.unique(['team_scope', 'name']);
  });

  /** One listener at a time per PBX; `epoch` fences off a listener that came back from the dead. */
  await s.createTable('pbx_leases', (t) => {
    t.string('pbx', 40).primary();
    t.string('holder', 64).notNullable();
    t.string('url', 200).notNullable(); // where the other processes send commands
    t.bigInteger('epoch').notNullable();
    t.bigInteger('expires_at').notNullable();
    t.string('link', 16).notNullable(); // up | down | probing: what the desks say of the PBX
    t.bigInteger('link_since').notNullable();
  });
  /** Names of what changed, for the other processes; pruned after a minute. */
  await s.createTable('live_events', (t) => {
    t.bigIncrements('live_event_id');
    t.string('topic', 64).notNullable();
    t.bigInteger('at').notNullable().index();
  });
}

export async function down(knex: Knex): Promise<void> {
  const tables = [
    'live_events',
    'pbx_leases',
    'settings',
    'audit_log',
    'call_intervals',
    'call_agents',
    'call_legs',
    'calls',
    'queue_states',
    'agent_state_history',
    'membership_states',
    'agent_states',
    'desk_tabs',
    'sign_in_attempts',
    'web_sessions',
    'pause_reasons',
    'dids',
    'group_memberships',
    'agent_groups',
    'extension_holds',
    'agents',
    'extensions',
    'accounts',
    'role_permissions',
    'roles',
    'teams',
  ];
  for (const table of tables) await knex.schema.dropTableIfExists(table);
}
