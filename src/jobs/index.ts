import type { Log } from '../log.js';

/** Work that is done again and again; a failure is logged and tried again at the next turn. */
export interface Job {
  name: string;
  everyMillis: number;
  run(): Promise<unknown>;
}

/** Starts the timers; answers the function that ends them. A job never overlaps itself. */
export function startJobs(jobs: readonly Job[], log: Log): () => void {
  const timers = jobs.map((job) => {
    let running = false;
    const turn = async () => {
      if (running) return;
      running = true;
      await job.run().catch((error: unknown) => log.warn({ err: error, job: job.name }, 'a job failed'));
      running = false;
    };
    const timer = setInterval(() => void turn(), job.everyMillis);
    timer.unref();
    return timer;
  });
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}
