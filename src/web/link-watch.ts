import type { Services } from '../services/index.js';
import type { LiveHub } from './live-hub.js';

const everyMillis = 1_000;

/**
 * A listening process that was killed says nothing: its lease runs out, and nobody publishes that. So each process looks by itself,
 * one small read a second however many desks it serves, and tells its desks when the link's word has changed.
 * @returns the function that ends it
 */
export function watchLink(services: Pick<Services, 'link'>, hub: Pick<LiveHub, 'announce'>): () => void {
  let last: string | null = null;
  const look = async (): Promise<void> => {
    let state: string;
    try {
      state = (await services.link()).state;
    } catch {
      // The database is away: the live feed says so, and tells everything anew when it is back.
      return;
    }
    if (last !== null && last !== state) hub.announce(['link']);
    last = state;
  };
  const timer = setInterval(() => void look(), everyMillis);
  timer.unref();
  return () => clearInterval(timer);
}
