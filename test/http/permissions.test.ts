import { strict as assert } from 'node:assert';
import * as contacts from '../../src/models/common-contacts.js';
import * as extensions from '../../src/models/extensions.js';
import * as messageTemplates from '../../src/models/message-templates.js';
import * as outgoing from '../../src/models/outgoing-messages.js';
import * as payRates from '../../src/models/pay-rates.js';
import type { Permission } from '../../src/models/permissions.js';
import { routes } from '../../src/routes.js';
import { checkRoutes, type Needs, type Route } from '../../src/web/route.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, Client, signedIn } from '../support/client.js';
import { putNotices } from '../support/notices.js';
import type { Person, TeamOf } from '../support/world.js';

/** The roles of the world, written down by hand: what a test of rights must not take from the code it tests. */
const basics: readonly Permission[] = ['desk.open', 'profile.edit', 'messages.read'];
const ofAgents: readonly Permission[] = ['desk.use', 'calls.own', 'voicemails.own', 'outgoing.send'];
const rights: Record<string, readonly Permission[]> = {
  root: [
    ...basics,
    'calls.team',
    'calls.export',
    'monitor.watch',
    'monitor.team',
    'team.administer',
    'system.administer',
  ],
  admin: [
    ...basics,
    'outgoing.send',
    'calls.team',
    'calls.export',
    'monitor.watch',
    'monitor.team',
    'calls.inspect',
    'announcements.publish',
    'team.administer',
    'pay.settle',
  ],
  leader: [
    ...basics,
    ...ofAgents,
    'calls.group',
    'calls.export',
    'monitor.watch',
    'dialer.operate',
    'announcements.publish',
  ],
  agent: [...basics, ...ofAgents],
  staff: basics,
  inspector: [...basics, 'calls.team', 'calls.inspect'],
};
const roles = Object.keys(rights);

/** Posts that would end the session the matrix goes on with. */
const signsOff = '/sign-off';

function may(role: string, needs: Needs): boolean {
  if (needs === 'signed-in') return true;
  const wanted: readonly string[] = typeof needs === 'string' ? [needs] : needs;
  return wanted.some((permission) => rights[role]?.some((right) => right === permission));
}

const guarded = routes.filter((route) => route.permission !== 'public');
const scripted = (route: Route): boolean => 'fragment' in route || 'stream' in route;

describe('the table of routes', () => {
  it('names a permission in every line', () => {
    assert.doesNotThrow(() => checkRoutes(routes));
    for (const route of routes) assert.ok(route.permission, route.path);
  });

  it('does not boot with a route that has none, or that stands twice', () => {
    const [first] = guarded;
    assert.ok(first);
    const bare = { ...first, path: '/new', permission: undefined } as unknown as Route;
    assert.throws(() => checkRoutes([bare]), /without a permission: .* \/new/);
    assert.throws(() => checkRoutes([first, first]), /stands twice/);
  });

  it('opens to everybody only what must be open', () => {
    const open = routes
      .filter(({ permission }) => permission === 'public')
      .map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(open, [
      ...['get /healthz', 'get /readyz', 'post /internal/commands'],
      ...['get /sign-in', 'post /sign-in', 'get /diag', 'post /diag'],
    ]);
  });
});

