import { test } from 'vitest';
import { Postgres, whyNoPostgres } from '../servers/postgres.ts';
import { crashRounds } from './rounds.ts';

const missing = whyNoPostgres();
if (missing) console.warn(`skipped: ${missing}`);

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 6);
const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
/** What a service says while its server is away. */
const AWAY = /PostgreSQL is away|terminating connection|the database system is|RecordsAway/;

test.skipIf(missing !== undefined)(
  `${ROUNDS} times kill -9 of the service under load, with its records in a PostgreSQL that is killed as well`,
  async () => {
    const server = await Postgres.start();
    try {
      const { url } = await server.database();
      await crashRounds({
        rounds: ROUNDS,
        seed: SEED,
        store: { records: 'postgres', postgres: { url } },
        async meanwhile(random) {
          if (!random.chance(0.5)) return;
          await server.pause(random.pick(['SIGKILL', 'SIGQUIT', 'SIGINT'] as const));
          await server.resume();
        },
        expected: AWAY,
      });
    } finally {
      await server.stop();
    }
  },
);
