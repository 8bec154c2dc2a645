import { loadDeviceModels } from '../../../src/app/definitions.ts';
import type { DeviceDefinition, DeviceExample } from '../../../src/devices/define.ts';
import { count, type Figure, percentile, type Row } from '../figure.ts';

const GOAL = 200_000;
const ROUNDS = 5;
/** Slowest models that are named. */
const NAMED = 5;

/** Payloads a second of one core, by model, over the examples that it takes. */
export const decode: Figure = {
  name: 'decode',
  title: 'Decoding, model by model',
  linuxOnly: false,
  async run({ quick, say }) {
    const models = (await loadDeviceModels()).all();
    const rates = models
      .map((definition) => ({ model: definition.model, rate: rateOf(definition, quick ? 20 : 100) }))
      .filter(({ rate }) => rate > 0)
      .sort((a, b) => a.rate - b.rate);
    const median = percentile(
      rates.map(({ rate }) => rate),
      50,
    );
    const slowest = rates.slice(0, NAMED).map(({ model, rate }) => `${model} ${count(rate)}`);
    say(`${rates.length} models, median ${count(median)} payloads/s; slowest ${slowest.join(', ')}`);
    const row: Row = {
      what: `Decoding, the median of ${rates.length} models: payloads/s of one core`,
      goal: `≥ ${count(GOAL)}`,
      result: count(median),
      met: median >= GOAL,
      numbers: { median, rates: rates.map(({ rate }) => rate) },
      notes: [
        `CPU time, over the examples of each model that it takes; the slowest: ${slowest.join(', ')}; the fastest: ${count(rates.at(-1)?.rate ?? 0)}`,
      ],
    };
    return [row];
  },
};

/** The best of some rounds of so many milliseconds of CPU time: a machine that others use can only be slower. */
function rateOf(definition: DeviceDefinition, ms: number): number {
  const samples = definition.examples.filter(({ expect }) => 'readings' in expect);
  if (samples.length === 0) return 0;
  const calls = samples.map((sample) => callOf(definition, sample));
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let done = 0;
    const before = process.cpuUsage();
    let used = 0;
    while (used < ms * 1000) {
      for (let i = 0; i < 50; i++) for (const call of calls) if (call()) done++;
      const { user, system } = process.cpuUsage(before);
      used = user + system;
    }
    best = Math.max(best, (done / used) * 1_000_000);
  }
  return best;
}

function callOf({ decode: run }: DeviceDefinition, example: DeviceExample): () => boolean {
  const { payload, hex, fPort, settings, timeZone, topic, announced, receivedAt } = example;
  const at = Date.parse(receivedAt);
  const bytes =
    hex === undefined
      ? Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
      : Buffer.from(hex, 'hex');
  const context = {
    ...(fPort === undefined ? {} : { fPort }),
    ...(settings ? { settings } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(topic === undefined ? {} : { topic }),
    ...(announced === undefined ? {} : { announced }),
  };
  return () => run(bytes, at, context).ok;
}
