import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { inputOf, pulseCounters, pulseSettings, takePulses } from '../src/devices/pulses.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const VERSION = 2;
const BATTERY = 0x04;

export default defineDevice({
  model: 'decentlab-dl-dlr2-010',
  maker: 'Decentlab',
  title: {
    zh: 'Decentlab DL-DLR2-010 双路脉冲采集器',
    en: 'Decentlab DL-DLR2-010 pulse counter with two inputs',
  },
  summary: {
    zh: '数两路脉冲，每 10 分钟上报累计值。',
    en: 'Counts two inputs; reports the totals every 10 minutes.',
  },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/decentlab',
    'https://github.com/akenza-io/device-type-library/tree/main/types/decentlab/DLR2-010',
  ],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'battery_v'],
  events: [],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: HOUR,
  counters: pulseCounters(32),
  settings: pulseSettings,
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const version = frame.u8();
    if (version !== VERSION) take.refuse('not-supported', `protocol version ${version}`);
    frame.skip(2);
    // A bit for each group of values that follows.
    const groups = frame.u16be();
    for (const input of [1, 2]) {
      if ((groups & input) === 0) continue;
      // Pulses since the last message, and how long that is.
      frame.skip(4);
      const [low, high] = [frame.u16be(), frame.u16be()];
      if (input === inputOf(take)) takePulses(take, high * 0x1_0000 + low);
    }
    if ((groups & BATTERY) !== 0) take.reading('battery_v', frame.u16be() / 1000);
  }),
  examples: [
    {
      name: 'both inputs',
      fPort: 1,
      hex: '02198f0007000402580bf0000100000258dece00000c33',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/decentlab',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'pulse_count', value: 68592, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.123, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the second, weighed',
      fPort: 1,
      hex: '02198f0007000402580bf0000100000258dece00000c33',
      settings: { input: 2, litres_per_pulse: 10 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 570.38, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.123, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'the battery alone',
      fPort: 1,
      hex: '02198f00040c33',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_v', value: 3.123, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'another version',
      fPort: 1,
      hex: '01198f0007',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 1,
      hex: '02198f000700',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
