import { freemem } from 'node:os';
import { join } from 'node:path';
import type { EngineOrder, EngineReport } from '../children/engine.ts';
import { type BenchContext, count, type Figure, type Row, shown, spread } from '../figure.ts';
import { Child, childFile } from '../process.ts';

/** What a million homes need at most. */
const LARGE_BYTES = 10 * 2 ** 30;

/** Steps a second of the engine alone, with both reference rules and silence. */
export const engine: Figure = {
  name: 'engine',
  title: 'Engine alone',
  linuxOnly: false,
  async run(context) {
    const { quick } = context;
    const small = {
      homes: 10_000,
      rules: 'reference',
      everyHours: 1,
      warmRounds: 26,
      share: 1,
      weigh: false,
    } as const;
    const large = {
      homes: quick ? 200_000 : 1_000_000,
      rules: 'reference',
      everyHours: 8,
      warmRounds: 3,
      // A quarter of the homes reads while it counts: two million messages would say the same.
      share: 0.25,
      weigh: false,
    } as const;
    // An engine runs for weeks: what V8 spends on compiling it is spread over as many messages as a city's hour has.
    const rows = [await speed(context, { ...small, rounds: quick ? 20 : 200 }, quick ? 2 : 3, 1_000_000)];
    if (freemem() < LARGE_BYTES) context.say('too little memory is free for a million homes');
    else rows.push(await speed(context, { ...large, rounds: 1 }, 1, 250_000));
    return rows;
  },
};

async function speed(context: BenchContext, order: EngineOrder, rounds: number, goal: number): Promise<Row> {
  const reports: EngineReport[] = [];
  for (let round = 0; round < rounds; round++) reports.push(await runEngine(context, order));
  const readings = reports.map((report) => report.readings / report.cpuSeconds);
  const messages = reports.map((report) => report.messages / report.cpuSeconds);
  const median = spread(readings).median;
  return {
    what: `Engine alone, string ids, both reference rules and silence, ${count(order.homes)} homes: readings/s of one core`,
    goal: `≥ ${count(goal)}`,
    result: `${count(median)} (${count(Math.min(...readings))}..${count(Math.max(...readings))})`,
    met: median >= goal,
    numbers: { readings, messages },
    notes: [
      `${count(spread(messages).median)} messages/s, ${shown(spread(messages.map((some) => 1e6 / some)), 2)} µs CPU each; half of them one water reading, half two of blood pressure`,
      `homes in an order far from that in memory, looked at 32 at a time before their turn, as a replay does; ${order.everyHours === 1 ? 'hourly meters with a full day of history' : `meters that read every ${order.everyHours} hours`}`,
      `alerts as they must be: ${JSON.stringify(reports[0]?.alerts)}`,
    ],
  };
}

/** @throws when an alert is missing or too many. */
export async function runEngine(context: BenchContext, order: EngineOrder): Promise<EngineReport> {
  const child = new Child(childFile('engine'), {
    args: [JSON.stringify(order)],
    node: ['--expose-gc', '--max-old-space-size=12000'],
    log: join(context.dir, 'engine.log'),
  });
  const report = await child.says<EngineReport>(PATIENCE_MS);
  const { alerts, expected } = report;
  if (JSON.stringify(sorted(alerts)) !== JSON.stringify(sorted(expected))) {
    throw new Error(`alerts ${JSON.stringify(alerts)}, expected ${JSON.stringify(expected)}`);
  }
  context.say(`${order.homes} homes: ${count(report.messages / report.cpuSeconds)} messages/s of CPU`);
  return report;
}

/** A hundred thousand homes warm up for some minutes on a machine that does other things as well. */
const PATIENCE_MS = 900_000;

const sorted = (counts: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
