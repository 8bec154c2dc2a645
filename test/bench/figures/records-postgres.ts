import { chmod } from 'node:fs/promises';
import { Kysely } from 'kysely';
import { Client } from 'pg';
import type { Effect } from '../../../src/model/effect.ts';
import type { CommitBatch } from '../../../src/ports/records.ts';
import { type PostgresOptions, schemaOf } from '../../../src/store/postgres/client.ts';
import { postgresDialect } from '../../../src/store/postgres/pool.ts';
import { migrateRecords, POSTGRES_COLUMNS } from '../../../src/store/records/migrations.ts';
import { alertRow, caseRow, noticeRow } from '../../../src/store/records/rows.ts';
import type { RecordTables } from '../../../src/store/records/schema.ts';
import { postgresRecords } from '../../../src/store/records-postgres.ts';
import {
  aCase,
  alertEffect,
  aNotice,
  anAlert,
  anEntry,
  caseEffect,
  noticeEffect,
  T0,
} from '../../contracts/fixtures.ts';
import { Postgres, whyNoPostgres } from '../../servers/postgres.ts';
import { gatewayPlans } from '../community.ts';
import {
  type BenchContext,
  count,
  type Figure,
  interleaved,
  type Row,
  ratios,
  shown,
  spread,
} from '../figure.ts';
import { Publishers } from '../publishers.ts';
import { Site } from '../site.ts';
import { ackRound } from './ack-path.ts';

const GOAL = 0.8;
const HOMES = 2_000;
const CLIENTS = 100;
/** A round is made of slices in turn, short and often: the disk is not the same from second to second. */
const SLICES = 20;
const SLICE = 10;

/** Batches into PostgreSQL on this machine's disk, one after the other, against a bare `pg` client; then the whole path. */
export const recordsPostgres: Figure = {
  name: 'records-postgres',
  title: 'Records in PostgreSQL',
  linuxOnly: true,
  async run(context) {
    const missing = whyNoPostgres();
    if (missing) throw new Error(missing);
    // The server runs under an account of its own and has to reach its folder.
    await chmod(context.dir, 0o711);
    const server = await Postgres.start(context.dir);
    try {
      const rows = [
        await against(context, server, 'readings alone (100 of them, 5 KB)', () => []),
        await against(context, server, 'with 3 alerts, their cases and notices', findings),
      ];
      return [...rows, ...(await wholePath(context, server))];
    } finally {
      await server.stop();
    }
  },
};

type Write = (n: number, effects: readonly Effect[]) => Promise<void>;

const JOURNAL = new Uint8Array(5_000).map((_, i) => (i * 31) % 256);

const findings = (n: number): Effect[] =>
  [1, 2, 3].flatMap((k) => {
    const id = `h${n}.${k}`;
    return [
      alertEffect(anAlert({ id: `${id}.a` })),
      caseEffect(aCase({ id: `${id}.c` }), [anEntry(1)]),
      noticeEffect(aNotice({ id: `${id}.n`, case: `${id}.c` })),
    ];
  });

async function against(
  { quick, say }: BenchContext,
  server: Postgres,
  what: string,
  effectsOf: (n: number) => Effect[],
): Promise<Row> {
  const ours = await product(await server.database());
  const theirs = await bare(await server.database());
  const timed = (write: Write) => {
    let n = 0;
    return async (): Promise<number> => {
      const before = performance.now();
      for (let i = 0; i < SLICE; i++) await write(++n, effectsOf(n));
      return performance.now() - before;
    };
  };
  const sides = [timed(theirs.write), timed(ours.write)];
  const rate = async (): Promise<number[]> => {
    const slices = await interleaved(SLICES, sides);
    return slices.map((ms) => (SLICE * SLICES * 1_000) / ms.reduce((sum, one) => sum + one, 0));
  };
  try {
    await rate();
    const [base, own]: [number[], number[]] = [[], []];
    for (let round = 0; round < (quick ? 5 : 15); round++) {
      const [theirRate = 0, ourRate = 0] = await rate();
      base.push(theirRate);
      own.push(ourRate);
    }
    // Both rates: ours as a share of the client's.
    const ratio = ratios(own, base);
    say(`${what}: pg ${shown(spread(base), 0)} batches/s, records ${shown(spread(own), 0)}`);
    return {
      what: `PostgreSQL: durable batches, ${what}; against a bare pg client`,
      goal: `≥ ${GOAL} ×`,
      result: `${shown(ratio)} ×`,
      met: ratio.median >= GOAL,
      numbers: { ratio: ratio.median, barePerSecond: base, recordsPerSecond: own },
      notes: [
        `batches a second: bare client ${shown(spread(base), 0)}, records ${shown(spread(own), 0)}; same tables and rows, synchronous_commit on, one connection`,
      ],
    };
  } finally {
    await ours.end();
    await theirs.end();
  }
}

