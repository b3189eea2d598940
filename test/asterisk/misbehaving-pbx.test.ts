import assert from 'node:assert/strict';
import { type Db, openDatabase } from '../../src/db/database.js';
import { type DeskAgent, ServiceProcess, seedSite } from '../support/desk-lab.js';
import { ACTIONS, EVENTS, FakeAmi, failure, type Packet, success } from '../support/fake-ami.js';
import { until } from '../support/until.js';

/** A PBX of two queues that believes everything it is told; tests take single answers away. */
async function obedientPbx(): Promise<FakeAmi> {
  const fake = await FakeAmi.start();
  const member = (headers: Record<string, string>, paused: string, reason: string): Packet => [
    ['Queue', headers.queue ?? ''],
    ['MemberName', '2018'],
    ['Interface', headers.interface ?? ''],
    ['StateInterface', headers.interface ?? ''],
    ['Paused', paused],
    ['PausedReason', reason],
    ['Status', '1'],
  ];
  fake.on('CoreStatus', () => [
    success(['CoreStartupDate', '2026-01-01'], ['CoreStartupTime', '00:00:00'], ['CoreCurrentCalls', '0']),
  ]);
  for (const list of ['CoreShowChannels', 'ConfbridgeListRooms', 'DeviceStateList']) fake.onList(list, () => []);
  fake.onList('QueueStatus', () =>
    ['support', 'sales'].map((queue) => [
      ['Event', 'QueueParams'],
      ['Queue', queue],
    ]),
  );
  fake.onList('PJSIPShowContacts', () => [
    [
      ['Event', 'ContactList'],
      ['Endpoint', '2227'],
      ['Uri', 'sip:2227@127.0.0.1:5060'],
      ['Status', 'Reachable'],
      ['RoundtripUsec', '900'],
    ],
  ]);
  fake.on('ListCommands', () => [success()]);
  fake.on('Getvar', () => [success(['Value', '1'])]);
  fake.on('QueueAdd', ({ headers }) => {
    setImmediate(() => fake.event('QueueMemberAdded', ...member(headers, '1', headers.reason ?? '')));
    return [success(['Message', 'Added interface to queue'])];
  });
  fake.on('QueueRemove', ({ headers }) => {
    setImmediate(() => fake.event('QueueMemberRemoved', ...member(headers, '0', '')));
    return [success(['Message', 'Removed interface from queue'])];
  });
  fake.on('QueuePause', ({ headers }) => {
    const paused = headers.paused === 'true' ? '1' : '0';
    const queues = headers.queue ? [headers.queue] : ['support', 'sales'];
    setImmediate(() => {
      for (const queue of queues) {
        fake.event(
          'QueueMemberPause',
          ...member({ ...headers, queue }, paused, paused === '1' ? (headers.reason ?? '') : ''),
        );
      }
    });
    return [success(['Message', 'Interface paused successfully'])];
  });
  return fake;
}

