import { join } from 'node:path';
import { AmiServer, type NamedAction } from './ami-server.js';
import { Applications } from './applications.js';
import { Bridges } from './bridges.js';
import { callActions } from './call-actions.js';
import { coreActions } from './core-actions.js';
import { Devices } from './devices.js';
import { Dialler } from './dialler.js';
import { Dialplan } from './dialplan.js';
import { EventWriter } from './event-writer.js';
import { Exchange } from './exchange.js';
import { Mailboxes } from './mailboxes.js';
import { type PbxOptions, type PhoneOptions, testUsers } from './options.js';
import { SimulatedPhone } from './phone.js';
import { queueActions } from './queue-actions.js';
import { queueApplication } from './queue-application.js';
import { Queues } from './queues.js';
import { record } from './recording.js';
import { Rooms } from './rooms.js';
import { routing } from './routing.js';
import { seededRandom, systemTimers, type Timers } from './timers.js';
import { World } from './world.js';

/**
 * A PBX that speaks AMI on loopback: phones, queues, rooms and the contexts of ../dialplan, with the events of Asterisk 22 as recorded.
 * For the demo, for load, and for machines without Asterisk. Equal seed, timers and stimuli give equal events.
 */
export class SimulatedPbx {
  readonly exchange: Exchange;
  readonly devices: Devices;
  readonly rooms: Rooms;
  readonly queues: Queues;
  readonly dialplan: Dialplan;
  /** The world behind the trunk: who calls in, and who is called. */
  readonly world: World;
  readonly ami: AmiServer;
  readonly phones = new Map<string, SimulatedPhone>();
  readonly dids = new Map<string, string>();
  readonly timers: Timers;
  readonly random: () => number;
  readonly mailboxes: Mailboxes;
  #startedAt: number;

  constructor(options: PbxOptions) {
    const { systemName = '', effectMillis = 1, prefixes = [], globals = {} } = options;
    this.timers = options.timers ?? systemTimers;
    this.random = seededRandom(options.seed ?? 1);
    this.#startedAt = this.timers.now();
    const folder = options.spool === undefined ? null : join(options.spool, 'voicemail');
    this.mailboxes = new Mailboxes(folder, () => this.timers.now());
    const actions = new Map<string, NamedAction>();
    const uptime = () => Math.floor((this.timers.now() - this.#startedAt) / 1000);
    this.ami = new AmiServer(options.users ?? testUsers, actions, this.timers, systemName, options.port ?? 0, uptime);
    const events = new EventWriter((cls, event, body) => this.ami.emit(cls, event, body));
    this.exchange = new Exchange(events, this.timers, systemName);
    this.devices = new Devices(this.exchange);
    this.devices.addEndpoint('PJSIP/trunk', () => true);
    this.rooms = new Rooms(this.exchange, this.devices, this.random);
    this.queues = new Queues(this.exchange, this.devices, this.random);
    this.world = new World(this.exchange, prefixes, (did) => this.dialplan.find('from-trunk', did) !== null);
    const destination = routing(this.phones, this.world);
    const dialler = new Dialler(this.exchange);
    const bridges = new Bridges(this.exchange, this.random);
    const queueParts = { exchange: this.exchange, queues: this.queues, dialler, bridges, destination };
    const globalVariables = new Map(Object.entries({ CCTRUNK: 'trunk', ...globals }));
    this.dialplan = new Dialplan({
      exchange: this.exchange,
      applications: new Applications(this.exchange, dialler, bridges, destination),
      rooms: this.rooms,
      queue: (name, seconds) => queueApplication(queueParts, name, seconds),
      dids: this.dids,
      globals: globalVariables,
      deviceState: (device) => this.devices.state(device),
      leaveMessage: (mailbox, caller) => this.leaveMessage(mailbox, caller),
      record: (channel, file) => {
        if (options.spool !== undefined) record(this.exchange, channel, join(options.spool, 'monitor', file));
      },
    });
    this.exchange.findProgram = (context, exten) => this.dialplan.find(context, exten);
    const entries = [
      ...coreActions({
        exchange: this.exchange,
        devices: this.devices,
        rooms: this.rooms,
        phones: this.phones,
        globals: globalVariables,
        systemName,
        startedAt: () => this.#startedAt,
        mailbox: (name) => this.mailboxes.count(name),
        lookAt: (name) => this.#tellWaiting(name),
      }),
      ...queueActions(this.queues, this.exchange),
      ...callActions({ exchange: this.exchange, dialler, destination, effectMillis }),
    ];
    for (const [name, entry] of entries) actions.set(name.toLowerCase(), { ...entry, name });
    for (const phone of options.extensions) this.addPhone(phone);
    for (const queue of options.queues ?? []) this.queues.define(queue);
    for (const [did, queue] of Object.entries(options.dids ?? {})) this.dids.set(did, queue);
  }

  /** AMI's port; known after start(). */
  get port(): number {
    return this.ami.port;
  }

  /** Begins to listen on 127.0.0.1. */
  async start(): Promise<void> {
    await this.ami.start();
  }

  /** A power cut: links and channels are gone at once. */
  async stop(): Promise<void> {
    await this.ami.stop();
    this.exchange.endAll();
  }

  /** `core stop now`: says Shutdown before it goes. */
  async shutDown(): Promise<void> {
    this.exchange.events.shutdown();
    await this.stop();
  }

  /** A power cut, and up again on the same port; members and registrations survive, calls do not. */
  async restart(): Promise<void> {
    await this.stop();
    this.#startedAt = this.timers.now();
    this.queues.restart();
    await this.start();
  }

  addPhone(options: PhoneOptions): SimulatedPhone {
    const phone = new SimulatedPhone(this.exchange, this.devices, options);
    this.phones.set(options.number, phone);
    return phone;
  }

  /** @throws Error when there is no such phone */
  phone(number: string): SimulatedPhone {
    const phone = this.phones.get(number);
    if (!phone) throw new Error(`no phone ${number} at this PBX`);
    return phone;
  }

  /** Someone spoke on the voicemail of a phone. */
  leaveMessage(mailbox: string, caller = '13800138000', seconds?: number): void {
    this.#tellWaiting(this.mailboxes.leave(mailbox, caller, seconds));
  }

  #tellWaiting(mailbox: string): void {
    const { fresh, old } = this.mailboxes.count(mailbox);
    this.exchange.events.messageWaiting(mailbox, fresh, old);
  }
}
