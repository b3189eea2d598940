import type { Db } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { type Bit, fits, yes } from '../db/rows.js';
import type { ExtensionEntry } from '../telephony/state.js';

export interface Extension extends ExtensionEntry {
  teamId: number;
  enabled: boolean;
}
export interface NewExtension {
  teamId: number;
  pbx: string;
  number: string;
  external: boolean;
  interface: string;
  stateInterface: string;
  enabled: boolean;
}

interface ExtensionRow {
  extension_id: number;
  team_id: number;
  number: string;
  kind: 'sip' | 'external';
  interface: string;
  state_interface: string;
  enabled: Bit;
}
const columns = ['extension_id', 'team_id', 'number', 'kind', 'interface', 'state_interface', 'enabled'];

const toExtension = (row: ExtensionRow): Extension => ({
  extensionId: row.extension_id,
  teamId: row.team_id,
  number: row.number,
  interface: row.interface,
  stateInterface: row.state_interface,
  external: row.kind === 'external',
  enabled: yes(row.enabled),
});

export async function byNumber(db: Db, teamId: number, number: string): Promise<Extension | null> {
  const row: ExtensionRow | undefined = await db('extensions')
    .select(columns)
    .where({ team_id: teamId, number })
    .first();
  return row ? toExtension(row) : null;
}

/** Whose a phone of this PBX is, whoever sits at it, if anybody; null = nobody's that we know. */
export async function teamOfPhone(db: Db, pbx: string, device: string): Promise<number | null> {
  const row: { team_id: number } | undefined = await db('extensions')
    .select('team_id')
    .where({ pbx, interface: device })
    .first();
  return row?.team_id ?? null;
}

/** An extension of this team; another team's looks like none. */
export async function byId(db: Db, teamId: number, extensionId: number): Promise<Extension | null> {
  const where = { team_id: teamId, extension_id: extensionId };
  const row: ExtensionRow | undefined = await db('extensions').select(columns).where(where).first();
  return row ? toExtension(row) : null;
}

/** By number. */
export async function ofTeam(db: Db, teamId: number): Promise<Extension[]> {
  const rows: ExtensionRow[] = await db('extensions').select(columns).where({ team_id: teamId }).orderBy('number');
  return rows.map(toExtension);
}

export async function create(db: Db, extension: NewExtension, now: number): Promise<number> {
  const [id] = await db('extensions').insert({ ...toRow(extension), created_at: now, updated_at: now });
  return id ?? 0;
}

export async function update(db: Db, extensionId: number, extension: NewExtension, now: number): Promise<void> {
  await db('extensions')
    .where({ extension_id: extensionId })
    .update({ ...toRow(extension), updated_at: now });
}

function toRow(extension: NewExtension) {
  const { number, interface: device, stateInterface } = extension;
  fits({ number: 40, interface: 80, stateInterface: 80 }, { number, interface: device, stateInterface });
  return {
    team_id: extension.teamId,
    pbx: extension.pbx,
    number,
    kind: extension.external ? 'external' : 'sip',
    interface: device,
    state_interface: stateInterface,
    enabled: extension.enabled,
  };
}

/** Who uses a phone now. */
export interface Holder {
  agentId: number;
  agentNo: string;
}
export type Claim = { held: true } | { held: false; by: Holder };

/**
 * Takes the phone for this agent and lets go of the one he had. Two unique keys decide, so of two claims at once exactly one holds.
 * @returns who holds it, when somebody else does; his former phone then stays his
 */
export async function claim(db: Db, teamId: number, agentId: number, extensionId: number, now: number): Promise<Claim> {
  const hold = { extension_id: extensionId, agent_id: agentId, team_id: teamId, held_at: now };
  // Tried first, asked after: at the start of a shift nearly every claim is of a free phone by somebody without one.
  for (;;) {
    try {
      await db('extension_holds').insert(hold);
      return { held: true };
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
    const by = await holderOf(db, extensionId);
    if (by) return by.agentId === agentId ? { held: true } : { held: false, by };
    // The agent holds another phone, or the holder let go between our refusal and our question: then the claim is tried again.
    if (await moveTo(db, agentId, extensionId, now)) return { held: true };
  }
}

/** The agent's hold changes its phone. No: he holds none, or somebody took the phone in this moment. */
async function moveTo(db: Db, agentId: number, extensionId: number, now: number): Promise<boolean> {
  try {
    const where = { agent_id: agentId };
    return (await db('extension_holds').where(where).update({ extension_id: extensionId, held_at: now })) > 0;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return false;
  }
}

/** Lets go of whatever phone the agent holds. */
export async function release(db: Db, agentId: number): Promise<void> {
  await db('extension_holds').where({ agent_id: agentId }).delete();
}

export async function holderOf(db: Db, extensionId: number): Promise<Holder | null> {
  const row: { agent_id: number; agent_no: string } | undefined = await db('extension_holds')
    .join('agents', 'agents.agent_id', 'extension_holds.agent_id')
    .select('agents.agent_id', 'agents.agent_no')
    .where('extension_holds.extension_id', extensionId)
    .first();
  return row ? { agentId: row.agent_id, agentNo: row.agent_no } : null;
}

/** The phone the agent holds now; null = none. */
export async function heldBy(db: Db, agentId: number): Promise<Extension | null> {
  const row: ExtensionRow | undefined = await db('extension_holds')
    .join('extensions', 'extensions.extension_id', 'extension_holds.extension_id')
    .select(columns.map((name) => `extensions.${name}`))
    .where('extension_holds.agent_id', agentId)
    .first();
  return row ? toExtension(row) : null;
}

/** Agents who have held a phone of this PBX since before this moment. */
export async function holdersOf(db: Db, pbx: string, before: number): Promise<number[]> {
  return db('extension_holds')
    .join('extensions', 'extensions.extension_id', 'extension_holds.extension_id')
    .where('extensions.pbx', pbx)
    .where('extension_holds.held_at', '<', before)
    .pluck('extension_holds.agent_id');
}

/** Ids of the team's phones that somebody holds. */
export async function heldInTeam(db: Db, teamId: number): Promise<Map<number, Holder>> {
  const rows: Array<{ extension_id: number; agent_id: number; agent_no: string }> = await db('extension_holds')
    .join('agents', 'agents.agent_id', 'extension_holds.agent_id')
    .select('extension_holds.extension_id', 'agents.agent_id', 'agents.agent_no')
    .where('extension_holds.team_id', teamId);
  return new Map(rows.map((row) => [row.extension_id, { agentId: row.agent_id, agentNo: row.agent_no }]));
}
