import { defineConfig } from 'vitest/config';

/** A day of a fleet through the whole service: SOAK_HOMES chooses how many homes, SOAK_HOURS how long, SOAK_SEED which. */
export default defineConfig({
  test: {
    include: ['test/soak/**/*.test.ts'],
    // Its heap is measured: nothing else may live in it.
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 24 * 3_600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
