import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import type { AmiSender } from '../telephony/ami-record.js';
import type { Missing } from '../telephony/pbx-probe.js';
import type { AgentSettingsCache } from './agent-settings.js';
import type { DirectoryCache } from './directory-cache.js';
import type { Listener } from './listener.js';
import type { LiveBoard } from './live-board.js';
import type { Members } from './members.js';
import type { Sagas } from './sagas.js';
import type { Supervisions } from './supervisions.js';
import type { TeamPhoneReader } from './team-phones.js';

/** What the process that holds the PBX works with; every operation gets it. */
export interface Station {
  pbx: string;
  ami: AmiSender;
  live: LiveBoard;
  members: Members;
  sagas: Sagas;
  teamPhones: TeamPhoneReader;
  directory: DirectoryCache;
  /** Whoever changes the phone or a membership of an agent lets it forget him. */
  settings: AgentSettingsCache;
  listener: Listener;
  /** Functions the PBX has no dialplan or no right for, as of the last probe: they would kill the call. */
  disabled: Set<Missing['disables'][number]>;
  supervisions: Supervisions;
  db: Db;
  now: () => number;
  log: Log;
}

/** How long a saga waits for the event that confirms an action. */
export const confirmMillis = 3_000;
