import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const DATA_PORT = 2;
const BYTES = 10;

const SOURCE =
  'https://github.com/thingsboard/data-converters/tree/main/VENDORS/AgroSense/Positioning_Water_Leak_Sensor';

export default defineDevice({
  model: 'agrosense-water-leak',
  maker: 'Makerfabs AgroSense',
  title: { zh: 'AgroSense 水浸传感器', en: 'AgroSense water leak sensor' },
  summary: {
    zh: '遇水立即上报，另报电量。',
    en: 'Says at once when it gets wet; it also tells its battery.',
  },
  connect: LORAWAN_CONNECT,
  sources: [SOURCE],
  topics: [],
  metrics: ['water_leak_bool', 'battery_v'],
  events: flagEvents('leak'),
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    if (take.fPort !== DATA_PORT) take.refuse('not-supported', `port ${take.fPort}`);
    if (payload.length !== BYTES) take.refuse('malformed-payload', `${payload.length} bytes, not ${BYTES}`);
    const frame = new ByteReader(payload);
    // Its own count of messages; behind the state, how often and how many seconds it was wet.
    frame.skip(2);
    take.reading('battery_v', frame.u8() / 10);
    const wet = frame.u8() !== 0;
    take.reading('water_leak_bool', wet);
    take.flag('leak', wet);
  }),
  examples: [
    {
      name: 'dry, after it was wet twice',
      fPort: 2,
      hex: '00031d00000200000003',
      source: SOURCE,
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 2.9, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'wet',
      fPort: 2,
      hex: '00041d01000300000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 2.9, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'a port that nobody documents',
      fPort: 3,
      hex: '00041d01000300000000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 2,
      hex: '00041d01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
