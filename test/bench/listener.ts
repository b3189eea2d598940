import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Asked } from './listener-process.js';

/** A listening process of the product without its web. @param flags of Node */
export async function startListener(environment: Record<string, string>, flags: readonly string[] = []) {
  const child: ChildProcess = fork(fileURLToPath(new URL('./listener-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx', ...flags],
    env: { ...process.env, ...environment },
  });
  await answerOf(child);
  const ask = async <T extends object>(message: Asked): Promise<T> => {
    child.send(message);
    return (await answerOf(child)) as T;
  };
  return {
    ask,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.send({ ask: 'stop' } satisfies Asked);
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Its next message. @throws Error when it ends instead */
export async function answerOf(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const died = () => gone.abort();
  child.once('exit', died);
  try {
    const [answer] = await once(child, 'message', { signal: gone.signal });
    return answer;
  } catch {
    throw new Error(`the listener process ended with ${child.exitCode}`);
  } finally {
    child.off('exit', died);
  }
}
