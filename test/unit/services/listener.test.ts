import assert from 'node:assert/strict';
import { createLog } from '../../../src/log.js';
import { Listener } from '../../../src/services/listener.js';
import type { LiveBoard } from '../../../src/services/live-board.js';
import { AmiClient } from '../../../src/telephony/ami-client.js';
import type { PbxPicture } from '../../../src/telephony/events.js';
import { ACTIONS, EVENTS, FakeAmi } from '../../support/fake-ami.js';
import { until } from '../../support/until.js';

const QUICK = { retryFirst: 10, retryLast: 100, retryRefused: 300, boot: 100, connect: 500 };
const picture: PbxPicture = { ...({} as PbxPicture), channels: [] };

describe('the listener', () => {
  let fake: FakeAmi;
  let listener: Listener;
  let client: AmiClient;
  let told: string[];
  let reads: string[];
  /** What the next readings wait for. */
  let gate: Promise<void> | null;

  beforeEach(async () => {
    fake = await FakeAmi.start();
    told = [];
    reads = [];
    gate = null;
    client = new AmiClient({
      ...{ address: fake.address, events: EVENTS, actions: ACTIONS, instance: 't1' },
      ...{ now: Date.now, onFault: () => undefined, timings: QUICK },
    });
    const live = { event: () => {}, linkDown: () => {}, tick: () => {}, reconcile: () => 0 };
    listener = new Listener({
      client,
      live: live as unknown as LiveBoard,
      readPicture: async (why) => {
        reads.push(why);
        await gate;
        return picture;
      },
      repair: async () => {},
      tellLink: (word) => told.push(word),
      now: Date.now,
      log: createLog('silent'),
      resyncMillis: 0,
    });
    listener.start();
    await until('up', () => told.at(-1) === 'up');
  });
  afterEach(async () => {
    await listener.stop();
    await fake.stop();
  });

  const flap = async () => {
    fake.cut();
    await until('it is down', () => told.at(-1) === 'down');
    await until('it is back', () => client.link.state === 'up');
  };

  it('is up again where the link was lost and came back while it read for another reason', async () => {
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const asked = listener.resync();
    await until('it reads', () => reads.at(-1) === 'asked');
    await flap();
    gate = null;
    open();
    await until('it is up', () => told.at(-1) === 'up');
    await asked;
    assert.equal(reads.at(-1), 'link-up', 'what it read began on another link');
  });

  it('reads for the new link also where the reading failed meanwhile', async () => {
    let fail: (error: Error) => void = () => {};
    gate = new Promise((_resolve, reject) => {
      fail = reject;
    });
    const asked = listener.resync();
    await until('it reads', () => reads.at(-1) === 'asked');
    await flap();
    gate = null;
    fail(new Error('the database is away'));
    await until('it is up', () => told.at(-1) === 'up');
    await asked;
    assert.equal(reads.at(-1), 'link-up');
  });
});
