import { Forbidden, NotFound } from '../errors.js';
import * as teams from '../models/teams.js';
import type { Exchange } from '../web/exchange.js';
import { idOf } from '../web/forms.js';
import type { Option } from '../web/page-models.js';

/** Whose page is looked at: the person's own team's, or the one that the system's administrator chose (`?team=`). */
export interface AskedTeam {
  /** null = the system's administrator chose none. */
  teamId: number | null;
  teamName: string;
  /** Teams he may choose from; empty for everybody who is in one. */
  teams: Option[];
  /** As it stands in addresses; '' = the own one, or none. */
  team: string;
}

/** @throws NotFound for another's team; Forbidden for whoever is in no team and does not administer the system */
export async function askedTeam({ app, viewer, req }: Exchange): Promise<AskedTeam> {
  const asked = req.query.team ?? '';
  if (!viewer.permissions.has('system.administer')) {
    const { teamId, teamName } = viewer;
    if (teamId === null) throw new Forbidden('no-team');
    if (asked !== '' && idOf(asked) !== teamId) throw new NotFound();
    return { teamId, teamName, teams: [], team: '' };
  }
  const all = await teams.enabledTeams(app.db);
  const options = all.map(({ teamId, name }) => ({ value: String(teamId), text: name }));
  if (asked === '') return { teamId: null, teamName: '', teams: options, team: '' };
  const chosen = all.find(({ teamId }) => teamId === idOf(asked));
  if (!chosen) throw new NotFound();
  return { teamId: chosen.teamId, teamName: chosen.name, teams: options, team: String(chosen.teamId) };
}
