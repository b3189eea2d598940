import type { Context } from 'mocha';
import type { AmiPacket, RawAmi } from './asterisk/raw-ami.js';
import type { AmiAddress, RigOptions } from './asterisk/rig.js';
import { startAsteriskLab } from './lab-asterisk.js';
import { startSimulatorLab } from './lab-simulator.js';
import { requireOrSkip } from './requirements.js';

/** State of a leg seen from its far end. */
export type FarState = 'calling' | 'ringing' | 'up' | 'ended';
export type LabBehaviour = 'auto' | 'ring' | 'answer' | 'silent' | 'busy' | 'reject' | 'congestion' | 'unavailable';

/** One leg, at the receiver of a customer or of a phone. */
export interface LabCall {
  state(): Promise<FarState>;
  /** Resolves when the leg has that state. */
  is(state: FarState, within?: number): Promise<void>;
  /** Q.850 cause of its end; undefined while it lives. */
  readonly cause: number | undefined;
  answer(): Promise<void>;
  hangUp(): Promise<void>;
}

export interface LabPhone {
  readonly number: string;
  behave(how: LabBehaviour): Promise<void>;
  /** These three resolve when the phone is so. */
  ringing(within?: number): Promise<void>;
  talking(within?: number): Promise<void>;
  idle(within?: number): Promise<void>;
  /** Picks up; waits for it to ring first. */
  answer(within?: number): Promise<void>;
  hangUp(): Promise<void>;
  /** Presses its own hold key, and presses it again. */
  hold(): Promise<void>;
  unhold(): Promise<void>;
  dial(number: string): Promise<LabCall>;
  unregister(): Promise<void>;
  register(): Promise<void>;
  /** Its contact at the PBX, as PJSIPShowContacts lists it. */
  contact(): Promise<AmiPacket | undefined>;
}

export interface LabCustomers {
  /** A customer dials a number of the PBX. */
  call(did: string, options?: { cli?: string }): Promise<LabCall>;
  /** The customer who is being called at this number; waits for the call. */
  at(number: string, within?: number): Promise<LabCall>;
}

export interface LabPbx {
  /** Where our server connects, and as whom. */
  readonly ami: AmiAddress;
  /** A session with all rights, for the test's own questions; a new one after restart(). */
  readonly raw: RawAmi;
  readonly version: string;
  /** Its folder of recordings (`monitor`) and voicemail. */
  readonly spool: string;
  start(): Promise<void>;
  /** A power cut. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** The links stay open, and silent. */
  freeze(): void;
  thaw(): void;
  channels(): Promise<AmiPacket[]>;
  /** Waits until no channel is left. */
  silent(within?: number): Promise<void>;
  /** Registered contacts of phones. */
  contacts(): Promise<AmiPacket[]>;
  /** Number of phones that answer the PBX's qualify. */
  reachable(): Promise<number>;
}

/** A PBX with phones and customers, to run our server against: the simulator or a real Asterisk. */
export interface Lab {
  readonly pbx: LabPbx;
  readonly customer: LabCustomers;
  phone(number: string): LabPhone;
  /** Ends all calls and gives the phones their first behaviour back. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export interface LabKind {
  name: 'simulator' | 'Asterisk';
  /** Call it in `before`: skips where the machine has no such PBX, and says how to get it. */
  requireOrSkip(context: Context): void;
  start(options: RigOptions): Promise<Lab>;
}

/**
 * Both kinds, for `for (const kind of labs()) describe(…)`: the same cases run against each.
 */
export function labs(): LabKind[] {
  return [
    { name: 'simulator', requireOrSkip: () => {}, start: startSimulatorLab },
    { name: 'Asterisk', requireOrSkip: (context) => requireOrSkip.call(context, 'asterisk'), start: startAsteriskLab },
  ];
}
