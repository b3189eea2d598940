import assert from 'node:assert/strict';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putAnnouncement } from '../support/notices.js';

const scripted = { 'X-Requested-With': 'XMLHttpRequest' };

/** A form of something that several people may change. */
interface Form {
  name: string;
  /** Makes one; answers its address and that of its form. */
  make(app: TestApp, client: Client): Promise<{ path: string; form: string }>;
  /** What is posted, but for the field that changes. */
  rest(app: TestApp): Record<string, string>;
  field: string;
}

const created = async (
  app: TestApp,
  client: Client,
  path: string,
  fields: Record<string, string>,
  table: string,
  id: string,
) => {
  assert.equal((await client.post(path, fields)).status, 303);
  const [row] = await app.db(table).orderBy(id, 'desc');
  return { path: `${path}/${row[id]}`, form: `${path}/${row[id]}` };
};
const contact = { name: 'Courier', phone: '95554', owner: '', enabled: '1' };
const template = { kind: 'mail', name: 'Order', subject: 'Order', enabled: '1' };
const forms: Form[] = [
  {
    name: 'a common contact',
    make: (app, client) =>
      created(app, client, '/common-contacts', { ...contact, note: 'first' }, 'common_contacts', 'contact_id'),
    rest: () => contact,
    field: 'note',
  },
  {
    name: 'a template',
    make: (app, client) =>
      created(app, client, '/message-templates', { ...template, body: 'first' }, 'message_templates', 'template_id'),
    rest: () => template,
    field: 'body',
  },
  {
    name: 'an announcement',
    make: async (app) => {
      const path = `/announcements/${await putAnnouncement(app, app.world.alpha.admin)}`;
      return { path, form: `${path}/edit` };
    },
    rest: () => ({ title: 'Notice', state: 'open', scope: 'team' }),
    field: 'content',
  },
];

for (const engine of engines) {
  describe(`what another has saved meanwhile on ${engine}`, () => {
    let app: TestApp;
    let client: Client;

    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      client = await signedIn(app.url, app.world.alpha.admin);
    });
    after(() => app?.stop());

    for (const { name, make, rest, field } of forms) {
      describe(name, () => {
        /** The form in a window of its own. */
        const open = async (form: string) => {
          const page = await client.get(form);
          const was = page.$('input[name=was]').attr('value') ?? '';
          return (content: string) => ({ ...rest(app), [field]: content, was });
        };
        const stored = async (form: string) => String((await client.get(form)).$(`#f_${field}`).val()).trim();

        it('stands below what was typed, is not written over, and is once that was seen', async () => {
          const { path, form } = await make(app, client);
          const [one, other] = [await open(form), await open(form)];
          assert.equal((await client.post(path, one('<b>hers</b>'))).status, 303);
          const refused = await client.post(path, other('his'));
          assert.equal(refused.status, 409);
          assert.equal(refused.$('.error-summary[role=alert]').length, 1);
          assert.equal(String(refused.$(`#f_${field}`).val()).trim(), 'his', 'his own words are there');
          assert.deepEqual(
            refused
              .$('.meanwhile strong')
              .get()
              .map((one) => refused.$(one).text()),
            ['<b>hers</b>'],
          );
          assert.equal(await stored(form), '<b>hers</b>');
          const was = refused.$('input[name=was]').attr('value') ?? '';
          assert.equal((await client.post(path, { ...other('his'), was })).status, 303);
          assert.equal(await stored(form), 'his');
        });

        it('is no trouble where it is the same, as when a button was pressed twice', async () => {
          const { path, form } = await make(app, client);
          const save = await open(form);
          const answers = await Promise.all([client.post(path, save('both')), client.post(path, save('both'))]);
          assert.deepEqual(
            answers.map(({ status }) => status),
            [303, 303],
          );
          assert.equal(await stored(form), 'both');
        });

        it('is no trouble, either, where what was typed is stored a little otherwise', async () => {
          const { path, form } = await make(app, client);
          const save = await open(form);
          const typed = {
            ...save(field === 'note' ? ' both ' : 'both \r\n'),
            [`group_${app.world.alpha.sales}`]: 'on',
            people: 'lena',
          };
          for (const time of ['first', 'second']) assert.equal((await client.post(path, typed)).status, 303, time);
          assert.equal(await stored(form), 'both');
        });

        it('is found where the form was half-written before', async () => {
          const { path, form } = await make(app, client);
          const [one, other] = [await open(form), await open(form)];
          const typed = { page: form, tab: '', fields: `was=${one('').was}&${field}=half` };
          assert.equal((await client.post('/drafts', typed, scripted)).status, 200);
          assert.equal((await client.post(path, other('theirs'))).status, 303);
          const again = await open(form);
          assert.equal(await stored(form), 'half', 'brought back');
          assert.equal((await client.post(path, again('half and half'))).status, 409);
          await app.db('drafts').delete();
          assert.equal(await stored(form), 'theirs');
        });

        it('is not written over by a form that does not say what it was made of', async () => {
          const { path, form } = await make(app, client);
          const save = await open(form);
          const { was: _was, ...without } = save('late');
          assert.equal((await client.post(path, without)).status, 409);
          for (const was of ['', 'x', '-1', '1', '9'.repeat(30), "1' or 1=1"])
            assert.equal((await client.post(path, { ...without, was })).status, 409, was);
          assert.notEqual(await stored(form), 'late');
        });
      });
    }
  });
}
