import type { Db } from '../db/database.js';

/** What is unique on a PBX, and is used by other teams. */
export interface Taken {
  queues: Set<string>;
  interfaces: Set<string>;
  dids: Set<string>;
}

/** @param teamId the team that asks; null = it does not exist yet, so everything is others' */
export async function takenByOthers(db: Db, pbx: string, teamId: number | null): Promise<Taken> {
  const others = (table: string, column: string): Promise<string[]> =>
    db(table)
      .where({ pbx })
      .whereNot({ team_id: teamId ?? 0 })
      .pluck(column);
  return {
    queues: new Set(await others('agent_groups', 'queue')),
    interfaces: new Set(await others('extensions', 'interface')),
    dids: new Set(await others('dids', 'number')),
  };
}
