import { appendFileSync } from 'node:fs';

/** Ends a run with one plain line, and adds the counts as a line of JSON to the file TEST_COUNTS names. */
export default class Summary {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      for (const state of states) counts[state === 'pending' ? 'skipped' : state]++;
      // A file that cannot be loaded has no tests that could fail.
      if (module.state() === 'failed' && !states.includes('failed')) counts.failed++;
    }
    if (process.env.TEST_COUNTS) appendFileSync(process.env.TEST_COUNTS, `${JSON.stringify(counts)}\n`);
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}
