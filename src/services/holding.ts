import type { AgentSnapshot, Asker } from '../actions/action.js';
import type { PbxConfig } from '../config.js';
import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import * as agentStates from '../models/agent-states.js';
import * as calls from '../models/calls.js';
import * as directoryModel from '../models/directory.js';
import type * as leases from '../models/leases.js';
import { withLive } from '../models/snapshots.js';
import * as supervisionRecords from '../models/supervisions.js';
import { AmiClient, type AmiCounters, type ClientTimings } from '../telephony/ami-client.js';
import type { AmiTimings } from '../telephony/ami-connection.js';
import { askHolds, readPicture } from '../telephony/pbx-picture.js';
import { probePbx } from '../telephony/pbx-probe.js';
import type { AgentState, Call } from '../telephony/state.js';
import { Switchboard } from '../telephony/switchboard.js';
import type { AgentSettingsCache } from './agent-settings.js';
import type { Holder } from './command-bus.js';
import { DirectoryCache } from './directory-cache.js';
import { ExternalLines } from './external-lines.js';
import { LinkTeller } from './link-teller.js';
import { Listener } from './listener.js';
import { LiveBoard } from './live-board.js';
import { Members } from './members.js';
import { MessageWaiting, refreshSpool } from './message-waiting.js';
import { pollPhones } from './phones.js';
import { OnlineAgents } from './presence.js';
import { databaseRecordStore } from './record-store.js';
import { tellRecording } from './record-switch.js';
import { Recorder } from './recorder.js';
import { addMember, repair } from './repair.js';
import { Sagas } from './sagas.js';
import { leaveLater, leaveQueues } from './sign-off.js';
import type { LiveSnapshots } from './snapshots.js';
import type { Station } from './station.js';
import { stationOperations } from './station-operations.js';
import { aliveCalls, clearCall } from './stuck-calls.js';
import { takeOverLater } from './supervise.js';
import { Supervisions } from './supervisions.js';
import { TeamPhoneReader } from './team-phones.js';
import { carryOut } from './wishes.js';

export interface HoldingOptions {
  db: Db;
  /** What the recorder writes through; see openRecorderDatabase. */
  recorderDb: Db;
  settings: AgentSettingsCache;
  now: () => number;
  log: Log;
  pbx: PbxConfig;
  fence: leases.Fence;
  /** When a process last listened: calls found gone ended then. */
  lastSeenAt: number;
  /** Letters and digits, part of every ActionID. */
  instance: string;
  /** To this process's listeners, after a commit. */
  publish: (topics: readonly string[]) => void;
  onLeaseLost: () => void;
  /** The lease was renewed in time: the database is there, and the other processes find this one. */
  leaseIsFresh: () => boolean;
  timings?: Partial<AmiTimings & ClientTimings & { phones: number; sweep: number }>;
}

const presenceMillis = 2_000;

/** How long a person who signs off waits for what runs before it. It goes on without him. */
const patienceMillis = 5_000;

/** What a process before this one left in the database. */
interface Found {
  states: readonly AgentState[];
  openHistory: readonly agentStates.HistoryRow[];
  listening: supervisionRecords.Supervision[];
}

/** Everything that lives only in the process that holds the PBX: from the lease gained to the lease lost or given back. */
export class Holding implements Holder, LiveSnapshots {
  readonly operations;
  readonly sagas: Sagas;
  readonly #options: HoldingOptions;
  readonly #station: Station;
  readonly #recorder: Recorder;
  readonly #client: AmiClient;
  readonly #online: OnlineAgents;
  readonly #link: LinkTeller;
  readonly #waiting: MessageWaiting;
  readonly #timers: NodeJS.Timeout[] = [];
  #closed = false;

  /** Reads what was recorded, then begins to connect; answers before the link is up. */
  static async open(options: HoldingOptions): Promise<Holding> {
    const { db, pbx } = options;
    const [directory, states, open, version, openHistory, listening] = await Promise.all([
      directoryModel.load(db, pbx.name),
      agentStates.loadAll(db, pbx.name),
      calls.open(db, pbx.name),
      agentStates.highestVersion(db),
      agentStates.openHistory(db, pbx.name),
      supervisionRecords.open(db, pbx.name),
    ]);
    const board = new Switchboard();
    const unknown = board.load(directory, states, open, options.now(), lastSeen(options.lastSeenAt, states, open));
    const holding = new Holding(options, board, version + 1, { states, openHistory, listening });
    holding.#station.directory.replace(directory);
    // Until the PBX was looked at nobody's state is known, and the desks say so.
    holding.#recorder.record(unknown.changes);
    holding.#start();
    return holding;
  }

