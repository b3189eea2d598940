import { openDatabase } from '../../src/db/database.js';
import type { BenchSite } from './site.js';

/** All agents checked in, as a restart of ours finds them: the reconcile adds them to the queues. */
export async function checkInAll(site: BenchSite): Promise<void> {
  const db = openDatabase(site.database);
  const memberships: Array<Record<'membership_id' | 'agent_id' | 'group_id', number>> = await db('group_memberships')
    .where({ leader: false })
    .select('membership_id', 'agent_id', 'group_id');
  const fresh = { paused: false, pause_reason: '', answered: 0, dialled: 0, talk_millis: 0, last_call_ended_at: null };
  const checkedIn = { checked_in: true, checked_in_at: Date.now(), ...fresh };
  await db.batchInsert(
    'membership_states',
    memberships.map((row) => ({ ...row, ...checkedIn })),
    500,
  );
  const agents: Array<Record<'agent_id' | 'extension_id' | 'team_id', number>> = await db('agents')
    .whereIn('agent_id', site.agentIds)
    .select('agent_id', 'extension_id', 'team_id');
  const idle = {
    shown: 'idle',
    since: Date.now(),
    work: 'idle',
    phone: 'reachable',
    version: 1,
    updated_at: Date.now(),
  };
  const words = {
    pause_reason: '',
    pause_note: '',
    lock_reason: '',
    locked: false,
    phone_ignored: false,
    online: false,
  };
  await db.batchInsert(
    'agent_states',
    agents.map(({ agent_id, team_id }) => ({ agent_id, team_id, ...idle, ...words })),
    500,
  );
  await db.batchInsert(
    'extension_holds',
    agents.map((row) => ({ ...row, held_at: Date.now() })),
    500,
  );
  await db.destroy();
}
