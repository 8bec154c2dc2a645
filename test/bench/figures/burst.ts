import { AlertWatch } from '../alert-watch.ts';
import { gatewayPlans } from '../community.ts';
import { type BenchContext, count, type Figure, percentile, type Row, sleep, until } from '../figure.ts';
import { meterOf } from '../names.ts';
import { measure, memory } from '../process.ts';
import { Publishers } from '../publishers.ts';
import { historyOf } from '../readings.ts';
import { Site } from '../site.ts';

/** How many meters upload at once; SHOUWANG_BENCH_METERS changes it. */
const metersOf = ({ quick }: BenchContext): number =>
  Number(process.env['SHOUWANG_BENCH_METERS'] ?? (quick ? 10_000 : 100_000));

const HOURS = 24;
const HOMES_A_GATEWAY = 100;
/** Homes that the outage did not touch: each calls for help once at most. */
const OTHERS = 4_000;
const CALL_EVERY_MS = 50;
const [SOS_GOAL_MS, RSS_GOAL] = [1_000, 2 ** 30];
const WITHIN_MS = 20 * 60_000;

/** The network is back after a day: all meters upload what they kept, at once, and elsewhere people call for help. */
export const burst: Figure = {
  name: 'burst',
  title: 'Upload after a network outage',
  linuxOnly: true,
  async run(context) {
    const meters = metersOf(context);
    const homes = meters + OTHERS;
    const gateways = homes / HOMES_A_GATEWAY;
    if (!Number.isInteger(gateways) || meters < 1)
      throw new Error(`SHOUWANG_BENCH_METERS: ${meters} is no multiple of ${HOMES_A_GATEWAY}`);
    const site = await Site.prepare(context, { name: 'burst', homes, gateways });
    await site.start();
    const plans = gatewayPlans(homes, gateways);
    const cut = meters / HOMES_A_GATEWAY;
    const { mqttPort: port } = site;
    const away = await Publishers.connect({ port, timed: true }, plans.slice(0, cut));
    const others = await Publishers.connect({ port }, plans.slice(cut));
    try {
      await others.everyDeviceSpeaks();
      return await measured(context, { site, away, others, meters });
    } finally {
      await away.close();
      await others.close();
      if (site.running) await site.stop();
    }
  },
};

interface Sides {
  readonly site: Site;
  /** Connections of the homes that were away, and of those that were not. */
  readonly away: Publishers;
  readonly others: Publishers;
  readonly meters: number;
}

async function measured(context: BenchContext, { site, away, others, meters }: Sides): Promise<Row[]> {
  const { say } = context;
  const watch = await AlertWatch.open(site, others, OTHERS, meters);
  const before = await settledCounts(site);
  const rssBefore = memory(site.pid).rss;
  say(`${meters} meters upload ${HOURS} hours each …`);
  const usage = measure(site.pid);
  const now = Date.now();
  let uploading = true;
  const upload = away
    .eachHome(
      Number.POSITIVE_INFINITY,
      (home) => ({ device: meterOf(home), payload: historyOf(home, now, HOURS) }),
      WITHIN_MS,
    )
    .finally(() => {
      uploading = false;
    });
  let calls = 0;
  for (; uploading && calls < OTHERS; calls++) await watch.calls(1, CALL_EVERY_MS);
  await upload;
  const { cpu, seconds, othersCores } = usage();
  const times = await watch.times();
  const worked = watch.worked();
  await watch.close();
  const { peak } = memory(site.pid);
  await site.expectTaken(away.sent + others.sent);
  const wanted = meters * HOURS;
  const after = await settledCounts(site);
  // What was acknowledged is on disk: not even the process that acknowledged it has to be there any more.
  await site.stop('SIGKILL');
  await site.start();
  const restarted = await settledCounts(site);
  const committed = {
    taken: after.readings - before.readings,
    stored: after.points - before.points,
    afterKill: restarted.points - before.points,
  };
  const once = Object.values(committed).every((readings) => readings === wanted);
  const [p50, p99, max] = [percentile(times, 50), percentile(times, 99), Math.max(...times)];
  const [workedP50, workedP99] = [percentile(worked, 50), percentile(worked, 99)];
  say(`${seconds.toFixed(1)} s, SOS p99 ${p99.toFixed(0)} ms, at most ${mb(peak)}`);
  const under = `${count(meters)} meters upload ${HOURS} hourly values each at once, from ${count(away.size)} connections`;
  return [
    {
      what: `${under}: readings committed exactly once, also after kill -9`,
      goal: 'all',
      result: once ? `all ${count(wanted)}` : `${count(committed.afterKill)} of ${count(wanted)}`,
      met: once,
      numbers: { wanted, ...committed, seconds, cores: cpu / seconds },
      notes: [
        `acknowledged after ${seconds.toFixed(1)} s, ${count(wanted / seconds)} readings/s; PUBACK p50 ${(percentile(away.ackTimes, 50) / 1000).toFixed(1)} s, the last ${(percentile(away.ackTimes, 100) / 1000).toFixed(1)} s`,
        `taken ${count(committed.taken)}, stored ${count(committed.stored)}, stored after kill -9 and restart ${count(committed.afterKill)}`,
        `${(cpu / seconds).toFixed(2)} cores; others had ${othersCores.toFixed(2)}`,
      ],
    },
    {
      what: `${under}: memory of the process`,
      goal: `RSS ≤ ${mb(RSS_GOAL)}`,
      result: `at most ${mb(peak)}`,
      met: peak <= RSS_GOAL,
      numbers: { peak, rssBefore },
      notes: [`${mb(rssBefore)} before, with ${count(meters + OTHERS)} homes enrolled`],
    },
    {
      what: `${under}: SOS of other homes meanwhile, published → event on the stream`,
      goal: `≤ ${count(SOS_GOAL_MS)} ms`,
      result: `max ${max.toFixed(0)} ms (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms)`,
      met: max <= SOS_GOAL_MS,
      numbers: { p50, p99, max, samples: times.length, workedP50, workedP99, workedMax: Math.max(...worked) },
      notes: [
        `of it the thread of the service worked ${workedP50.toFixed(0)} ms in the middle, p99 ${workedP99.toFixed(0)} ms, at most ${Math.max(...worked).toFixed(0)} ms; the rest it waited for the disk, and for processors that others had`,
        `${times.length} calls over ${count(others.size)} other connections, sent by the process that sends the burst`,
      ],
    },
  ];
}

interface Counts {
  /** Readings that the process decoded since it began, and points in the telemetry store. */
  readonly readings: number;
  readonly points: number;
}

/** Once the telemetry store has what is committed: twice the same within a second. */
async function settledCounts(site: Site): Promise<Counts> {
  let last: Counts = { readings: -1, points: -1 };
  await until(
    'the telemetry store has everything',
    async () => {
      const counters = await site.counters();
      const [readings = 0, points = 0] = ['readings_total', 'telemetry_points'].map((name) =>
        counters.get(`shouwang_${name}`),
      );
      const same = points === last.points && readings === last.readings;
      last = { readings, points };
      if (!same) await sleep(1_000);
      return same;
    },
    WITHIN_MS,
  );
  return last;
}

const mb = (bytes: number): string => `${count(bytes / 2 ** 20)} MB`;
