import { z } from 'zod';
import { defineDevice } from '../src/devices/define.ts';
import { jsonObject } from '../src/devices/json-object.ts';
import { decoderOf } from '../src/devices/take.ts';
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
  // From src/model/metric-words.ts: names end in their unit, and the decoder converts.
  metrics: ['water_index_m3'],
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: { water_index_m3: { max: 100_000, resolution: 0.001 } },
  payload,
  decode: decoderOf((bytes, take) => {
    const parsed = payload.safeParse(jsonObject(bytes, take));
    if (!parsed.success) return take.refuse('malformed-payload', z.prettifyError(parsed.error));
    const { time, litres } = parsed.data;
    // What is outside of the range of its metric is refused by name; `take.event` and `take.flag` tell what happened.
    take.reading('water_index_m3', litres / 1000, take.deviceTime(time * 1000));
  }),
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
