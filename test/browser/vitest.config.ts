import { defineConfig } from 'vitest/config';

/** The console in a real Chromium against the real service. `CHROMIUM` names the program, /usr/bin/chromium if absent. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/build-console.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
