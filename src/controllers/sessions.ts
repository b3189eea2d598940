import { z } from 'zod';
import { InvalidInput } from '../errors.js';
import * as audit from '../models/audit-log.js';
import * as teams from '../models/teams.js';
import { csrfToken, isOwnForm } from '../web/csrf.js';
import { type Exchange, makeExchange } from '../web/exchange.js';
import { fieldErrors, requiredLine, returnPath, secretField, singleLine } from '../web/forms.js';
import { acceptedLanguages } from '../web/i18n.js';
import type { Language, SignInPage } from '../web/page-models.js';
import type { SignInFailure } from '../web/sign-in.js';
import type { Viewer } from '../web/viewer.js';
import { askerOf } from './asker.js';
import { languageName } from './language-names.js';
import { sessionTopic } from './live.js';
import { endOthers, keepTakeOver, pendingTakeOver, visitOf, whereElse } from './session-take-over.js';

const form = z.object({
  team: singleLine(32),
  userName: requiredLine(64),
  password: secretField(200).refine((value) => value !== '', { error: 'errors.required' }),
  language: singleLine(10),
  next: singleLine(500),
});
type Values = SignInPage['values'];

/** GET /sign-in */
export async function newPage(exchange: Exchange<Viewer | null>): Promise<void> {
  const { req, res, app, viewer } = exchange;
  const { language, next, team } = req.query;
  const chosen = app.languages.offered.find((offered) => offered === language);
  if (chosen) req.session.language = chosen;
  if (viewer) return res.redirect(303, '/desk');
  const shown = chosen ? makeExchange(app, req, res, viewer, chosen) : exchange;
  const values = { team: typeof team === 'string' ? team : '', userName: '', next: returnPath(next, '') };
  await showForm(shown, values, 200);
}

/** POST /sign-in */
export async function create(exchange: Exchange<Viewer | null>): Promise<void> {
  const { req, app } = exchange;
  if (!isOwnForm(req)) return showAgain(exchange);
  if (isTakeOver(req.body)) return takeOver(exchange);
  const parsed = form.safeParse(req.body);
  if (!parsed.success) return showFaults(exchange, parsed.error);
  const { team, userName, next, language } = parsed.data;
  const values = { team, userName, next: returnPath(next, '') };
  const result = await app.authenticator.check(req);
  if ('failure' in result) {
    // A storm of refused tries must not become a storm of rows; the log has each.
    if (result.failure.status !== 429) await log(exchange, null, userName, result.failure.code, team);
    return refuse(exchange, values, result.failure);
  }
  const { viewer } = result;
  const elsewhere = await whereElse(exchange, viewer.accountId);
  if (elsewhere) {
    keepTakeOver(exchange, viewer.accountId, { userName, team });
    return showForm(exchange, values, 409, '', {}, elsewhere);
  }
  await begin(exchange, viewer, { userName, team, next, language });
}

const again = z.object({ next: singleLine(500), language: singleLine(10), do_take_over: z.string() });
const isTakeOver = (body: unknown): boolean => again.safeParse(body).success;

/** The name and password were right a moment ago, and he wants to be here instead of there (A10). */
async function takeOver(exchange: Exchange<Viewer | null>): Promise<void> {
  const { app, req, t } = exchange;
  const { next, language } = again.parse(req.body);
  const pending = pendingTakeOver(exchange);
  const viewer = pending ? await app.viewers.of(pending.accountId) : null;
  if (!pending || !viewer) {
    const { team = '', userName = '' } = req.session.takeOver ?? {};
    const values = { team, userName, next: returnPath(next, '') };
    return showForm(exchange, values, 401, t('errors.take-over-late'));
  }
  await begin(exchange, viewer, { ...pending, next, language });
}

/** From here on he is signed in; whatever other session his account had is over, and told so. */
async function begin(
  exchange: Exchange<Viewer | null>,
  viewer: Viewer,
  { userName, team, next, language }: { userName: string; team: string; next: string; language: string },
): Promise<void> {
  const { req, res, app } = exchange;
  const chosen = chosenLanguage(exchange, language);
  const from = visitOf(exchange);
  // Passport begins a new session here: an id somebody fixed before sign-in is worth nothing after it.
  await new Promise<void>((resolve, reject) => {
    req.logIn(viewer, (error: unknown) => (error ? reject(error) : resolve()));
  });
  if (chosen) req.session.language = chosen;
  // The frames of the desk are loaded all at once: each would make a token, and the last one stored would be the only good one.
  csrfToken(req);
  req.session.signedInAt = app.services.now();
  req.session.begunFrom = from;
  req.session.address = req.ip ?? '';
  await log(exchange, viewer, userName, 'sign-in-done', team);
  if (await endOthers(exchange, viewer)) await log(exchange, viewer, userName, 'sign-in-take-over', team);
  res.redirect(303, returnPath(next, '/desk'));
}

