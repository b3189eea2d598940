import { z } from 'zod';
import { NotFound } from '../errors.js';
import * as accounts from '../models/accounts.js';
import * as agents from '../models/agents.js';
import * as extensions from '../models/extensions.js';
import type { Exchange } from '../web/exchange.js';
import { choice, parseFields } from '../web/forms.js';
import type { ProfilePage } from '../web/page-models.js';
import { languageName } from './language-names.js';
import { sessionTopic } from './live.js';

const form = z.object({
  language: choice(['', 'zh-CN', 'en']),
  theme: choice(['system', 'light', 'dark']),
});

/** GET /profile */
export async function show(exchange: Exchange): Promise<void> {
  exchange.page('profile/show', await modelOf(exchange));
}

/** POST /profile: what a person may change of himself: language and appearance. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const { language, theme } = parseFields(form, req.body);
  await accounts.setPreferences(app.db, viewer.accountId, language, theme, app.services.now());
  // What was chosen at sign-in was for that session; this is meant for good.
  delete req.session.language;
  app.viewers.forget(viewer.accountId);
  await app.services.live.publish([sessionTopic(viewer.accountId)]);
  const now = await app.viewers.of(viewer.accountId);
  const text = app.languages.translator(now?.language ?? exchange.language)('profile.show.saved');
  exchange.seeOther('/profile', { kind: 'done', text });
}

async function modelOf({ app, viewer, t }: Exchange): Promise<ProfilePage> {
  const account = await accounts.byId(app.db, viewer.accountId);
  if (!account) throw new NotFound();
  return {
    facts: [
      { labelKey: 'user-name', text: account.userName },
      { labelKey: 'last-name', text: account.lastName },
      { labelKey: 'first-name', text: account.firstName },
      { labelKey: 'email', text: account.email },
      { labelKey: 'team', text: viewer.teamName },
      ...(await agentFacts({ app, viewer, t })),
    ],
    values: {
      language: app.languages.offered.find((offered) => offered === account.language) ?? '',
      theme: account.theme,
    },
    languages: app.languages.offered.map((value) => ({ value, text: languageName(value) })),
    errors: {},
  };
}

async function agentFacts({ app, viewer, t }: Pick<Exchange, 'app' | 'viewer' | 't'>): Promise<ProfilePage['facts']> {
  if (viewer.agentId === null || viewer.teamId === null) return [];
  const agent = await agents.byId(app.db, viewer.teamId, viewer.agentId);
  if (!agent) return [];
  const held = await extensions.heldBy(app.db, agent.agentId);
  const home = agent.extensionId === null ? null : await extensions.byId(app.db, viewer.teamId, agent.extensionId);
  return [
    { labelKey: 'agent-no', text: agent.agentNo },
    { labelKey: 'extension', text: (held ?? home)?.number ?? '' },
    { labelKey: 'extension-mode', text: t(`profile.extension-mode.${agent.extensionMode}`) },
  ];
}
