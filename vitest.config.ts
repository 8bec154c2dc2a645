import { existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';
import { collectLess, compileLess, keepCompiled } from './test/compiled.ts';

keepCompiled();
compileLess();
collectLess();

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
      'test/slow/**',
    ],
    pool: 'threads',
    isolate: false,
    // Node strips the types and loads the modules, as it does for the service; nothing is mocked, so nobody looks at each on its way.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // On two cores as well: some of it waits for sockets and disks.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    setupFiles: ['test/setup.ts', 'test/property-seed.ts'],
    // In memory where the machine has such a place: what is examined here is not the disk, and each commit waits for it.
    env: { TMPDIR: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
    reporters: ['default', './test/reporter.mjs'],
    // One definition of hundreds is played with `-t name`: the last line counts the others.
    hideSkippedTests: true,
    // Long, for a machine that has much else to do: they end what hangs, and say nothing about speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
