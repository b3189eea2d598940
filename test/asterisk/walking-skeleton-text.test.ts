import assert from 'node:assert/strict';
import { Lynx } from '../support/lynx.js';
import { agent, Stage } from '../support/stage.js';

describe('a call on a real Asterisk, taken with lynx, without scripts', function () {
  this.timeout(60_000);
  let stage: Stage;
  let lynx: Lynx;

  before(async function () {
    stage = await Stage.open(this, 'walk_text', 'lynx');
    const product = await stage.start('text');
    await stage.linkIs('up', 10_000);
    await stage.rig.phone('2227').behave('ring');
    lynx = await Lynx.open(`${product.url}/sign-in`);
  });
  after(async () => {
    await lynx?.close();
    await stage?.close();
  });

  it('signs in in Chinese, checks in, sees it ring and talk by reloading, ends the wrap-up, signs off', async () => {
    await lynx.press('中文');
    await lynx.type('用户名', agent.userName);
    await lynx.type('密码', agent.password);
    assert.match(await lynx.screen(), /\)__North__/, 'the team is chosen');
    await lynx.press('登录');
    await lynx.says('未签入');
    await lynx.press('签入');
    await lynx.says('空闲', { reloading: true });

    // The function bar is a frame of the desk; lynx shows it as a page of its own.
    await lynx.press('bar');
    const { number, leg } = await stage.customer();
    const spaced = `${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}`;
    const ringing = await lynx.says('振铃', { reloading: true });
    assert.ok(ringing.includes(spaced), 'the number is shown');
    await stage.rig.phone('2227').answer();
    await lynx.says(/通话 \d\d:\d\d/, { reloading: true });
    await leg.hangUp();
    await lynx.says(/话后 \d\d:\d\d/, { reloading: true });
    await lynx.press('话后');
    await lynx.says('空闲', { reloading: true });

    const { call, legs, copies } = await stage.record(number);
    assert.deepEqual([copies, call.result, call.ended_by, legs.length], [1, 'answered', 'customer', 2]);
    const shown = await stage.history('2018');
    assert.deepEqual(shown.slice(shown.indexOf('ringing')), ['ringing', 'talking', 'wrap-up', 'idle']);

    await lynx.press('退出');
    await lynx.says('用户名');
    assert.equal((await stage.history('2018')).at(-1), 'signed-out');
  });
});
