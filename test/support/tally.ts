import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Mocha's usual output; after it the cases that failed and passed when they were tried again, each with its first error. Adds "passed
 * failed skipped retried" as a line to the file that ZUOXI_TALLY names.
 */
export default class Tally extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const errors = new Map<string, string>();
    const retried: string[] = [];
    runner.on('retry', (test: Mocha.Test, error: Error) => {
      errors.set(test.fullTitle(), error.message);
      process.stdout.write(`    RETRIED, failed once: ${test.fullTitle()}: ${error.message}\n`);
    });
    runner.on('pass', (test: Mocha.Test) => {
      const error = errors.get(test.fullTitle());
      if (error !== undefined) retried.push(`${test.file}: ${test.fullTitle()}\n      ${error}`);
    });
    runner.once('end', () => {
      if (retried.length > 0) process.stdout.write(`  ${retried.length} passed only when retried:\n`);
      for (const one of retried) process.stdout.write(`    ${one}\n`);
      const file = process.env.ZUOXI_TALLY;
      const { passes, failures, pending } = this.stats;
      if (file) appendFileSync(file, `${passes} ${failures} ${pending} ${retried.length}\n`);
    });
  }
}
