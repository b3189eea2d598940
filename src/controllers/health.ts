import type { Request, Response } from 'express';
import { enabledTeams } from '../models/teams.js';
import type { AppContext } from '../web/app-context.js';

/** GET /healthz: this process answers. */
export function alive(_app: AppContext, _req: Request, res: Response): void {
  res.set('Cache-Control', 'no-store').type('text/plain').send('ok\n');
}

/** GET /readyz: the database answers too. The PBX is told, but does not make a server unfit: its pages say so themselves. */
export async function ready(app: AppContext, _req: Request, res: Response): Promise<void> {
  const database = await isFine(enabledTeams(app.db));
  const link = database ? (await app.services.link()).state : 'unknown';
  res.status(database ? 200 : 503).set('Cache-Control', 'no-store');
  res.json({ database: database ? 'up' : 'down', pbx: link, streams: app.streams.size });
}

async function isFine(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch {
    return false;
  }
}
