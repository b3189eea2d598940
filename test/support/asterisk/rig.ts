import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ownFolder } from '../leftovers.js';
import { until } from '../until.js';
import { AsteriskProcess, asteriskRoot, asteriskVersion } from './asterisk-process.js';
import { Customers, Phone } from './farm.js';
import { farmFiles, farmSecret } from './farm-config.js';
import { pbxAddress, type RigOptions } from './options.js';
import { pbxFiles, pbxSecrets } from './pbx-config.js';
import { type PortBlock, takePorts } from './ports.js';
import { type AmiPacket, RawAmi } from './raw-ami.js';

export type { CallHandle, Customers, Phone, PhoneBehaviour } from './farm.js';
export type { PhoneOptions, QueueOptions, RigOptions } from './options.js';

/** Where our server connects, with the users of cc-manager.conf.sample. */
export interface AmiAddress {
  host: string;
  port: number;
  eventUser: string;
  eventSecret: string;
  actionUser: string;
  actionSecret: string;
  phonesUser: string;
  phonesSecret: string;
}

/** A real Asterisk as the call centre's PBX, with a second one that plays its phones, its carrier and its customers. */
export interface Rig {
  pbx: Pbx;
  /** Calls of the outside world. */
  customer: Customers;
  /** One of the phones given to startRig(). */
  phone(number: string): Phone;
  /** Between two tests: ends all calls at both ends, and makes all phones behave as `auto` again. */
  clear(): Promise<void>;
  /** Ends both, and removes every trace of them. */
  stop(): Promise<void>;
}

/** Starts a rig and waits until its phones are registered and reachable. Several may run at once. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const root = asteriskRoot();
  if (!root) throw new Error('no Asterisk: run test/support/asterisk/install.sh');
  const ports = await takePorts();
  const outside = await ownFolder(join(root, 'tmp'), 'rig');
  const inside = `/tmp/${basename(outside)}`;
  const pbxProcess = await AsteriskProcess.create(root, `${inside}/pbx`, await pbxFiles(options, ports));
  const farmProcess = await AsteriskProcess.create(root, `${inside}/farm`, farmFiles(options, ports));
  const pbx = new Pbx(pbxProcess, ports, root);
  let farmAmi: RawAmi | undefined;
  const stop = async () => {
    pbx.raw?.close();
    farmAmi?.close();
    await Promise.all([pbxProcess.kill(), farmProcess.kill()]);
    await ports.release();
    await rm(outside, { recursive: true, force: true });
  };
  try {
    farmProcess.start();
    await pbx.start();
    const farm = await loginWhenUp('the farm', farmProcess, ports.farmAmi, farmSecret);
    farmAmi = farm;
    const phones = new Map(
      options.extensions.map(({ number }) => [number, new Phone(number, farm, pbx, ports.pbxSip)]),
    );
    const phone = (number: string) => {
      const found = phones.get(number);
      if (!found) throw new Error(`no phone ${number} in this rig`);
      return found;
    };
    const all = options.extensions.length;
    await until('all phones registered and reachable', async () => (await pbx.reachable()) === all, { within: 15_000 });
    for (const { number, registered = true } of options.extensions) if (!registered) await phone(number).unregister();
    pbx.afterStart = async () => {
      for (const one of phones.values()) await one.refresh();
    };
    const clear = async () => {
      for (const one of phones.values()) await one.behave('auto');
      await hangUpAll(farm);
      await hangUpAll(pbx.raw);
      await pbx.silent();
    };
    return { pbx, customer: new Customers(farm), phone, clear, stop };
  } catch (error) {
    const logs = `${await pbx.log()}\n${await readFile(farmProcess.logFile, 'utf8').catch(() => '')}`;
    await stop();
    throw new Error(`the rig did not start: ${String(error)}\n${logs}`);
  }
}

/** The PBX under test. */
export class Pbx {
  readonly ami: AmiAddress;
  /** An AMI session with all rights, for the test's own questions; a new one after restart(). */
  raw!: RawAmi;
  /** What the phones do when the PBX is back. */
  afterStart: () => Promise<void> = async () => {};
  /** UDP port of its SIP, for load generators. */
  readonly sipPort: number;

  constructor(
    private readonly process: AsteriskProcess,
    ports: PortBlock,
    private readonly root: string,
  ) {
    this.sipPort = ports.pbxSip;
    this.ami = {
      host: pbxAddress,
      port: ports.pbxAmi,
      eventUser: 'zuoxi-events',
      eventSecret: pbxSecrets.events,
      actionUser: 'zuoxi-actions',
      actionSecret: pbxSecrets.actions,
      phonesUser: 'zuoxi-phones',
      phonesSecret: pbxSecrets.phones,
    };
  }

  /** "22.10.1" */
  get version(): string {
    return asteriskVersion(this.root);
  }

  /** Starts it (after stop()) and waits until it is fully booted. */
  async start(): Promise<void> {
    this.process.start();
    this.raw = await loginWhenUp('the PBX', this.process, this.ami.port, pbxSecrets.rig);
    await this.afterStart();
  }

  /** Kills it as a power cut would. */
  async stop(): Promise<void> {
    this.raw.close();
    await this.process.kill();
  }

  /**
   * Kills it and starts it again on the same ports. What its database learned in its last second may be lost, as it
   * writes once a second; so the phones register again, which takes them a moment.
   */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Freezes the process: the TCP link stays open and silent. */
  freeze(): void {
    this.process.freeze();
  }

  thaw(): void {
    this.process.thaw();
  }

  /** What the console command prints. */
  async cli(command: string): Promise<string> {
    const answer = await this.raw.send({ Action: 'Command', Command: command });
    return answer.Output ?? answer.Message ?? '';
  }

  /** All channels, as CoreShowChannels lists them. */
  channels(): Promise<AmiPacket[]> {
    return this.raw.list({ Action: 'CoreShowChannels' });
  }

  /** Waits until no channel is left; the error names those that are. */
  async silent(within = 5000): Promise<void> {
    await until('no channel left', async () => (await this.channels()).length === 0, { within });
  }

  /** Registered contacts, as PJSIPShowContacts lists them; the trunk's own apart. */
  async contacts(): Promise<AmiPacket[]> {
    const all = await this.raw.list({ Action: 'PJSIPShowContacts' });
    return all.filter((contact) => contact.Event === 'ContactList' && contact.Endpoint !== 'trunk');
  }

  /** Number of phones that answer the PBX's qualify. */
  async reachable(): Promise<number> {
    return (await this.contacts()).filter((contact) => contact.Status === 'Reachable').length;
  }

  /** Its spool folder: recordings and voicemail. */
  get spool(): string {
    return this.process.folder('spool');
  }

  /** Its notices, warnings and errors so far. */
  log(): Promise<string> {
    return readFile(this.process.logFile, 'utf8').catch(() => '');
  }
}

async function hangUpAll(ami: RawAmi): Promise<void> {
  for (const { Channel = '' } of await ami.list({ Action: 'CoreShowChannels' }))
    await ami.send({ Action: 'Hangup', Channel });
}

async function loginWhenUp(name: string, process: AsteriskProcess, port: number, secret: string): Promise<RawAmi> {
  const ami = await until(
    `AMI of ${name}`,
    async () => {
      if (!process.running) throw new Error('the process has ended');
      return RawAmi.login(port, 'rig', secret);
    },
    { within: 15_000, every: 30 },
  );
  await ami.event({ Event: 'FullyBooted' }, { within: 15_000 });
  return ami;
}
