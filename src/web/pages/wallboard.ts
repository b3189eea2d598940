import type { LinkFragment, MonitorCounts } from '../page-models.js';

/** Fragment `wallboard/_queue` · GET /wallboard/groups/:id: one queue's band. */
export interface WallQueue {
  groupId: number;
  name: string;
  counts: MonitorCounts;
  /** A sound at every multiple of so many waiting callers. */
  alarmEvery: number;
  /** down: nobody knows whether the numbers are still true. */
  link: 'up' | 'down';
  /** Minutes the team's clock is ahead of UTC. */
  offset: number;
}

/** `wallboard/show` · GET /wallboard?group=1&group=2; no group = all there are. */
export interface WallboardPage {
  queues: WallQueue[];
  options: Array<{ value: string; text: string; chosen: boolean }>;
  /** Also fragment `wallboard/_link` · GET /wallboard/fragments/link */
  link: LinkFragment;
  /** Minutes the team's clock is ahead of UTC. */
  offset: number;
  liveUrl: string;
}