async function product(options: PostgresOptions): Promise<{ write: Write; end(): Promise<void> }> {
  const store = postgresRecords(options);
  await store.open();
  const write: Write = async (n, effects) => {
    const batch: CommitBatch = { firstSeq: n, lastSeq: n, journal: JOURNAL, effects, subjects: [], at: T0 };
    await store.commit(batch);
  };
  return { write, end: () => store.close() };
}

/** What a program without a store would write: the same rows into the same tables, one insert a table. */
async function bare(options: PostgresOptions): Promise<{ write: Write; end(): Promise<void> }> {
  const client = new Client({ connectionString: options.url });
  await client.connect();
  await client.query(`create schema ${schemaOf('main')}; set search_path = ${schemaOf('main')}`);
  const kysely = new Kysely<RecordTables>({ dialect: postgresDialect(options) });
  await migrateRecords(kysely, POSTGRES_COLUMNS, { schema: schemaOf('main') });
  await kysely.destroy();
  let [event, number] = [0, 0];
  const insert = async (table: string, rows: readonly object[]): Promise<void> => {
    const columns = Object.keys(rows[0] ?? {});
    let place = 0;
    const places = rows.map(() => `(${columns.map(() => `$${++place}`).join()})`).join();
    const text = `insert into ${table} (${columns.map((column) => `"${column}"`).join()}) values ${places}`;
    await client.query({
      name: `${table} ${rows.length}`,
      text,
      values: rows.flatMap((row) => Object.values(row)),
    });
  };
  const write: Write = async (n, effects) => {
    const journal = [{ first_seq: n, last_seq: n, bytes: JOURNAL }];
    if (effects.length === 0) return insert('journal', journal);
    const rows = tableRows(
      effects,
      () => ++number,
      () => ++event,
    );
    await client.query('begin');
    await insert('journal', journal);
    for (const [table, some] of Object.entries(rows)) await insert(table, some);
    await client.query('commit');
  };
  return { write, end: () => client.end() };
}

function tableRows(
  effects: readonly Effect[],
  nextNumber: () => number,
  nextEvent: () => number,
): Record<string, object[]> {
  const rows: Record<string, object[]> = { alerts: [], cases: [], case_entries: [], notices: [], events: [] };
  const tell = (type: string, path: string, what: unknown): void => {
    rows['events']?.push({ id: nextEvent(), at: T0, type, path, data: JSON.stringify(what) });
  };
  for (const effect of effects) {
    if (effect.type === 'alert') rows['alerts']?.push(alertRow(effect.alert));
    else if (effect.type === 'notice') rows['notices']?.push(noticeRow(effect.notice));
    else if (effect.type === 'case') {
      rows['cases']?.push({ number: nextNumber(), ...caseRow(effect.case) });
      for (const entry of effect.entries)
        rows['case_entries']?.push({ case_id: effect.case.id, n: entry.n, doc: JSON.stringify(entry) });
    }
    tell(effect.type, 'hai/g1/h1', effect);
  }
  return rows;
}

/** The same town, the same devices: once with its records in the file, once in PostgreSQL. */
async function wholePath(context: BenchContext, server: Postgres): Promise<Row[]> {
  const { url } = await server.database();
  const stores = { sqlite: undefined, postgres: { records: 'postgres', postgres: { url } } };
  const sides: { site: Site; load: Publishers }[] = [];
  try {
    for (const [name, store] of Object.entries(stores)) {
      const options = {
        name: `records-${name}`,
        homes: HOMES,
        gateways: CLIENTS,
        ...(store ? { store } : {}),
      };
      const site = await Site.prepare(context, options);
      await site.start();
      sides.push({
        site,
        load: await Publishers.connect({ port: site.mqttPort }, gatewayPlans(HOMES, CLIENTS)),
      });
    }
    const ms = context.quick ? 2_500 : 5_000;
    const play = ({ site, load }: (typeof sides)[number]) => ackRound(load, site.pid, 1_000, ms);
    for (const side of sides) await play(side);
    const [file = [], postgres = []] = await interleaved(
      context.quick ? 2 : 3,
      sides.map((side) => () => play(side)),
    );
    for (const { site, load } of sides) await site.expectTaken(load.sent);
    const rate = (rounds: typeof file): number[] => rounds.map(({ perSecond }) => perSecond);
    const [own, base] = [rate(postgres), rate(file)];
    return [
      {
        what: `QoS 1 readings to acknowledgement with records in PostgreSQL, ${CLIENTS} clients; against SQLite`,
        goal: '',
        result: `${count(spread(own).median)} a second, ${shown(ratios(own, base))} × SQLite`,
        met: undefined,
        numbers: { postgresPerSecond: own, sqlitePerSecond: base },
        notes: [`messages a second: SQLite ${shown(spread(base), 0)}, PostgreSQL ${shown(spread(own), 0)}`],
      },
    ];
  } finally {
    for (const { site, load } of sides) {
      await load.close();
      if (site.running) await site.stop();
    }
  }
}
