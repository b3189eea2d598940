import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Action, ActionOutcome, AgentSnapshot, Asker } from '../../../src/actions/action.js';
import { NotNow } from '../../../src/errors.js';
import { createLog } from '../../../src/log.js';
import { type Holder, ServiceBus } from '../../../src/services/command-bus.js';
import type { ActionRegistry } from '../../../src/services/index.js';
import type { Operations } from '../../../src/services/operations.js';
import { Sagas } from '../../../src/services/sagas.js';
import { confirmMillis } from '../../../src/services/station.js';
import { AMI_TIMINGS } from '../../../src/telephony/ami-connection.js';
import { snapshotWith } from '../../support/snapshot.js';
import { until } from '../../support/until.js';

const asker: Asker = { accountId: 1, userName: 'u', teamId: 1, agentId: 1, address: '127.0.0.1' };
const secret = 'k'.repeat(32);

function probe(run: Action<{ n: number }>['run']): ActionRegistry {
  const action: Action<{ n: number }> = {
    name: 'probe',
    permission: 'desk.use',
    place: 'none',
    shortcut: '',
    asks: false,
    input: z.object({ n: z.coerce.number('errors.invalid') }),
    isShown: () => true,
    unavailable: (snapshot) => (snapshot.link === 'down' ? 'link-down' : snapshot.state.locked ? 'locked' : null),
    run,
  };
  const all: Action[] = [action];
  return { all, byName: (name) => all.find((one) => one.name === name) };
}

/** Two processes in one test: `far` holds the PBX, `near` does not; fetch is the wire between them. */
function pair(actions: ActionRegistry, snapshot: AgentSnapshot | null = snapshotWith({})) {
  const presence: unknown[] = [];
  const signedOff: number[] = [];
  const cleared: string[] = [];
  const holder: Holder = {
    operations: {} as Operations,
    sagas: new Sagas(Date.now),
    snapshot: async () => snapshot,
    signOff: async (agentId) => signedOff.push(agentId) > 0,
    presence: (from, agentIds) => void presence.push([from, agentIds]),
    aliveCalls: (callIds) => callIds.filter((callId) => callId === 'alive'),
    clearCall: async (callId) => void cleared.push(callId),
  };
  const shared = { actions, secret, now: Date.now, log: createLog('silent') };
  const far = new ServiceBus({ ...shared, holder: () => holder, holderUrl: async () => null, processName: 'far' });
  const sent: Array<{ headers: Record<string, string>; body: string }> = [];
  const wire: typeof fetch = async (_url, init) => {
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const body = String(init?.body);
    sent.push({ headers, body });
    const answer = await far.receive(headers, body);
    return new Response(answer.body, { status: answer.status });
  };
  const near = new ServiceBus({
    ...shared,
    holder: () => null,
    holderUrl: async () => 'http://far',
    processName: 'near',
    fetch: wire,
  });
  return { near, far, sent, presence, signedOff, cleared };
}

const done = (n: number): ActionOutcome => ({ status: 'done', message: 'm', params: { n } });

