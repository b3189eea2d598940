import assert from 'node:assert/strict';
import { OnlineAgents } from '../../../src/services/presence.js';

describe('who has a desk open', () => {
  let now = 0;
  let agents: OnlineAgents;
  beforeEach(() => {
    now = 1_000_000;
    agents = new OnlineAgents(() => now, new Set([1, 2]));
  });
  const online = () => [...agents.online()].sort();

  it('is believed of those the database knew, until every process can have told', () => {
    assert.deepEqual(online(), [1, 2]);
    agents.told('one', [2, 3]);
    assert.deepEqual(online(), [1, 2, 3]);
    now += 29_999;
    agents.told('one', [2, 3]);
    now += 1;
    assert.deepEqual(online(), [2, 3]);
  });

  it('ends for whoever signs off at once, whoever told of him', () => {
    agents.told('one', [2, 3]);
    for (const agentId of [1, 2, 3]) agents.left(agentId);
    assert.deepEqual(online(), []);
  });

  it('ends with the process that told, but not while nobody can tell', () => {
    now += 60_000;
    agents.told('one', [4]);
    agents.told('two', [5]);
    for (let second = 0; second < 120; second += 2) {
      agents.nobodyCanTell();
      assert.deepEqual(online(), [4, 5], `after ${second} s`);
      now += 2_000;
    }
    agents.told('one', [4]);
    now += 27_000;
    assert.deepEqual(online(), [4, 5], 'the other has time to tell again');
    agents.told('one', [4]);
    now += 1_001;
    assert.deepEqual(online(), [4]);
  });
});
