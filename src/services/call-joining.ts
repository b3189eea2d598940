import type { Station } from './station.js';

/**
 * While customer and consulted party are on their way to each other neither is let go as somebody left alone, also when the agent hangs up
 * in that moment: what he asked for is done. Whoever is alone after it is let go then.
 */
export async function joining<T>(station: Station, callId: string, saga: () => Promise<T>): Promise<T> {
  const tell = (on: boolean) => station.live.local({ kind: 'parties-join', at: station.now(), callId, joining: on });
  tell(true);
  try {
    return await saga();
  } finally {
    tell(false);
  }
}
