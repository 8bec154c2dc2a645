import { CITY_CONNECTIONS, cityOf } from '../city.ts';
import { gatewayPlans } from '../community.ts';
import { count, type Figure, interleaved, type Row, ratios, shown, sleep, spread } from '../figure.ts';
import { Child, childFile, measure, type Usage } from '../process.ts';
import { Publishers } from '../publishers.ts';

const [RATE, GOAL] = [3_300, 0.8];

/** Cores at the rate of 100,000 homes with two devices that each speak once a minute; bare aedes at the same rate. */
export const steadyRate: Figure = {
  name: 'steady-rate',
  title: 'Cores at a steady rate',
  linuxOnly: true,
  async run(context) {
    const city = await cityOf(context);
    const anchor = new Child(childFile('aedes'), { log: `${context.dir}/aedes.log` });
    const { port } = await anchor.says<{ port: number }>();
    await city.start();
    const before = await city.site.messagesTaken();
    const bare = await Publishers.connect({ port }, gatewayPlans(city.homes, CITY_CONNECTIONS));
    const load = await city.connect();
    try {
      const ms = context.quick ? 3_000 : 5_000;
      const [theirs = [], ours = []] = await interleaved(context.quick ? 2 : 3, [
        () => steadily(bare, anchor.pid, ms),
        () => steadily(load, city.site.pid, ms),
      ]);
      await city.site.expectTaken(before + load.sent);
      if (load.heldBack > 0) throw new Error(`${load.heldBack} messages could not be sent in time`);
      const cores = (rounds: readonly Usage[]): number[] => rounds.map(({ cpu, seconds }) => cpu / seconds);
      const [aedes, durable] = [cores(theirs), cores(ours)];
      const others = spread([...theirs, ...ours].map(({ othersCores }) => othersCores)).median;
      const row: Row = {
        what: `Cores used at ${count(RATE)} durable readings/s from ${count(CITY_CONNECTIONS)} connections, ${count(city.homes)} homes`,
        goal: `≤ ${GOAL}`,
        result: shown(spread(durable)),
        met: spread(durable).median <= GOAL,
        numbers: { durableCores: durable, aedesCores: aedes },
        notes: [
          `bare aedes at the same rate ${shown(spread(aedes))}, ratio ${shown(ratios(aedes, durable))} ×`,
          `others had ${others.toFixed(2)} cores`,
        ],
      };
      return [row];
    } finally {
      await load.close();
      await bare.close();
      await anchor.end('SIGKILL');
      if (city.site.running) await city.site.stop();
    }
  },
};

async function steadily(load: Publishers, pid: number, ms: number): Promise<Usage> {
  const flow = load.steady(RATE);
  await sleep(1_000);
  const measured = measure(pid);
  await sleep(ms);
  const usage = measured();
  await flow.stop();
  return usage;
}
