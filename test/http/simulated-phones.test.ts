import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.js';
import { type RunningDemo, startDemo } from '../../src/demo-server.js';
import { createLog } from '../../src/log.js';
import { Client } from '../support/client.js';
import { until } from '../support/until.js';

/** The demo as a visitor meets it: the whole product over the simulated PBX, nothing replaced. */
describe('the demo and its simulated phone', function () {
  this.timeout(60_000);
  let demo: RunningDemo;
  let folder: string;
  const faults: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zuoxi-demo-'));
    const config = loadConfig('demo', { DATABASE_URL: `sqlite:${join(folder, 'demo.sqlite')}`, HTTP_PORT: '0' });
    demo = await startDemo(config, createLog('error', { write: (line: string) => void faults.push(line) }));
  });
  after(async () => {
    await demo?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function signedIn(userName: string, team: string): Promise<Client> {
    const { password = '' } = demo.cast.accounts.find((one) => one.userName === userName && one.team === team) ?? {};
    const client = new Client(demo.server.url);
    await client.get('/sign-in');
    const fields = { team, userName, password, language: 'en', do_sign_in: '1' };
    const first = await client.post('/sign-in', fields);
    const answer = first.status === 409 ? await client.post('/sign-in', { ...fields, do_take_over: '1' }) : first;
    assert.equal(answer.status, 303);
    await client.get('/desk');
    return client;
  }

  const stateOf = async (client: Client) =>
    (await client.get('/phone/fragments/phone')).$('#phone').attr('data-handset') ?? '';

  it('offers its accounts on the sign-in page', async () => {
    const page = await new Client(demo.server.url).get('/sign-in');
    assert.match(page.text, /shiming/);
    assert.equal(demo.cast.accounts.length, 5);
  });

  it('checks the agents in whom nobody plays, and lets them take calls by themselves', async () => {
    assert.ok(demo.cast.others.length >= 9);
    const statesOf = async () => {
      const all = await Promise.all(demo.cast.others.map((one) => demo.server.services.snapshots.ofAgent(one.agentId)));
      return all.map((snapshot) => snapshot?.state.shown ?? 'unknown');
    };
    const none = async () => (await statesOf()).every((shown) => shown !== 'signed-out' && shown !== 'unknown');
    await until('all are checked in', none, { within: 20_000 });
    demo.pbx.world.call('4001000', '13900000001');
    await until('one of them talks', async () => (await statesOf()).includes('talking'), { within: 20_000 });
  });

  it('has calls to listen to and messages to hear within the first minute, as WAV files that a browser plays', async () => {
    const leader = await signedIn('zhaolei', 'astercc');
    const heard = async () => (await leader.get('/calls')).$('a[href^="/recordings/"][href$="/listen"]').attr('href');
    await until('a call is over and its recording found', async () => Boolean(await heard()), { within: 40_000 });
    await plays(leader, `${await heard()}`);
    const message = async () => (await leader.get('/voicemails')).$('a[href$="/listen"]').attr('href');
    await until('a message lies in the box', async () => Boolean(await message()), { within: 10_000 });
    assert.equal((await leader.get('/voicemails')).$('a[href$="/listen"]').length >= 2, true);
    await plays(leader, `${await message()}`);
  });

  /** As a browser asks: its head, then the second half. */
  async function plays(client: Client, listen: string): Promise<void> {
    const source = (await client.get(listen)).$('audio source').attr('src') ?? '';
    const range = async (bytes: string) => {
      const answer = await fetch(`${client.url}${source}`, {
        headers: { Cookie: client.cookie, Range: `bytes=${bytes}` },
      });
      assert.equal(answer.status, 206, source);
      return { body: Buffer.from(await answer.arrayBuffer()), range: answer.headers.get('content-range') ?? '' };
    };
    const { body: head, range: said } = await range('0-43');
    const size = Number(said.split('/')[1]);
    assert.equal(head.toString('latin1', 0, 4) + head.toString('latin1', 8, 16), 'RIFFWAVEfmt ');
    assert.equal(head.readUInt16LE(20), 1, 'PCM');
    assert.equal(head.readUInt32LE(40), size - 44, 'its head says how much there is');
    assert.ok(size - 44 >= 16_000, 'a second at least');
    const { body: half } = await range(`${Math.floor(size / 2)}-`);
    assert.equal(half.length, size - Math.floor(size / 2));
    assert.ok(half.some((byte) => byte !== 0));
  }

  it('rings the visitor\u2019s phone; he answers, talks and hangs up on its page', async () => {
    const client = await signedIn('shiming', 'astercc');
    assert.match((await client.get('/desk')).text, /%2Fphone/);
    await until('link', async () => (await demo.server.services.link()).state === 'up');
    await client.get('/phone');
    assert.equal((await client.post('/actions/check-in', { do_check_in: '1' })).status, 303);
    const own = demo.pbx.queues.all.get('sales')?.members.get('PJSIP/2227');
    assert.ok(own, 'the visitor is a member of his queue');
    for (const queue of demo.pbx.queues.all.values()) {
      for (const other of [...queue.members.values()])
        if (other.interface !== own.interface) demo.pbx.queues.pause(other, true, 'test');
    }
    await until('the visitor is free', async () => (await stateOf(client)) === 'idle' || null, { within: 20_000 });
    assert.equal((await client.post('/phone/call-in', { did: '4002000', do_call_in: '1' })).status, 303);
    await until('it rings', async () => (await stateOf(client)) === 'ringing', { within: 20_000 });
    assert.equal((await client.post('/phone/answer', { do_answer: '1' })).status, 303);
    await until('he talks', async () => (await stateOf(client)) === 'talking');
    const phase = async () => (await client.get('/desk/fragments/call')).$('#desk_call').attr('data-phase');
    await until('the desk says so', async () => (await phase()) === 'talking');
    assert.equal((await client.post('/phone/hang-up', { do_hang_up: '1' })).status, 303);
    await until('it is over', async () => (await stateOf(client)) === 'idle');
    const agentId = (await demo.server.db('agents').where({ agent_no: '2018' }).first('agent_id')).agent_id;
    const shown = async () => (await demo.server.services.snapshots.ofAgent(agentId))?.state.shown;
    await until('wrap-up', async () => (await shown()) === 'wrap-up');
  });

  it('says what is wrong with a number, and has no phone for who is no agent', async () => {
    const client = await signedIn('zhaolei', 'astercc');
    await client.get('/phone');
    for (const number of ['', 'abc', '12\r\n34', '1'.repeat(60)]) {
      const answer = await client.post('/phone/dial', { number, do_dial: '1' });
      assert.equal(answer.status, 422, JSON.stringify(number));
    }
    assert.equal((await client.post('/phone/call-in', { did: '1', do_call_in: '1' })).status, 422);
    const admin = await signedIn('admin', '');
    assert.ok([403, 404].includes((await admin.get('/phone')).status));
    assert.equal((await new Client(demo.server.url).get('/phone')).status, 303);
  });

  it('logs no fault on the way', () => {
    assert.deepEqual(faults, []);
  });
});
