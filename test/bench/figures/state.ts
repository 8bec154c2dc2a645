import { join } from 'node:path';
import type { LearnedOrder, LearnedReport } from '../children/learned.ts';
import { type BenchContext, count, type Figure, type Row } from '../figure.ts';
import { Child, childFile } from '../process.ts';

const GOAL = 4_096;
/** Every home learns on some day of three, from the 21st on; the books of its hours reach back 40 days and more. */
const DAYS = 45;

/** What a home weighs once its routines are learned, with and without sensors that see more of life than water. */
export const state: Figure = {
  name: 'state',
  title: 'State of a home that is known',
  linuxOnly: false,
  async run(context) {
    // Code that is compiled meanwhile weighs up to a megabyte: with few homes that is a kilobyte of each.
    const homes = context.quick ? 240 : 960;
    const rows: Row[] = [];
    for (const sensors of [false, true]) rows.push(await rowOf(context, { homes, days: DAYS, sensors }));
    return rows;
  },
};

async function rowOf(context: BenchContext, order: LearnedOrder): Promise<Row> {
  const child = new Child(childFile('learned'), {
    args: [JSON.stringify(order)],
    node: ['--expose-gc'],
    log: join(context.dir, 'learned.log'),
  });
  const report = await child.says<LearnedReport>(900_000);
  const { homes, sensors } = order;
  if (report.learned !== homes || report.learnedSigns !== (sensors ? homes : 0))
    throw new Error(`${report.learned} and ${report.learnedSigns} routines of ${homes} homes were learned`);
  const bytes = report.stateBytes;
  const stored = report.storedChars / homes;
  context.say(
    `${sensors ? 'with' : 'without'} sensors: ${count(bytes)} bytes a home, stored ${count(stored)}`,
  );
  const devices = sensors
    ? 'water meter, wristband, movement sensor and front door'
    : 'water meter and wristband';
  return {
    what: `State of a home (${devices}) after ${DAYS} days, routine learned, all rules of config/rules.yaml`,
    goal: `≤ ${count(GOAL)} bytes`,
    result: `${count(bytes)} bytes in memory, ${count(stored)} stored`,
    met: bytes <= GOAL,
    numbers: { stateBytes: bytes, storedChars: stored },
    notes: [
      `in memory: what one home more takes, its devices and all, beside the registry; stored: its state as JSON, in characters`,
      ...(sensors ? ['the routine of all signs of life is learned beside that of the water'] : []),
    ],
  };
}
