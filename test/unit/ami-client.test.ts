import assert from 'node:assert/strict';
import { TelephonyDown } from '../../src/errors.js';
import { AmiClient, type AmiClientOptions, type LinkSignal } from '../../src/telephony/ami-client.js';
import type { PbxEvent } from '../../src/telephony/events.js';
import { ACTIONS, EVENTS, FakeAmi, packetText, success } from '../support/fake-ami.js';
import { until } from '../support/until.js';

const QUICK = { retryFirst: 10, retryLast: 100, retryRefused: 300, boot: 100, connect: 500 };

describe('AMI client', () => {
  let fake: FakeAmi;
  let client: AmiClient;
  let events: PbxEvent[];
  let signals: LinkSignal[];
  let faults: unknown[];

  beforeEach(async () => {
    fake = await FakeAmi.start();
    events = [];
    signals = [];
    faults = [];
  });
  afterEach(async () => {
    await client.stop();
    await fake.stop();
  });

  function start(options: Partial<AmiClientOptions> = {}): AmiClient {
    client = new AmiClient({
      address: fake.address,
      events: EVENTS,
      actions: ACTIONS,
      instance: 't1',
      now: Date.now,
      onFault: (error) => faults.push(error),
      timings: QUICK,
      ...options,
    });
    client.onEvent((event) => events.push(event));
    client.onLink((signal) => signals.push(signal));
    client.start();
    return client;
  }
  const up = () => until('up', () => client.link.state === 'up');
  const states = () => signals.map((signal) => signal.state);
  const reason = () => (client.link.state === 'down' ? client.link.reason : null);
  const newchannel = (uniqueid: string | number) => fake.event('Newchannel', ['Uniqueid', uniqueid]);

  it('is up when both users are in and the PBX is fully booted', async () => {
    fake.faults.neverBooted = true;
    start({ timings: { ...QUICK, boot: 5000 } });
    await until('both are logged in', () => [...fake.sessions].filter((session) => session.user !== null).length === 2);
    assert.equal(client.link.state, 'down');
    await assert.rejects(client.send({ name: 'Ping' }), TelephonyDown);
    fake.event('FullyBooted', ['Status', 'Fully Booted']);
    await up();
    assert.deepEqual(states(), ['up']);
    await until('the event', () => events.length === 1);
    assert.equal(events[0]?.kind, 'FullyBooted');
  });

  it('says when the PBX never gets booted, or its user may not read class system', async () => {
    fake.faults.neverBooted = true;
    start();
    await until('the reason', () => reason() === 'not-booted');
  });

  it('sends actions by the action user and takes events of the event user only', async () => {
    start();
    await up();
    fake.on('QueueAdd', () => [success()]);
    await client.send({ name: 'QueueAdd' });
    assert.equal(fake.of('QueueAdd')[0]?.user, ACTIONS.username);
    fake.session(ACTIONS.username).write(
      packetText([
        ['Event', 'Newchannel'],
        ['Uniqueid', '9.9'],
      ]),
    );
    newchannel('1.1');
    await until('the event', () => events.some((event) => event.kind === 'Newchannel'));
    assert.ok(!JSON.stringify(events).includes('9.9'));
  });

  it('tells a refused login and tries again slowly, so that the PBX does not ban us', async () => {
    fake.faults.refuseLogins = true;
    start();
    await until('the reason', () => reason() === 'login-refused');
    const { link } = client;
    assert.ok(link.state === 'down' && link.user === 'events' && link.detail === 'Authentication failed');
    assert.ok((link.retryAt ?? 0) - link.since >= 290);
    assert.equal(fake.connections, 1);
    fake.faults.refuseLogins = false;
    await up();
  });

  it('names the user that was refused', async () => {
    start({ actions: { username: ACTIONS.username, secret: 'wrong' } });
    await until('the reason', () => reason() === 'login-refused');
    assert.ok(client.link.state === 'down' && client.link.user === 'actions');
    await until('the event link is closed too', () => fake.sessions.size === 0);
  });

  it('comes back by itself after a cut inside a packet, and tells both', async () => {
    start();
    await up();
    let refused: unknown;
    client.onLink((signal) => {
      if (signal.state === 'down') void client.send({ name: 'Ping' }).catch((error: unknown) => (refused = error));
    });
    fake.raw('Event: Hangup\r\nUniqueid: 1.');
    fake.cut();
    await until('down', () => states().includes('down'));
    await up();
    assert.ok(refused instanceof TelephonyDown);
    assert.equal(fake.of('Ping').length, 0);
    assert.deepEqual(states(), ['up', 'down', 'up']);
    newchannel('2.2');
    await until('the event', () => events.some((event) => event.kind === 'Newchannel'));
    assert.ok(!events.some((event) => event.kind === 'Hangup'));
    assert.equal(client.counters().connects, 2);
  });

  it('is down when only one of the two is lost', async () => {
    start();
    await up();
    fake.session(ACTIONS.username).socket.resetAndDestroy();
    await until('down', () => states().includes('down'));
    await up();
    assert.equal(signals[1]?.state === 'down' && signals[1].user, 'actions');
  });

  it('keeps trying while the PBX is away, and keeps the moment it was lost', async () => {
    start();
    await up();
    await fake.stop();
    await until('three tries failed', () => signals.filter((signal) => signal.state === 'down').length >= 3);
    const since = signals.flatMap((signal) => (signal.state === 'down' ? [signal.since] : []));
    assert.equal(new Set(since).size, 1);
    assert.equal(reason(), 'unreachable');
    await fake.listen();
    await up();
  });

  it('waits longer the longer it lasts, never over the limit, with jitter', async () => {
    let now = 1_000_000;
    await fake.stop();
    const waits: number[] = [];
    const random = [0, 1];
    start({
      now: () => now,
      random: () => random[waits.length % 2] ?? 0,
      timings: { ...QUICK, retryFirst: 4, retryLast: 40 },
    });
    client.onLink((signal) => {
      if (signal.state !== 'down' || signal.retryAt === null) return;
      waits.push(signal.retryAt - now);
      now += 16;
    });
    await until('tries', () => waits.length >= 14);
    assert.deepEqual(waits.slice(0, 4), [4, 12, 8, 20]);
    assert.deepEqual(waits.slice(12, 14), [20, 40]);
    await fake.listen();
  });

  it('is down at once when the PBX says good-bye', async () => {
    start();
    await up();
    fake.event('Shutdown', ['Shutdown', 'Cleanly'], ['Restart', 'False']);
    await until('the reason', () => signals[1]?.state === 'down' && signals[1].reason === 'shutdown');
  });

  it('notices a half-open link by its ping', async () => {
    start({ timings: { ...QUICK, pingEvery: 10, pingLimit: 30 } });
    await up();
    fake.session(EVENTS.username).frozen = true;
    await until('the reason', () => signals.some((signal) => signal.state === 'down' && signal.reason === 'ping-lost'));
    await up();
  });

  it('holds events back while the picture is read, then tells them in order', async () => {
    start();
    client.onLink((signal) => {
      if (signal.state === 'up') client.holdEvents();
    });
    await up();
    for (let n = 0; n < 5; n += 1) newchannel(n);
    fake.on('Late', () => [success()]);
    await client.send({ name: 'Late' });
    await until('all are there', () => client.counters().queued === 6);
    assert.equal(events.length, 0);
    client.releaseEvents();
    await until('all are told', () => events.length === 6);
    assert.deepEqual(
      events.slice(1).map((event) => event.kind === 'Newchannel' && event.channel.uniqueid),
      ['0', '1', '2', '3', '4'],
    );
  });

  it('drops the whole picture when the queue overflows, says so once, and goes on', async () => {
    start({ queueLimit: 100 });
    await up();
    await until('FullyBooted is told', () => events.length === 1);
    client.holdEvents();
    for (let n = 0; n < 150; n += 1) newchannel(n);
    await until('overflow', () => client.counters().overflows === 1 && client.counters().queued === 49);
    assert.deepEqual(signals.at(-1), { state: 'overflow', dropped: 101 });
    client.releaseEvents();
    await until('the rest is told', () => events.length === 50);
    assert.equal(client.link.state, 'up');
  });

  it('takes a burst of 100,000 events without loss and without blocking for long', async function () {
    this.timeout(30_000);
    start();
    await up();
    let worst = 0;
    // Its own work, not the time while a busy machine works for others: that blocks everybody alike.
    const worked = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;
    let last = worked();
    const watch = setInterval(() => {
      worst = Math.max(worst, worked() - last);
      last = worked();
    }, 5);
    const packet = packetText([
      ['Event', 'QueueMemberStatus'],
      ['Queue', 'q1'],
      ['MemberName', '2018'],
      ['Interface', 'PJSIP/1001'],
      ['Status', 1],
    ]);
    for (let n = 0; n < 100; n += 1) fake.raw(packet.repeat(1000));
    await until('all told', () => events.length === 100_001, { within: 20_000 });
    clearInterval(watch);
    assert.equal(client.counters().overflows, 0);
    assert.equal(client.link.state, 'up');
    assert.ok(worst < 1000, `blocked for ${worst} ms`);
  });

  it('counts unknown events by name and the lag, and survives a subscriber that throws', async () => {
    start();
    client.onEvent(() => {
      throw new Error('a fault of a subscriber');
    });
    await up();
    fake.event('BridgeCreate');
    fake.event('BridgeCreate');
    fake.event('UserEvent', ['UserEvent', 'Other']);
    const now = Date.now() / 1000;
    fake.event('Newchannel', ['Timestamp', now.toFixed(6)], ['Uniqueid', '1.1']);
    fake.event('Newchannel', ['Timestamp', (now - 2).toFixed(6)], ['Uniqueid', '1.2']);
    await until('told', () => events.length === 3);
    const counters = client.counters();
    assert.deepEqual(counters.unknown, { BridgeCreate: 2, 'UserEvent:Other': 1 });
    assert.equal(counters.events, 3);
    assert.ok(counters.lagMaxMillis !== null && counters.lagMaxMillis >= 1999 && counters.lagMaxMillis < 3000);
    assert.equal(faults.length, 3);
  });

  it('asks the phones user by a connection of its own, which does not stay', async () => {
    fake.users.phones = { secret: 'p', reads: false };
    fake.onList('PJSIPShowContacts', () => [
      [
        ['Event', 'ContactList'],
        ['Endpoint', '1001'],
      ],
    ]);
    start({ phones: { username: 'phones', secret: 'p' } });
    await up();
    assert.equal((await client.phones?.list({ name: 'PJSIPShowContacts' }))?.length, 1);
    assert.equal(fake.of('PJSIPShowContacts')[0]?.user, 'phones');
    await until('it is closed', () => fake.sessions.size === 2);
  });

  it('stops for good', async () => {
    start();
    await up();
    await client.stop();
    assert.equal(reason(), 'stopped');
    await until('the PBX sees it', () => fake.sessions.size === 0);
    const { connections } = fake;
    await assert.rejects(client.send({ name: 'Ping' }), TelephonyDown);
    assert.equal(fake.connections, connections);
  });
});
