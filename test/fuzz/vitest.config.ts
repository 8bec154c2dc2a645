import { defineConfig } from 'vitest/config';

/** What hostile or broken devices may send: slow by number. `npm run test:fuzz`, or FUZZ_INPUTS=20000 for a glance. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.test.ts'],
    reporters: ['default', './test/reporter.mjs'],
    testTimeout: 15 * 60_000,
  },
});
