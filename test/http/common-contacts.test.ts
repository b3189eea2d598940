import { strict as assert } from 'node:assert';
import * as contacts from '../../src/models/common-contacts.js';
import * as dialTargets from '../../src/models/dial-targets.js';
import { hiddenNames } from '../../src/services/hidden-numbers.js';
import type { Call } from '../../src/telephony/state.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putCall, putState, record } from '../support/states.js';

const plain = { name: 'Courier', phone: '955-54', owner: '', note: 'ask for the waybill', enabled: '1' };

for (const engine of engines) {
  describe(`common contacts on ${engine}`, () => {
    let app: TestApp;
    let admin: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      admin = await signedIn(app.url, app.world.alpha.admin);
    });
    after(() => app?.stop());

    const stored = () => app.db('common_contacts').orderBy('contact_id');
    const names = (page: Awaited<ReturnType<Client['get']>>) =>
      page
        .$('tbody th')
        .map((_, cell) => page.$(cell).text())
        .get();
    const put = (name: string, more: Partial<contacts.NewContact> = {}, team = app.world.alpha) =>
      contacts.create(
        app.db,
        team.teamId,
        {
          ...{ name, phone: '95554', note: '', showNumber: true, enabled: true, groupId: null, virtualUserId: null },
          ...more,
        },
        app.clock.now,
      );

    it('are asked for once, however many numbers of however many calls are shown, and at once when one has changed', async () => {
      const { teamId } = app.world.alpha;
      await put('Boss', { phone: '95555', showNumber: false });
      let asked = 0;
      const count = ({ sql }: { sql: string }) => {
        if (sql.includes('common_contacts')) asked += 1;
      };
      app.db.on('query', count);
      for (let turn = 0; turn < 5; turn += 1)
        assert.equal((await hiddenNames(app.db, teamId, ['95555', '1'])).get('95555'), 'Boss');
      assert.equal(asked, 1);
      app.db.off('query', count);
      await put('Courier', { phone: '1', showNumber: false });
      assert.equal((await hiddenNames(app.db, teamId, ['95555', '1'])).get('1'), 'Courier');
    });

    for (const more of [0, 1_001])
      it(`hide a number however the carrier writes it, with ${more} other hidden ones in the team`, async () => {
        const { teamId } = app.world.alpha;
        await put('Boss', { phone: '13800138000', showNumber: false });
        await put('Landline', { phone: '+8675512345678', showNumber: false });
        await put('Abroad', { phone: '0012025550123', showNumber: false });
        await put('Night watch', { phone: '8001', showNumber: false });
        await put('Seen', { phone: '13800138111' });
        const others = Array.from({ length: more }, (_, n) => ({
          ...{ name: `Other ${n}`, phone: `139${10_000_000 + n}`, note: '', showNumber: false, enabled: true },
          ...{ groupId: null, virtualUserId: null },
        }));
        await contacts.createAll(app.db, teamId, others, app.clock.now);
        const spelled = {
          Boss: ['13800138000', '+8613800138000', '8613800138000', '008613800138000', '013800138000'],
          Landline: ['075512345678', '+8675512345678', '8675512345678', '008675512345678'],
          Abroad: ['+12025550123', '0012025550123'],
          'Night watch': ['8001'],
        };
        const seen = ['13800138111', '138001380001', '+113800138000', '+868001', '08001', '*8001', '138000', ''];
        const hidden = await hiddenNames(app.db, teamId, [...Object.values(spelled).flat(), ...seen]);
        const expected = Object.entries(spelled).flatMap(([name, numbers]) => numbers.map((number) => [number, name]));
        assert.deepEqual([...hidden].sort(), expected.sort());
      });

    it('are opened from the menu by the administrator of the team, and by nobody else', async () => {
      assert.equal((await admin.get('/desk')).$('#menu a[data-open="/common-contacts"]').length, 1);
      const agent = await signedIn(app.url, app.world.alpha.agent);
      assert.equal((await agent.get('/desk')).$('#menu a[data-open="/common-contacts"]').length, 0);
      assert.equal((await agent.get('/common-contacts')).status, 403);
      assert.equal((await admin.get('/common-contacts')).$('td.empty').length, 1);
    });

    it('are added and changed, as they are dialled, and the log tells who did', async () => {
      const { sales } = app.world.alpha;
      const added = await admin.post('/common-contacts', plain);
      assert.equal(added.status, 303);
      const [row] = await stored();
      assert.deepEqual(
        [row.name, row.phone, row.note, row.group_id, Boolean(row.show_number), Boolean(row.enabled)],
        ['Courier', '95554', 'ask for the waybill', null, true, true],
      );
      assert.match((await admin.get('/common-contacts')).$('.message-done').text(), /Courier/);
      const form = await admin.get(`/common-contacts/${row.contact_id}`);
      assert.equal(form.$('#f_phone').attr('value'), '95554');
      const changed = { ...plain, phone: '+86 139 1234 5678', owner: `group:${sales}`, hidden: '1', enabled: '' };
      const { enabled: _off, ...off } = { ...changed, was: form.$('input[name=was]').attr('value') ?? '' };
      assert.equal((await admin.post(`/common-contacts/${row.contact_id}`, off)).status, 303);
      const [after] = await stored();
      assert.deepEqual(
        [after.phone, after.group_id, Boolean(after.show_number), Boolean(after.enabled)],
        ['13912345678', sales, false, false],
      );
      const log = await app.db('audit_log').where({ action: 'contact.save' });
      assert.deepEqual(
        log.map(({ actor, target_id }) => [actor, target_id]),
        [1, 2].map(() => ['adam', String(row.contact_id)]),
      );
    });

    it('say what is wrong beside the field, and lose nothing that was typed', async () => {
      await put('Courier');
      const { beta } = app.world;
      const cases: Array<[Record<string, string>, string, RegExp]> = [
        [{ name: '' }, 'name', /./],
        [{ name: 'x'.repeat(101) }, 'name', /long/],
        [{ phone: 'twelve' }, 'phone', /./],
        [{ phone: '1'.repeat(200) }, 'phone', /./],
        [{ name: 'Courier' }, 'name', /already/],
        [{ owner: `group:${beta.sales}` }, 'owner', /./],
        [{ owner: '../1' }, 'owner', /./],
        [{ note: 'n'.repeat(201) }, 'note', /long/],
      ];
      for (const [part, field, words] of cases) {
        const fields = { ...plain, name: 'New', ...part };
        const answer = await admin.post('/common-contacts', fields);
        assert.equal(answer.status, 422, JSON.stringify(part).slice(0, 80));
        assert.match(answer.$(`#e_${field}`).text(), words);
        assert.equal(answer.$('#f_note').attr('value'), fields.note);
        assert.equal(answer.$('#f_enabled').attr('checked'), 'checked');
      }
      assert.equal((await stored()).length, 1);
    });

    it('are listed by name, of one owner, page by page, and never another team’s', async () => {
      const { sales, teamId } = app.world.alpha;
      const user = await dialTargets.create(
        ...([app.db, teamId, { kind: 'virtual-user', name: 'Haoyu', enabled: true }, [], app.clock.now] as const),
      );
      for (let n = 0; n < 120; n++) await put(`C${String(n).padStart(3, '0')}`);
      await put('Of sales', { groupId: sales });
      await put('Of Haoyu', { virtualUserId: user });
      await put('Foreign', {}, app.world.beta);
      const first = await admin.get('/common-contacts');
      assert.equal(names(first).length, 100);
      const second = await admin.get(first.$('.paging a').attr('href') ?? '');
      assert.deepEqual(names(second).slice(-3), ['C119', 'Of Haoyu', 'Of sales']);
      assert.deepEqual(names(await admin.get(`/common-contacts?owner=group:${sales}`)), ['Of sales']);
      assert.deepEqual(names(await admin.get(`/common-contacts?owner=virtual-user:${user}`)), ['Of Haoyu']);
      assert.equal(names(await admin.get('/common-contacts?owner=')).length, 100);
      for (const owner of [`group:${app.world.beta.sales}`, '..', 'group:1 or 1=1'])
        assert.equal((await admin.get(`/common-contacts?owner=${encodeURIComponent(owner)}`)).status, 404, owner);
    });

    it('are deleted; one whose number is hidden only by who knows that it will be seen', async () => {
      const shown = await put('Shown');
      const hidden = await put('Hidden', { showNumber: false, phone: '10010' });
      assert.equal((await admin.post(`/common-contacts/${shown}/delete`)).status, 303);
      const asked = await admin.post(`/common-contacts/${hidden}/delete`);
      assert.equal(asked.status, 422);
      assert.match(asked.$('#e_reveal').text(), /stays hidden/);
      assert.equal((await stored()).length, 1);
      assert.equal((await admin.post(`/common-contacts/${hidden}/delete`, { reveal: '1' })).status, 303);
      assert.deepEqual(await stored(), []);
      assert.equal((await admin.post(`/common-contacts/${hidden}/delete`, { reveal: '1' })).status, 404);
      assert.equal((await app.db('audit_log').where({ action: 'contact.delete' })).length, 2);
      const foreign = await put('Foreign', {}, app.world.beta);
      assert.equal((await admin.post(`/common-contacts/${foreign}/delete`)).status, 404);
    });

    it('hide a number wherever a call with it is shown, whoever dialled it', async () => {
      const { agent, leader, sales } = app.world.alpha;
      const hidden = '13700007777';
      await put('The lawyer', { phone: hidden, showNumber: false });
      const about = { groupId: sales, customerNumber: hidden } as const;
      await putCall(app, agent, 'over-1', { ...about, direction: 'out' });
      await putCall(app, agent, 'over-2', { ...about, direction: 'in' });
      await putCall(app, agent, 'stuck-1', { ...about, phase: 'talking', endedAt: null, result: null, endedBy: null });
      const live = {
        ...about,
        direction: 'out',
        phase: 'talking',
        endedAt: null,
        result: null,
        endedBy: null,
      } as const;
      const call = await putCall(app, agent, 'live-1', live);
      const legs = call.legs.map((leg) => ({ ...leg, endedAt: null, state: 'talking' as const, bridgeId: 'b1' }));
      await record(app, { legs: legs.map((leg) => ({ call: { ...call, legs }, leg })) });
      await putState(app, agent, { shown: 'talking', callId: 'live-1', callPhase: 'talking' });
      app.clock.now += 1_300;
      const anna = await signedIn(app.url, agent);
      const lena = await signedIn(app.url, leader);
      const compact = (text: string) => text.replace(/[^0-9A-Za-z]/g, '');
      for (const [client, path] of [
        ...['/calls', '/calls/over-1', '/calls/live-1', '/home', '/desk', '/desk/bar'].map((one) => [anna, one]),
        ...['/actions/call-state', '/actions/dial', '/desk/fragments/call', '/stuck-calls'].map((one) => [anna, one]),
        ...['/calls', '/calls/over-2', '/calls/export?format=csv', '/monitor'].map((one) => [lena, one]),
        ...[`/monitor/groups/${sales}`, `/monitor/groups/${sales}/changes?since=0`].map((one) => [lena, one]),
        [lena, `/monitor/agents/${agent.agentId}?do_listen=x`],
      ] as Array<[Client, string]>) {
        const page = await client.get(path);
        assert.equal(page.status, 200, path);
        assert.doesNotMatch(compact(page.text), new RegExp(hidden), path);
        assert.match(page.text, /The lawyer/, path);
      }
      const letter = await anna.get('/outgoing-messages/new');
      assert.doesNotMatch(compact(letter.text), new RegExp(hidden));
      const dial = await anna.get('/actions/dial');
      assert.equal(dial.$('input[name^=do_call_]').length, 0, 'what may not be seen is not dialled from a list');
      const other = await signedIn(app.url, app.world.beta.admin);
      await putCall(app, app.world.beta.agent, 'beta-1', { customerNumber: hidden });
      assert.match(compact((await other.get('/calls')).text), new RegExp(hidden), 'another team has its own contacts');
    });

    it('hide it at each step of a dial, and on the lock', async () => {
      const { agent, sales } = app.world.alpha;
      await put('The lawyer', { phone: '13700007777', showNumber: false });
      const anna = await signedIn(app.url, agent);
      const open = { endedAt: null, result: null, endedBy: null };
      const steps: Array<Partial<Call>> = [
        { ...open, phase: 'dialling-agent', answeredAt: null },
        { ...open, phase: 'dialling-customer', answeredAt: null },
        { ...open, phase: 'talking' },
        ...['busy', 'noanswer', 'invalid', 'cancelled', 'failed'].map((result) => ({ result, answeredAt: null })),
      ];
      for (const [n, step] of steps.entries()) {
        app.clock.now += 1_000;
        const now = { startedAt: app.clock.now, ...('endedAt' in step ? {} : { endedAt: app.clock.now }) };
        const about = { groupId: sales, customerNumber: '+8613700007777', direction: 'out', ...now, ...step } as const;
        await putCall(app, agent, `dial-${n}`, about);
        const callId = step.endedAt === null ? `dial-${n}` : null;
        const state = { callId, callPhase: step.phase ?? null, shown: callId ? 'talking' : 'idle' } as const;
        await putState(app, agent, { ...state, locked: true, lockReason: 'lunch' });
        const lock = await anna.get('/lock/state');
        await putState(app, agent, state);
        const dial = await anna.get('/desk/fragments/dial');
        for (const [where, page] of Object.entries({ lock, dial })) {
          assert.equal(page.status, 200, where);
          assert.doesNotMatch(
            page.text.replace(/[^0-9A-Za-z]/g, ''),
            /13700007777/,
            `${where} ${JSON.stringify(step)}`,
          );
        }
        assert.match(dial.text, /The lawyer/, JSON.stringify(step));
        if (callId) assert.match(lock.text, /The lawyer/, JSON.stringify(step));
      }
    });

    it('are imported by the thousand with a few statements, the later of two lines with one name', async () => {
      const lines = Array.from({ length: 1_000 }, (_, n) => `Contact ${n}\t9${String(n).padStart(4, '0')}`);
      const text = [...lines, 'Contact 7\t5555'].join('\n');
      let asked = 0;
      const count = ({ sql }: { sql: string }) => {
        if (sql.includes('common_contacts')) asked += 1;
      };
      app.db.on('query', count);
      const done = await admin.post('/common-contacts/import', { text });
      assert.equal(done.status, 303);
      assert.ok(asked < 20, `${asked} statements`);
      const first = await stored();
      asked = 0;
      app.clock.now += 5_000;
      const again = await admin.post('/common-contacts/import', { text: text.replace('5555', '6666') });
      app.db.off('query', count);
      assert.equal(again.status, 303);
      assert.ok(asked < 20, `${asked} statements for those that are there`);
      const rows = await stored();
      assert.equal(rows.length, 1_000);
      assert.equal(rows.find(({ name }) => name === 'Contact 7')?.phone, '6666');
      const begun = (all: typeof rows) => all.map((row) => [row.contact_id, row.created_at]);
      assert.deepEqual(begun(rows), begun(first), 'the same contacts, changed');
    });

    it('are imported from a pasted table, all or none; those that are there are changed', async () => {
      const { sales } = app.world.alpha;
      await put('Courier', { phone: '1' });
      const text = [
        'Name\tNumber\tWhose\tShown\tNote',
        'Courier\t95554\t\t是\t',
        'Repair\t+86 13912345678\tALPHA SALES\tno\tdays',
      ];
      const wrong = await admin.post('/common-contacts/import', { text: [...text, 'X\tabc\tbeta sales'].join('\r\n') });
      assert.equal(wrong.status, 422);
      assert.match(wrong.$('.error-summary').text(), /Line 4/);
      assert.match(wrong.$('#f_text').text(), /abc/);
      const foreign = await admin.post('/common-contacts/import', { text: 'X\t1\tbeta sales' });
      assert.match(foreign.$('.error-summary').text(), /beta sales/);
      assert.deepEqual(
        (await stored()).map(({ phone }) => phone),
        ['1'],
      );
      assert.equal((await admin.post('/common-contacts/import', { text: ' ' })).status, 422);
      const done = await admin.post('/common-contacts/import', { text: text.join('\r\n') });
      assert.equal(done.status, 303);
      assert.match((await admin.get('/common-contacts')).$('.message-done').text(), /1 contacts added, 1 changed/);
      assert.deepEqual(
        (await stored()).map((row) => [row.name, row.phone, row.group_id, Boolean(row.show_number)]),
        [
          ['Courier', '95554', null, true],
          ['Repair', '13912345678', sales, false],
        ],
      );
      const [entry] = await app.db('audit_log').where({ action: 'contact.import' });
      assert.deepEqual(JSON.parse(entry.details), { added: 1, changed: 1 });
      // More than a usual form may hold.
      const many = Array.from(
        { length: 2_000 },
        (_, n) => `Name number ${n},13${String(n).padStart(9, '0')},,,${'n'.repeat(60)}`,
      );
      assert.equal((await admin.post('/common-contacts/import', { text: many.join('\n') })).status, 303);
      assert.equal((await stored()).length, 2_002);
      const more = await admin.post('/common-contacts/import', { text: [...many, 'X,1'].join('\n') });
      assert.equal(more.status, 422);
    });
  });
}
