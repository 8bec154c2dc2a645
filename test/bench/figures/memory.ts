import { cityOf } from '../city.ts';
import { count, type Figure, type Row, sleep } from '../figure.ts';
import { memory as memoryOf } from '../process.ts';
import { runEngine } from './engine.ts';

const [STATE_GOAL, PROCESS_GOAL] = [2_048, 2 ** 30];

/** What 100,000 homes weigh: the state of the engine alone, and the whole process after a day's upload. */
export const memory: Figure = {
  name: 'memory',
  title: 'Memory of 100,000 homes',
  linuxOnly: true,
  async run(context) {
    const homes = context.quick ? 10_000 : 100_000;
    const weighed = homes / 5;
    const engine = await runEngine(context, {
      homes: weighed,
      rules: 'product',
      everyHours: 1,
      warmRounds: 25,
      rounds: 1,
      share: 1,
      weigh: true,
    });
    const state = engine.stateBytes / weighed;
    const city = await cityOf(context);
    await city.start();
    try {
      const load = await city.connect();
      const flow = load.steady(3_300);
      await sleep(context.quick ? 3_000 : 8_000);
      await flow.stop();
      const { rss, peak } = memoryOf(city.site.pid);
      await load.close();
      const heap = (await city.site.counters()).get('nodejs_heap_size_used_bytes');
      const rows: Row[] = [
        {
          what: `${count(weighed)} homes (water meter and wristband), all rules of config/rules.yaml armed, a day of hourly readings: engine state a home`,
          goal: `≤ ${count(STATE_GOAL)} bytes`,
          result: `${count(state)} bytes`,
          met: state <= STATE_GOAL,
          numbers: { stateBytes: state, registryBytes: engine.registryBytes / weighed },
          notes: [
            `the registry (names, people, devices) takes ${count(engine.registryBytes / weighed)} bytes a home beside it`,
          ],
        },
        {
          what: `${count(homes)} homes enrolled, each with a day of history and both devices speaking: whole process`,
          goal: `≤ ${mb(PROCESS_GOAL)}`,
          result: mb(rss),
          met: rss <= PROCESS_GOAL,
          numbers: { rss, peak, homes },
          notes: [
            `resident at the end of a stretch at 3,300 readings/s; at most ${mb(peak)} since the start${heap === undefined ? '' : `, heap in use ${mb(heap)}`}`,
          ],
        },
      ];
      return rows;
    } finally {
      if (city.site.running) await city.site.stop();
    }
  },
};

const mb = (bytes: number): string => `${count(bytes / 2 ** 20)} MB`;
