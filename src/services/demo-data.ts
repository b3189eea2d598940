import { readFileSync } from 'node:fs';
import type { Db } from '../db/database.js';
import { ensureAdministrator } from './administrator.js';
import { loadSite, parseSite, type SiteReport } from './site-file.js';

/** Chinese names live beside the locales, where the rule about such text allows them. */
const file = new URL('../locales/demo/site.json', import.meta.url);

/** Of every account of the demo; said at its start and on its sign-in page, and used nowhere else. */
export const demoPassword = 'zuoxi-demo';

/** Accounts worth trying; `team` '' = system administration. */
export const demoAccounts: ReadonlyArray<{ team: string; userName: string; password: string; roleKey: string }> = [
  { team: 'astercc', userName: 'shiming', password: demoPassword, roleKey: 'roles.agent' },
  { team: 'astercc', userName: 'zhaolei', password: demoPassword, roleKey: 'roles.group-leader' },
  { team: 'astercc', userName: 'admin', password: demoPassword, roleKey: 'roles.team-admin' },
  { team: 'yunhai', userName: 'fengbo', password: demoPassword, roleKey: 'roles.group-leader' },
  { team: '', userName: 'admin', password: demoPassword, roleKey: 'roles.system-admin' },
];

/**
 * Two teams, three groups, twelve agents, leaders and administrators: always the same, and only what is missing is added, except that a
 * changed row of the demo is put back.
 */
export async function loadDemoData(db: Db, now: number, pbx: string): Promise<SiteReport> {
  const report = await loadSite(db, parseSite(readFileSync(file, 'utf8')), now, pbx);
  await ensureAdministrator(db, 'admin', demoPassword, false, now);
  return report;
}

/** Extension numbers of the demo: the simulated PBX registers a phone for each. */
export function demoExtensions(): string[] {
  const site = parseSite(readFileSync(file, 'utf8'));
  return site.teams.flatMap((team) => team.extensions.map((extension) => extension.number));
}

/** Numbers a customer may call, with the queue each leads to. */
export function demoDids(): Array<{ number: string; queue: string; name: string }> {
  const site = parseSite(readFileSync(file, 'utf8'));
  const groups = site.teams.flatMap((team) => team.groups);
  return groups.flatMap((group) => group.dids.map(({ number, name }) => ({ number, queue: group.queue, name })));
}
