import type { Request, Response } from 'express';
import type { Permission } from '../models/permissions.js';
import type { AppContext } from './app-context.js';
import type { Handler } from './exchange.js';
import type { FragmentRequest } from './fragment.js';
import type { SignedIn } from './signed-in.js';
import type { Viewer } from './viewer.js';

/** Whoever is signed in, whatever the role; or the holders of a permission, of any of several. */
export type Needs = 'signed-in' | Permission | readonly [Permission, ...Permission[]];

interface Door {
  method: 'get' | 'post';
  path: string;
}

/** Full chain: session, body, csrf, viewer. */
export interface PageRoute extends Door {
  permission: Needs;
  page: Handler;
  /** Also answered while the screen is locked (E4). */
  whileLocked?: boolean;
  /** A form with long texts: read only behind the guard, and up to a size at which it can still be refused in words. */
  largeForm?: boolean;
  /**
   * Shows forms with shared/_draft: what was half-written in them is there again when it is opened. By its whole address; by its path where
   * the rest of the address only says where it is shown (the dialogs), and then not for long.
   */
  keepsForm?: 'address' | 'path';
}
/** The same for everybody: the viewer may be null. */
export interface PublicRoute extends Door {
  permission: 'public';
  publicPage: Handler<Viewer | null>;
  /** The handler looks at the form's token itself (csrf.ts: isOwnForm). */
  guardsForm?: true;
}
/** Short chain: session copy, permission, version. What it is made of is decided before anything is read. */
export interface FragmentRoute extends Door {
  method: 'get';
  permission: Needs;
  /** @throws NotFound for parameters of another team */
  fragment(app: AppContext, signedIn: SignedIn, params: FragmentParams): FragmentRequest;
}
/** No session and no body parser; the handler guards itself (health, the signed internal endpoint). */
export interface RawRoute extends Door {
  permission: 'public';
  raw(app: AppContext, req: Request, res: Response): Promise<void> | void;
}
/** The stream of server-sent events. */
export interface StreamRoute extends Door {
  method: 'get';
  permission: Needs;
  stream(app: AppContext, signedIn: SignedIn): ReadonlyMap<string, readonly string[]>;
}

/** `:name` parts of the path, and the query. */
export interface FragmentParams {
  path: Readonly<Record<string, string>>;
  query: URLSearchParams;
}

export type Route = PageRoute | PublicRoute | FragmentRoute | RawRoute | StreamRoute;

/**
 * What the types already hold, held again at the start, for routes put together from parts.
 * @throws Error naming the route that has no permission or stands twice
 */
export function checkRoutes(routes: readonly Route[]): void {
  const seen = new Set<string>();
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    if (!route.permission || route.permission.length === 0) throw new Error(`route without a permission: ${name}`);
    if (seen.has(name)) throw new Error(`route stands twice: ${name}`);
    seen.add(name);
  }
}

/** Whether this person may use the route at all; whose rows they then see is the handler's and the model's scope. */
export function mayUse({ permissions }: Viewer, needs: Needs): boolean {
  if (needs === 'signed-in') return true;
  return typeof needs === 'string' ? permissions.has(needs) : needs.some((permission) => permissions.has(permission));
}
