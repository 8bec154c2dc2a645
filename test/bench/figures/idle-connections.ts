import { join } from 'node:path';
import { count, type Figure, type Row, sleep } from '../figure.ts';
import { bandOf, meterOf } from '../names.ts';
import { Child, childFile, memory } from '../process.ts';
import { type PublisherPlan, Publishers } from '../publishers.ts';
import { Site } from '../site.ts';

const GOAL_KB = 17;
/** Connections from one address are limited; a fleet comes from many. */
const PER_ADDRESS = 1_000;

/** What a device costs that is connected and says nothing; beside it the same on bare aedes. */
export const idleConnections: Figure = {
  name: 'idle-connections',
  title: 'Idle device connections',
  linuxOnly: true,
  async run(context) {
    const connections = context.quick ? 2_000 : 10_000;
    const homes = connections / 2;
    const site = await Site.prepare(context, { name: 'idle', homes, gateways: 0, directs: homes });
    const anchor = new Child(childFile('aedes'), { log: join(site.dir, 'aedes.log') });
    const { port } = await anchor.says<{ port: number }>();
    await site.start();
    try {
      const bare = await weigh(port, anchor.pid, connections);
      const ours = await weigh(site.mqttPort, site.pid, connections);
      const row: Row = {
        what: `${count(connections)} idle device connections, each with its own credential: resident memory a connection`,
        goal: `≤ ${GOAL_KB} KB`,
        result: `${ours.kb.toFixed(1)} KB`,
        met: ours.kb <= GOAL_KB,
        numbers: { kb: ours.kb, aedesKb: bare.kb, connectSeconds: ours.seconds },
        notes: [
          `bare aedes in the same run ${bare.kb.toFixed(1)} KB; kernel memory of the sockets not included`,
          `all connected in ${ours.seconds.toFixed(1)} s (aedes ${bare.seconds.toFixed(1)} s)`,
        ],
      };
      return [row];
    } finally {
      await anchor.end('SIGKILL');
      if (site.running) await site.stop();
    }
  },
};

async function weigh(
  port: number,
  pid: number,
  connections: number,
): Promise<{ kb: number; seconds: number }> {
  // A first wave that goes again, so that what is made once is not counted as the connections'.
  const few = await Publishers.connect({ port }, plans(connections / 20));
  await few.close();
  await sleep(1_500);
  const before = memory(pid).rss;
  const startedAt = performance.now();
  const all = await Publishers.connect({ port }, plans(connections));
  const seconds = (performance.now() - startedAt) / 1000;
  await sleep(3_000);
  const after = memory(pid).rss;
  all.check();
  await all.close();
  await sleep(1_000);
  return { kb: (after - before) / 1024 / connections, seconds };
}

/** Meters and bands of the first homes, each by itself. */
function plans(connections: number): PublisherPlan[] {
  return Array.from({ length: connections }, (_, index) => {
    const home = index >> 1;
    const id = index % 2 === 0 ? meterOf(home) : bandOf(home);
    return { id, first: home, homes: 1, from: `127.0.0.${2 + Math.floor(index / PER_ADDRESS)}` };
  });
}
