import { defineConfig } from 'vitest/config';

/** The console in a real Chromium against the real service. `CHROMIUM` names the program, /usr/bin/chromium if absent. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/build-console.ts'],
    setupFiles: ['test/setup.ts'],
    fileParallelism: false,
    // Long, for a machine that has much else to do: they end what hangs, and say nothing about speed.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
