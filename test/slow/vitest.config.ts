import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import fast from '../../vitest.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tests = globSync(['test/**/*.test.ts', 'simulators/**/*.test.ts'], { cwd: root });
/** What `test/runs.ts` and a told story do at greater length, or more often, here. */
const goesOn = (file: string): boolean =>
  /\b((runs|atLength|tell|telemetryContract)\(|SLOW\b)/.test(readFileSync(`${root}/${file}`, 'utf8'));

/** Properties tried twenty times as often, stories restarted after each input, and what looks at many homes over many days. */
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
