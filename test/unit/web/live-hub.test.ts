import { strict as assert } from 'node:assert';
import { createLiveHub, type LiveHub, type Watcher } from '../../../src/web/live-hub.js';
import { until } from '../../support/until.js';

/** A feed the test speaks through. */
function feed() {
  const listeners = new Set<(topics: readonly string[]) => void>();
  return {
    subscribe: (listener: (topics: readonly string[]) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    say: (...topics: string[]) => {
      for (const listener of listeners) listener(topics);
    },
    get size() {
      return listeners.size;
    },
  };
}

function watcher(names: Record<string, string[]>): Watcher & { told: string[][] } {
  const told: string[][] = [];
  return { names: new Map(Object.entries(names)), told, tell: (heard) => told.push([...heard]) };
}

describe('live hub', () => {
  let source: ReturnType<typeof feed>;
  let hub: LiveHub;
  beforeEach(() => {
    source = feed();
    hub = createLiveHub(source, 10);
  });
  afterEach(() => hub.close());

  it('gives each topic a version that grows, and sums those of several', () => {
    assert.equal(hub.version(['a', 'b']), 0);
    source.say('a', 'b', 'a');
    assert.equal(hub.version(['a']), 2);
    assert.equal(hub.version(['a', 'b']), 3);
    assert.equal(hub.version(['c']), 0);
  });

  it('makes every version old when the feed has lost its place', async () => {
    const one = watcher({ a: ['alpha'] });
    hub.watch(one);
    const before = hub.version(['never heard of']);
    source.say('*');
    assert.ok(hub.version(['never heard of']) > before);
    await until('told', () => one.told.length === 1);
    assert.deepEqual(one.told, [['alpha']]);
  });

  it('tells names to those who watch the topic, and to nobody else', async () => {
    const one = watcher({ a: ['alpha', 'both'] });
    const two = watcher({ b: ['beta', 'both'] });
    hub.watch(one);
    hub.watch(two);
    source.say('a');
    await until('told', () => one.told.length === 1);
    assert.deepEqual(one.told, [['alpha', 'both']]);
    assert.deepEqual(two.told, []);
  });

  it('puts what follows within the gap together, and loses nothing of it', async () => {
    const one = watcher({ a: ['alpha'], b: ['beta'] });
    hub.watch(one);
    source.say('a', 'a');
    source.say('a');
    await until('the first', () => one.told.length === 1);
    source.say('b');
    source.say('b', 'a');
    assert.equal(one.told.length, 1, 'waits for the gap');
    await until('the second', () => one.told.length === 2);
    assert.deepEqual(one.told, [['alpha'], ['beta', 'alpha']]);
  });

  it('tells nothing after the end, and keeps nothing of it', async () => {
    const one = watcher({ a: ['alpha'] });
    const two = watcher({ a: ['alpha'] });
    const stop = hub.watch(one);
    hub.watch(two);
    source.say('a');
    stop();
    assert.equal(hub.watchers, 1);
    await until('the other is told', () => two.told.length === 1);
    assert.deepEqual(one.told, []);
    hub.close();
    assert.equal(source.size, 0);
  });

  it('has another name after every start, so that versions of two processes are never compared', () => {
    const other = createLiveHub(source);
    assert.notEqual(hub.boot, other.boot);
    other.close();
  });
});