  private constructor(
    options: HoldingOptions,
    board: Switchboard,
    firstVersion: number,
    { states, openHistory, listening }: Found,
  ) {
    const { db, recorderDb, settings, now, log, fence, pbx } = options;
    this.#options = options;
    this.sagas = new Sagas(now);
    this.#recorder = new Recorder({
      store: databaseRecordStore(recorderDb, log),
      fence,
      now,
      log,
      firstVersion,
      openHistory,
      publish: options.publish,
      onLeaseLost: options.onLeaseLost,
    });
    this.#link = new LinkTeller({ db, fence, now, log, told: () => this.#recorder.announce('link') });
    this.#online = new OnlineAgents(now, new Set(states.filter((s) => s.online).map((s) => s.agentId)));
    const ami = amiClient(options);
    this.#client = ami;
    const directory = new DirectoryCache();
    const teamPhones = new TeamPhoneReader(db, ami, now);
    const live: LiveBoard = new LiveBoard({
      board,
      record: (changes) => {
        externalLines.follow(changes);
        supervisions.follow(changes);
        this.#recorder.record(changes);
      },
      carryOut: (wishes) =>
        carryOut(
          {
            ami,
            live: () => live,
            members: () => members,
            sagas: this.sagas,
            addMember: (wish) => addMember(this.#station, wish),
            log,
          },
          wishes,
        ),
    });
    const members = new Members({ ami, live, directory, log });
    const externalLines = new ExternalLines({ ami, live: () => live, directory, log });
    const listener = new Listener({
      client: ami,
      live,
      readPicture: async (why) => {
        await this.#reloadDirectory();
        const picture = await readPicture(ami, now);
        return why === 'sweep' ? picture : { ...picture, channels: await askHolds(ami, picture.channels) };
      },
      repair: async (picture) => {
        await repair(this.#station, picture);
        await supervisions.sweep(picture);
        externalLines.restore();
        await this.#probe();
        await tellRecording(this.#station);
      },
      // What the picture said is written first: whoever reads "up" reads states that are known.
      tellLink: (word) => void this.#recorder.flush().then(() => this.#link.tell(word)),
      now,
      log,
      ...(options.timings?.sweep !== undefined && { sweepMillis: options.timings.sweep }),
    });
    const supervisions = new Supervisions(
      {
        ...{ db, now, log, live: () => live },
        announce: (topic) => this.#recorder.announce(topic),
        takeOver: (one) => takeOverLater(this.#station, one),
      },
      listening,
    );
    live.hear((event) => supervisions.heard(event));
    this.#waiting = new MessageWaiting({
      ...{ db, now, log, pbx: pbx.name },
      announce: (topic) => this.#recorder.announce(topic),
    });
    live.hear((event) => this.#waiting.heard(event));
    this.#station = {
      pbx: pbx.name,
      ami,
      live,
      members,
      directory,
      settings,
      listener,
      disabled: new Set(),
      db,
      now,
      log,
      sagas: this.sagas,
      teamPhones,
      supervisions,
    };
    this.operations = stationOperations(this.#station);
  }

  /** For metrics and tests. */
  get station(): Station {
    return this.#station;
  }
  /** Of the link; asking resets its worst lag. */
  figures(): AmiCounters {
    return this.#client.counters();
  }
  get recorder(): Recorder {
    return this.#recorder;
  }
  /** Resolves when every call that has ended until now is in the database; null: the PBX is not seen now, calls that end are found later. */
  settled(): Promise<void> | null {
    return this.#station.live.link === 'up' ? this.#recorder.flush() : null;
  }

  async snapshot(agentId: number): Promise<AgentSnapshot | null> {
    const { live, settings, directory } = this.#station;
    const own = await settings.of(agentId);
    // Looked at after the wait: what he does now is asked, not what he did when the question came.
    if (!own || !directory.agent(agentId)) return null;
    return withLive(own, { state: live.state(agentId), call: live.callOfAgent(agentId), link: live.link });
  }

  async signOff(agentId: number, asker: Asker): Promise<boolean> {
    if (!this.#station.directory.agent(agentId)) return true;
    this.#online.left(agentId);
    const leaving = this.#leave(agentId);
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, patienceMillis, 'late').unref());
    const left = await Promise.race([leaving, late]);
    if (left !== 'late') return left;
    this.#options.log.warn({ agentId, by: asker.userName }, 'signed off while the queues are still being left');
    this.#quietly('sign-off', leaving);
    return false;
  }

  presence(from: string, agentIds: readonly number[]): void {
    this.#online.told(from, agentIds);
    this.#compareDesks();
  }

  aliveCalls(callIds: readonly string[]): string[] {
    return aliveCalls(this.#station, callIds);
  }

  clearCall(callId: string, asker: Asker): Promise<void> {
    return clearCall(this.#station, callId, asker);
  }

  /** Files of a mailbox were changed by one of our processes. */
  spoolChanged(mailbox: string): void {
    if (this.#station.live.link === 'up') this.#quietly('voicemail', refreshSpool(this.#station, mailbox));
  }

  /** Somebody set which calls are recorded. */
  recordingChanged(): void {
    if (this.#station.live.link === 'up') this.#quietly('recording', tellRecording(this.#station));
  }

  /** Lets everything recorded be written, then lets go. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#station.listener.stop();
    await this.#station.supervisions.written();
    await this.#waiting.written();
    await this.#recorder.stop();
    this.#link.stop();
  }

  #start(): void {
    const { phones = 15_000 } = this.#options.timings ?? {};
    this.#timers.push(setInterval(() => this.#compareDesks(), presenceMillis));
    this.#timers.push(setInterval(() => this.#quietly('phones', pollPhones(this.#station)), phones));
    for (const timer of this.#timers) timer.unref();
    this.#station.listener.start();
  }

  /** Not while an operation of his runs, but behind it: what it began would be cut in two. */
  async #leave(agentId: number): Promise<boolean> {
    const left = await this.sagas.behind(agentId, () => leaveQueues(this.#station, agentId));
    if (!left) leaveLater(this.#station, agentId);
    if (this.#station.live.state(agentId).online) await this.#desk(agentId, false);
    await this.#endPause(agentId);
    return left;
  }

  /** Where he stays a member and works only at an open desk, a pause of his own ends with his day. */
  async #endPause(agentId: number): Promise<void> {
    const { directory, live, members } = this.#station;
    if (live.link !== 'up') return;
    const online = directory.agent(agentId)?.memberships.filter(({ offline }) => !offline) ?? [];
    const queues = online.map(({ groupId }) => directory.group(groupId)?.queue ?? '');
    if (queues.length > 0) await members.release(agentId, queues);
  }

  #compareDesks(): void {
    const { live } = this.#station;
    // While the database is away nobody finds us to tell, and no desk can prove itself: none is closed for that.
    if (!this.#options.leaseIsFresh()) this.#online.nobodyCanTell();
    const online = this.#online.online();
    for (const state of live.states()) {
      if (state.online !== online.has(state.agentId)) {
        this.#quietly('desk', this.#desk(state.agentId, !state.online));
      }
    }
  }

  /** 在线/离线: an online membership works only while a desk is open (domain guide 1.8). */
  async #desk(agentId: number, online: boolean): Promise<void> {
    const { live, members, now } = this.#station;
    live.local({ kind: 'desk', at: now(), agentId, online });
    if (live.link === 'up') await members.settle(agentId);
  }

  async #reloadDirectory(): Promise<void> {
    const { db, pbx, now } = this.#options;
    let before = this.#station.directory.directory;
    let directory = await directoryModel.load(db, pbx.name);
    // Somebody sat down or changed a mode while it was read: what was read may be older.
    while (this.#station.directory.directory !== before) {
      before = this.#station.directory.directory;
      directory = await directoryModel.load(db, pbx.name);
    }
    if (JSON.stringify(directory) === JSON.stringify(this.#station.directory.directory)) return;
    this.#station.directory.replace(directory);
    this.#station.live.setDirectory(directory, now());
  }

  async #probe(): Promise<void> {
    const { ami, directory, log } = this.#station;
    const missing = await probePbx(
      ami,
      directory.directory.groups.map((group) => group.queue),
    );
    for (const one of missing) log.error({ ...one }, 'the PBX lacks something the product needs');
    const { disabled } = this.#station;
    disabled.clear();
    for (const one of missing) if (one.code !== 'queue') for (const what of one.disables) disabled.add(what);
  }

  #quietly(what: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!this.#closed) this.#options.log.warn({ err: error, what }, 'background work failed');
    });
  }
}

/** What was recorded was seen, also after the last renewal of the lease. */
function lastSeen(leaseSays: number, states: readonly AgentState[], open: readonly Call[]): number {
  let last = leaseSays;
  for (const { since } of states) last = Math.max(last, since);
  for (const { answeredAt, legs } of open) {
    last = Math.max(last, answeredAt ?? 0);
    for (const leg of legs)
      last = Math.max(last, leg.startedAt, leg.ringingAt ?? 0, leg.answeredAt ?? 0, leg.endedAt ?? 0);
  }
  return last;
}

function amiClient({ pbx, instance, now, log, timings }: HoldingOptions): AmiClient {
  const { phones } = pbx;
  return new AmiClient({
    address: { host: pbx.host, port: pbx.port },
    events: { username: pbx.event.user, secret: pbx.event.secret },
    actions: { username: pbx.action.user, secret: pbx.action.secret },
    ...(phones && { phones: { username: phones.user, secret: phones.secret } }),
    instance,
    now,
    onFault: (error, event) => log.error({ err: error, event }, 'an event of the PBX could not be applied'),
    ...(timings && { timings }),
  });
}
