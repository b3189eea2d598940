import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CentreAsked, TakenPart } from './smpp-centre.js';

export interface SmppCentreOfTest {
  port: number;
  /** Forgets what it took, and treats what comes as told. */
  be(mood: Extract<CentreAsked, { mood: string }>['mood']): Promise<void>;
  parts(): Promise<TakenPart[]>;
  stop(): Promise<void>;
}

/** Starts the short message centre as a process of its own. */
export async function startSmppCentre(): Promise<SmppCentreOfTest> {
  const child = fork(fileURLToPath(new URL('./smpp-centre.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const ask = async <T>(asked: CentreAsked): Promise<T> => {
    const answer = once(child, 'message');
    child.send(asked);
    const [told] = (await answer) as [T];
    return told;
  };
  return {
    port,
    be: async (mood) => {
      await ask({ mood });
    },
    parts: async () => (await ask<{ parts: TakenPart[] }>({ parts: true })).parts,
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
