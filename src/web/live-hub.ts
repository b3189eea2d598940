import { randomBytes } from 'node:crypto';
import type { LiveFeed } from '../services/index.js';

/** Every topic at once: the feed lost its place (database away), so nobody may trust a version any more. */
export const everyTopic = '*';

/** A stream as the hub sees it: what it may know, and how to tell it. */
export interface Watcher {
  /** Topic → names of what a page must re-read. A topic that is not here is never told. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** One call a flush, names already coalesced. */
  tell(names: readonly string[]): void;
}

export interface LiveHub {
  /** Changes whenever the process starts: versions of two processes must never be compared. */
  readonly boot: string;
  /** Grows with every change of any of these topics. */
  version(topics: readonly string[]): number;
  /** Starts telling; answers the function that stops it. */
  watch(watcher: Watcher): () => void;
  /** Something this process found out by itself; told here only. */
  announce(topics: readonly string[]): void;
  /** The same when what is shown of the topic has had its time. */
  announceLater(topic: string, millis: number): void;
  /** Ends the subscription to the feed, every pending flush and what was to be announced later. */
  close(): void;
  readonly watchers: number;
}

/**
 * Versions of topics (for ETags) and the audience of each. A change is told at once; what follows within `gapMillis` waits and is told
 * together, so a storm of events costs a browser at most 1000/gapMillis re-reads a second.
 */
export function createLiveHub(feed: Pick<LiveFeed, 'subscribe'>, gapMillis = 50): LiveHub {
  const versions = new Map<string, number>();
  const audience = new Map<string, Set<Member>>();
  const members = new Set<Member>();
  const later = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  let all = 0;

  const heard = (topics: readonly string[]): void => {
    for (const topic of topics) {
      if (topic === everyTopic) {
        all += 1;
        for (const member of members) member.hear(allNames(member.watcher));
        continue;
      }
      versions.set(topic, (versions.get(topic) ?? 0) + 1);
      const listening = audience.get(topic);
      if (listening) for (const member of listening) member.hear(member.watcher.names.get(topic) ?? []);
    }
  };
  const unsubscribe = feed.subscribe(heard);

  const watch: LiveHub['watch'] = (watcher) => {
    const member = new Member(watcher, gapMillis);
    members.add(member);
    for (const topic of watcher.names.keys()) {
      const listening = audience.get(topic) ?? new Set<Member>();
      audience.set(topic, listening.add(member));
    }
    return () => {
      member.stop();
      members.delete(member);
      for (const topic of watcher.names.keys()) {
        const listening = audience.get(topic);
        listening?.delete(member);
        if (listening?.size === 0) audience.delete(topic);
      }
    };
  };

  return {
    boot: randomBytes(6).toString('base64url'),
    version: (topics) => topics.reduce((sum, topic) => sum + (versions.get(topic) ?? 0), all),
    watch,
    announce: heard,
    announceLater: (topic, millis) => {
      const at = performance.now() + millis;
      const waiting = later.get(topic);
      if (waiting && waiting.at <= at) return;
      clearTimeout(waiting?.timer);
      const tell = () => {
        later.delete(topic);
        heard([topic]);
      };
      later.set(topic, { at, timer: setTimeout(tell, millis).unref() });
    },
    close: () => {
      unsubscribe();
      for (const { timer } of later.values()) clearTimeout(timer);
      later.clear();
      for (const member of members) member.stop();
    },
    get watchers() {
      return members.size;
    },
  };
}

function allNames(watcher: Watcher): string[] {
  return [...new Set([...watcher.names.values()].flat())];
}

/** Leading edge at once, then one flush a gap. */
class Member {
  private pending = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private immediate: NodeJS.Immediate | null = null;

  constructor(
    readonly watcher: Watcher,
    private readonly gapMillis: number,
  ) {}

  hear(names: readonly string[]): void {
    for (const name of names) this.pending.add(name);
    if (this.pending.size === 0 || this.timer || this.immediate) return;
    // The topics of one transaction come in one call or in several: both end in one flush.
    this.immediate = setImmediate(() => {
      this.immediate = null;
      this.flush();
    });
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.immediate) clearImmediate(this.immediate);
    this.timer = null;
    this.immediate = null;
    this.pending.clear();
  }

  private flush(): void {
    const names = [...this.pending];
    this.pending.clear();
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.pending.size > 0) this.flush();
    }, this.gapMillis);
    this.watcher.tell(names);
  }
}
