import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import fast from '../../vitest.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tests = globSync(['test/**/*.test.ts', 'simulators/**/*.test.ts'], { cwd: root });
/** What `test/runs.ts` and a told story do here alone, at greater length, or more often. */
const goesOn = (file: string): boolean =>
  /\b((runs|atLength|someOf|tell|tellAtLength|telemetryContract)\(|restartsAfter\b|SLOW\b)/.test(
    readFileSync(`${root}/${file}`, 'utf8'),
  );

/**
 * Properties tried twenty times as often, stories told straight and restarted after each input, all cases of long tables, and
 * what takes its time: many homes and days, restarts of the service, archive and backup, channels at their limits, outages.
 */
export default defineConfig({
  test: {
    ...fast.test,
    root,
    include: tests.filter((file) => file.startsWith('test/slow/') || goesOn(file)),
    exclude: ['**/node_modules/**'],
    env: { ...fast.test?.env, SLOW_SUITE: 'yes' },
    testTimeout: 300_000,
  },
});
