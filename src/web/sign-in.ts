import type { Request } from 'express';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import type { Db } from '../db/database.js';
import * as accounts from '../models/accounts.js';
import { verifyNobody, verifyPassword } from '../models/passwords.js';
import type { Attempt, SignInThrottle } from '../models/sign-in-throttle.js';
import type { Viewer, Viewers } from './viewer.js';

/** Why nobody was signed in; locale keys `errors.<code>`. Unknown user and wrong password are one answer. */
export type SignInFailure =
  | { code: 'sign-in-failed' | 'sign-in-other-team'; status: 401 }
  | { code: 'sign-in-disabled'; status: 403 }
  | { code: 'sign-in-throttled'; status: 429; seconds: number };

export type SignInResult = { viewer: Viewer } | { failure: SignInFailure };

/** What the form said, parsed and cleaned; the strategy reads it from the request. */
export interface Credentials {
  team: string;
  userName: string;
  password: string;
}

export interface SignInOptions {
  db: Db;
  viewers: Viewers;
  throttle: SignInThrottle;
}

export interface Authenticator {
  readonly passport: InstanceType<typeof Passport>;
  /** Passport's local strategy as a promise. Does not sign in: `req.logIn` does, with a new session id. */
  check(req: Request): Promise<SignInResult>;
  /** The password of somebody who is signed in, once more (unlock); null = right. */
  checkAgain(accountId: number, password: string, address: string): Promise<SignInFailure | null>;
}

/** Passport with the one strategy there is: user name and password within a team. */
export function createAuthenticator(options: SignInOptions): Authenticator {
  const passport = new Passport();
  passport.use(
    new Strategy(
      { usernameField: 'userName', passwordField: 'password', passReqToCallback: true, session: true },
      (req: Request, userName: string, password: string, done) => {
        const body: unknown = req.body;
        const given = typeof body === 'object' && body !== null && 'team' in body ? body.team : '';
        const team = typeof given === 'string' ? given.trim() : '';
        checkCredentials(options, { team, userName: userName.trim(), password }, req.ip ?? '').then(
          (result) => ('viewer' in result ? done(null, result.viewer) : done(null, false, asInfo(result.failure))),
          done,
        );
      },
    ),
  );
  passport.serializeUser<number>((user, done) => done(null, user.accountId));
  passport.deserializeUser<number>((accountId, done) => {
    options.viewers.of(accountId).then((viewer) => done(null, viewer ?? false), done);
  });
  const check = (req: Request): Promise<SignInResult> =>
    new Promise((resolve, reject) => {
      const answered = (error: unknown, user: Viewer | false, info: unknown): void => {
        if (error) reject(error);
        else if (user) resolve({ viewer: user });
        else resolve({ failure: isFailure(info) ? info : { code: 'sign-in-failed', status: 401 } });
      };
      passport.authenticate('local', answered)(req, req.res, reject);
    });
  const checkAgain: Authenticator['checkAgain'] = (accountId, password, address) => {
    const attempt: Attempt = { teamIdentity: '', userName: `account ${accountId}`, address };
    return oneByOne(attempt.userName, () => tryAgain(options, accountId, password, attempt));
  };
  return { passport, check, checkAgain };
}

/** Tries for one account go one after the other: a hundred at once would all be looked at before the first is counted. */
const queues = new Map<string, Promise<unknown>>();

async function oneByOne<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = queues.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.catch(() => undefined);
  queues.set(key, settled);
  try {
    return await mine;
  } finally {
    if (queues.get(key) === settled) queues.delete(key);
  }
}

/**
 * Throttle first, then the password, then everything else about the account: whoever does not know the password learns nothing of it,
 * and an unknown user costs as much time as a wrong password.
 */
export function checkCredentials(
  options: SignInOptions,
  credentials: Credentials,
  address: string,
): Promise<SignInResult> {
  const { team, userName } = credentials;
  const attempt: Attempt = { teamIdentity: team, userName, address };
  return oneByOne(JSON.stringify([team, userName]), () => tryOnce(options, credentials, attempt));
}

async function tryOnce(
  { db, viewers, throttle }: SignInOptions,
  { team, userName, password }: Credentials,
  attempt: Attempt,
): Promise<SignInResult> {
  const wait = await throttle.waitMillis(attempt);
  if (wait > 0) return { failure: throttled(wait) };
  const found = await accounts.forSignIn(db, team, userName);
  const right = found ? await verifyPassword(found.passwordHash, password) : await verifyNobody(password);
  if (!found || !right) {
    await throttle.failed(attempt);
    const elsewhere = !found && team !== '' && (await accounts.existsElsewhere(db, team, userName));
    return { failure: { code: elsewhere ? 'sign-in-other-team' : 'sign-in-failed', status: 401 } };
  }
  viewers.forget(found.accountId);
  const viewer = found.enabled && found.teamEnabled ? await viewers.of(found.accountId) : null;
  if (!viewer) return { failure: { code: 'sign-in-disabled', status: 403 } };
  await throttle.succeeded(attempt);
  return { viewer };
}

async function tryAgain(
  { db, throttle }: SignInOptions,
  accountId: number,
  password: string,
  attempt: Attempt,
): Promise<SignInFailure | null> {
  const wait = await throttle.waitMillis(attempt);
  if (wait > 0) return throttled(wait);
  const hash = await accounts.passwordHashOf(db, accountId);
  if (hash === null || !(await verifyPassword(hash, password))) {
    await throttle.failed(attempt);
    return { code: 'sign-in-failed', status: 401 };
  }
  await throttle.succeeded(attempt);
  return null;
}

function throttled(waitMillis: number): SignInFailure {
  return { code: 'sign-in-throttled', status: 429, seconds: Math.ceil(waitMillis / 1000) };
}

/** Passport wants a message beside whatever else it carries. */
function asInfo(failure: SignInFailure): SignInFailure & { message: string } {
  return { ...failure, message: failure.code };
}

function isFailure(info: unknown): info is SignInFailure {
  return typeof info === 'object' && info !== null && 'code' in info && 'status' in info;
}
