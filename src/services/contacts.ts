import type { Db } from '../db/database.js';
import * as contacts from '../models/common-contacts.js';
import type { Call, Leg } from '../telephony/state.js';

/** Whose contacts may be consulted in this call. @param groupId the group whose rules count for it */
export function contactScope(
  { teamId, attribution }: Pick<Call, 'teamId' | 'attribution'>,
  groupId: number | null,
): contacts.ContactScope {
  return { teamId, groupId, virtualUserId: attribution?.kind === 'virtual-user' ? attribution.id : null };
}

/** A number as agents of the team may see it: itself, or the name of the contact who hides it. */
export async function shownNumber(db: Db, teamId: number, number: string): Promise<string> {
  return (await contacts.hiddenNames(db, teamId, [number])).get(number) ?? number;
}

/**
 * Numbers of a call's parties as agents of the team may see them, by leg id. Only who was called in may be hidden: agents and customers
 * are who they are.
 */
export async function shownNumbers(
  db: Db,
  teamId: number,
  legs: ReadonlyArray<Pick<Leg, 'legId' | 'role' | 'agentId' | 'number'>>,
): Promise<(leg: Pick<Leg, 'legId' | 'number'>) => string> {
  const outside = legs.filter(({ role, agentId }) => agentId === null && role === 'consult');
  const names = await contacts.hiddenNames(
    db,
    teamId,
    outside.map(({ number }) => number),
  );
  const hidden = new Map(
    outside.flatMap(({ legId, number }) => (names.has(number) ? [[legId, names.get(number)]] : [])),
  );
  return ({ legId, number }) => hidden.get(legId) ?? number;
}
