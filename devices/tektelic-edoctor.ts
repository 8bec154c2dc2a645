import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const DATA_PORT = 10;
const NONE = 0xff;
/** Configuration, answers, the emergency mode. */
const ANSWER_PORTS = new Set([12, 100, 101]);

const present = (byte: number): number | undefined => (byte === NONE ? undefined : byte);
const degrees = (byte: number): number | undefined => (byte === NONE ? undefined : 30 + byte * 0.05);

export default defineDevice({
  model: 'tektelic-edoctor',
  maker: 'Tektelic',
  title: { zh: '泰克泰利 eDoctor 生命体征胸贴', en: 'Tektelic eDoctor vital signs wearable' },
  summary: {
    zh: '胸贴：心率、呼吸、皮肤温度、电量；没有测到的项不报。',
    en: 'Worn on the chest: heart rate, respiration, skin temperature, battery; what it did not measure it does not say.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '全一表示没有测到，公开的解码器有的把它当作数值。',
      en: 'All bits set means not measured; some public codecs take it for a value.',
    },
  ],
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/tektelic/edoctorV1'],
  topics: [],
  metrics: ['pulse_bpm', 'respiration_per_min', 'skin_temperature_c', 'battery_pct'],
  events: [],
  expectedIntervalMs: 5 * MINUTE,
  silenceGraceMs: 0.5 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    if (ANSWER_PORTS.has(take.fPort)) take.refuse('no-device-data', `port ${take.fPort}`);
    if (take.fPort !== DATA_PORT) take.refuse('not-supported', `port ${take.fPort}`);
    const frame = new ByteReader(payload);
    const battery = present(frame.u8());
    // 0.39 % a step, from 1 %.
    if (battery !== undefined) take.reading('battery_pct', Math.round(battery * 0.391304348 + 0.608695652));
    // The battery alone, where it reports that on its own.
    if (frame.left === 0) return;
    const skin = degrees(frame.u8());
    take.reading('respiration_per_min', present(frame.u8()));
    // Modes, chest expansion, cough or steps, position of the body.
    frame.skip(3);
    take.reading('pulse_bpm', present(frame.u8()));
    take.reading('skin_temperature_c', skin ?? degrees(frame.u8()));
  }),
  examples: [
    {
      name: 'all vital signs',
      fPort: 10,
      hex: 'ea900c0564d5488b19',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/tektelic/edoctorV1',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'respiration_per_min', value: 12, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_bpm', value: 72, at: '2026-03-01T00:00:00Z' },
          { metric: 'skin_temperature_c', value: 37.2, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'nothing measured but the battery',
      fPort: 10,
      hex: 'fbffffffffffffffff',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/tektelic/edoctorV1',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 99, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'its battery on its own',
      fPort: 10,
      hex: 'ea',
      source: 'https://github.com/TheThingsNetwork/lorawan-devices/tree/master/vendor/tektelic',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a heart that beats zero times is no heart measured',
      fPort: 10,
      hex: 'ea900c056480008b19',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 92, at: '2026-03-01T00:00:00Z' },
          { metric: 'respiration_per_min', value: 12, at: '2026-03-01T00:00:00Z' },
          { metric: 'skin_temperature_c', value: 37.2, at: '2026-03-01T00:00:00Z' },
        ],
        rejections: ['out-of-range'],
      },
    },
    {
      name: 'its configuration',
      fPort: 100,
      hex: '2001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'a frame that ends too early',
      fPort: 10,
      hex: 'ea900c',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
