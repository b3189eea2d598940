import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Mocha's usual output. Adds "passed failed skipped retried" as a line to the file that ZUOXI_TALLY names; to the file beside it, `.cases`,
 * each case that failed or passed only when it was tried again, with its (first) error, so that run.sh can end with them: who reads the end of
 * a long output sees what to mend.
 */
export default class Tally extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const errors = new Map<string, string>();
    const named: string[] = [];
    let retried = 0;
    runner.on('retry', (test: Mocha.Test, error: Error) => {
      errors.set(test.fullTitle(), error.message);
      process.stdout.write(`    RETRIED, failed once: ${test.fullTitle()}: ${error.message}\n`);
    });
    runner.on('pass', (test: Mocha.Test) => {
      const error = errors.get(test.fullTitle());
      if (error === undefined) return;
      retried += 1;
      named.push(`passed when retried: ${test.file}: ${test.fullTitle()}\n  ${error}`);
    });
    runner.on('fail', (test: Mocha.Runnable, error: Error) => {
      named.push(`failed: ${test.file}: ${test.fullTitle()}\n  ${error.stack ?? error.message}`);
    });
    runner.once('end', () => {
      const file = process.env.ZUOXI_TALLY;
      const { passes, failures, pending } = this.stats;
      if (!file) return;
      appendFileSync(file, `${passes} ${failures} ${pending} ${retried}\n`);
      for (const one of named) appendFileSync(`${file}.cases`, `${one}\n`);
      // What a failed case left behind (a server, a lab) must not keep the suite from ending.
      if (failures > 0) setTimeout(() => process.exit(1), 10_000).unref();
    });
  }
}
