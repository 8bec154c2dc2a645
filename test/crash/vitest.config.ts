import { defineConfig } from 'vitest/config';

/** Kills the service again and again; CRASH_ROUNDS says how often, 20 times if absent. */
export default defineConfig({
  test: { include: ['test/crash/**/*.test.ts'], testTimeout: 900_000, hookTimeout: 60_000 },
});
