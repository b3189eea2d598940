import { Forbidden, NotFound } from '../errors.js';
import * as teams from '../models/teams.js';
import { sections } from '../settings/index.js';
import { inForce, type Origin } from '../settings/read.js';
import type { SettingsSection } from '../settings/section.js';
import type { Exchange } from '../web/exchange.js';
import { idOf } from '../web/forms.js';
import type { Option } from '../web/page-models.js';
import type { SettingsRow } from '../web/pages/settings.js';

/** Whose settings are looked at: a team administrator's team's, or what the system's administrator chose (`?team=`). */
export interface SettingsScope {
  teamId: number | null;
  teamName: string;
  teams: Option[];
  team: string;
}

/** @throws NotFound for another's team; Forbidden for whoever administers neither a team nor the system */
export async function scopeOf({ app, viewer, req, t }: Exchange): Promise<SettingsScope> {
  const asked = req.query.team ?? '';
  if (!viewer.permissions.has('system.administer')) {
    const { teamId, teamName } = viewer;
    if (teamId === null) throw new Forbidden('no-team');
    if (asked !== '' && idOf(asked) !== teamId) throw new NotFound();
    return { teamId, teamName, teams: [], team: '' };
  }
  const all = await teams.enabledTeams(app.db);
  const options = all.map(({ teamId, name }) => ({ value: String(teamId), text: name }));
  const choices = [{ value: '', text: t('settings.index.system') }, ...options];
  if (asked === '') return { teamId: null, teamName: '', teams: choices, team: '' };
  const chosen = all.find(({ teamId }) => teamId === idOf(asked));
  if (!chosen) throw new NotFound();
  return { teamId: chosen.teamId, teamName: chosen.name, teams: choices, team: String(chosen.teamId) };
}

/** Sections that this scope has a value of. */
export function sectionsOf({ teamId }: SettingsScope): Array<SettingsSection<object>> {
  const not = teamId === null ? 'team' : 'system';
  return sections.filter(({ of }) => of !== not);
}

export function addressOf({ team }: SettingsScope, name: string): string {
  return `/settings/${name}${team === '' ? '' : `?team=${team}`}`;
}

export async function rowsOf({ app }: Exchange, scope: SettingsScope): Promise<SettingsRow[]> {
  return Promise.all(
    sectionsOf(scope).map(async (section) => {
      const { origin, savedAt, savedBy } = await inForce(app.db, scope.teamId, section);
      return {
        name: section.name,
        url: addressOf(scope, section.name),
        origin: originFor(scope, origin),
        savedAt,
        savedBy,
      };
    }),
  );
}

export function originFor({ teamId }: SettingsScope, origin: Origin): SettingsRow['origin'] {
  if (origin === 'default') return 'default';
  return (origin === 'system') === (teamId === null) ? 'own' : 'system';
}
