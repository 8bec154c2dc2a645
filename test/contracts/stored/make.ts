import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { connectAsync } from 'mqtt';
import { HOUR, ManualClock } from '../../../src/lib/clock.ts';
import { community, T0 } from '../../core.ts';
import { signIn, type TestService, testService } from '../../service.ts';
import type { StoredRecords } from './records.ts';

/**
 * `node test/contracts/stored/make.ts`: writes down what this version leaves on disk when it is killed in the middle of
 * its work, under the name of its last migration. Run before each release; later versions are tested on what it left.
 */
const dir = mkdtempSync(join(tmpdir(), 'shouwang-stored-'));
const clock = new ManualClock(T0 + HOUR);
const entries = community({
  h1: [
    { id: 'wb1', model: 'wristband' },
    { id: 'm1', model: 'water-meter' },
  ],
  h2: [{ id: 'm2', model: 'water-meter' }],
});
const secrets = new Map<string, string>();

async function say(service: TestService, device: string, ...payloads: unknown[]): Promise<void> {
  const password = secrets.get(device) ?? '';
  const client = await connectAsync(service.mqttUrl, { clientId: device, username: device, password });
  for (const payload of payloads) {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    await client.publishAsync(`shouwang/${device}/telemetry`, text, { qos: 1 });
  }
  await client.endAsync();
  await service.loop.drained();
}

const first = await testService({ entries, dir, clock });
await signIn(first.url);
for (const id of ['wb1', 'm1', 'm2']) {
  const issued = await first.service.issueSecret({ noun: 'device', id }, 'system');
  if ('secret' in issued) secrets.set(id, issued.secret);
}
for (let hour = 0; hour < 12; hour++) {
  await say(first, 'm1', { water_index_m3: 100 + hour * 0.02 });
  await say(first, 'm2', { water_index_m3: 50 + hour * 0.01 });
  clock.advance(HOUR);
}
await say(
  first,
  'wb1',
  { pulse_bpm: 71, systolic_mmhg: 128, diastolic_mmhg: 82 },
  { event: 'sos' },
  '{"pulse_bpm":',
);
await first.stop();
clock.advance(HOUR / 60);
const second = await testService({ dir, clock });
await say(second, 'm1', { water_index_m3: 100.26 });
await say(second, 'wb1', { pulse_bpm: 77 });
cpSync(join(dir, 'data'), join(dir, 'killed'), { recursive: true });
await second.stop();

const stored = dump(join(dir, 'killed', 'records.db'));
const file = new URL(`./${stored.steps.at(-1)}.json`, import.meta.url);
writeFileSync(file, JSON.stringify(stored));
rmSync(dir, { recursive: true });
console.log(file.pathname);

function dump(path: string): StoredRecords {
  const db = new DatabaseSync(path);
  const all = <R>(text: string): R[] => db.prepare(text).all() as R[];
  const named = all<{ name: string }>(
    `select name from sqlite_master where type = 'table' and name not like 'kysely%' and name not like 'sqlite%' order by name`,
  );
  const rowsOf = (table: string) =>
    all<Record<string, unknown>>(`select * from ${table}`).map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [
          column,
          value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
        ]),
      ),
    );
  return {
    steps: all<{ name: string }>('select name from kysely_migration order by name').map(({ name }) => name),
    counted: Object.fromEntries(
      all<{ name: string; seq: number }>('select name, seq from sqlite_sequence').map(({ name, seq }) => [
        name,
        seq,
      ]),
    ),
    tables: Object.fromEntries(named.map(({ name }) => [name, rowsOf(name)])),
  };
}
