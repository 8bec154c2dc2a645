import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import slow from '../slow/vitest.config.ts';

const root = slow.test?.root ?? '.';
const isProperty = (file: string): boolean =>
  /\bfc\.(asyncP|p)roperty\(/.test(readFileSync(`${root}/${file}`, 'utf8'));

/**
 * Properties with samples that nobody has tried yet, as often as in the slow suite: new ones in each run. What fails here prints a
 * seed and a counterexample; it becomes a test of its own, and is mended.
 */
export default defineConfig({
  test: {
    ...slow.test,
    include: (slow.test?.include ?? []).filter(isProperty),
    env: { ...slow.test?.env, PROPERTY_SEED: 'any' },
  },
});