describe('a PBX that does not keep its word', function () {
  this.timeout(20_000);
  let fake: FakeAmi;
  let db: Db;
  let product: ServiceProcess;
  let agent: DeskAgent;

  beforeEach(async () => {
    fake = await obedientPbx();
    db = openDatabase({ engine: 'sqlite', path: ':memory:' });
    await seedSite(db, {
      groups: [
        { name: 'Support', queue: 'support' },
        { name: 'Sales', queue: 'sales' },
      ],
      extensions: ['2227'],
      agents: [{ agentNo: '2018', extension: '2227', groups: [{ group: 'Support' }, { group: 'Sales' }] }],
    });
    const ami = {
      ...fake.address,
      eventUser: EVENTS.username,
      eventSecret: EVENTS.secret,
      actionUser: ACTIONS.username,
      actionSecret: ACTIONS.secret,
    };
    product = await ServiceProcess.start({ database: { engine: 'sqlite', path: ':memory:' }, db, ami });
    agent = await product.agent('2018');
  });
  afterEach(async () => {
    await product.stop();
    await db.destroy();
    await fake.stop();
  });
  const ready = async () => {
    await product.linkUp();
    await agent.openDesk();
  };

  it('answers Success and does nothing: the check-in says so and takes everything back', async () => {
    await ready();
    fake.on('QueueAdd', ({ headers }) => {
      if (headers.queue === 'support') {
        setImmediate(() =>
          fake.event(
            'QueueMemberAdded',
            ...([
              ['Queue', 'support'],
              ['MemberName', '2018'],
              ['Interface', 'PJSIP/2227'],
              ['Paused', '1'],
              ['PausedReason', 'check-in'],
              ['Status', '1'],
            ] as const),
          ),
        );
      }
      return [success(['Message', 'Added interface to queue'])];
    });
    await assert.rejects(agent.press('check-in'), { status: 503, code: 'not-confirmed' });
    assert.deepEqual(
      fake
        .of('QueueRemove')
        .map((action) => action.headers.queue)
        .sort(),
      ['sales', 'support'],
    );
    await agent.shows('signed-out');
    assert.deepEqual(await db('extension_holds').select('*'), []);
  });

  it('refuses one queue: the other is left again, and the phone is free', async () => {
    await ready();
    fake.on('QueueAdd', ({ headers }) =>
      headers.queue === 'sales'
        ? [failure('Unable to add interface to queue: No such queue')]
        : [success(['Message', 'Added interface to queue'])],
    );
    await assert.rejects(agent.press('check-in'), { status: 503, code: 'check-in-failed' });
    assert.deepEqual(await db('extension_holds').select('*'), []);
  });

  it('checks in when it obeys, so the faults above are the reason', async () => {
    await ready();
    assert.equal((await agent.press('check-in')).status, 'done');
    await agent.shows('idle');
    assert.deepEqual(
      fake
        .of('QueueAdd')
        .map(({ headers }) => [headers.queue, headers.membername, headers.paused])
        .sort(),
      [
        ['sales', '2018', 'true'],
        ['support', '2018', 'true'],
      ],
    );
  });

  it('goes away in the middle of a check-in: 503, and what was half done is undone when it is back', async () => {
    await ready();
    fake.on('QueueAdd', () => {
      fake.cut();
      return null;
    });
    await assert.rejects(agent.press('check-in'), { status: 503 });
    await agent.shows('unknown');
    assert.deepEqual(await db('extension_holds').select('*'), []);
    await product.linkUp();
    await agent.shows('signed-out');
  });

  it('carried a check-out out after it was given up: the phone is free again, though nobody presses anything', async () => {
    await ready();
    const extension = await db('extensions').first();
    const hold = { extension_id: extension.extension_id, team_id: extension.team_id, agent_id: agent.id };
    await db('extension_holds').insert({ ...hold, held_at: Date.now() - 30_000 });
    const again = async () => {
      fake.cut();
      await until('it is down', async () => (await product.services.link()).state === 'down');
      await product.linkUp();
    };
    await again();
    assert.equal((await db('extension_holds')).length, 1, 'who sat down a moment ago may not be in his queue yet');
    await db('extension_holds').update({ held_at: Date.now() - 61_000 });
    await again();
    await until('it is free', async () => (await db('extension_holds')).length === 0);
  });

  it('refuses the login: the link is down and says so, commands answer 503', async () => {
    await product.linkUp();
    fake.faults.refuseLogins = true;
    fake.cut();
    await until('the link is down', async () => (await product.services.link()).state === 'down');
    await agent.shows('unknown');
    await assert.rejects(agent.press('check-in'), { status: 503 });
  });

  it('comes back while desks ask: what they read when they were last told of the link holds', async () => {
    await product.linkUp();
    const { live, link } = product.services;
    // As a desk that reads its bar at each word of the link, beside others that keep the word in use.
    const others = setInterval(() => void link(), 10);
    const read: string[] = [];
    const stop = live.subscribe(async (topics) => {
      if (topics.includes('link')) read.push((await link()).state);
    });
    try {
      for (let i = 0; i < 3; i++) {
        fake.cut();
        await until('the link is down', () => read.at(-1) === 'down');
        await product.linkUp();
        await until('it is up for them, too', () => read.at(-1) === 'up');
      }
    } finally {
      clearInterval(others);
      stop();
    }
  });

  it('is asked once when a button is pressed twice', async () => {
    await ready();
    await agent.press('check-in');
    await agent.shows('idle');
    await assert.rejects(agent.press('check-in'), { status: 409, code: 'unavailable.already-checked-in' });
    const pauses = fake.of('QueuePause').length;
    await Promise.allSettled([agent.press('pause', { reason: 'lunch' }), agent.press('pause', { reason: 'rest' })]);
    await agent.shows('paused');
    assert.equal(fake.of('QueuePause').length, pauses + 1);
  });
});
