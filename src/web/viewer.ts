import { LRUCache } from 'lru-cache';
import type { DeskPreferences } from '../models/desk-preferences.js';
import type { Language, Theme } from './page-models.js';

/** Who looks: loaded from the database for a signed-in session, never from the request. */
export interface Viewer {
  readonly accountId: number;
  readonly userName: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly kind: 'system-admin' | 'team-admin' | 'user';
  /** null = system administrator. */
  readonly teamId: number | null;
  /** Display name of the team, '' without one. */
  readonly teamName: string;
  readonly timeZone: string;
  /** What the team shows its agents of their own calls (坐席录音权限). */
  readonly recordAccess: 'none' | 'records' | 'records-audio';
  readonly agentId: number | null;
  readonly agentNo: string;
  readonly permissions: ReadonlySet<string>;
  /** Groups this person leads. */
  readonly ledGroupIds: readonly number[];
  /** Groups whose monitor this person may see: the led ones, or all of the team for its administrator. */
  readonly monitoredGroupIds: readonly number[];
  readonly language: Language;
  readonly theme: Theme;
  readonly preferences: DeskPreferences;
}

export interface Viewers {
  /** null: no such account, or disabled, or its team is. */
  of(accountId: number): Promise<Viewer | null>;
  forget(accountId: number): void;
}

export interface ViewersOptions {
  load(accountId: number): Promise<Viewer | null>;
  /** Grows when the account, its team or what a site's file says was changed through this product. */
  version(accountId: number, teamId: number | null): number;
  now(): number;
  /**
   * How long a change made behind our back (a hand in the database) stays unseen; a disabled account is seen with the session, which is
   * read every second.
   */
  maxAgeMillis?: number;
}

interface Kept {
  viewer: Viewer | null;
  version: number;
  loadedAt: number;
}

/** Viewers by account, shared by every session and request of the account. Simultaneous first looks cost one load. */
export function createViewers({ load, version, now, maxAgeMillis = 120_000 }: ViewersOptions): Viewers {
  const kept = new LRUCache<number, Kept>({ max: 20_000 });
  const loading = new Map<number, Promise<Viewer | null>>();

  const fresh = async (accountId: number): Promise<Viewer | null> => {
    const known = kept.get(accountId)?.viewer?.teamId ?? null;
    // Read before the load: a change in the middle of it makes this copy old, not new.
    const before = version(accountId, known);
    const loadedAt = now();
    const viewer = await load(accountId);
    const teamId = viewer?.teamId ?? null;
    // Whose team was not known before: by its version of now.
    const unknown = teamId === known ? 0 : version(accountId, teamId) - version(accountId, known);
    kept.set(accountId, { viewer, version: before + unknown, loadedAt });
    return viewer;
  };
  return {
    of: async (accountId) => {
      const entry = kept.get(accountId);
      if (entry && now() - entry.loadedAt < maxAgeMillis) {
        if (entry.version === version(accountId, entry.viewer?.teamId ?? null)) return entry.viewer;
      }
      const running = loading.get(accountId);
      if (running) return running;
      const promise = fresh(accountId).finally(() => loading.delete(accountId));
      loading.set(accountId, promise);
      return promise;
    },
    forget: (accountId) => {
      kept.delete(accountId);
    },
  };
}
