import assert from 'node:assert/strict';
import { Sagas } from '../../../src/services/sagas.js';

/** A piece of work that ends when the test says so. */
function work() {
  let end: (error?: Error) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve());
  });
  return { end, done };
}

describe('one operation an agent at a time', () => {
  it('refuses a second click, and what may not be refused waits for the first', async () => {
    const sagas = new Sagas(Date.now);
    const order: string[] = [];
    const first = work();
    const begin = (name: string, until: Promise<void> = Promise.resolve()) => {
      order.push(`${name} begins`);
      return until.finally(() => order.push(`${name} ends`));
    };
    const hold = sagas.run(1, () => begin('hold', first.done));
    const leave = sagas.behind(1, () => begin('sign-off'));
    await assert.rejects(
      sagas.run(1, () => begin('click')),
      { status: 409, code: 'busy' },
    );
    await sagas.run(2, () => begin('another agent'));
    first.end();
    await Promise.all([hold, leave]);
    assert.deepEqual(order, [
      ...['hold begins', 'another agent begins', 'another agent ends'],
      ...['hold ends', 'sign-off begins', 'sign-off ends'],
    ]);
    await sagas.run(1, () => begin('after it'));
  });

  it('lets what waits begin also when the first one fails', async () => {
    const sagas = new Sagas(Date.now);
    const first = work();
    const hold = sagas.run(1, () => first.done);
    const leave = sagas.behind(1, async () => 'left');
    first.end(new Error('broken'));
    await assert.rejects(hold, /broken/);
    assert.equal(await leave, 'left');
  });

  it('has no two operations hold the same thing, and says why in the words of the second', async () => {
    const sagas = new Sagas(Date.now);
    const first = work();
    const held = sagas.holding(['phone:7'], () => first.done);
    await assert.rejects(
      sagas.holding(['phone:7', 'call:x'], async () => undefined),
      { code: 'busy' },
    );
    const refusal = () => Object.assign(new Error('in use'), { status: 422 }) as never;
    await assert.rejects(
      sagas.holding(['phone:7'], async () => undefined, refusal),
      { status: 422 },
    );
    await sagas.holding(['call:x'], async () => undefined);
    first.end();
    await held;
    await sagas.holding(['phone:7'], async () => undefined);
  });
});