describe('the command bus', () => {
  it('carries a command to the process that holds the PBX, and its answer back', async () => {
    const { near } = pair(probe(async (_context, { n }) => done(n)));
    assert.deepEqual(await near.run('probe', 1, asker, { n: '5' }), done(5));
  });

  it('refuses wrong fields at once, an unknown action, and an unknown agent', async () => {
    const { near, sent } = pair(
      probe(async () => done(1)),
      null,
    );
    await assert.rejects(near.run('probe', 1, asker, { n: 'x' }), { status: 422, fields: { n: 'errors.invalid' } });
    await assert.rejects(near.run('nothing', 1, asker, {}), { status: 404 });
    await assert.rejects(near.run('@unlock', 1, asker, {}), { status: 404 });
    assert.equal(sent.length, 0);
    await assert.rejects(near.run('probe', 1, asker, { n: 1 }), { status: 404, code: 'agent-unknown' });
  });

  it('asks the same predicate again where the PBX is held: 409 with the reason, 503 without a link', async () => {
    const locked = pair(
      probe(async () => done(1)),
      snapshotWith({ state: { locked: true } }),
    );
    await assert.rejects(locked.near.run('probe', 1, asker, { n: 1 }), { status: 409, code: 'unavailable.locked' });
    const down = pair(
      probe(async () => done(1)),
      snapshotWith({ link: 'down' }),
    );
    await assert.rejects(down.near.run('probe', 1, asker, { n: 1 }), { status: 503 });
  });

  it('brings domain errors back as they were', async () => {
    const { near } = pair(
      probe(async () => {
        throw new NotNow('some-reason', { agentNo: '2018' });
      }),
    );
    await assert.rejects(near.run('probe', 1, asker, { n: 1 }), {
      status: 409,
      code: 'some-reason',
      params: { agentNo: '2018' },
    });
  });

  it('refuses a second command of the same agent while one runs, and not that of another', async () => {
    let release = () => {};
    const wait = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { near } = pair(
      probe(async (_context, { n }) => {
        await wait;
        return done(n);
      }),
    );
    const first = near.run('probe', 1, asker, { n: 1 });
    await assert.rejects(near.run('probe', 1, asker, { n: 2 }), { status: 409, code: 'busy' });
    const other = near.run('probe', 2, asker, { n: 3 });
    release();
    assert.deepEqual([await first, await other], [done(1), done(3)]);
    assert.deepEqual(await near.run('probe', 1, asker, { n: 4 }), done(4));
  });

  it('takes no message that is forged, changed or sent twice', async () => {
    let runs = 0;
    const { near, far, sent } = pair(
      probe(async () => {
        runs += 1;
        return done(1);
      }),
    );
    await near.run('probe', 1, asker, { n: 1 });
    const [message] = sent;
    assert.ok(message);
    assert.equal((await far.receive(message.headers, message.body)).status, 403, 'replayed');
    assert.equal((await far.receive(message.headers, message.body.replace('"n":1', '"n":2'))).status, 403);
    assert.equal((await far.receive({}, message.body)).status, 403);
    assert.equal(runs, 1);
  });

  it('answers 503 when nobody holds the PBX or the holder is not reached, and signing off works all the same', async () => {
    const actions = probe(async () => done(1));
    const shared = { actions, secret, now: Date.now, log: createLog('silent'), processName: 'p', holder: () => null };
    const alone = new ServiceBus({ ...shared, holderUrl: async () => null });
    await assert.rejects(alone.run('probe', 1, asker, { n: 1 }), { status: 503, code: 'no-listener' });
    assert.equal(await alone.signOff(1, asker), false, 'and says that the PBX does not know');
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as AddressInfo;
    await new Promise((resolve) => nobody.close(resolve));
    const cut = new ServiceBus({ ...shared, holderUrl: async () => `http://127.0.0.1:${port}` });
    await assert.rejects(cut.run('probe', 1, asker, { n: 1 }), { status: 503, code: 'no-listener' });
  });

  describe('and a process that does not answer', () => {
    /** A bus beside a holder whose answer is what this says; it hears who holds the PBX now. */
    function beside(answer: typeof fetch) {
      const state = { url: 'http://far' as string | null };
      const shared = { actions: probe(async () => done(1)), secret, now: Date.now, log: createLog('silent') };
      const bus = new ServiceBus({
        ...{ ...shared, processName: 'near', holder: () => null, holderUrl: async () => state.url, fetch: answer },
      });
      return { bus, state };
    }
    /** Never answers; gives up as fetch does. */
    const never: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
      });

    it('is waited for longer than the longest operation lasts', async () => {
      const { timeout } = AbortSignal;
      const limits: number[] = [];
      AbortSignal.timeout = (millis) => {
        limits.push(millis);
        return timeout.call(AbortSignal, millis);
      };
      try {
        const { bus } = beside(async () => new Response(JSON.stringify(done(1))));
        await bus.run('probe', 1, asker, { n: 1 });
      } finally {
        AbortSignal.timeout = timeout;
      }
      // Two looks at the phones of the team, then out of the queues and in again on another phone, taken back.
      const longest = 2 * (AMI_TIMINGS.list + AMI_TIMINGS.action) + 6 * (AMI_TIMINGS.action + confirmMillis);
      assert.ok(limits.length === 1 && (limits[0] ?? 0) > longest, `${limits} ms`);
    });

    it('is not waited for when another has the PBX: not confirmed, and asked once', async () => {
      let asked = 0;
      const { bus, state } = beside((url, init) => {
        asked += 1;
        return never(url, init);
      });
      const answer = bus.run('probe', 1, asker, { n: 1 });
      await until('it is asked', () => asked === 1);
      state.url = 'http://another';
      await assert.rejects(answer, { status: 503, code: 'not-confirmed' });
      assert.equal(asked, 1);
    });

    it('breaks off in the middle: not confirmed; was never reached: nobody listens', async () => {
      for (const [code, says] of [
        ['UND_ERR_SOCKET', 'not-confirmed'],
        ['ECONNRESET', 'not-confirmed'],
        ['ECONNREFUSED', 'no-listener'],
        ['UND_ERR_CONNECT_TIMEOUT', 'no-listener'],
      ]) {
        const cause = Object.assign(new Error('broken'), { code });
        const { bus } = beside(() => Promise.reject(new TypeError('fetch failed', { cause })));
        await assert.rejects(bus.run('probe', 1, asker, { n: 1 }), { status: 503, code: says });
      }
    });
  });

  it('asks which calls have channels, and clears one, over there', async () => {
    const { near, cleared } = pair(probe(async () => done(1)));
    assert.deepEqual(await near.aliveCalls(['alive', 'dead']), ['alive']);
    assert.deepEqual(await near.aliveCalls([]), []);
    await near.clearCall('dead', asker);
    assert.deepEqual(cleared, ['dead']);
  });

  it('tells the holder who has a desk open, and who signed off', async () => {
    const { near, presence, signedOff } = pair(probe(async () => done(1)));
    await near.tellPresence([4, 5]);
    assert.equal(await near.signOff(4, asker), true);
    assert.deepEqual(presence, [['near', [4, 5]]]);
    assert.deepEqual(signedOff, [4]);
  });
});
