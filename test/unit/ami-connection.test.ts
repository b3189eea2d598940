import assert from 'node:assert/strict';
import { InvalidInput, TelephonyDown } from '../../src/errors.js';
import {
  AmiConnection,
  type AmiConnectionOptions,
  type AmiEnd,
  AmiOpenError,
} from '../../src/telephony/ami-connection.js';
import { type AmiRecord, text } from '../../src/telephony/ami-record.js';
import { ACTIONS, EVENTS, FakeAmi, failure, packetText, success } from '../support/fake-ami.js';
import { until } from '../support/until.js';

describe('AMI connection', () => {
  let fake: FakeAmi;
  let connection: AmiConnection;
  let records: AmiRecord[];
  let ends: Array<{ end: AmiEnd; detail: string }>;

  beforeEach(async () => {
    fake = await FakeAmi.start();
    records = [];
    ends = [];
  });
  afterEach(async () => {
    await connection?.close();
    await fake.stop();
  });

  function make(options: Partial<AmiConnectionOptions> = {}): AmiConnection {
    connection = new AmiConnection({
      address: fake.address,
      login: ACTIONS,
      instance: 't1',
      onRecord: (record) => records.push(record),
      onEnd: (end, detail) => ends.push({ end, detail }),
      ...options,
    });
    return connection;
  }
  const opened = async (options: Partial<AmiConnectionOptions> = {}) => {
    await make(options).open();
    return connection;
  };
  const down = (code: string) => (error: unknown) => error instanceof TelephonyDown && error.code === code;

  describe('opening', () => {
    it('says that a login was refused, and why (row 2)', async () => {
      const open = make({ login: { username: ACTIONS.username, secret: 'wrong' } }).open();
      await assert.rejects(open, (error: unknown) => {
        assert.ok(error instanceof AmiOpenError);
        assert.equal(error.end, 'login-refused');
        assert.equal(error.detail, 'Authentication failed');
        return true;
      });
      assert.equal(connection.isUp, false);
    });

    it('says that nothing listens', async () => {
      const { address } = fake;
      await fake.stop();
      await assert.rejects(
        make({ address }).open(),
        (error) => error instanceof AmiOpenError && error.end === 'unreachable',
      );
      fake = await FakeAmi.start();
    });

    it('gives up on a PBX that accepts and keeps silent, and frees the socket', async () => {
      fake.faults.mute = true;
      const open = make({ timings: { connect: 60 } }).open();
      await assert.rejects(open, (error) => error instanceof AmiOpenError && error.end === 'no-answer');
      await until('the half-open socket is gone', () => fake.sessions.size === 0);
    });

    it('is not led astray by half a line of an earlier connection (row 3)', async () => {
      await opened({ login: EVENTS });
      fake.raw('Event: Hangup\r\nUniqueid: 1.1\r\nActionID: 99');
      fake.cut();
      await until('the cut is noticed', () => ends.length === 1);
      assert.equal(ends[0]?.end, 'closed');
      await opened({ login: EVENTS });
      assert.equal(connection.isUp, true);
      assert.ok(records.every((record) => text(record, 'event') === 'FullyBooted'));
    });

    it('refuses a secret that would inject an action', () => {
      assert.throws(() => make({ login: { username: 'x', secret: 'a\r\n\r\nAction: Command' } }), InvalidInput);
      connection = undefined as unknown as AmiConnection;
    });
  });

  describe('actions', () => {
    it('answers Success and Error alike, with the message', async () => {
      await opened();
      fake.on('QueueAdd', () => [failure('Unable to add interface: Already there')]);
      assert.equal((await connection.send({ name: 'Ping' })).success, true);
      const refused = await connection.send({ name: 'QueueAdd', headers: { Queue: 'q1' } });
      assert.equal(refused.success, false);
      assert.equal(refused.message, 'Unable to add interface: Already there');
    });

    it('uses ActionIDs of its own, another one each time (row 7)', async () => {
      await opened();
      await Promise.all([connection.send({ name: 'Ping' }), connection.send({ name: 'Ping' })]);
      const ids = fake.of('Ping').map((action) => action.headers.actionid ?? '');
      assert.ok(ids.every((id) => /^cc-t1-[0-9A-Z]{26}-[0-9a-z]+$/.test(id)));
      assert.equal(new Set(ids).size, 2);
    });

    it('leaves the action as it was given (row 14)', async () => {
      await opened();
      const action = { name: 'Ping', headers: { X: 'y' }, variables: { A: 'b' } };
      await connection.send(action);
      assert.deepEqual(action, { name: 'Ping', headers: { X: 'y' }, variables: { A: 'b' } });
    });

    it('does not take an OriginateResponse for the answer of its Originate (row 7)', async () => {
      await opened({ login: EVENTS });
      fake.on('Originate', (action, session) => {
        session.write(
          packetText([
            ['Event', 'OriginateResponse'],
            ['ActionID', action.headers.actionid ?? ''],
            ['Response', 'Failure'],
            ['Reason', 0],
          ]),
        );
        return [success(['Message', 'Originate successfully queued'])];
      });
      const answer = await connection.send({ name: 'Originate' });
      assert.equal(answer.message, 'Originate successfully queued');
      assert.ok(records.some((record) => record.event === 'OriginateResponse'));
    });

    it('fails an action that is never answered, and drops its late answer', async () => {
      await opened();
      let late = (): void => {};
      fake.on('Slow', (action, session) => {
        late = () => session.send(success(['Message', 'too late']), action.headers.actionid);
        return null;
      });
      await assert.rejects(connection.send({ name: 'Slow', timeoutMillis: 30 }), down('telephony-timeout'));
      late();
      await connection.send({ name: 'Ping' });
      assert.equal(connection.lateAnswers, 1);
      assert.equal(connection.isUp, true);
    });

    it('fails everything open when the link is lost, and refuses at once afterwards (row 5)', async () => {
      await opened();
      fake.on('Slow', () => null);
      const open = connection.send({ name: 'Slow' });
      await until('it is sent', () => fake.of('Slow').length === 1);
      fake.cut();
      await assert.rejects(open, down('telephony-lost'));
      await assert.rejects(connection.send({ name: 'Slow' }), down('telephony-down'));
      assert.equal(connection.pendingActions, 0);
      assert.equal(fake.of('Slow').length, 1);
    });

    it('refuses before it is open: nothing is held for later', async () => {
      make();
      await assert.rejects(connection.send({ name: 'Ping' }), down('telephony-down'));
      await connection.open();
      await connection.send({ name: 'Ping' });
      assert.equal(fake.of('Ping').length, 1);
    });

    it('keeps no more than its limit on the wire, and the order', async () => {
      await opened({ inFlightLimit: 3 });
      const answers: Array<() => void> = [];
      fake.on('Slow', (action, session) => {
        answers.push(() => session.send(success(), action.headers.actionid));
        return null;
      });
      const all = Array.from({ length: 10 }, (_, n) => connection.send({ name: 'Slow', headers: { N: n } }));
      await until('three are sent', () => answers.length === 3);
      for (let answered = 0; answered < 10; answered += 1) {
        await until('the next is there', () => answers.length > answered);
        assert.ok(answers.length <= answered + 3);
        answers[answered]?.();
      }
      await Promise.all(all);
      assert.deepEqual(
        fake.of('Slow').map((action) => Number(action.headers.n)),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
    });

    it('never sends an action whose time was over while it waited for room', async () => {
      await opened({ inFlightLimit: 1 });
      fake.on('Slow', () => null);
      const first = connection.send({ name: 'Slow', timeoutMillis: 80 });
      await assert.rejects(connection.send({ name: 'Hangup', timeoutMillis: 20 }), down('telephony-timeout'));
      await assert.rejects(first, down('telephony-timeout'));
      await connection.send({ name: 'Ping' });
      assert.equal(fake.of('Hangup').length, 0);
    });
  });

  describe('guard against injection (row 9)', () => {
    const attack = '1\r\n\r\nAction: Command\r\nCommand: core stop now';
    for (const [where, action] of Object.entries({
      'in a value': { name: 'Hangup', headers: { Channel: attack } },
      'with LF only': { name: 'Hangup', headers: { Channel: '1\nAction: x' } },
      'with NUL': { name: 'Hangup', headers: { Channel: '1\0' } },
      'in a key': { name: 'Hangup', headers: { 'Channel: x\r\n\r\nAction': 'Command' } },
      'in the name': { name: 'Hangup\r\n\r\nAction: Command' },
      'in a variable': { name: 'Originate', variables: { CCID: attack } },
      "in a variable's name": { name: 'Originate', variables: { 'A\r\nB': 'x' } },
      'as a second Action header': { name: 'Ping', headers: { action: 'Command' } },
      'as a Variable header': { name: 'Ping', headers: { Variable: 'a', variable: 'b' } },
    })) {
      it(`refuses ${where}, and nothing leaves`, async () => {
        await opened();
        const before = fake.received;
        await assert.rejects(
          connection.send(action),
          (error) => error instanceof InvalidInput && error.code === 'telephony-unsafe',
        );
        await connection.send({ name: 'Ping' });
        assert.ok(!fake.received.slice(before.length).includes('Command'));
        assert.deepEqual(
          fake.actions.map((received) => received.name),
          ['login', 'Ping'],
        );
        assert.equal(connection.pendingActions, 0);
      });
    }

    it('refuses a line and a message that Asterisk could not read (row 16)', async () => {
      await opened();
      const long = { name: 'Ping', headers: { X: '坐'.repeat(340) } };
      await assert.rejects(connection.send(long), InvalidInput);
      const many = Object.fromEntries(Array.from({ length: 126 }, (_, n) => [`H${n}`, '1']));
      await assert.rejects(connection.send({ name: 'Ping', headers: many }), InvalidInput);
    });

    it('sends variables one a line, never joined by commas (row 10)', async () => {
      await opened();
      fake.on('Originate', () => [success()]);
      await connection.send({ name: 'Originate', variables: { CCID: '01AB', CCCLI: '+8613800000000' } });
      const lines = fake.of('Originate')[0]?.lines ?? [];
      assert.ok(lines.includes('Variable: CCID=01AB'));
      assert.ok(lines.includes('Variable: CCCLI=+8613800000000'));
      await assert.rejects(connection.send({ name: 'Originate', variables: { CCID: 'a,b' } }), InvalidInput);
    });
  });

  describe('lists (row 8)', () => {
    it('gathers the items up to Complete, several lists at once', async () => {
      await opened();
      fake.onList('QueueStatus', (action) => [
        [
          ['Event', 'QueueParams'],
          ['Queue', action.headers.queue ?? ''],
        ],
        [
          ['Event', 'QueueMember'],
          ['Name', '2018'],
        ],
      ]);
      const [a, b] = await Promise.all([
        connection.list({ name: 'QueueStatus', headers: { Queue: 'q1' } }),
        connection.list({ name: 'QueueStatus', headers: { Queue: 'q2' } }),
      ]);
      assert.deepEqual(
        a?.map((item) => item.event),
        ['QueueParams', 'QueueMember'],
      );
      assert.equal(a?.[0]?.queue, 'q1');
      assert.equal(b?.[0]?.queue, 'q2');
      assert.equal(records.length, 0);
    });

    for (const message of ['No Contacts found', 'No active conferences.', 'No Conference by that name found.'])
      it(`takes "${message}" for an empty list`, async () => {
        await opened();
        fake.on('AnyList', () => [failure(message)]);
        assert.deepEqual(await connection.list({ name: 'AnyList' }), []);
      });

    it('tells a refusal', async () => {
      await opened();
      fake.on('AnyList', () => [failure('Permission denied')]);
      await assert.rejects(connection.list({ name: 'AnyList' }), /telephony-refused.*Permission denied/);
    });

    it('fails a list that is cut in the middle, by time or by the link', async () => {
      await opened({ timings: { list: 40 } });
      fake.on('AnyList', () => [
        success(['EventList', 'start']),
        [
          ['Event', 'Item'],
          ['N', 1],
        ],
      ]);
      await assert.rejects(connection.list({ name: 'AnyList' }), down('telephony-timeout'));
      const open = connection.list({ name: 'AnyList', timeoutMillis: 5000 });
      await until('it is asked', () => fake.of('AnyList').length === 2);
      fake.cut();
      await assert.rejects(open, down('telephony-lost'));
    });
  });

  describe('staying alive (row 6)', () => {
    it('pings', async () => {
      await opened({ timings: { pingEvery: 10 } });
      await until('three pings', () => fake.of('Ping').length >= 3);
      assert.deepEqual(ends, []);
    });

    it('notices a peer that is there no more, and kills the half-open socket', async () => {
      await opened({ timings: { pingEvery: 10, pingLimit: 30 } });
      fake.session(ACTIONS.username).frozen = true;
      await until('the end', () => ends.length === 1);
      assert.equal(ends[0]?.end, 'ping-lost');
      await until('the socket is gone', () => fake.sessions.size === 0);
    });

    it('does not give up a peer that sends events but is slow with the answer', async () => {
      await opened({ login: EVENTS, timings: { pingEvery: 10, pingLimit: 120 } });
      fake.on('Ping', () => null);
      const flow = setInterval(() => fake.event('Newchannel', ['Uniqueid', '1.1']), 5);
      await until('three pings', () => fake.of('Ping').length >= 3);
      clearInterval(flow);
      assert.deepEqual(ends, []);
    });
  });

  describe('reading', () => {
    it('reads packets split byte by byte, UTF-8 included (row 13)', async () => {
      fake.faults.splitBytes = 1;
      await opened({ login: EVENTS });
      fake.event('Newchannel', ['CallerIDName', '坐席😀'], ['Uniqueid', '1.1']);
      await until('the event', () => records.some((record) => record.event === 'Newchannel'));
      assert.equal(text(records.at(-1) ?? {}, 'calleridname'), '坐席😀');
    });

    it('goes on after events named like things of the library and of the language (rows 7, 12)', async () => {
      await opened({ login: EVENTS });
      for (const name of ['close', 'error', 'rawevent', 'end', 'connect', '__proto__', 'constructor'])
        fake.event(name, ['constructor', '1'], ['__proto__', 'a'], ['__proto__', 'b']);
      fake.raw('Event: Hangup\r\nCause-txt: a\nb\r\n\r\n');
      await connection.send({ name: 'Ping' });
      assert.equal(connection.isUp, true);
      assert.equal(records.length, 9);
      for (const record of records) assert.equal(text(record, 'constructor').startsWith('function'), false);
      assert.equal(({} as Record<string, unknown>).event, undefined);
    });

    it('stops without a word to onEnd', async () => {
      await opened();
      await connection.close();
      assert.deepEqual(ends, []);
      await until('the PBX sees it', () => fake.sessions.size === 0);
    });
  });
});
