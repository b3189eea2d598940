import { strict as assert } from 'node:assert';
import { startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { FormWalk, type Words } from '../support/form-walk.js';
import { putCall, putState } from '../support/states.js';
import type { Person } from '../support/world.js';

const plain: Words = (_name, is) => is;
const nonsense: Words = (name) => `Typed ${name}`;
const values: Record<string, string> = {
  ...{ people: 'lena, adam', assignee: 'lena', number: '13800001111', to: '13800001111', phone: '13800001111' },
  ...{ approver: '', email: 'a@example.org', signature: '', rate: '1.5', amount: '1.5' },
};
const sense: Words = (name, is) => values[name] ?? (is || 'Typed');

describe('without scripts', function () {
  this.timeout(300_000);
  let app: TestApp;
  before(async () => {
    app = await startTestApp();
  });
  beforeEach(() => app.reset());
  after(() => app?.stop());

  const people: Array<[string, () => Person]> = [
    ['an agent who talks', () => app.world.alpha.agent],
    ['a leader', () => app.world.alpha.leader],
    ['an administrator', () => app.world.alpha.admin],
  ];
  for (const [who, person] of people)
    it(`${who} sees every page that links lead to, presses every button, and is never left in a dead end`, async () => {
      const { agent, leader, sales } = app.world.alpha;
      const live = { groupId: sales, phase: 'talking' as const, endedAt: null, result: null };
      await putCall(app, agent, 'live-1', live);
      await putState(app, agent, { shown: 'talking', callId: 'live-1', callPhase: 'talking' });
      await putCall(app, leader, 'live-2', { groupId: sales });
      await putState(app, leader, { shown: 'idle' });
      const again = () => signedIn(app.url, person());
      const walk = new FormWalk(await again(), again);
      // What one round makes the next one opens.
      for (const words of [sense, nonsense, plain]) {
        await walk.lookAround('/desk');
        await walk.pressAll(words);
      }
      assert.ok(walk.count > 40, `${walk.count} buttons`);
      assert.deepEqual([...new Set(walk.faults)], []);
    });
});
