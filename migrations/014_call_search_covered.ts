import type { Knex } from 'knex';

/**
 * The search of calls in bounded time, whatever is asked for:
 * - whether a call was answered stands before the start: "answered" and "not answered" are stretches, not something to look for in them;
 * - the index of numbers holds what else a call may be narrowed by: walking along a number that called 200,000 times looks at no row.
 *
 * And what was recorded before calls said so is written down beside them.
 */
export async function up(knex: Knex): Promise<void> {
  await rebuild(knex, (owner) => [...kind(owner), 'answered', 'recorded', ...place, 'talk_millis'], [
    ...number,
    ...['group_id', 'direction', 'result', 'answered', 'recorded', 'talk_millis'],
  ]);
  const audible = knex('recordings').select('call_id').whereIn('state', ['ready', 'broken']).whereNull('deleted_at');
  await knex('calls').whereNotNull('answered_at').whereIn('call_id', audible.clone()).update({ recorded: true });
  await knex('call_agents').where({ answered: true }).whereIn('call_id', audible.clone()).update({ recorded: true });
}

export async function down(knex: Knex): Promise<void> {
  await rebuild(knex, (owner) => [...kind(owner), 'recorded', ...place, 'answered', 'talk_millis'], number);
}

const place = ['started_at', 'call_id'];
const kind = (owner: string) => [owner, 'direction', 'result'];
const number = ['team_id', 'number_tail', ...place, 'customer_number'];

async function rebuild(knex: Knex, kinds: (owner: string) => string[], numbers: string[]): Promise<void> {
  await knex.schema.alterTable('calls', (t) => {
    for (const name of ['calls_team_kind_index', 'calls_group_kind_index', 'calls_number_index']) t.dropIndex([], name);
    t.index(kinds('team_id'), 'calls_team_kind_index');
    t.index(kinds('group_id'), 'calls_group_kind_index');
    t.index(numbers, 'calls_number_index');
  });
}
