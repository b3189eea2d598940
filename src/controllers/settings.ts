import { NotFound } from '../errors.js';
import * as accounts from '../models/accounts.js';
import { parseTyped, type Texts, textsOf, typedOf } from '../settings/form.js';
import { type InForce, inForce } from '../settings/read.js';
import { resetSection, type Saving, saveSection } from '../settings/save.js';
import { secretFaults } from '../settings/secrets.js';
import type { FieldFaults, SettingsSection } from '../settings/section.js';
import type { Exchange } from '../web/exchange.js';
import type { SettingsFormPage, SettingsPage } from '../web/pages/settings.js';
import { addressOf, originFor, rowsOf, type SettingsScope, scopeOf, sectionsOf } from './settings-scope.js';

/** GET /settings: the sections this person may change, with whose value is in force. */
export async function index(exchange: Exchange): Promise<void> {
  const scope = await scopeOf(exchange);
  const { teamName, teams, team } = scope;
  const model: SettingsPage = { teamName, teams, team, rows: await rowsOf(exchange, scope) };
  exchange.page('settings/index', model);
}

/** GET /settings/:section */
export async function show(exchange: Exchange): Promise<void> {
  const form = await formOf(exchange);
  await showForm(exchange, form, textsOf(form.section, form.now.value), 200);
}

/** POST /settings/:section: saves, tries out (do_test), or takes the own value away (do_reset). */
export async function update(exchange: Exchange): Promise<void> {
  const form = await formOf(exchange);
  const body: Readonly<Record<string, unknown>> = { ...Object(exchange.req.body) };
  const version = typeof body.version === 'string' ? body.version : '';
  if ('do_reset' in body) return reset(exchange, form, version);
  const typed = typedOf(form.section, body);
  const parsed = parseTyped(form.section, typed, ownOf(form));
  if ('faults' in parsed) return showForm(exchange, form, typed, 422, { faults: parsed.faults });
  const { db, services } = exchange.app;
  const unkept = secretFaults(db, form.section, parsed.value);
  const faults = { ...unkept, ...(await form.section.check?.(db, form.scope.teamId, parsed.value, services.now())) };
  if (Object.keys(faults).length > 0) return showForm(exchange, form, typed, 422, { faults });
  if ('do_test' in body) return test(exchange, form, typed, parsed.value);
  const saved = await saveSection(exchange.app.db, savingOf(exchange, form, version), parsed.value);
  if (saved === 'changed') return showForm(exchange, await formOf(exchange), typed, 409, { changed: true });
  await done(exchange, form, saved === 'same' ? 'settings.show.same' : 'settings.show.saved');
}

interface Form {
  scope: SettingsScope;
  section: SettingsSection<object>;
  now: InForce<object>;
}

async function formOf(exchange: Exchange): Promise<Form> {
  const scope = await scopeOf(exchange);
  const section = sectionsOf(scope).find(({ name }) => name === exchange.req.params.section);
  if (!section) throw new NotFound();
  return { scope, section, now: await inForce(exchange.app.db, scope.teamId, section) };
}

/** A team does not get the system's secrets by saving its own address beside them. */
function ownOf({ scope, now }: Form): object | null {
  return originFor(scope, now.origin) === 'own' ? now.value : null;
}

function savingOf({ app, viewer, req }: Exchange, { scope, section }: Form, version: string): Saving<object> {
  const by = { accountId: viewer.accountId, userName: viewer.userName, address: req.ip ?? '' };
  return { section, teamId: scope.teamId, version, by, now: app.services.now() };
}

async function reset(exchange: Exchange, form: Form, version: string): Promise<void> {
  const { db, services } = exchange.app;
  const below = await belowOf(exchange, form);
  const faults = await form.section.check?.(db, form.scope.teamId, below, services.now());
  if (faults && Object.keys(faults).length > 0)
    return showForm(exchange, form, textsOf(form.section, form.now.value), 422, { faults });
  const saved = await resetSection(db, savingOf(exchange, form, version));
  if (saved === 'changed') {
    const fresh = await formOf(exchange);
    return showForm(exchange, fresh, textsOf(fresh.section, fresh.now.value), 409, { changed: true });
  }
  await done(exchange, form, 'settings.show.was-reset');
}

