import { defineConfig } from 'vitest/config';

/** `kill -9` of the real service under load: minutes, not seconds. CRASH_ROUNDS and CRASH_SEED choose how long and which. */
export default defineConfig({
  test: {
    include: ['test/crash/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
