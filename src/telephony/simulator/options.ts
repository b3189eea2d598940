import type { Timers } from './timers.js';

/** Classes of AMI privileges the simulator knows. */
export const amiClasses = [
  'system',
  'call',
  'agent',
  'user',
  'reporting',
  'originate',
  'dialplan',
  'log',
  'command',
] as const;
export type AmiClass = (typeof amiClasses)[number];

/** One user of manager.conf. */
export interface AmiUser {
  name: string;
  secret: string;
  read: readonly AmiClass[];
  write: readonly AmiClass[];
}

/** A phone the PBX knows; the same shape as the real rig's. */
export interface PhoneOptions {
  number: string;
  /** Address it registers from, 127.0.0.1 unless told. */
  address?: string;
  registered?: boolean;
  /** Answer time of its qualify in microseconds. */
  rttMicros?: number;
}

export interface QueueOptions {
  name: string;
  /** rrmemory unless told; also leastrecent, fewestcalls, linear, random, ringall. */
  strategy?: string;
  /** Further settings of queues.conf: timeout, retry, wrapuptime (seconds). */
  extra?: Record<string, string>;
}

export interface PbxOptions {
  extensions: PhoneOptions[];
  queues?: QueueOptions[];
  /** Number dialled by customers → queue. */
  dids?: Record<string, string>;
  /** Dialling prefixes: the trunk takes them off a number before it looks at it. */
  prefixes?: string[];
  /** Stands before every Uniqueid and in every event, as systemname of asterisk.conf. */
  systemName?: string;
  globals?: Record<string, string>;
  /** Folder for `monitor` (recordings) and `voicemail`; without it nothing is written. */
  spool?: string;
  /** 0 = any free port. */
  port?: number;
  users?: readonly AmiUser[];
  timers?: Timers;
  /** Start of all randomness. */
  seed?: number;
  /** Milliseconds from an action's answer to its effect on a channel (telephony.md 2.4: 1 to 7 on a real one). */
  effectMillis?: number;
}

/** Users of cc-manager.conf.sample with secrets for tests, and "rig", who may do everything. */
export const testUsers: readonly AmiUser[] = [
  { name: 'zuoxi-events', secret: 'rig-events-1', read: ['system', 'call', 'agent', 'user'], write: [] },
  {
    name: 'zuoxi-actions',
    secret: 'rig-actions-1',
    read: [],
    write: ['call', 'agent', 'originate', 'reporting', 'user'],
  },
  { name: 'zuoxi-phones', secret: 'rig-phones-1', read: [], write: ['system'] },
  { name: 'rig', secret: 'rig-all-1', read: ['system', 'call', 'agent', 'user', 'log'], write: amiClasses },
];