for (const engine of engines) {
  describe(`every route by every role on ${engine}`, () => {
    let app: TestApp;
    const clients = new Map<string, Client>();
    const notices: Record<string, Record<string, number>> = {};
    const rates: Record<string, number> = {};
    const templates: Record<string, number> = {};
    const letters: Record<string, number> = {};
    const phones: Record<string, number> = {};
    const contactIds: Record<string, number> = {};

    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
      const { alpha, root } = app.world;
      for (const team of ['alpha', 'beta'] as const) notices[team] = await putNotices(app, app.world[team]);
      for (const team of ['alpha', 'beta'] as const) {
        rates[team] = await putRate(app, app.world[team]);
        templates[team] = await putTemplate(app, app.world[team]);
        letters[team] = await putLetter(app, app.world[team]);
        phones[team] = await phoneOf(app, app.world[team]);
        contactIds[team] = await putContact(app, app.world[team]);
      }
      const people: Record<string, Person> = { ...alpha, root } as unknown as Record<string, Person>;
      for (const role of roles) {
        const person = people[role];
        assert.ok(person);
        clients.set(role, await signedIn(app.url, person));
      }
    });
    after(() => app?.stop());

    const client = (role: string): Client => {
      const found = clients.get(role);
      assert.ok(found);
      return found;
    };

    /** The path with ids of this team's things, or the other's. */
    const pathOf = (route: Route, team: 'alpha' | 'beta'): string =>
      route.path
        .replace(':id', String(app.world[team].sales))
        .replace(':agentId', String(app.world[team].agent.agentId))
        .replace(':callId', `${team}-call`)
        .replace(/^(\/voicemails.*):messageId/, '$11700000000-00000001')
        .replace(/^(\/outgoing-messages.*):messageId/, `$1${letters[team]}`)
        .replace(/:(messageId|announcementId|taskId|entryId)/, (_, name) => String(notices[team]?.[name]))
        .replace(':extensionId', String(phones[team]))
        .replace(':contactId', String(contactIds[team]))
        .replace(':rateId', String(rates[team]))
        .replace(':templateId', String(templates[team]))
        .replace(':section', `record-access?team=${app.world[team].teamId}`);

    const ask = (browser: Client, route: Route, team: 'alpha' | 'beta'): Promise<Answer> => {
      const path = pathOf(route, team);
      if ('stream' in route) return askStream(browser, path);
      return route.method === 'get' ? browser.get(path) : browser.post(path);
    };

    for (const route of guarded) {
      const name = `${route.method} ${route.path}`;
      it(`${name}: nobody without signing in`, async () => {
        const { status, headers, text } = await ask(new Client(app.url), route, 'alpha');
        if (scripted(route)) {
          assert.equal(status, 401);
          assert.equal(headers.get('hx-redirect'), '/sign-in');
          assert.equal(text, 'Unauthorized', 'a word, and nothing of the page');
        } else {
          assert.equal(status, 303);
          assert.match(headers.get('location') ?? '', /^\/sign-in/);
        }
      });

      for (const role of roles) {
        it(`${name}: ${may(role, route.permission as Needs) ? 'open' : 'closed'} to ${role}`, async () => {
          if (route.path === signsOff) return;
          const { status } = await ask(client(role), route, 'alpha');
          if (may(role, route.permission as Needs)) assert.notEqual(status, 401);
          else assert.equal(status, 403);
          if (may(role, route.permission as Needs)) assert.ok(status < 500 || status === 503, `answered ${status}`);
        });
      }

      if (!route.path.includes(':')) continue;
      it(`${name}: another team's id looks like none to every role`, async () => {
        // Settings of every team are the system's administrator's.
        const strangers = route.path.includes(':section') ? roles.filter((one) => one !== 'root') : roles;
        for (const role of strangers.filter((one) => may(one, route.permission as Needs))) {
          const { status, text } = await ask(client(role), route, 'beta');
          // The system's administrator has no team, so nothing of a team is his.
          assert.equal(status, role === 'root' && 'page' in route ? 403 : 404, `${role}: ${text}`);
          assert.doesNotMatch(text, /beta/);
        }
      });
    }

    it('takes no form without its token, from anybody, at any address', async () => {
      for (const route of guarded.filter(({ method }) => method === 'post')) {
        const role = roles.find((one) => may(one, route.permission as Needs));
        assert.ok(role);
        for (const token of ['', 'made-up', client('staff').csrf]) {
          const { status } = await client(role).post(route.path, { _csrf: role === 'staff' ? 'x' : token });
          assert.equal(status, 403, `${route.path} with "${token}"`);
        }
      }
      assert.deepEqual(
        app.asked.map(({ name }) => name).filter((name) => name === 'signOff'),
        [],
      );
    });

    it('draws in the menu what the person may open, and nothing else', async () => {
      for (const role of roles) {
        const { $ } = await client(role).get('/desk');
        const urls = $('#menu a[data-open]').map((_, link) => $(link).attr('data-open'));
        for (const url of urls.get()) {
          const { status } = await client(role).get(url);
          assert.notEqual(status, 403, `${role} is shown ${url}`);
        }
        assert.equal(urls.get().includes('/monitor'), role !== 'root' && may(role, 'monitor.watch'), role);
      }
    });
  });
}

/** A rate of this team's group. */
function putRate({ db, clock }: TestApp, { teamId, sales, admin }: TeamOf): Promise<number> {
  const money = { periodSeconds: 60, periodAmount: 1, connectAmount: 0, validFrom: clock.now, validTo: null };
  return payRates.create(db, { teamId, agentId: null, groupId: sales, ...money }, admin.accountId, clock.now);
}

/** A template of this team, and an e-mail of its agent. */
function putTemplate({ db, clock }: TestApp, { teamId }: TeamOf): Promise<number> {
  const template = { kind: 'mail', name: 'Order', subject: 'Order', body: 'It comes.', enabled: true } as const;
  return messageTemplates.create(db, { teamId, ...template }, clock.now);
}
function putContact({ db, clock }: TestApp, { teamId, sales: groupId }: TeamOf): Promise<number> {
  const contact = { name: 'Courier', phone: '95554', note: '', showNumber: true, enabled: true };
  return contacts.create(db, teamId, { ...contact, groupId, virtualUserId: null }, clock.now);
}
async function phoneOf({ db }: TestApp, { teamId }: TeamOf): Promise<number> {
  return (await extensions.ofTeam(db, teamId))[0]?.extensionId ?? assert.fail();
}
function putLetter({ db, clock }: TestApp, { teamId, agent }: TeamOf): Promise<number> {
  const letter = {
    kind: 'mail',
    recipient: 'a@example.com',
    subject: 's',
    body: 'b',
    formKey: 'f'.repeat(26),
  } as const;
  const limit = { most: 0, day: '2026-11-28', counted: letter.recipient };
  return outgoing.create(db, { teamId, accountId: agent.accountId, ...letter }, limit, clock.now);
}

/** Reads the head of a stream and lets it go. */
async function askStream(browser: Client, path: string): Promise<Answer> {
  const abort = new AbortController();
  const response = await fetch(`${browser.url}${path}`, {
    headers: { Cookie: browser.cookie },
    redirect: 'manual',
    signal: abort.signal,
  });
  const text = response.status === 200 ? '' : await response.text();
  abort.abort();
  return { status: response.status, headers: response.headers, text, $: (await import('cheerio')).load(text) };
}
