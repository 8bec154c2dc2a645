import { join } from 'node:path';
import { FieldType, InfluxDB } from 'influx';
import type { SequencedReport } from '../../../src/ports/telemetry.ts';
import { influx1 } from '../../../src/store/outside/influx1.ts';
import { outsideTelemetry } from '../../../src/store/telemetry-outside.ts';
import { sqliteTelemetry } from '../../../src/store/telemetry-sqlite.ts';
import { Influxd, whyNoInfluxd } from '../../servers/influxd.ts';
import {
  type BenchContext,
  count,
  type Figure,
  interleaved,
  ratios,
  shown,
  spread,
  until,
} from '../figure.ts';
import { cpuSeconds } from '../process.ts';

const GOAL = 0.8;
const BATCH = 5_000;
const DEVICES = 10_000;
const T0 = Date.UTC(2026, 5, 1);
const METRICS = ['water_index_m3', 'pulse_bpm', 'spo2_pct', 'skin_temperature_c', 'battery_pct'] as const;

/** Readings through local store and spool into a real InfluxDB, against the same batches sent by its client alone. */
export const influxWrites: Figure = {
  name: 'influx-writes',
  title: 'Readings into InfluxDB 1',
  linuxOnly: false,
  async run(context) {
    const missing = whyNoInfluxd();
    if (missing !== undefined) throw new Error(missing);
    const batches = context.quick ? 20 : 50;
    const server = await Influxd.start();
    try {
      await bare(server, 'warm', 10);
      await through(context, server, 'warmed', 10);
      const used = { client: [] as Used[], ours: [] as Used[] };
      const [client = [], ours = []] = await interleaved(context.quick ? 4 : 8, [
        async (round) => {
          const [seconds, cpu] = await withUsage(server, () => bare(server, `bare${round}`, batches));
          used.client.push(cpu);
          return seconds;
        },
        async (round) => {
          const [seconds, cpu] = await withUsage(server, () =>
            through(context, server, `ours${round}`, batches),
          );
          used.ours.push(cpu);
          return seconds;
        },
      ]);
      const ratio = ratios(client, ours);
      const rate = (seconds: readonly number[]): string => count((batches * BATCH) / spread(seconds).median);
      const each = (of: readonly Used[], part: keyof Used): string =>
        shown(spread(of.map((one) => (one[part] * 1e6) / (batches * BATCH))), 1);
      return [
        {
          what: `Readings through local store and spool into InfluxDB 1.6, ${count(batches)} batches of ${count(BATCH)}; against the client \`influx\` sending the same batches`,
          goal: `≥ ${GOAL} ×`,
          result: `${shown(ratio)} ×`,
          met: ratio.median >= GOAL,
          numbers: { ratio: ratio.median, clientSeconds: client, ourSeconds: ours },
          notes: [
            `${rate(ours)} readings/s until the server has all, the client alone ${rate(client)}; the same points and fields`,
            `CPU time a reading: we ${each(used.ours, 'own')} µs and the server ${each(used.ours, 'server')} µs, the client ${each(used.client, 'own')} µs and the server ${each(used.client, 'server')} µs`,
          ],
        },
      ];
    } finally {
      await server.stop();
    }
  },
};

/** CPU seconds. */
interface Used {
  readonly own: number;
  readonly server: number;
}

async function withUsage<T>(server: Influxd, work: () => Promise<T>): Promise<[T, Used]> {
  const [own, servers] = [process.cpuUsage(), cpuSeconds(server.pid)];
  const result = await work();
  const { user, system } = process.cpuUsage(own);
  return [result, { own: (user + system) / 1e6, server: cpuSeconds(server.pid) - servers }];
}

/** Batch number, device, then the values of five metrics. */
function* reportsOf(batch: number): Generator<{ device: string; at: number; values: readonly number[] }> {
  const reports = BATCH / METRICS.length;
  for (let i = 0; i < reports; i++) {
    const number = batch * reports + i;
    const values = METRICS.map((_, k) => 20 + ((number * 7 + k * 13) % 800) / 10);
    yield { device: `d${number % DEVICES}`, at: T0 + Math.floor(number / DEVICES) * 60_000, values };
  }
}

async function bare(server: Influxd, database: string, batches: number): Promise<number> {
  await server.query(`CREATE DATABASE ${database}`);
  const client = new InfluxDB(`${server.url}/${database}`);
  for (const measurement of METRICS)
    client.addSchema({
      database,
      measurement,
      tags: ['device'],
      fields: { value: FieldType.FLOAT, clock: FieldType.INTEGER },
    });
  const started = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const points = [...reportsOf(batch)].flatMap(({ device, at, values }) =>
      METRICS.map((measurement, k) => ({
        measurement,
        tags: { device },
        // The same points as ours: whose clock it was is a field of each.
        fields: { value: values[k] as number, clock: 2 },
        timestamp: at,
      })),
    );
    await client.writePoints(points, { precision: 'ms' });
  }
  return (performance.now() - started) / 1_000;
}

async function through(
  { dir }: BenchContext,
  server: Influxd,
  database: string,
  batches: number,
): Promise<number> {
  await server.query(`CREATE DATABASE ${database}`);
  const store = outsideTelemetry({
    near: sqliteTelemetry({ file: join(dir, `${database}.db`) }),
    outside: influx1({ url: server.url, database }),
    spoolDir: join(dir, `${database}-spool`),
    keepMs: 86_400_000,
    spoolBytesMax: 2 ** 30,
    nearBytesMax: 2 ** 40,
    diskFreeBytesMin: 0,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  await store.open();
  try {
    let seq = 0;
    const started = performance.now();
    for (let batch = 0; batch < batches; batch++) {
      const reports = [...reportsOf(batch)].map(({ device, at, values }): SequencedReport => {
        const readings = METRICS.map((metric, k) => ({ metric, value: values[k] as number, at }));
        return {
          seq: ++seq,
          report: { kind: 'report', receivedAt: at, device, clock: 'device', readings, events: [] },
        };
      });
      await store.append(reports);
      await store.maintain(T0);
      // The service does this for each thousand messages or so: what came in between has its turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('all is sent', () => store.outside().waiting.points === 0, 120_000, 2);
    const seconds = (performance.now() - started) / 1_000;
    if (store.outside().sent !== batches * BATCH) throw new Error('not all was sent');
    return seconds;
  } finally {
    await store.close();
  }
}
