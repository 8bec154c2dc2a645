import { AlertWatch } from '../alert-watch.ts';
import { CITY_CONNECTIONS, cityOf } from '../city.ts';
import { type BenchContext, count, type Figure, percentile, type Row, sleep } from '../figure.ts';
import { measure } from '../process.ts';
import type { Publishers } from '../publishers.ts';
import type { Site } from '../site.ts';

/** An SOS amid the traffic of a city, at the rate it has, and at three times that. */
export const sosLatency: Figure = {
  name: 'sos-latency',
  title: 'SOS published → event on the stream',
  linuxOnly: true,
  async run(context) {
    const city = await cityOf(context);
    await city.start();
    const before = await city.site.messagesTaken();
    const load = await city.connect({ timed: true });
    try {
      const watch = await AlertWatch.open(city.site, load, city.homes);
      const under = (perSecond: number, how: { goalMs?: number; when?: string } = {}): Promise<Row> =>
        underLoad(context, city.site, load, watch, { perSecond, ...how });
      // A home is read from the store when it is heard of first.
      const rows = [await under(3_300, { when: ', in the first seconds after a restart' })];
      await load.everyDeviceSpeaks();
      rows.unshift(await under(3_300, { goalMs: 100 }));
      rows.push(await under(10_000));
      await watch.close();
      await city.site.expectTaken(before + load.sent);
      return rows;
    } finally {
      await load.close();
      if (city.site.running) await city.site.stop();
    }
  },
};

async function underLoad(
  { quick, say }: BenchContext,
  site: Site,
  load: Publishers,
  watch: AlertWatch,
  { perSecond, goalMs, when = '' }: { perSecond: number; goalMs?: number; when?: string },
): Promise<Row> {
  const flow = load.steady(perSecond);
  await sleep(quick ? 1_500 : 4_000);
  load.ackTimes.length = 0;
  const [sent, acked, heldBack] = [load.sent, load.acked, load.heldBack];
  const measured = measure(site.pid);
  await watch.calls(quick ? 60 : 250, 40);
  const { cpu, seconds, othersCores } = measured();
  const rates = { sent: (load.sent - sent) / seconds, acked: (load.acked - acked) / seconds };
  const waiting = load.outstanding;
  await flow.stop();
  const acks = load.ackTimes.slice();
  const times = await watch.times();
  const [p50, p99, max] = [percentile(times, 50), percentile(times, 99), Math.max(...times)];
  say(
    `${perSecond}/s${when}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, others ${othersCores.toFixed(2)} cores`,
  );
  return {
    what: `SOS published → event on the stream, under ${count(perSecond)} readings/s from ${count(CITY_CONNECTIONS)} connections, ${count(site.options.homes)} homes${when}`,
    goal: goalMs === undefined ? 'stated' : `p99 ≤ ${goalMs} ms`,
    result: `p99 ${p99.toFixed(1)} ms (p50 ${p50.toFixed(1)} ms)`,
    met: goalMs === undefined ? undefined : p99 <= goalMs,
    numbers: { p50, p99, max, samples: times.length, ...rates, cores: cpu / seconds },
    notes: [
      `${times.length} calls, the slowest ${max.toFixed(0)} ms`,
      `${count(rates.acked)} of ${count(rates.sent)} messages/s acknowledged, ${count(waiting)} outstanding at the end, ${count(load.heldBack - heldBack)} held back`,
      `PUBACK p50 ${percentile(acks, 50).toFixed(1)} ms, p99 ${percentile(acks, 99).toFixed(1)} ms`,
      `${(cpu / seconds).toFixed(2)} cores; others had ${othersCores.toFixed(2)}`,
    ],
  };
}
