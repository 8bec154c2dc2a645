import type { EngineOrder } from '../children/engine.ts';
import { type BenchContext, count, type Figure, type Row, spread } from '../figure.ts';
import { runEngine } from './engine.ts';

const GOAL = 300_000;
/** Ten times the homes, or readings, may cost so much more for each reading: caches hold fewer of them. */
const LINEAR = 2;
const WARM_ROUNDS = 26;

/** What a reading costs under all rules of the product, in ever more homes and over ever more readings. */
export const linear: Figure = {
  name: 'linear',
  title: 'Engine alone, whole default rule set',
  linuxOnly: false,
  async run(context) {
    const few = await costs(context, 1_000, context.quick ? 40 : 200);
    const some = await costs(context, 10_000, context.quick ? 4 : 20);
    const many = await costs(context, context.quick ? 30_000 : 100_000, 2);
    const long = await costs(context, 10_000, context.quick ? 16 : 80);
    const rate = 1e6 / some.micros;
    return [
      {
        what: `Engine alone, all rules of config/rules.yaml, ${count(some.homes)} homes: readings/s of one core`,
        goal: `≥ ${count(GOAL)}`,
        result: count(rate),
        met: rate >= GOAL,
        numbers: { readingsPerSecond: rate },
        notes: ['hourly meters and bands, homes in an order far from that in memory, a day of history'],
      },
      grows(`${[few, some, many].map(({ homes }) => count(homes)).join(' / ')} homes`, [few, some, many]),
      grows(`${[some, long].map(({ readings }) => count(readings)).join(' / ')} readings of the same homes`, [
        some,
        long,
      ]),
    ];
  },
};

interface Cost {
  readonly homes: number;
  readonly readings: number;
  /** CPU time of a reading, in microseconds. */
  readonly micros: number;
}

async function costs(context: BenchContext, homes: number, rounds: number): Promise<Cost> {
  const order: EngineOrder = {
    homes,
    rules: 'product',
    everyHours: 1,
    warmRounds: WARM_ROUNDS,
    rounds,
    share: 1,
    weigh: false,
  };
  const tries: Cost[] = [];
  for (let round = 0; round < (context.quick ? 1 : 3); round++) {
    const { cpuSeconds, readings } = await runEngine(context, order);
    tries.push({ homes, readings, micros: (1e6 * cpuSeconds) / readings });
  }
  const micros = spread(tries.map((one) => one.micros)).median;
  return { ...(tries[0] as Cost), micros };
}

function grows(over: string, costs: readonly Cost[]): Row {
  const micros = costs.map((cost) => cost.micros);
  const ratio = Math.max(...micros) / (micros[0] as number);
  return {
    what: `Engine alone, all rules of config/rules.yaml, ${over}: CPU of a reading`,
    goal: `≤ ${LINEAR} × the first`,
    result: `${micros.map((some) => some.toFixed(2)).join(' / ')} µs`,
    met: ratio <= LINEAR,
    numbers: { micros },
  };
}
