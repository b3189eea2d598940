import { sections } from '../settings/index.js';
import { inForce, type Origin } from '../settings/read.js';
import type { SettingsSection } from '../settings/section.js';
import type { Exchange } from '../web/exchange.js';
import type { SettingsRow } from '../web/pages/settings.js';
import { type AskedTeam, askedTeam } from './asked-team.js';

/** Whose settings are looked at: a team's, or (teamId null) the system's own. */
export type SettingsScope = AskedTeam;

/** @throws NotFound for another's team; Forbidden for whoever administers neither a team nor the system */
export async function scopeOf(exchange: Exchange): Promise<SettingsScope> {
  const asked = await askedTeam(exchange);
  if (asked.teams.length === 0) return asked;
  return { ...asked, teams: [{ value: '', text: exchange.t('settings.index.system') }, ...asked.teams] };
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
