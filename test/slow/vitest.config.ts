import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import fast from '../../vitest.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tests = globSync(['test/**/*.test.ts', 'simulators/**/*.test.ts'], { cwd: root });
const hasProperties = (file: string): boolean => /\bruns\(/.test(readFileSync(`${root}/${file}`, 'utf8'));

/** Properties tried twenty times as often, and what looks at many homes over many days. */
export default defineConfig({
  test: {
    ...fast.test,
    root,
    include: tests.filter((file) => file.startsWith('test/slow/') || hasProperties(file)),
    exclude: ['**/node_modules/**'],
    env: { ...fast.test?.env, PROPERTY_SCALE: '20' },
    testTimeout: 120_000,
  },
});
