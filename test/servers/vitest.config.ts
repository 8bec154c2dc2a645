import { defineConfig } from 'vitest/config';

/** The suite that wants real servers. Each test starts its own, on a free port and in a folder of its own. */
export default defineConfig({
  test: {
    include: ['test/servers/**/*.test.ts'],
    setupFiles: ['test/property-seed.ts'],
    pool: 'threads',
    // Long, for a machine that has much else to do: it ends what hangs, and says nothing about speed.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
