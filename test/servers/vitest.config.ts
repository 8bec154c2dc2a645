import { defineConfig } from 'vitest/config';

/** The suite that wants real servers. Each test starts its own, on a free port and in a folder of its own. */
export default defineConfig({
  test: {
    include: ['test/servers/**/*.test.ts'],
    pool: 'threads',
    testTimeout: 30_000,
  },
});
