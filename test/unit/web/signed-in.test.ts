import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import { defaults } from '../../../src/models/desk-preferences.js';
import { createSignedInSessions, type StoredSession, sessionIdOf } from '../../../src/web/signed-in.js';
import { createViewers, type Viewer } from '../../../src/web/viewer.js';

const secret = 'secret of the test';
const sign = (id: string, by = secret): string =>
  `zuoxi.sid=${encodeURIComponent(`s:${id}.${createHmac('sha256', by).update(id).digest('base64').replace(/=+$/, '')}`)}`;

const person = (accountId: number): Viewer => ({
  ...{ accountId, userName: 'anna', lastName: '', firstName: '', kind: 'user', teamId: 1, teamName: '' },
  ...{ timeZone: 'Asia/Shanghai', recordAccess: 'records', agentId: 1, agentNo: '1', permissions: new Set<string>() },
  ...{ ledGroupIds: [], monitoredGroupIds: [], language: 'en', theme: 'system' },
  preferences: defaults,
});

describe('signed-in sessions', () => {
  let now = 1_000_000;
  let reads = 0;
  let loads = 0;
  let version = 0;
  let stored: Omit<StoredSession, 'readAt'> | null;
  let readAt: number | null = null;
  let touched: string[];
  const setUp = () => {
    const viewers = createViewers({
      load: async (accountId) => {
        loads += 1;
        return person(accountId);
      },
      version: () => version,
      now: () => now,
    });
    return createSignedInSessions({
      ...{ secret, viewers, now: () => now, onError: assert.ifError },
      read: async () => {
        reads += 1;
        return stored && { ...stored, readAt: readAt ?? now };
      },
      touch: async (id) => {
        touched.push(id);
      },
    });
  };
  beforeEach(() => {
    now = 1_000_000;
    reads = 0;
    loads = 0;
    version = 0;
    touched = [];
    readAt = null;
    stored = { accountId: 7, csrf: 'token', language: 'zh-CN', expiresAt: now + 3_600_000 };
  });

  it('are found by a cookie we signed, and by no other', () => {
    assert.equal(sessionIdOf(`a=b; ${sign('id-1')}; c=d`, secret), 'id-1');
    for (const cookie of [
      sign('id-1', 'another'),
      'zuoxi.sid=id-1',
      'zuoxi.sid=s%3Aid-1.',
      'zuoxi.sid=%',
      '',
      'x'.repeat(9000),
    ]) {
      assert.equal(sessionIdOf(cookie, secret), null, cookie);
    }
  });

  it('are read less than once a second, and once for all who ask at once', async () => {
    const sessions = setUp();
    const all = await Promise.all(Array.from({ length: 50 }, () => sessions.of(sign('id-1'))));
    assert.equal(reads, 1);
    assert.equal(all[0]?.viewer.accountId, 7);
    assert.equal(all[0]?.language, 'zh-CN');
    now += 1249;
    assert.equal(sessions.of(sign('id-1')), all[0], 'from memory, at once');
    now += 1;
    assert.equal(await sessions.of(sign('id-1')), all[0], 'the same object while nothing changed');
    assert.equal(reads, 2);
    assert.equal(loads, 1);
  });

  it('are believed from when the page before read them', async () => {
    const sessions = setUp();
    readAt = now - 900;
    await sessions.of(sign('id-1'));
    now += 349;
    await sessions.of(sign('id-1'));
    assert.equal(reads, 1);
    now += 1;
    await sessions.of(sign('id-1'));
    assert.equal(reads, 2);
  });

  it('end when their row is gone or over', async () => {
    const sessions = setUp();
    assert.ok(await sessions.of(sign('id-1')));
    stored = null;
    sessions.forget('id-1');
    assert.equal(await sessions.of(sign('id-1')), null);
    stored = { accountId: 7, csrf: '', language: null, expiresAt: now };
    now += 1251;
    assert.equal(await sessions.of(sign('id-1')), null);
  });

  it('are not kept as they were when they changed while they were read', async () => {
    const sessions = setUp();
    for (const change of [() => sessions.forget('id-1'), () => sessions.forgetAccount(7)]) {
      const before = sessions.of(sign('id-1'));
      change();
      stored = { accountId: 7, csrf: 'token', language: 'en', expiresAt: now + 3_600_000 };
      assert.ok(await before);
      assert.equal((await sessions.of(sign('id-1')))?.language, 'en');
      sessions.forget('id-1');
      stored = { ...stored, language: 'zh-CN' };
    }
    assert.equal(reads, 4);
  });

  it('load the person anew when he was changed', async () => {
    const sessions = setUp();
    await sessions.of(sign('id-1'));
    version += 1;
    now += 1251;
    await sessions.of(sign('id-1'));
    assert.equal(loads, 2);
  });

  it('of a desk that only polls are kept alive', async () => {
    const sessions = setUp();
    await sessions.of(sign('id-1'));
    for (let minute = 0; minute < 6; minute += 1) {
      now += 60_000;
      await sessions.of(sign('id-1'));
    }
    assert.deepEqual(touched, ['id-1']);
  });
});
