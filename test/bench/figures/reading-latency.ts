import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AlertWatch } from '../alert-watch.ts';
import { type Figure, interleaved, percentile, type Row, sleep } from '../figure.ts';
import { Listener, monotonicMs } from '../listener.ts';
import { Child, childFile } from '../process.ts';
import type { Publishers } from '../publishers.ts';
import { TOWN_CONNECTIONS, TOWN_HOMES, townLoad, townOf } from '../town.ts';

const RATE = 500;
const EVERY_MS = 25;
const PROBE = 'shouwang/probe';

/**
 * A reading that makes a second one above the limit, published among 500 others a second, until the alert is on the
 * stream. Beside it what a bare broker takes from publisher to subscriber, and what the disk takes for one sync: on a
 * busy machine both wait for their turn.
 */
export const readingLatency: Figure = {
  name: 'reading-latency',
  title: 'Reading published → alert on the stream',
  linuxOnly: false,
  async run(context) {
    const { quick } = context;
    const site = await townOf(context);
    const anchor = new Child(childFile('aedes'), { log: join(site.dir, 'aedes.log') });
    const { port } = await anchor.says<{ port: number }>();
    await site.start();
    const bare = await townLoad({ port });
    const load = await townLoad({ port: site.mqttPort, timed: true });
    try {
      await load.everyDeviceSpeaks();
      const relay = await Relay.open(port, bare);
      const watch = await AlertWatch.open(site, load, TOWN_HOMES);
      const [rounds, each] = quick ? [2, 60] : [4, 120];
      // The first alerts after a start are the slowest: what they need is compiled by them. A service has them behind it.
      await under(load, async () => {
        await watch.crises(each, EVERY_MS);
        return watch.times();
      });
      const syncs: number[] = [];
      const acks: number[] = [];
      const [relayed = [], alerted = []] = await interleaved(rounds, [
        () => under(bare, () => relay.probes(each)),
        async () => {
          syncs.push(...diskSyncs(site.dir));
          const times = await under(load, async () => {
            load.ackTimes.length = 0;
            await watch.crises(each, EVERY_MS);
            acks.push(...load.ackTimes);
            return watch.times();
          });
          return times;
        },
      ]);
      await relay.close();
      await watch.close();
      await site.expectTaken(load.sent);
      const [ours, theirs] = [alerted.flat(), relayed.flat()];
      const [p50, p99] = [percentile(ours, 50), percentile(ours, 99)];
      const row: Row = {
        what: `Reading published → alert on the stream, at ${RATE} readings/s from ${TOWN_CONNECTIONS} connections`,
        goal: 'p50 ≤ 2 ms, p99 ≤ 10 ms',
        result: both(ours),
        met: p50 <= 2 && p99 <= 10,
        numbers: { p50, p99, ours, aedes: theirs, fdatasync: syncs },
        notes: [
          `${ours.length} alerts, the slowest ${Math.max(...ours).toFixed(0)} ms; each is the second blood pressure above the limit, on disk before it is told; the stream is read by a thread that does nothing else, since the one that publishes sleeps for 0.25 ms at a time`,
          `bare aedes from publisher to subscriber, nothing stored, in the same run: ${both(theirs)}`,
          `fdatasync of 8 KB in the same run: ${both(syncs)}`,
          `PUBACK of all readings: ${both(acks)}`,
        ],
      };
      return [row];
    } finally {
      await bare.close();
      await load.close();
      await anchor.end('SIGKILL');
      if (site.running) await site.stop();
    }
  },
};

const both = (times: readonly number[]): string =>
  `p50 ${percentile(times, 50).toFixed(1)} ms, p99 ${percentile(times, 99).toFixed(1)} ms`;

async function under(load: Publishers, act: () => Promise<number[]>): Promise<number[]> {
  const flow = load.steady(RATE);
  await sleep(1_000);
  const times = await act();
  await flow.stop();
  return times;
}

/** One message at a time from a publisher to a subscriber, through nothing but the broker. */
class Relay {
  readonly #load: Publishers;
  #listener: Listener | undefined;
  #sentAt = 0;
  #times: number[] = [];

  private constructor(load: Publishers) {
    this.#load = load;
  }

  static async open(port: number, load: Publishers): Promise<Relay> {
    const relay = new Relay(load);
    relay.#listener = await Listener.open({ port, filter: PROBE }, ({ at }) => {
      relay.#times.push(at - relay.#sentAt);
    });
    return relay;
  }

  async probes(count: number): Promise<number[]> {
    this.#times = [];
    for (let i = 0; i < count; i++) {
      this.#sentAt = monotonicMs();
      this.#load.sendFor(i % TOWN_HOMES, PROBE, '{}');
      await sleep(EVERY_MS);
    }
    return this.#times;
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }
}

function diskSyncs(dir: string): number[] {
  const fd = openSync(join(dir, 'sync'), 'w');
  const block = Buffer.alloc(8192);
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    const startedAt = performance.now();
    writeSync(fd, block, 0, block.length, 0);
    fdatasyncSync(fd);
    times.push(performance.now() - startedAt);
  }
  closeSync(fd);
  return times;
}
