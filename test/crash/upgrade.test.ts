import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../src/lib/random.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { readAll, readingsKept, stillThere } from './audit.ts';
import { freePorts, ServiceProcess } from './child.ts';
import { seed, writeConfig } from './community.ts';
import { Fleet } from './fleet.ts';
import { Staff } from './staff.ts';

const RUN_MS = 4_000;
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-upgrade-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const LAST = '0014-notices-in-turn';

/** The records as a version left them that did not know the last two migrations: what these made is taken back. */
function age(file: string): void {
  const db = new DatabaseSync(file);
  try {
    const steps = db.prepare('SELECT name FROM kysely_migration ORDER BY name').all();
    expect(steps.at(-1)?.['name'], 'the last migration: what it makes has to be taken back here').toBe(LAST);
    db.exec(`DROP INDEX cases_status; ALTER TABLE cases DROP COLUMN due_at;
      CREATE INDEX cases_status ON cases (status, priority, opened_at, number);
      DROP INDEX notices_due; CREATE INDEX notices_due ON notices (state, next_attempt_at);
      DELETE FROM kysely_migration WHERE name >= '0013'`);
  } finally {
    db.close();
  }
}

test('a service that is stopped under load and upgraded loses no reading, and keeps what people did', async () => {
  const [http = 0, mqtt = 0, webhook = 0] = await freePorts(3);
  await writeConfig(dir, { http, mqtt, webhook });
  await seed(dir);
  const service = new ServiceProcess(dir, { http, mqtt });
  onTestFinished(() =>
    service
      .kill()
      .then(() => undefined)
      .catch(() => undefined),
  );
  service.spawn();
  await service.ready();
  const staff = new Staff(service.url, seededRandom(1).fork('staff'));
  await staff.signIn();
  const fleet = new Fleet(mqtt, seededRandom(1).fork('fleet'));
  onTestFinished(() => fleet.close());
  const from = Date.now();
  fleet.plan(1, 1, RUN_MS);
  await pause(RUN_MS);
  const before = await readAll(staff);
  expect(await service.stop()).toBe(0);
  // Devices go on meanwhile, and keep what nobody acknowledges.
  age(dataFiles(join(dir, 'data')).records);
  await pause(1_000);
  service.spawn();
  await service.ready();
  await pause(RUN_MS);
  fleet.quiet();
  await expect.poll(() => fleet.pending, { timeout: 30_000 }).toBe(0);
  const sent = [...fleet.readings.values()].flat();
  process.stderr.write(`${sent.length} readings of ${fleet.clients} clients over an upgrade\n`);
  expect(sent.every(({ sent: { acknowledged } }) => acknowledged)).toBe(true);
  expect(await readingsKept(staff, fleet, from - 10_000)).toEqual([]);
  const after = await readAll(staff);
  expect(before.alerts.size).toBeGreaterThan(0);
  expect(stillThere(before, after)).toEqual([]);
  expect(await service.stop()).toBe(0);
}, 120_000);
