import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** The fast suite. Slow suites (browser, servers, crash, soak) have configurations of their own under test/. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'src/**/*.test.ts', 'simulators/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      'test/browser/**',
      'test/servers/**',
      'test/crash/**',
      'test/fuzz/**',
      'test/soak/**',
    ],
    pool: 'threads',
    isolate: false,
    // On two cores as well: much of it waits for sockets and disks.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', './test/reporter.mjs'],
    testTimeout: 15_000,
  },
});
