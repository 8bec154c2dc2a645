import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { connectAsync } from 'mqtt';
import { HOUR, ManualClock } from '../../../src/lib/clock.ts';
import { type Command, commandSchemas } from '../../../src/model/command.ts';
import { community, T0 } from '../../core.ts';
import { Postgres } from '../../servers/postgres.ts';
import { signIn, type TestService, testService } from '../../service.ts';
import type { StoredRecords } from './records.ts';

/**
 * `node test/contracts/stored/make.ts`: writes down what this version leaves on disk when it is killed in the middle of
 * its work, under the name of its last migration; with `postgres`, what it leaves there. Run both before each release;
 * later versions are tested on what it left.
 */
const dir = mkdtempSync(join(tmpdir(), 'shouwang-stored-'));
const server = process.argv[2] === 'postgres' ? await Postgres.start() : undefined;
const database = await server?.database();
const service = database
  ? { store: { records: 'postgres', postgres: { url: database.url, tls: 'off' } } }
  : { store: { records: 'sqlite' } };
const clock = new ManualClock(T0 + HOUR);
const entries = community({
  h1: [
    { id: 'wb1', model: 'wristband' },
    { id: 'm1', model: 'water-meter' },
  ],
  h2: [{ id: 'm2', model: 'water-meter' }],
  h3: [{ id: 'wb3', model: 'wristband' }],
});
const PHOTO = Buffer.from('a photo');
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

/** Somebody saw the person: the case of that home is resolved, with a photo where the version knows photos. */
async function resolve({ service, loop }: TestService, id: string): Promise<void> {
  const submit = async (command: Command) => {
    const reply = await loop.submit(command, 'admin');
    if (!reply.ok) throw new Error(`${command.type}: ${reply.failure.code}`);
  };
  await submit({ type: 'case.acknowledge', case: id });
  if ('case.photo' in commandSchemas) {
    const photo = { id: 'p1', by: 'admin', mediaType: 'image/png', bytes: PHOTO } as const;
    await service.records.savePhoto({ ...photo, case: id, at: clock.now() });
    await submit({ type: 'case.photo', case: id, photo: 'p1', note: '' });
  }
  const spoken = { note: '', contactMadeBy: '李网格员', contact: 'seen' } as const;
  await submit({ type: 'case.resolve', case: id, outcome: 'asleep', ...spoken });
}

const first = await testService({ entries, dir, clock, service });
await signIn(first.url);
for (const id of ['wb1', 'm1', 'm2', 'wb3']) {
  const issued = await first.service.issueSecret({ noun: 'device', id }, 'system');
  if ('secret' in issued) secrets.set(id, issued.secret);
}
for (let hour = 0; hour < 12; hour++) {
  await say(first, 'm1', { water_index_m3: 100 + hour * 0.02 });
  await say(first, 'm2', { water_index_m3: 50 + hour * 0.01 });
  clock.advance(HOUR);
}
await say(first, 'wb3', { event: 'sos' });
await resolve(first, 'h3.c1');
await say(
  first,
  'wb1',
  { pulse_bpm: 71, systolic_mmhg: 128, diastolic_mmhg: 82 },
  { event: 'sos' },
  '{"pulse_bpm":',
);
await first.stop();
clock.advance(HOUR / 60);
const second = await testService({ dir, clock, service });
await say(second, 'm1', { water_index_m3: 100.26 });
await say(second, 'wb1', { pulse_bpm: 77 });
const stored = server ? await dumpOf(server) : dumpOfCopy();
await second.stop();
await server?.stop();
const file = freeName(`${stored.steps.at(-1)}${server ? '-postgres' : ''}`);
writeFileSync(file, JSON.stringify(stored));
rmSync(dir, { recursive: true });
console.log(file);

/** A version that changed no table but what stands in them has a file of its own beside that of the one before. */
function freeName(version: string, nth = 1): string {
  const name = join(import.meta.dirname, `${version}${nth === 1 ? '' : `-${nth}`}.json`);
  return existsSync(name) ? freeName(version, nth + 1) : name;
}

type Row = Record<string, unknown>;

function dumpOfCopy(): StoredRecords {
  cpSync(join(dir, 'data'), join(dir, 'killed'), { recursive: true });
  const db = new DatabaseSync(join(dir, 'killed', 'records.db'));
  const all = <R>(text: string): R[] => db.prepare(text).all() as R[];
  const named = all<{ name: string }>(
    `select name from sqlite_master where type = 'table' and name not like 'kysely%' and name not like 'sqlite%' order by name`,
  );
  const counted = all<{ name: string; seq: number }>('select name, seq from sqlite_sequence');
  return {
    engine: 'sqlite',
    steps: all<{ name: string }>('select name from kysely_migration order by name').map(({ name }) => name),
    counted: Object.fromEntries(counted.map(({ name, seq }) => [name, seq])),
    tables: Object.fromEntries(
      named.map(({ name }) => [name, all<Row>(`select * from ${name}`).map(asJson)]),
    ),
  };
}

async function dumpOf(postgres: Postgres): Promise<StoredRecords> {
  const all = (text: string): Promise<Row[]> => postgres.query(text, 't1');
  const within = 'shouwang_main';
  const named = await all(
    `select table_name as name from information_schema.tables where table_schema = '${within}' and table_name not like 'kysely%' order by 1`,
  );
  const tables: Record<string, Row[]> = {};
  for (const { name } of named) {
    const whole = await all(
      `select column_name as name from information_schema.columns where table_schema = '${within}' and table_name = '${name}' and data_type = 'bigint'`,
    );
    const rows = (await all(`select * from ${within}.${name}`)).map(asJson);
    tables[String(name)] = rows.map((row) =>
      withNumbers(
        row,
        whole.map((column) => String(column['name'])),
      ),
    );
  }
  const steps = await all(`select name from ${within}.kysely_migration order by name`);
  const [owner = {}] = tables['owner'] ?? [];
  return {
    engine: 'postgres',
    steps: steps.map(({ name }) => String(name)),
    counted: Object.fromEntries(
      ['case', 'event', 'rejection'].map((noun) => {
        const rows = tables[`${noun}s`] ?? [];
        const given = rows.map((row) => Number(row['number'] ?? row['id']));
        return [`${noun}s`, Math.max(Number(owner[`last_${noun}`]), ...given)];
      }),
    ),
    tables,
  };
}

function asJson(row: Row): Row {
  const plain = (value: unknown): unknown =>
    value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)]));
}

/** Whole numbers of 64 bits come from PostgreSQL as text. */
function withNumbers(row: Row, columns: readonly string[]): Row {
  const number = (value: unknown): unknown => (value === null ? null : Number(value));
  return { ...row, ...Object.fromEntries(columns.map((column) => [column, number(row[column])])) };
}
