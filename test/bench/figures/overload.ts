import { join } from 'node:path';
import { AlertWatch } from '../alert-watch.ts';
import { type BenchContext, count, type Figure, type Row, sleep, until } from '../figure.ts';
import { Child, childFile, memory } from '../process.ts';
import type { Publishers } from '../publishers.ts';
import { Subscriber, stalledStream } from '../readers.ts';
import type { Site } from '../site.ts';
import { TOWN_CONNECTIONS, TOWN_HOMES, townLoad, townOf } from '../town.ts';

const [RSS_GOAL, RATE_GOAL] = [512 * 2 ** 20, 0.98];
const [STEADY, EACH] = [1_000, 1_000];
const ALL_READINGS = 'shouwang/+/telemetry';

/** What happens when publishers do not wait and readers do not read. */
export const overload: Figure = {
  name: 'overload',
  title: 'Overload',
  linuxOnly: true,
  async run(context) {
    const site = await townOf(context);
    await site.start();
    const load = await townLoad({ port: site.mqttPort });
    try {
      await load.everyDeviceSpeaks();
      const rows = [
        await flood(context, site, load, await bareFlood(context)),
        ...(await stalledReaders(context, site, load)),
      ];
      await site.expectTaken(load.sent);
      return rows;
    } finally {
      await load.close();
      if (site.running) await site.stop();
    }
  },
};

/** 1,000 messages of each of 100 connections at once, QoS 0, while somebody listens to all of them. */
async function flood(context: BenchContext, site: Site, load: Publishers, bare: string): Promise<Row> {
  const listener = await Subscriber.open({ port: site.mqttPort, filter: ALL_READINGS });
  const messages = TOWN_CONNECTIONS * EACH;
  const startedAt = performance.now();
  load.flood(EACH);
  await until('the flood is taken', async () => (await site.messagesTaken()) === load.sent, 120_000, 200);
  const seconds = (performance.now() - startedAt) / 1000;
  await sleep(500);
  const { peak } = memory(site.pid);
  const { messages: delivered, ended } = listener;
  listener.close();
  context.say(`${messages} messages taken in ${seconds.toFixed(1)} s, at most ${mb(peak)}`);
  return {
    what: `${count(messages)} QoS 0 messages outstanding from ${TOWN_CONNECTIONS} connections, one subscriber to all of them`,
    goal: `no crash, RSS < ${mb(RSS_GOAL)}`,
    result: `all taken, at most ${mb(peak)}`,
    met: peak < RSS_GOAL,
    numbers: { peak, seconds, delivered },
    notes: [
      `the last was taken after ${seconds.toFixed(1)} s; the subscriber got ${count(delivered)} of them${ended ? ' and was then dropped as too slow' : ''}`,
      `bare aedes under the same flood: ${bare}`,
    ],
  };
}

/** How bare aedes takes the same flood. */
async function bareFlood(context: BenchContext): Promise<string> {
  const anchor = new Child(childFile('aedes'), { log: join(context.dir, 'flooded-aedes.log') });
  const { port } = await anchor.says<{ port: number }>();
  const load = await townLoad({ port });
  const listener = await Subscriber.open({ port, filter: ALL_READINGS });
  load.flood(EACH);
  const messages = TOWN_CONNECTIONS * EACH;
  await until(
    'bare aedes is through',
    () => anchor.ended !== undefined || listener.messages >= messages,
    30_000,
    100,
  ).catch(() => undefined);
  const { messages: delivered } = listener;
  await load.close();
  listener.close();
  const why = /RangeError: [^\n]*/.exec(anchor.logText())?.[0] ?? anchor.ended;
  const ended = anchor.ended === undefined ? '' : `, then the process ended (${why})`;
  await anchor.end('SIGKILL');
  return `${count(delivered)} of ${count(messages)} delivered${ended}`;
}

/** Shares of what was sent in a stretch of time. */
interface Shares {
  readonly acknowledged: number;
  readonly delivered: number;
}

/** A subscriber and a reader of the stream that never read; others go on publishing, subscribing and reading. */
async function stalledReaders(context: BenchContext, site: Site, load: Publishers): Promise<Row[]> {
  const watch = await AlertWatch.open(site, load, TOWN_HOMES);
  const listener = await Subscriber.open({ port: site.mqttPort, filter: ALL_READINGS });
  const flow = load.steady(STEADY);
  await sleep(1_000);
  const seconds = context.quick ? 3 : 6;
  const before = await shares(load, listener, () => sleep(seconds * 1000));
  const sleeper = await Subscriber.open({ port: site.mqttPort, filter: ALL_READINGS, stalled: true });
  const asleep = await stalledStream(site);
  let calls = 0;
  const amid = await shares(load, listener, async () => {
    // So many alerts that the stream of who does not read them fills up.
    await until(
      'both stalled readers are dropped',
      async () => {
        await watch.calls(20, 10);
        calls += 20;
        const dropped = await site.counters();
        const subscriber = dropped.get('shouwang_broker_slow_readers_dropped_total') ?? 0;
        const reader = dropped.get('shouwang_stream_readers_dropped_total') ?? 0;
        return subscriber > 0 && reader > 0;
      },
      60_000,
    );
  });
  await flow.stop();
  const times = await watch.times();
  const { peak } = memory(site.pid);
  const healthyDropped = listener.ended;
  for (const reader of [listener, sleeper, asleep, watch]) await reader.close();
  const kept = {
    published: amid.acknowledged / before.acknowledged,
    delivered: amid.delivered / before.delivered,
  };
  const least = Math.min(kept.published, kept.delivered);
  context.say(
    `kept ${kept.published.toFixed(3)} published, ${kept.delivered.toFixed(3)} delivered, ${calls} calls`,
  );
  return [
    {
      what: 'One MQTT subscriber and one stream reader that never read: rate that the others keep',
      goal: `≥ ${RATE_GOAL} ×; dropped and counted; RSS < ${mb(RSS_GOAL)}`,
      result: `${least.toFixed(3)} ×, both dropped and counted, at most ${mb(peak)}`,
      met: least >= RATE_GOAL && peak < RSS_GOAL && !healthyDropped && times.length === calls,
      numbers: { published: kept.published, delivered: kept.delivered, peak, calls },
      notes: [
        `readings acknowledged ${kept.published.toFixed(3)} ×, delivered to a subscriber that reads ${kept.delivered.toFixed(3)} × of the rate before, at ${count(STEADY)} readings/s`,
        `a stream reader that reads got all of ${count(calls)} alerts`,
      ],
    },
  ];
}

/** Of the messages sent meanwhile: how many were acknowledged, and how many reached a subscriber that reads. */
async function shares(
  load: Publishers,
  listener: Subscriber,
  during: () => Promise<unknown>,
): Promise<Shares> {
  const { sent, acked, heldBack } = load;
  const { messages } = listener;
  await during();
  // What should have been sent and found no room counts as well.
  const wanted = load.sent - sent + load.heldBack - heldBack;
  return {
    acknowledged: (load.acked - acked) / wanted,
    delivered: (listener.messages - messages) / wanted,
  };
}

const mb = (bytes: number): string => `${count(bytes / 2 ** 20)} MB`;
