import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pressSettings, takePress } from '../src/devices/presses.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const PRESS = 0;
const HEARTBEAT = 1;
const LONG_PRESS = 4;
/** What the battery is told in, as LoRaWAN itself tells it. */
const BATTERY_FULL = 254;
const COUNT_BYTES = 4;

export default defineDevice({
  model: 'miromico-fmlr-button',
  maker: 'Miromico',
  title: { zh: 'Miromico FMLR 按钮', en: 'Miromico FMLR button' },
  summary: {
    zh: '短按、长按都可呼救，各有设定；定期心跳。',
    en: 'Calls for help when pressed shortly or for long, as it is set; heartbeats.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/miromico/sod'],
  topics: [],
  metrics: ['battery_pct'],
  events: ['sos'],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  settings: pressSettings,
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const battery = frame.u8();
    const kind = frame.u8();
    frame.skip(COUNT_BYTES);
    if (kind === PRESS) takePress(take, 'short');
    else if (kind === LONG_PRESS) takePress(take, 'long');
    else if (kind === HEARTBEAT) take.reading('battery_pct', Math.round((battery * 100) / BATTERY_FULL));
    else take.refuse('not-supported', `message type ${kind}`);
  }),
  examples: [
    {
      name: 'pressed',
      fPort: 1,
      hex: 'f3000000013c',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/miromico/sod',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'pressed for long',
      fPort: 1,
      hex: 'f3040000013d',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [], events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a short press where only the long one calls',
      fPort: 1,
      hex: 'f3000000013c',
      settings: { sos_press: 'long' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a heartbeat',
      fPort: 1,
      hex: 'f3010000013c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 96, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a type that nobody documents',
      fPort: 1,
      hex: 'f3090000013c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 1,
      hex: 'f300',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
