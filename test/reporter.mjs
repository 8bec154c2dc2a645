import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * Ends a run with one plain line. Adds the counts as a line of JSON to the file TEST_COUNTS names, and what failed, in words, to the
 * one TEST_FAILURES names: whoever reads a long run from its end finds it there.
 */
export default class Summary {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const failures = unhandledErrors.map((error) => `outside any test: ${firstLines(error)}`);
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state, errors } = test.result();
        counts[state === 'pending' ? 'skipped' : state]++;
        if (state === 'failed')
          failures.push(`${fileOf(module)} > ${test.fullName}: ${errors.map(firstLines).join('; ')}`);
      }
      // A file that cannot be loaded has no tests that could fail.
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed')) {
        counts.failed++;
        failures.push(`${fileOf(module)}: ${module.errors().map(firstLines).join('; ')}`);
      }
    }
    if (process.env.TEST_COUNTS) appendFileSync(process.env.TEST_COUNTS, `${JSON.stringify(counts)}\n`);
    if (process.env.TEST_FAILURES && failures.length > 0)
      appendFileSync(process.env.TEST_FAILURES, `${failures.join('\n')}\n`);
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}

const fileOf = (module) => relative(process.cwd(), module.moduleId);

/** As much of an error as tells what was wrong, and where in the test. */
function firstLines(error) {
  const where = /\/((?:test|src)\/[^\s?:]+\.m?ts)[^\s:]*(:\d+)/
    .exec(error.stack ?? '')
    ?.slice(1)
    .join('');
  const [message, diff] = [error.message ?? String(error), stripVTControlCharacters(error.diff ?? '')];
  const text = `${error.name ?? 'Error'}: ${message}`.slice(0, 600) + (diff ? `\n${diff.slice(0, 600)}` : '');
  return where === undefined ? text : `${text} (at ${where})`;
}
