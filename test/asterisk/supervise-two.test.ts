import assert from 'node:assert/strict';
import { Client, trySignIn } from '../support/client.js';
import { type DeskAgent, membersOf, seedSite } from '../support/desk-lab.js';
import { FragmentWatch } from '../support/fragment-watch.js';
import { type Lab, type LabCall, labs } from '../support/lab.js';
import { type DatabaseAddress, type Mariadb, startMariadb } from '../support/mariadb.js';
import { Onlooker, Product } from '../support/product.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';

/** H1: whatever died, the desk tells the truth within this time. */
const truth = 5000;
const words = { listen: 'Listen', whisper: 'Whisper', 'barge-in': 'Barge in', 'take-over': 'Take over' };
type Mode = keyof typeof words;

for (const kind of labs()) {
  describe(`a leader at a process without the PBX, on MariaDB and the ${kind.name}`, function () {
    this.timeout(120_000);
    let mariadb: Mariadb;
    let database: DatabaseAddress;
    let lab: Lab;
    let onlooker: Onlooker;
    let agent: DeskAgent;
    let telling: NodeJS.Timeout;
    const running = new Map<string, Product>();
    let begun = 0;
    let support: number;
    let holder: Product;
    let other: Product;
    /** The leader's browser, at the process without the PBX. */
    let leader: Client;
    /** What he sees there, and in a window at the process that holds it. */
    let screens: Screen[];

    class Screen {
      readonly #panel: FragmentWatch;
      readonly #group: FragmentWatch;
      constructor(
        readonly name: string,
        client: Client,
      ) {
        this.#panel = new FragmentWatch(client, '/monitor/supervision');
        this.#group = new FragmentWatch(client, `/monitor/groups/${support}`);
      }

      /** Words of the panel, '' when it says nothing. */
      async panel(): Promise<string> {
        return (await this.#panel.shown())('strong').text();
      }
      async since(): Promise<number> {
        return Number((await this.#panel.shown())('[data-since]').attr('data-since'));
      }
      /** The agent's word in the group. */
      async row(): Promise<string> {
        const row = (await this.#group.shown())(`#agent_${support}_${agent.id}`);
        return /\bst-([a-z-]+)/.exec(row.attr('class') ?? '')?.[1] ?? '';
      }
    }

    before(async function () {
      requireOrSkip.call(this, 'mariadb');
      kind.requireOrSkip(this);
      mariadb = await startMariadb();
      database = await mariadb.database(`supervise_two_${kind.name.toLowerCase()}`);
      lab = await kind.start({
        extensions: [{ number: '2227' }, { number: '2228' }],
        queues: [{ name: 'support', extra: { wrapuptime: '0' } }],
        dids: { '4001000': 'support' },
      });
      onlooker = new Onlooker(database);
      await seedSite(onlooker.db, {
        groups: [{ name: 'Support', queue: 'support', wrapUpMode: 'answer', dids: [{ number: '4001000' }] }],
        extensions: ['2227', '2228', '2229'],
        agents: [
          { agentNo: '2018', extension: '2227', groups: [{ group: 'Support' }] },
          { agentNo: '2017', extension: '2228', groups: [{ group: 'Support', leader: true }] },
        ],
      });
      await onlooker.db('accounts').update({ language: 'en' });
      telling = setInterval(() => void onlooker.tellDesks().catch(() => {}), 1000);
      agent = await onlooker.agent('2018');
      support = (await onlooker.services.snapshots.ofAgent(agent.id))?.memberships[0]?.groupId ?? 0;
    });
    after(async () => {
      clearInterval(telling);
      for (const product of running.values()) await product.kill();
      await onlooker?.stop();
      await lab?.stop();
      await mariadb?.stop();
    });
    beforeEach(async () => {
      if (running.size === 0) await begin();
      const name = await until('one holds the PBX', () => onlooker.holder(), { within: 2 * truth });
      while (running.size < 2) await begin();
      for (const [own, product] of running) {
        if (own === name) holder = product;
        else other = product;
      }
      await onlooker.linkIs('up', 2 * truth);
      await signIn();
      await agent.openDesk();
      await until('the state is known', async () => (await agent.row())?.shown !== 'unknown');
      if ((await agent.row())?.shown === 'signed-out') await agent.press('check-in');
      await agent.shows('idle');
      for (const number of ['2227', '2228']) await lab.phone(number).behave('auto');
    });
    afterEach(async () => {
      await lab?.clear();
      await lab?.pbx.silent();
      if (!agent) return;
      await until('out of the call', async () => (await agent.row())?.callId === null, { within: 2 * truth });
      if ((await agent.row())?.shown === 'wrap-up') await agent.press('end-wrap-up');
      if ((await agent.row())?.pauseReason) await agent.press('unpause');
    });

    async function begin(): Promise<void> {
      begun += 1;
      const name = `process-${begun}`;
      running.set(name, await Product.start({ database, ami: lab.pbx.ami, name }));
    }
    async function kill(product: Product): Promise<void> {
      for (const [name, one] of running) if (one === product) running.delete(name);
      await product.kill();
    }
    async function signIn(): Promise<void> {
      leader = new Client(other.url);
      const answer = await trySignIn(leader, { team: 't1', userName: 'u2017' }, 'a-long-password');
      assert.equal(answer.status, 303);
      await leader.get('/desk');
      const window = new Client(holder.url);
      window.cookie = leader.cookie;
      screens = [new Screen('at his process', leader), new Screen('where the PBX is held', window)];
    }

    const press = (name: string, fields: Record<string, string> = {}) =>
      leader.post(
        `/actions/${name}`,
        { agentId: String(agent.id), groupId: String(support), ...fields },
        { 'X-Requested-With': 'XMLHttpRequest' },
      );
    /** Presses, and it is done. */
    const does = async (name: string, fields: Record<string, string> = {}) => {
      const { status, text } = await press(name, fields);
      assert.equal(status, 200, `${name}: ${text}`);
    };
    const refused = async (name: string, fields: Record<string, string> = {}) => {
      const { status, $ } = await press(name, fields);
      return [status, $('[data-code]').attr('data-code')];
    };
    const everywhere = async (what: string, looks: (screen: Screen) => Promise<boolean>, within = truth) => {
      for (const screen of screens) await until(`${what}, ${screen.name}`, () => looks(screen), { within });
    };
    const panels = (mode: Mode) =>
      everywhere(`the panel says ${mode}`, async (screen) => (await screen.panel()).startsWith(words[mode]));
    const noPanel = () => everywhere('the panel is empty', async (screen) => (await screen.panel()) === '');
    const rows = (word: string) => everywhere(`the row shows ${word}`, async (screen) => (await screen.row()) === word);
    const listening = () => onlooker.db('supervisions').orderBy('supervision_id', 'desc').first();
    const log = async (action: string, callId: string) => {
      const entries = await onlooker.db('audit_log').where({ action }).orderBy('audit_id');
      return entries
        .map((entry) => ({ ...entry, details: JSON.parse(entry.details) }))
        .filter(({ details }) => details.callId === callId);
    };
    const call = async (): Promise<{ customer: LabCall; callId: string }> => {
      await lab.phone('2227').behave('answer');
      const customer = await lab.customer.call('4001000');
      await agent.shows('talking');
      return { customer, callId: (await agent.row())?.callId ?? '' };
    };
    const listens = async (name: Mode = 'listen') => {
      await lab.phone('2228').behave('answer');
      await does(name);
      await panels(name);
    };
    /** The process that holds the PBX is gone; the leader's has taken it. */
    const takenOver = async () => {
      await until('his process holds the PBX', async () => running.get((await onlooker.holder()) ?? '') === other, {
        within: 2 * truth,
      });
      await onlooker.linkIs('up', truth);
      screens = screens.slice(0, 1);
    };
    /** Over, once, and the log tells how long: about `millis`. */
    const logged = async (callId: string, mode: Mode, from: number, to: number) => {
      await until('the listening is over', async () => (await listening())?.ended_at !== null);
      const ends = await until('the end is logged', async () => {
        const entries = await log('supervise.end', callId);
        return entries.length > 0 ? entries : null;
      });
      assert.equal(ends.length, 1, 'ended once');
      const [{ actor, target_id, details }] = ends;
      assert.deepEqual([actor, target_id, details.mode], ['u2017', String(agent.id), mode]);
      const row = await listening();
      assert.equal(details.millis, row.ended_at - row.began_at);
      assert.ok(details.millis >= from && details.millis <= to, `${details.millis} ms, not ${from} to ${to}`);
      const open = () => onlooker.db('call_intervals').where({ kind: 'supervise' }).whereNull('ended_at').first();
      await until('no interval of it is open', async () => (await open()) === undefined);
    };

    it('listens, switches, ends; both screens tell it', async () => {
      const { customer, callId } = await call();
      await rows('talking');
      await listens();
      assert.deepEqual(await refused('listen'), [409, 'supervising-so']);
      for (const mode of ['whisper', 'barge-in', 'listen'] as const) {
        await does(mode);
        await panels(mode);
      }
      await does('stop-listening');
      await lab.phone('2228').idle();
      await noPanel();
      assert.equal(await customer.state(), 'up');
      assert.deepEqual(await refused('stop-listening'), [409, 'not-supervising']);
      await logged(callId, 'listen', 1, 60_000);
      assert.equal((await log('supervise.change', callId)).length, 3);
    });

    it('takes over what he listens to, and ends it', async () => {
      const { customer, callId } = await call();
      await listens('whisper');
      await does('take-over');
      await panels('take-over');
      await rows('wrap-up');
      await lab.phone('2227').idle();
      assert.equal(await customer.state(), 'up');
      await does('stop-listening');
      await customer.is('ended');
      await noPanel();
      await logged(callId, 'take-over', 1, 60_000);
    });

    it('takes over at once, when his phone is picked up', async () => {
      const { customer } = await call();
      await listens('take-over');
      await lab.phone('2227').idle();
      assert.equal(await customer.state(), 'up');
    });

    it('pauses, ends a wrap-up, hangs up, signs out', async () => {
      const { customer, callId } = await call();
      await does('force-hang-up');
      await customer.is('ended');
      await rows('wrap-up');
      assert.equal((await log('agent.force-hang-up', callId)).length, 1);
      await does('force-unpause');
      await rows('idle');
      await does('force-pause', { reason: 'training' });
      await rows('paused');
      assert.equal((await membersOf(lab.pbx.raw, '2018')).support?.reason, 'training');
      assert.deepEqual(await refused('force-pause', { reason: 'lunch' }), [409, 'unavailable.agent-paused']);
      await does('force-check-out');
      await rows('signed-out');
      assert.deepEqual(await membersOf(lab.pbx.raw, '2018'), {});
      assert.deepEqual(await refused('listen'), [409, 'unavailable.agent-not-in-call']);
    });

    it('is told what the PBX has against his phone, and keeps what he typed', async () => {
      await call();
      const { status, $ } = await press('listen', { phone: '2229' });
      assert.equal(status, 422);
      assert.equal($('input[name=phone]').attr('value'), '2229');
      assert.match($('#e_phone').text(), /2229 is not connected/);
    });

    it('presses in both windows at once: his phone is called once', async () => {
      const { callId } = await call();
      const window = new Client(holder.url);
      window.cookie = leader.cookie;
      await window.get('/desk');
      const fields = { agentId: String(agent.id), groupId: String(support) };
      const answers = await Promise.all([
        press('listen'),
        window.post('/actions/listen', fields, { 'X-Requested-With': 'XMLHttpRequest' }),
      ]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
      assert.equal((await onlooker.db('supervisions').where({ call_id: callId })).length, 1);
    });

    for (const how of ['killed', 'stopped in order'] as const) {
      it(`the holder is ${how} while he listens: he goes on, switches, and the log has the whole length`, async () => {
        const { customer, callId } = await call();
        await listens();
        const before = await screens[0]?.since();
        const { began_at: beganAt } = await listening();
        if (how === 'killed') await kill(holder);
        else {
          for (const [name, one] of running) if (one === holder) running.delete(name);
          await holder.stop();
        }
        await takenOver();
        await panels('listen');
        assert.equal(await screens[0]?.since(), before, 'since when he listens');
        await rows('talking');
        await does('whisper');
        await panels('whisper');
        assert.equal(await customer.state(), 'up');
        await does('stop-listening');
        await lab.phone('2228').idle();
        await noPanel();
        const took = Date.now() - beganAt;
        await logged(callId, 'whisper', took - 1500, took);
        assert.equal(await customer.state(), 'up');
      });
    }

    it('his phone is picked up while nobody holds the PBX: known as soon as one does', async () => {
      const { callId } = await call();
      await lab.phone('2228').behave('ring');
      await does('listen');
      await lab.phone('2228').ringing();
      await everywhere('his phone is called', async (screen) => /^Calling/.test(await screen.panel()));
      await kill(holder);
      await lab.phone('2228').answer();
      await lab.phone('2228').talking();
      const pickedUpAt = Date.now();
      await takenOver();
      await panels('listen');
      await does('barge-in');
      await panels('barge-in');
      await does('stop-listening');
      await noPanel();
      // The PBX does not tell since when he listens: known is what was seen.
      const took = Date.now() - pickedUpAt;
      await logged(callId, 'barge-in', took - 2 * truth, took);
    });

    it('a take-over whose phone is picked up while nobody holds the PBX is not done later: he listens', async () => {
      const { customer } = await call();
      await lab.phone('2228').behave('ring');
      await does('take-over');
      await lab.phone('2228').ringing();
      await kill(holder);
      await lab.phone('2228').answer();
      await takenOver();
      await panels('listen');
      await lab.phone('2227').talking();
      await rows('talking');
      assert.equal(await customer.state(), 'up');
      await does('take-over');
      await panels('take-over');
      await rows('wrap-up');
    });

    it('he hangs up while nobody holds the PBX: it has ended, and the log says so once', async () => {
      const { callId } = await call();
      await listens('whisper');
      const { began_at: beganAt } = await listening();
      await until('it lasts', () => Date.now() > beganAt + 2000);
      await kill(holder);
      await lab.phone('2228').hangUp();
      await lab.phone('2228').idle();
      const took = Date.now() - beganAt;
      await takenOver();
      await noPanel();
      await rows('talking');
      // It lasted as long as somebody saw it.
      await logged(callId, 'whisper', 500, took);
    });

    it('the whole call ends while nobody holds the PBX', async () => {
      const { customer, callId } = await call();
      await listens();
      const { began_at: beganAt } = await listening();
      await until('it lasts', () => Date.now() > beganAt + 2000);
      await kill(holder);
      await customer.hangUp();
      await lab.pbx.silent();
      const took = Date.now() - beganAt;
      await takenOver();
      await noPanel();
      await logged(callId, 'listen', 500, took);
    });

    it('the holder sleeps through its lease and wakes: the end is written by one of the two', async () => {
      const { customer, callId } = await call();
      await listens();
      holder.sleep();
      await takenOver();
      await panels('listen');
      await lab.phone('2228').hangUp();
      await noPanel();
      const ended = await listening();
      holder.wake();
      await until(
        'the sleeper has noticed',
        () => holder.log.some(({ msg }) => /lease .*another process/.test(String(msg))),
        {
          within: 2 * truth,
        },
      );
      await customer.hangUp();
      await agent.shows('wrap-up');
      assert.deepEqual(await listening(), ended, 'nothing is written twice');
      await logged(callId, 'listen', 1, 60_000);
    });

    it('the holder dies while it carries out what he pressed: not confirmed, and pressed again it is done once', async () => {
      const { callId } = await call();
      lab.pbx.freeze();
      const pressed = press('listen');
      // His process has handed it on.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await kill(holder);
      const { status, $ } = await pressed;
      lab.pbx.thaw();
      assert.deepEqual([status, $('[data-code]').attr('data-code')], [503, 'not-confirmed']);
      await takenOver();
      await rows('talking');
      await listens();
      const open = await onlooker.db('supervisions').where({ call_id: callId }).whereNull('ended_at');
      assert.equal(open.length, 1);
      assert.equal((await lab.pbx.channels()).length, 3, 'his phone is called once');
    });

    it('what he pressed while the holder slept is answered without it, and not done when it wakes', async () => {
      const { customer, callId } = await call();
      holder.sleep();
      const { status, $ } = await press('listen');
      assert.deepEqual([status, $('[data-code]').attr('data-code')], [503, 'not-confirmed']);
      await takenOver();
      holder.wake();
      const noticed = () => holder.log.some(({ msg }) => /lease .*another process/.test(String(msg)));
      await until('the sleeper has noticed', noticed, { within: 2 * truth });
      assert.deepEqual(await onlooker.db('supervisions').where({ call_id: callId }), []);
      assert.equal((await lab.pbx.channels()).length, 2, 'nobody is called');
      await customer.hangUp();
      await agent.shows('wrap-up');
    });
  });
}
