import { Client, trySignIn } from '../support/client.js';
import type { BenchSite } from './site.js';

/** A browser in which this user of the site is signed in and has opened his desk. */
export async function benchClient(url: string, site: BenchSite, userName: string): Promise<Client> {
  const client = new Client(url);
  const answer = await trySignIn(client, { team: site.teamIdentity, userName }, site.password);
  if (answer.status !== 303) throw new Error(`${userName} was not signed in: ${answer.status}`);
  await client.get('/desk');
  return client;
}
