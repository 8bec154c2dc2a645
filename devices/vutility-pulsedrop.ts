import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters, pulseSettings, takePulses } from '../src/devices/pulses.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const STANDARD = 28;

export default defineDevice({
  model: 'vutility-pulsedrop',
  maker: 'Vutility',
  title: { zh: 'Vutility PulseDrop 脉冲采集器', en: 'Vutility PulseDrop pulse counter' },
  summary: {
    zh: '数脉冲；当量在登记中填写。',
    en: 'Counts pulses; what one weighs is said in the registry.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/vutility'],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count', 'ambient_temperature_c', 'battery_v'],
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(32),
  settings: pulseSettings,
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const kind = frame.u8();
    if (kind !== STANDARD) take.refuse('not-supported', `packet type ${kind}`);
    take.reading('battery_v', (frame.u8() * 5) / 255);
    take.reading('ambient_temperature_c', (frame.u8() * 120) / 255 - 40);
    takePulses(take, frame.u32be());
  }),
  examples: [
    {
      name: 'pulses',
      fPort: 3,
      hex: '1cc57d00000de800000000',
      source: 'https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/vutility',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.862745, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 18.823529, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_count', value: 3560, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'weighed',
      fPort: 3,
      hex: '1cc57d00000de800000000',
      settings: { litres_per_pulse: 10 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.862745, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 18.823529, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_index_m3', value: 35.6, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'another packet',
      fPort: 3,
      hex: '3200',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 3,
      hex: '1cc5',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
