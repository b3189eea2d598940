import type { WebSession } from '../models/web-sessions.js';
import type { Exchange } from '../web/exchange.js';
import { makeFormat } from '../web/format.js';
import type { Message, SignInPage } from '../web/page-models.js';
import { sessionIdOf } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { sessionTopic } from './live.js';

type Visit = Exchange<Viewer | null>;

/** How long the right password counts while the person makes up his mind. */
const mindMillis = 120_000;
/** How long a session that was taken over keeps its message. */
const toldMillis = 3_600_000;

/** The other session of this account: from where and since when; null = none. Of several the newest. */
export async function whereElse(visit: Visit, accountId: number): Promise<SignInPage['elsewhere']> {
  const all = await visit.app.webSessions.ofAccount(accountId);
  const here = visitOf(visit);
  // The button was pressed twice: what the first press began, whose answer nobody waited for, is here and not elsewhere.
  const elsewhere = all.filter(({ sid, data }) => sid !== visit.req.sessionID && parsed(data).begunFrom !== here);
  const others = elsewhere.map((session) => ({ ...facts(session) }));
  const [newest] = others.sort((one, other) => other.since - one.since);
  return newest ?? null;
}

/** The visitor's session as his browser names it, though it may be over by now. */
export function visitOf({ app, req }: Visit): string {
  return sessionIdOf(req.get('Cookie') ?? '', app.config.sessionSecret) ?? req.sessionID;
}

function facts({ data }: WebSession): { address: string; since: number } {
  const { address, signedInAt } = parsed(data);
  return {
    address: typeof address === 'string' ? address : '',
    since: typeof signedInAt === 'number' ? signedInAt : 0,
  };
}

/** Remembers in this visitor's session that the password was right, so that it is not typed twice. */
export function keepTakeOver({ app, req }: Visit, accountId: number, who: { userName: string; team: string }): void {
  req.session.takeOver = { ...who, accountId, at: app.services.now() };
}

/** Whom this visitor may sign in as without the password again; null when he never could, or thought too long. */
export function pendingTakeOver({ app, req }: Visit) {
  const { takeOver } = req.session;
  return takeOver && app.services.now() - takeOver.at < mindMillis ? takeOver : null;
}

/**
 * Ends the account's other sessions; their desks hear of it at once, and their sign-in page says what happened.
 * @param why locale key of that sentence, with the parameters address and time
 * @returns whether there were any
 */
export async function endOthers({ app, req }: Visit, viewer: Viewer, why = 'sign-in.new.taken-over'): Promise<boolean> {
  const { accountId, timeZone } = viewer;
  const now = app.services.now();
  const told = (data: string): string => {
    const { passport: _account, signedInAt: _since, ...rest } = parsed(data);
    const language = app.languages.offered.find((one) => one === rest.language) ?? viewer.language;
    const time = makeFormat(timeZone, language).dateTime(now);
    const text = app.languages.translator(language)(why, { address: req.ip ?? '', time });
    const message: Message = { kind: 'warning', text };
    return JSON.stringify({ ...rest, messages: [message] });
  };
  const ended = await app.webSessions.signOutOthers(accountId, req.sessionID, told, toldMillis);
  if (ended.length === 0) return false;
  for (const sid of ended) app.sessions.forget(sid);
  await app.services.live.publish([sessionTopic(accountId)]);
  return true;
}

function parsed(data: string): Record<string, unknown> {
  const value: unknown = JSON.parse(data);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
