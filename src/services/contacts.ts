import type { Db } from '../db/database.js';
import type { ContactScope } from '../models/common-contacts.js';
import type { Call, Leg } from '../telephony/state.js';
import { hiddenNames } from './hidden-numbers.js';

/** Whose contacts may be consulted in this call. @param groupId the group whose rules count for it */
export function contactScope(
  { teamId, attribution }: Pick<Call, 'teamId' | 'attribution'>,
  groupId: number | null,
): ContactScope {
  return { teamId, groupId, virtualUserId: attribution?.kind === 'virtual-user' ? attribution.id : null };
}

/** A number as agents of the team may see it: itself, or the name of the contact who hides it. */
export async function shownNumber(db: Db, teamId: number, number: string): Promise<string> {
  return (await hiddenNames(db, teamId, [number])).get(number) ?? number;
}

/** Voicemail as agents of the team may see it: of a caller who is hidden the contact's name, and no number. */
export async function withShownCallers<T extends { callerNumber: string; callerName: string }>(
  db: Db,
  teamId: number,
  messages: readonly T[],
): Promise<T[]> {
  const names = await hiddenNames(
    db,
    teamId,
    messages.map(({ callerNumber }) => callerNumber),
  );
  return messages.map((message) => {
    const callerName = names.get(message.callerNumber);
    return callerName === undefined ? message : { ...message, callerName, callerNumber: '' };
  });
}

/** Rows as agents of the team may see them: the name of the contact where the customer's number is one that is hidden. */
export async function withShownCustomers<T extends { customerNumber: string }>(
  db: Db,
  teamId: number,
  rows: readonly T[],
): Promise<T[]> {
  const names = await hiddenNames(
    db,
    teamId,
    rows.map(({ customerNumber }) => customerNumber),
  );
  return rows.map((row) => ({ ...row, customerNumber: names.get(row.customerNumber) ?? row.customerNumber }));
}

/** Numbers of a call's parties as agents of the team may see them, by leg id. Agents are who they are, everybody else may be hidden. */
export async function shownNumbers(
  db: Db,
  teamId: number,
  legs: ReadonlyArray<Pick<Leg, 'legId' | 'agentId' | 'number'>>,
): Promise<(leg: Pick<Leg, 'legId' | 'number'>) => string> {
  const outside = legs.filter(({ agentId }) => agentId === null);
  const names = await hiddenNames(
    db,
    teamId,
    outside.map(({ number }) => number),
  );
  const hidden = new Map(
    outside.flatMap(({ legId, number }) => (names.has(number) ? [[legId, names.get(number)]] : [])),
  );
  return ({ legId, number }) => hidden.get(legId) ?? number;
}
