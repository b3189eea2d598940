import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AmiServer } from '../../src/telephony/simulator/ami-server.js';
import type { FarEnd } from '../../src/telephony/simulator/far-end.js';
import { testUsers } from '../../src/telephony/simulator/options.js';
import { SimulatedPbx } from '../../src/telephony/simulator/pbx.js';
import type { SimulatedPhone } from '../../src/telephony/simulator/phone.js';
import { type AmiPacket, RawAmi } from './asterisk/raw-ami.js';
import type { AmiAddress, RigOptions } from './asterisk/rig.js';
import type { FarState, Lab, LabBehaviour, LabCall, LabCustomers, LabPbx, LabPhone } from './lab.js';
import { until } from './until.js';

/** A lab whose PBX can be made to break its word. */
export type SimulatorLab = Lab & Pick<AmiServer, 'faults' | 'doLate'>;

/** Starts the simulated PBX with the rig's options. */
export async function startSimulatorLab(options: RigOptions): Promise<SimulatorLab> {
  const spool = await mkdtemp(join(tmpdir(), 'zuoxi-spool-'));
  const simulated = new SimulatedPbx({ ...options, spool });
  const pbx = new SimulatorPbx(simulated, spool);
  await pbx.start();
  return {
    pbx,
    faults: simulated.ami.faults,
    doLate: () => simulated.ami.doLate(),
    customer: customers(simulated),
    phone: (number) => new SimulatorPhone(simulated.phone(number), pbx),
    clear: async () => {
      for (const phone of simulated.phones.values()) {
        phone.behave('auto');
        phone.hangUp();
      }
      await Promise.all((await pbx.channels()).map(({ Channel = '' }) => pbx.raw.send({ Action: 'Hangup', Channel })));
      await pbx.silent();
    },
    stop: async () => {
      await pbx.stop();
      await rm(spool, { recursive: true, force: true });
    },
  };
}

class SimulatorPbx implements LabPbx {
  raw!: RawAmi;
  readonly version = 'simulated';

  constructor(
    private readonly simulated: SimulatedPbx,
    readonly spool: string,
  ) {}

  get ami(): AmiAddress {
    const secretOf = (user: string) => testUsers.find(({ name }) => name === user)?.secret ?? '';
    return {
      host: '127.0.0.1',
      port: this.simulated.port,
      eventUser: 'zuoxi-events',
      eventSecret: secretOf('zuoxi-events'),
      actionUser: 'zuoxi-actions',
      actionSecret: secretOf('zuoxi-actions'),
      phonesUser: 'zuoxi-phones',
      phonesSecret: secretOf('zuoxi-phones'),
    };
  }

  async start(): Promise<void> {
    await this.simulated.start();
    await this.#logIn();
  }

  async stop(): Promise<void> {
    this.raw.close();
    await this.simulated.stop();
  }

  async restart(): Promise<void> {
    this.raw.close();
    await this.simulated.restart();
    await this.#logIn();
  }

  freeze(): void {
    this.simulated.ami.freeze();
  }

  thaw(): void {
    this.simulated.ami.thaw();
  }

  channels(): Promise<AmiPacket[]> {
    return this.raw.list({ Action: 'CoreShowChannels' });
  }

  async silent(within = 5000): Promise<void> {
    await until('no channel left', async () => (await this.channels()).length === 0, { within });
  }

  contacts(): Promise<AmiPacket[]> {
    return this.raw.list({ Action: 'PJSIPShowContacts' });
  }

  async reachable(): Promise<number> {
    return (await this.contacts()).filter((contact) => contact.Status === 'Reachable').length;
  }

  async #logIn(): Promise<void> {
    this.raw = await RawAmi.login(this.simulated.port, 'rig', 'rig-all-1');
  }
}

class SimulatorPhone implements LabPhone {
  constructor(
    private readonly phone: SimulatedPhone,
    private readonly pbx: LabPbx,
  ) {}

  get number(): string {
    return this.phone.number;
  }

  async behave(how: LabBehaviour): Promise<void> {
    this.phone.behave(how);
  }

  async ringing(within = 5000): Promise<void> {
    await until(`phone ${this.number} rings`, () => this.#has('ringing'), { within });
  }

  async talking(within = 5000): Promise<void> {
    await until(`phone ${this.number} talks`, () => this.#has('up'), { within });
  }

  async idle(within = 5000): Promise<void> {
    await until(`phone ${this.number} idle`, () => this.phone.calls.length === 0, { within });
  }

  async answer(within = 5000): Promise<void> {
    await this.ringing(within);
    this.phone.answer();
  }

  async hangUp(): Promise<void> {
    this.phone.hangUp();
  }

  async hold(): Promise<void> {
    this.phone.hold(true);
  }

  async unhold(): Promise<void> {
    this.phone.hold(false);
  }

  async dial(number: string): Promise<LabCall> {
    return new SimulatorCall(this.phone.dial(number), `phone ${this.number}`);
  }

  async unregister(): Promise<void> {
    this.phone.unregister();
  }

  async register(): Promise<void> {
    this.phone.register();
  }

  async contact(): Promise<AmiPacket | undefined> {
    return (await this.pbx.contacts()).find((contact) => contact.Aor === this.number);
  }

  #has(state: FarState): boolean {
    return this.phone.calls.some((call) => call.state === state);
  }
}

/** `end` null: the PBX refused the number before there was a channel. */
class SimulatorCall implements LabCall {
  constructor(
    private readonly end: FarEnd | null,
    private readonly name: string,
  ) {}

  get cause(): number | undefined {
    return this.end ? this.end.cause : 1;
  }

  async state(): Promise<FarState> {
    return this.end?.state ?? 'ended';
  }

  async is(state: FarState, within = 5000): Promise<void> {
    await until(`${this.name} is ${state}`, async () => (await this.state()) === state, { within });
  }

  async answer(): Promise<void> {
    this.end?.answer();
  }

  async hangUp(): Promise<void> {
    this.end?.hangUp();
  }
}

function customers(simulated: SimulatedPbx): LabCustomers {
  return {
    call: async (did, { cli = '13800138000' } = {}) =>
      new SimulatorCall(simulated.world.call(did, cli), `customer ${cli}`),
    at: async (number, within = 5000) => {
      const end = await until(`the PBX calls ${number}`, () => simulated.world.at(number), { within });
      return new SimulatorCall(end, `customer at ${number}`);
    },
  };
}
