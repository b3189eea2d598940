import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Mocha's usual output; in the end it adds "passed failed skipped" as a line to the file that ZUOXI_TALLY names. */
export default class Tally extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('retry', (test: Mocha.Test, error: Error) => {
      process.stdout.write(`    RETRIED, failed once: ${test.fullTitle()}: ${error.message}\n`);
    });
    runner.once('end', () => {
      const file = process.env.ZUOXI_TALLY;
      const { passes, failures, pending } = this.stats;
      if (file) appendFileSync(file, `${passes} ${failures} ${pending}\n`);
    });
  }
}