/** POST /sign-off: out of the queues first, then the session; a telephone system that is away does not keep anybody here. */
export async function destroy(exchange: Exchange): Promise<void> {
  const { req, app, viewer, t } = exchange;
  const others = (await app.webSessions.ofAccount(viewer.accountId)).filter(({ sid }) => sid !== req.sessionID);
  let told = true;
  // With two browsers on one agent, only closing the last session checks out (domain.md 1.8).
  if (viewer.agentId !== null && others.length === 0) told = await leaveQueues(exchange, viewer.agentId);
  const { sessionID, session: old } = req;
  const language = old.language;
  await new Promise<void>((resolve, reject) => {
    req.logOut((error: unknown) => (error ? reject(error) : resolve()));
  });
  app.sessions.forget(sessionID);
  app.streams.closeSession(sessionID);
  await app.services.live.publish([sessionTopic(viewer.accountId)]);
  await log(exchange, viewer, viewer.userName, 'sign-off', '');
  if (language) req.session.language = language;
  const text = t(told ? 'sign-in.new.signed-off' : 'sign-in.new.signed-off-without-pbx');
  exchange.seeOther('/sign-in', { kind: told ? 'done' : 'warning', text });
}

async function leaveQueues({ app, req, viewer }: Exchange, agentId: number): Promise<boolean> {
  app.services.presence.left(agentId);
  try {
    return await app.services.commands.signOff(agentId, askerOf(viewer, req));
  } catch (error) {
    req.log.warn({ err: error, agentId }, 'signed off without the PBX knowing');
    return false;
  }
}

async function showFaults(exchange: Exchange<Viewer | null>, error: z.ZodError): Promise<void> {
  const { t } = exchange;
  const fields = fieldErrors(error);
  const { team, userName, next } = fieldsAsTyped(exchange.req.body);
  // A fault of a field that is not shown (language, next) was made by hand: there is nothing to mend on the form.
  if (!('userName' in fields || 'password' in fields || 'team' in fields)) throw new InvalidInput('invalid', fields);
  const errors = Object.fromEntries(Object.entries(fields).map(([name, key]) => [name, t(key)]));
  await showForm(exchange, { team, userName, next: returnPath(next, '') }, 422, '', errors);
}

/** What is shown again after a fault: strings only, cut, so that nothing strange comes back. */
function fieldsAsTyped(body: unknown): Values {
  const typed = z.object({ team: z.string(), userName: z.string(), next: z.string() }).partial().safeParse(body);
  const { team = '', userName = '', next = '' } = typed.success ? typed.data : {};
  return { team: team.slice(0, 32), userName: userName.slice(0, 64), next };
}

/** The form is of another page's session, or somebody else's: nothing of it is done, and the form is there again, with a token that is good. */
async function showAgain(exchange: Exchange<Viewer | null>): Promise<void> {
  const { app, req, res, viewer } = exchange;
  const typed = fieldsAsTyped(req.body);
  const posted = z.object({ language: z.string() }).safeParse(req.body);
  const chosen = chosenLanguage(exchange, posted.success ? posted.data.language : '');
  if (chosen) req.session.language = chosen;
  const shown = chosen ? makeExchange(app, req, res, viewer, chosen) : exchange;
  await showForm(shown, { ...typed, next: returnPath(typed.next, '') }, 403, shown.t('sign-in.new.again'));
}

async function refuse(exchange: Exchange<Viewer | null>, values: Values, failure: SignInFailure): Promise<void> {
  const params = 'seconds' in failure ? { seconds: failure.seconds } : {};
  if ('seconds' in failure) exchange.res.set('Retry-After', String(failure.seconds));
  await showForm(exchange, values, failure.status, exchange.t(`errors.${failure.code}`, params));
}

async function showForm(
  exchange: Exchange<Viewer | null>,
  values: Values,
  status: number,
  error = '',
  errors: SignInPage['errors'] = {},
  elsewhere: SignInPage['elsewhere'] = null,
): Promise<void> {
  const { app, t, page } = exchange;
  const open = await teams.enabledTeams(app.db);
  const options = open.map(({ identity, name }) => ({ value: identity, text: name }));
  const first = options[0]?.value ?? '';
  const known = values.team !== '' || exchange.req.method === 'POST';
  const model: SignInPage = {
    languages: app.languages.offered.map((value) => ({ value, text: languageName(value) })),
    teams: [...options, { value: '', text: t('sign-in.new.team-system') }],
    fixedTeam: null,
    values: { ...values, team: known ? values.team : first },
    error,
    errors,
    elsewhere,
    demoAccounts: [...app.config.demoAccounts],
  };
  page('sign-in/new', model, status);
}

/** Only a choice: the language the page had by itself (from the browser) must not stand against the account's own. */
function chosenLanguage({ app, req }: Exchange<Viewer | null>, posted: string): Language | undefined {
  const stored = app.languages.offered.find((language) => language === req.session.language);
  if (stored) return stored;
  const offered = app.languages.offered.find((language) => language === posted);
  return offered === app.languages.choose(acceptedLanguages(req.get('Accept-Language'))) ? undefined : offered;
}

async function log(
  { app, req }: Exchange<Viewer | null>,
  viewer: Viewer | null,
  actor: string,
  action: string,
  team: string,
): Promise<void> {
  const entry = {
    teamId: viewer?.teamId ?? null,
    accountId: viewer?.accountId ?? null,
    actor,
    action,
    targetKind: 'account',
    targetId: viewer ? String(viewer.accountId) : '',
    details: team === '' ? {} : { team },
    address: req.ip ?? '',
  };
  await audit.add(app.db, entry, app.services.now());
}
