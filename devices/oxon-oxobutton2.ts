import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { keySettings, takeKeys } from '../src/devices/presses.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const TYPE = 0x39;
const KEYS = [1, 2, 3, 4];

export default defineDevice({
  model: 'oxon-oxobutton2',
  maker: 'Oxon',
  title: { zh: 'Oxon Oxobutton 2 按钮', en: 'Oxon Oxobutton 2 button' },
  summary: {
    zh: '四键按钮带屏：按下即呼救（可设定哪一键），并测温湿度。',
    en: 'Four keys and a display: calls for help when pressed (which key can be set), and measures the climate.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/oxon/oxobutton2'],
  topics: [],
  metrics: ['battery_pct', 'ambient_temperature_c', 'humidity_pct'],
  events: ['sos'],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  settings: keySettings,
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const type = frame.u8();
    if (type !== TYPE) take.refuse('malformed-payload', `frame type ${type}`);
    const reasons = frame.u8();
    takeKeys(
      take,
      KEYS.filter((key) => ((reasons >> (key - 1)) & 1) === 1),
    );
    // Other reasons, what it shows, whether it listens.
    frame.skip(3);
    take.reading('battery_pct', frame.u8());
    take.reading('ambient_temperature_c', frame.i16be() / 100);
    take.reading('humidity_pct', frame.u16be() / 100);
  }),
  examples: [
    {
      name: 'the temperature changed',
      fPort: 1,
      hex: '39000201006408c210b00000',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/oxon/oxobutton2',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.42, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 42.72, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the third key',
      fPort: 1,
      hex: '39040004006408c210b00000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.42, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 42.72, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'the third, where only the first calls',
      fPort: 1,
      hex: '39040004006408c210b00000',
      settings: { sos_key: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 22.42, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 42.72, at: '2026-03-01T00:00:00Z' },
        ],
        rejections: ['no-device-data'],
      },
    },
    {
      name: 'a frame of another model',
      fPort: 1,
      hex: '30000201006408c210b00000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 1,
      hex: '3900',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