async function test(exchange: Exchange, form: Form, typed: Texts, value: object): Promise<void> {
  const { app, viewer, language, t } = exchange;
  const { section, scope } = form;
  if (!section.test) throw new NotFound();
  const account = await accounts.byId(app.db, viewer.accountId);
  const { accountId, userName } = viewer;
  const by = { accountId, userName, email: account?.email ?? '', language };
  const outcome = await section.test({ db: app.db, teamId: scope.teamId, now: app.services.now(), account: by }, value);
  const text = t(`settings.${section.name}.test.${outcome.code}`, outcome.params ?? {});
  await showForm(exchange, form, typed, outcome.ok ? 200 : 422, { tested: { ok: outcome.ok, text } });
}

async function done(exchange: Exchange, { scope, section }: Form, key: string): Promise<void> {
  // What a setting lets the people of a team do is asked anew at their next step.
  const topics = [section.topic, scope.teamId === null ? undefined : `team:${scope.teamId}`];
  await exchange.app.services.live.publish(topics.filter((topic) => topic !== undefined));
  const title = exchange.t(`settings.${section.name}.title`);
  exchange.seeOther(addressOf(scope, section.name), { kind: 'done', text: exchange.t(key, { title }) });
}

interface Shown {
  faults?: FieldFaults;
  /** Somebody else saved after the form was made. */
  changed?: boolean;
  tested?: SettingsFormPage['tested'];
}

async function showForm(
  exchange: Exchange,
  form: Form,
  texts: Texts,
  status: number,
  shown: Shown = {},
): Promise<void> {
  const { t, req, res } = exchange;
  const { scope, section, now } = form;
  const faults = Object.entries(shown.faults ?? {});
  const stored = textsOf(section, now.value);
  const secrets: Readonly<Record<string, unknown>> = { ...ownOf(form) };
  // While the form was not made anew, it goes on with the version it had: a fault must not hide what others saved meanwhile.
  const kept = shown.changed ? undefined : Object(req.body).version;
  const model: SettingsFormPage = {
    ...{ name: section.name, address: addressOf(scope, section.name), teamName: scope.teamName },
    ...{ teams: scope.teams, team: scope.team, savedAt: now.savedAt, savedBy: now.savedBy },
    version: typeof kept === 'string' ? kept.slice(0, 500) : now.version,
    origin: originFor(scope, now.origin),
    fields: section.fields.map(({ name, kind, choices = [] }) => ({
      ...{ name, kind, choices, value: texts[name] ?? '' },
      kept: kind === 'secret' && Boolean(secrets[name]),
      meanwhile: shown.changed && kind !== 'secret' && stored[name] !== texts[name] ? (stored[name] ?? '') : null,
    })),
    error: shown.changed ? t('settings.show.changed', { userName: now.savedBy || t('layout.none') }) : '',
    errors: Object.fromEntries(faults.map(([name, { key, params = {} }]) => [name, t(key, params)])),
    tested: shown.tested ?? null,
    hasTest: section.test !== undefined,
    reset: now.savedAt === null ? null : await resetOf(exchange, form),
    rows: await rowsOf(exchange, scope),
  };
  res.set('Cache-Control', 'private, no-store');
  exchange.page('settings/show', model, status);
}

/** What holds without the own value. */
async function belowOf({ app }: Exchange, { scope, section }: Form): Promise<object> {
  return scope.teamId === null ? section.defaults : (await inForce(app.db, null, section)).value;
}

async function resetOf(exchange: Exchange, form: Form): Promise<SettingsFormPage['reset']> {
  const { section, now } = form;
  const below = await belowOf(exchange, form);
  const from = textsOf(section, now.value);
  const to = textsOf(section, below);
  const secrets: Readonly<Record<string, unknown>> = { ...now.value };
  const secretsBelow: Readonly<Record<string, unknown>> = { ...below };
  return section.fields
    .filter(({ name, kind }) => (kind === 'secret' ? secrets[name] !== secretsBelow[name] : from[name] !== to[name]))
    .map(({ name, kind }) => ({ name, kind, from: from[name] ?? '', to: to[name] ?? '' }));
}
