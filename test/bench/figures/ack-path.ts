import { gatewayPlans } from '../community.ts';
import {
  type BenchContext,
  count,
  type Figure,
  interleaved,
  type Row,
  ratios,
  shown,
  sleep,
  spread,
} from '../figure.ts';
import { Child, childFile, measure } from '../process.ts';
import { Publishers } from '../publishers.ts';
import { Site } from '../site.ts';
import { TOWN_CONNECTIONS, TOWN_HOMES, townOf } from '../town.ts';

const OUTSTANDING = 2_000;
const GOAL = 0.5;

export interface AckRound {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly cores: number;
  readonly othersCores: number;
}

/** QoS 1 readings, checked, stepped through the rules, committed with FULL sync and then acknowledged; against bare aedes. */
export const ackPath: Figure = {
  name: 'ack-path',
  title: 'Durable readings',
  linuxOnly: true,
  async run(context) {
    const rows: Row[] = [];
    for (const clients of [TOWN_CONNECTIONS, 1_000]) rows.push(await against(context, clients));
    return rows;
  },
};

const siteFor = (context: BenchContext, clients: number): Promise<Site> =>
  clients === TOWN_CONNECTIONS
    ? townOf(context)
    : Site.prepare(context, { name: `ack-${clients}`, homes: TOWN_HOMES, gateways: clients });

async function against(context: BenchContext, clients: number): Promise<Row> {
  const site = await siteFor(context, clients);
  const anchor = new Child(childFile('aedes'), { log: `${site.dir}/aedes.log` });
  const { port } = await anchor.says<{ port: number }>();
  await site.start();
  const plans = gatewayPlans(TOWN_HOMES, clients);
  const loads = [
    await Publishers.connect({ port }, plans),
    await Publishers.connect({ port: site.mqttPort }, plans),
  ];
  const [ours, theirs] = [loads[1]!, loads[0]!];
  try {
    const warmMs = context.quick ? 1_500 : 3_000;
    // Both are warm before the first round counts.
    await ackRound(theirs, anchor.pid, warmMs, 0);
    await ackRound(ours, site.pid, warmMs, 0);
    const seconds = context.quick ? 2.5 : 4;
    const [bare = [], durable = []] = await interleaved(context.quick ? 2 : 3, [
      () => ackRound(theirs, anchor.pid, 500, seconds * 1000),
      () => ackRound(ours, site.pid, 500, seconds * 1000),
    ]);
    await site.expectTaken(ours.sent);
    const us = (rounds: readonly AckRound[]): number[] => rounds.map(({ cpuUs }) => cpuUs);
    const ratio = ratios(us(bare), us(durable));
    context.say(
      `${clients} clients: aedes ${shown(spread(us(bare)), 1)} µs, durable ${shown(spread(us(durable)), 1)} µs`,
    );
    return {
      what: `QoS 1 readings validated, committed (FULL sync), then acknowledged; ${clients} clients; against bare aedes`,
      goal: `≥ ${GOAL} ×`,
      result: `${shown(ratio)} ×`,
      met: ratio.median >= GOAL,
      numbers: { ratio: ratio.median, aedesUs: us(bare), durableUs: us(durable) },
      notes: [
        `CPU a message: aedes ${shown(spread(us(bare)), 1)} µs, durable ${shown(spread(us(durable)), 1)} µs`,
        `at ${means(durable, 'perSecond', count)} messages/s (aedes ${means(bare, 'perSecond', count)}), on ${means(durable, 'cores', fixed)} cores (${means(bare, 'cores', fixed)}); others had ${means([...bare, ...durable], 'othersCores', fixed)}`,
      ],
    };
  } finally {
    for (const load of loads) await load.close();
    await anchor.end('SIGKILL');
    if (site.running) await site.stop();
  }
}

const fixed = (value: number): string => value.toFixed(2);
const means = (rounds: readonly AckRound[], key: keyof AckRound, show: (value: number) => string): string =>
  show(spread(rounds.map((round) => round[key])).median);

/** Publishes as fast as it is acknowledged, and counts. */
export async function ackRound(load: Publishers, pid: number, warmMs: number, ms: number): Promise<AckRound> {
  const flow = load.saturate(OUTSTANDING);
  await sleep(warmMs);
  const before = load.acked;
  const measured = measure(pid);
  await sleep(ms);
  const { cpu, seconds, othersCores } = measured();
  const acked = load.acked - before;
  await flow.stop();
  return { cpuUs: (cpu / acked) * 1e6, perSecond: acked / seconds, cores: cpu / seconds, othersCores };
}
