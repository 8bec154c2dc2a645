import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { keySettings, takeKeys } from '../src/devices/presses.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const KEYS = 1;
const STATUS = 2;
const JOINED = 5;
const KEY_NUMBERS = [1, 2, 3, 4];

export default defineDevice({
  model: 'miromico-click',
  maker: 'Miromico',
  title: { zh: 'Miromico miro Click 四键按钮', en: 'Miromico miro Click, four keys' },
  summary: {
    zh: '四个键（北、东、南、西为 1 至 4），哪个键呼救可设定。',
    en: 'Four keys, north, east, south, west as 1 to 4; which one calls for help can be set.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/miromico/REV2_V5'],
  topics: [],
  metrics: ['battery_v'],
  events: ['boot', 'sos'],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  settings: keySettings,
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    frame.skip(1);
    const kind = frame.u8();
    if (kind === KEYS) {
      // All keys above; which was the first, below.
      const keys = frame.u8() >> 4;
      takeKeys(
        take,
        KEY_NUMBERS.filter((key) => ((keys >> (key - 1)) & 1) !== 0),
      );
    } else if (kind === STATUS) {
      frame.skip(6);
      take.reading('battery_v', (frame.u8() + 170) / 100);
    } else if (kind === JOINED) take.event('boot');
    else take.refuse('not-supported', `message type ${kind}`);
  }),
  examples: [
    {
      name: 'its status',
      fPort: 15,
      hex: '0502e804000003038c27',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/miromico/REV2_V5',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.1, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'the north key',
      fPort: 15,
      hex: '0a011101000304e80400',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'the south key where only the north one calls',
      fPort: 15,
      hex: '0a014401000304e80400',
      settings: { sos_key: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'it joined',
      fPort: 15,
      hex: '0205010203',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'boot', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a type that nobody documents',
      fPort: 15,
      hex: '0209',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 15,
      hex: '0501',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
