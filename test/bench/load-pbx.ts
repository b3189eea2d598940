import { testUsers } from '../../src/telephony/simulator/options.js';
import { SimulatedPbx } from '../../src/telephony/simulator/pbx.js';
import type { BenchSite } from './site.js';

export const pbxName = 'bench';

/** The site's phones and queues at a simulated PBX; DID 4000 and up lead to the queues. */
export async function startLoadPbx(site: BenchSite): Promise<SimulatedPbx> {
  const pbx = new SimulatedPbx({
    extensions: [...site.extensions].map((number) => ({ number })),
    queues: site.queues.map((name) => ({ name })),
    dids: Object.fromEntries(site.queues.map((name, i) => [String(4000 + i), name])),
  });
  await pbx.start();
  return pbx;
}

/** Environment by which a process of the product uses this PBX and database. */
export function productEnvironment(site: BenchSite, pbx: SimulatedPbx): Record<string, string> {
  const { user, password, host, port, database } = site.database;
  const secret = (name: string) => testUsers.find((one) => one.name === name)?.secret ?? '';
  return {
    DATABASE_URL: `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`,
    SESSION_SECRET: 'bench-session-secret-of-at-least-32-characters',
    AMI_HOST: '127.0.0.1',
    AMI_PORT: String(pbx.port),
    AMI_EVENT_USER: 'zuoxi-events',
    AMI_EVENT_SECRET: secret('zuoxi-events'),
    AMI_ACTION_USER: 'zuoxi-actions',
    AMI_ACTION_SECRET: secret('zuoxi-actions'),
    PBX_NAME: pbxName,
    LOG_LEVEL: 'warn',
  };
}
