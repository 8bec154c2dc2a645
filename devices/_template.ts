import { z } from 'zod';
import { defineDevice } from '../src/devices/define.ts';
import { HOUR } from '../src/lib/clock.ts';

/**
 * The shape of one message, as the maker's manual or a captured payload has it. Everything else is refused by name.
 * A device that speaks our own format needs no schema and no decoder of its own: see water-meter.ts.
 */
const payload = z.object({
  /** Seconds since 1970, by the clock of the device. */
  time: z.number().int(),
  litres: z.number().min(0),
});

export default defineDevice({
  model: '__name__',
  title: { zh: '（中文名称）', en: '(what people call it)' },
  summary: { zh: '（测量什么，多久上报一次）', en: '(what it measures, and how often it reports)' },
  // Where it publishes; {device} stands where its id stands.
  topics: ['__name__/{device}/up'],
  // From src/model/metrics.ts: names end in their unit, and the decoder converts.
  metrics: ['water_index_m3'],
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: { water_index_m3: { max: 100_000, resolution: 0.001 } },
  payload,
  decode(bytes, _receivedAt) {
    let message: unknown;
    try {
      message = JSON.parse(Buffer.from(bytes).toString('utf8'));
    } catch (error) {
      return { ok: false, reason: 'malformed-json', detail: (error as Error).message };
    }
    const parsed = payload.safeParse(message);
    if (!parsed.success)
      return { ok: false, reason: 'malformed-payload', detail: z.prettifyError(parsed.error) };
    const { time, litres } = parsed.data;
    const reading = { metric: 'water_index_m3', value: litres / 1000, at: time * 1000 } as const;
    return { ok: true, clock: 'device', readings: [reading], events: [], rejections: [] };
  },
  examples: [
    {
      name: 'what it sends every hour',
      payload: 'a payload that a device has really sent',
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 123.456, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'something else under its topic',
      payload: { hello: 'world' },
      receivedAt: '2026-03-01T00:00:02Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
