import { NotFound } from '../errors.js';
import * as accounts from '../models/accounts.js';
import * as agents from '../models/agents.js';
import * as extensions from '../models/extensions.js';
import * as groups from '../models/groups.js';
import * as memberships from '../models/memberships.js';
import * as payLedger from '../models/pay-ledger.js';
import * as profiles from '../models/profiles.js';
import { roleWord } from '../models/roles.js';
import { changeProfile } from '../services/profile.js';
import { agentOf, type Exchange } from '../web/exchange.js';
import type { FormErrors } from '../web/page-models.js';
import type { OwnPayPage } from '../web/pages/pay.js';
import type { ProfilePage } from '../web/pages/profile.js';
import { sessionTopic } from './live.js';
import { currencyOf, ledgerOf } from './pay-words.js';
import { fieldAsked, panelsOf, type Typed, typedOf } from './profile-fields.js';

/** GET /profile (个人信息, B1): white fields are one's own to change, grey ones are not. */
export async function show(exchange: Exchange): Promise<void> {
  await showProfile(exchange, 200);
}

/** POST /profile: the whole form, or the one field a script sends when it is left. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const typed = typedOf(req.body);
  if (Object.keys(typed.errors).length > 0) return answer(exchange, 422, typed, wordsOf(exchange, typed.errors));
  const by = { teamId: viewer.teamId, userName: viewer.userName, address: req.ip ?? '' };
  const { values, was } = typed;
  const change = { accountId: viewer.accountId, typed: values, was, by, now: app.services.now() };
  const done = await changeProfile(app.db, change);
  if (!done) throw new NotFound();
  if ('meanwhile' in done) {
    const errors = Object.entries(done.meanwhile).map(([name, value]) => [
      name,
      t('profile.show.meanwhile', { value: value || t('layout.none') }),
    ]);
    return answer(exchange, 409, typed, Object.fromEntries(errors));
  }
  await told(exchange, done.changed);
  if (fieldAsked(req.body)) return answer(exchange, 200, { ...typed, texts: {} }, {});
  // The page that comes next is in the language that was chosen.
  const now = await app.viewers.of(viewer.accountId);
  const text = app.languages.translator(now?.language ?? exchange.language)('profile.show.saved');
  exchange.seeOther('/profile', { kind: 'done', text });
}

/** GET /profile/pay: the own ledger, to look at. */
export async function pay(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const agentId = agentOf(viewer);
  if (viewer.teamId === null) throw new NotFound();
  const [{ unpaid, paid }, currency, ledger] = await Promise.all([
    payLedger.balanceOf(app.db, viewer.teamId, agentId),
    currencyOf(exchange, viewer.teamId),
    ledgerOf(exchange, viewer.teamId, agentId, '/profile/pay'),
  ]);
  const model: OwnPayPage = { unpaid, paid, currency, ...ledger };
  exchange.page('profile/pay', model);
}

/** Lets the person's other pages and sessions know. */
async function told({ app, viewer, req }: Exchange, changed: readonly string[]): Promise<void> {
  if (changed.length === 0) return;
  // What was chosen at sign-in was for that session; this is meant for good.
  if (changed.includes('language')) delete req.session.language;
  app.viewers.forget(viewer.accountId);
  if (viewer.agentId !== null) await app.services.settingsChanged(viewer.agentId);
  await app.services.live.publish([sessionTopic(viewer.accountId)]);
}

function wordsOf({ t }: Exchange, errors: Typed['errors']): FormErrors {
  return Object.fromEntries(Object.entries(errors).map(([name, key]) => [name, t(key)]));
}

/** To a script its field, to everybody else the page. */
async function answer(exchange: Exchange, status: number, { texts }: Typed, errors: FormErrors): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const name = exchange.bare ? fieldAsked(req.body) : null;
  if (name === null) return showProfile(exchange, status, errors, texts);
  const stored = await profiles.read(app.db, viewer.accountId);
  if (!stored) throw new NotFound();
  const field = panelsOf(app, t, stored, texts)
    .flatMap(({ fields }) => fields)
    .find((one) => one.name === name);
  exchange.page('profile/_field', { field, errors }, status);
}

/** Also the answer to a refused password. */
export async function showProfile(
  exchange: Exchange,
  status: number,
  errors: FormErrors = {},
  texts: Typed['texts'] = {},
): Promise<void> {
  const { app, viewer, t, res } = exchange;
  const stored = await profiles.read(app.db, viewer.accountId);
  if (!stored) throw new NotFound();
  const { teamId, agentId } = viewer;
  const model: ProfilePage = {
    facts: [
      { labelKey: 'user-name', text: viewer.userName },
      { labelKey: 'team', text: viewer.teamName },
      { labelKey: 'role', text: await roleOf(exchange) },
      ...(await agentFacts(exchange)),
    ],
    panels: panelsOf(app, t, stored, texts),
    pay:
      teamId === null || agentId === null
        ? null
        : { ...(await payLedger.balanceOf(app.db, teamId, agentId)), currency: await currencyOf(exchange, teamId) },
    errors,
  };
  res.set('Cache-Control', 'private, no-store');
  exchange.page('profile/show', model, status);
}

/** The word of the agent's role, else of the account's, else of its kind; a role somebody made has its own name. */
async function roleOf({ app, viewer, t }: Exchange): Promise<string> {
  const person = await accounts.person(app.db, viewer.accountId);
  if (person && person.kind !== 'user') return t(`roles.${person.kind}`);
  const roleId = person?.agentRoleId ?? person?.roleId ?? null;
  const role = roleId === null ? null : await roleWord(app.db, roleId);
  return role === null ? '' : role.own ? role.name : t(`roles.${role.code}`);
}

async function agentFacts({ app, viewer, t }: Exchange): Promise<ProfilePage['facts']> {
  if (viewer.agentId === null || viewer.teamId === null) return [];
  const agent = await agents.byId(app.db, viewer.teamId, viewer.agentId);
  if (!agent) return [];
  const held = await extensions.heldBy(app.db, agent.agentId);
  const home = agent.extensionId === null ? null : await extensions.byId(app.db, viewer.teamId, agent.extensionId);
  const [member, all] = await Promise.all([
    memberships.ofAgent(app.db, agent.agentId),
    groups.list(app.db, { teamId: viewer.teamId }),
  ]);
  const names = all.filter(({ groupId }) => member.some((one) => one.groupId === groupId)).map(({ name }) => name);
  return [
    { labelKey: 'agent-no', text: agent.agentNo },
    { labelKey: 'extension-mode', text: t(`profile.extension-mode.${agent.extensionMode}`) },
    { labelKey: 'extension', text: (held ?? home)?.number ?? '' },
    { labelKey: 'groups', text: names.join(t('profile.show.and')) },
  ];
}
