import type { Db } from '../db/database.js';
import * as accounts from '../models/accounts.js';
import * as deskPreferences from '../models/desk-preferences.js';
import * as groups from '../models/groups.js';
import { effectivePermissions } from '../models/roles.js';
import type { Language } from './page-models.js';
import type { Viewer } from './viewer.js';

export interface LanguageChoice {
  choose(wishes: ReadonlyArray<string | null | undefined>): Language;
  timeZone: string;
}

/** The person of an account with all rights; null when there is no such account, or it or its team is disabled. */
export async function loadViewer(db: Db, accountId: number, fallback: LanguageChoice): Promise<Viewer | null> {
  const person = await accounts.person(db, accountId);
  if (!person?.enabled || !person.teamEnabled) return null;
  const permissions = await effectivePermissions(db, {
    kind: person.kind,
    accountRoleId: person.roleId,
    agentRoleId: person.agentRoleId,
    leader: person.ledGroupIds.length > 0,
  });
  const wholeTeam = permissions.has('monitor.team') && person.teamId !== null;
  return {
    accountId,
    userName: person.userName,
    lastName: person.lastName,
    firstName: person.firstName,
    kind: person.kind,
    teamId: person.teamId,
    teamName: person.teamName,
    timeZone: person.timeZone || fallback.timeZone,
    recordAccess: person.recordAccess,
    agentId: person.agentId,
    agentNo: person.agentNo,
    permissions,
    ledGroupIds: person.ledGroupIds,
    monitoredGroupIds:
      wholeTeam && person.teamId !== null
        ? (await groups.list(db, { teamId: person.teamId })).map(({ groupId }) => groupId)
        : person.ledGroupIds,
    language: fallback.choose([person.language, person.teamLanguage]),
    theme: person.theme,
    preferences: await deskPreferences.ofAccount(db, accountId),
  };
}
