import type { Knex } from 'knex';

/**
 * Audio: one recording a call (录音), which mailbox an extension has, what its messages count to, and what was done to single messages
 * beyond the spool (heard, deleted softly). Times as in the foundation.
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

  await createTable('recordings', (t) => {
    t.increments('recording_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('pbx', 40).notNullable();
    t.string('call_id', 64).notNullable().unique().references('calls.call_id').onDelete('CASCADE');
    t.string('state', 10).notNullable(); // pending | ready | missing | empty | broken
    t.string('path', 160).notNullable(); // below the folder of recordings; '' = not found yet
    t.string('format', 10).notNullable(); // pcm | ulaw | alaw | mp3 | gsm | other; '' = not known
    t.bigInteger('bytes').nullable();
    t.bigInteger('millis').nullable(); // of the sound there is, whatever the header says
    t.bigInteger('call_started_at').notNullable();
    t.bigInteger('call_answered_at').notNullable();
    t.bigInteger('call_ended_at').notNullable();
    t.integer('looks').notNullable();
    t.bigInteger('look_at').nullable(); // when to look for the file again; null = it is settled
    t.bigInteger('found_at').nullable();
    t.bigInteger('deleted_at').nullable(); // its time to be kept was over
    t.boolean('file_left').notNullable(); // we may not delete the file itself
    t.index(['pbx', 'look_at']);
    t.index(['team_id', 'deleted_at', 'call_ended_at']);
  });

  await knex.schema.alterTable('extensions', (t) => {
    t.string('mailbox', 80).notNullable().defaultTo(''); // box@context; '' = <number>@default
  });

  /** As the PBX last told by MessageWaiting. */
  await createTable('mailbox_states', (t) => {
    t.string('pbx', 40).notNullable();
    t.string('mailbox', 80).notNullable();
    t.integer('fresh').notNullable();
    t.integer('old').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.primary(['pbx', 'mailbox']);
  });

  await createTable('voicemail_marks', (t) => {
    t.increments('mark_id');
    t.integer('team_id').unsigned().notNullable().references('teams.team_id');
    t.string('pbx', 40).notNullable();
    t.string('mailbox', 80).notNullable();
    t.string('message_id', 64).notNullable(); // msg_id of the index file: file names are renumbered
    t.bigInteger('heard_at').nullable(); // where the spool itself may not be changed
    t.bigInteger('deleted_at').nullable(); // in the trash since
    t.integer('deleted_by').unsigned().nullable();
    t.bigInteger('removed_at').nullable(); // gone from the spool
    t.unique(['pbx', 'mailbox', 'message_id']);
    t.index(['pbx', 'removed_at', 'deleted_at']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['voicemail_marks', 'mailbox_states']) await knex.schema.dropTableIfExists(table);
  await knex.schema.alterTable('extensions', (t) => t.dropColumn('mailbox'));
  await knex.schema.dropTableIfExists('recordings');
}
