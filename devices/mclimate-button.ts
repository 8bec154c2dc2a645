import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const KEEP_ALIVE = 1;
const KEEP_ALIVE_BYTES = 5;
const NO_THERMISTOR = 0x04;

export default defineDevice({
  model: 'mclimate-button',
  maker: 'MClimate',
  title: { zh: 'MClimate 按钮', en: 'MClimate button' },
  summary: {
    zh: '单击、双击、三击都可呼救，并测温度。',
    en: 'Calls for help when pressed once, twice or three times, and measures the temperature.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/mclimate'],
  topics: [],
  metrics: ['ambient_temperature_c', 'battery_v'],
  events: ['sos'],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    // Answers to commands stand in front of a report of the same form.
    const frame = new ByteReader(
      payload,
      payload[0] === KEEP_ALIVE ? 0 : Math.max(0, payload.length - KEEP_ALIVE_BYTES),
    );
    frame.skip(1);
    take.reading('battery_v', (frame.u8() * 8 + 1600) / 1000);
    const word = frame.u16be();
    if (((word >> 8) & NO_THERMISTOR) === 0) take.reading('ambient_temperature_c', (word & 0x3ff) / 10);
    if (frame.u8() !== 0) take.event('sos');
  }),
  examples: [
    {
      name: 'pressed',
      fPort: 2,
      hex: '01bf00e101',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.128, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'a heartbeat',
      fPort: 2,
      hex: '01bf00e100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.128, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'after an answer',
      fPort: 2,
      hex: '04112201bf00e100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.128, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.5, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '01bf',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
