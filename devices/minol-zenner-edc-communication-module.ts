import { z } from 'zod';
import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const SOURCE =
  'https://github.com/TheThingsNetwork/lorawan-devices/blob/master/vendor/minol-zenner/edc-communication-module-codec.yaml';

export default defineDevice({
  model: 'minol-zenner-edc-communication-module',
  maker: 'Minol ZENNER',
  title: { zh: 'ZENNER EDC 水表模块', en: 'ZENNER EDC communication module' },
  summary: {
    zh: '装在 ZENNER 机械水表上的 LoRaWAN 模块：状态字节和若干表数，第一个是当前值。',
    en: 'LoRaWAN module on ZENNER water meters: a status byte and meter values, of which the first is the current one.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '表数的单位取决于所装水表：不设 litres_per_pulse 时只记脉冲数。',
      en: 'What a count is worth depends on the meter below: without litres_per_pulse it stays a number of pulses.',
    },
  ],
  sources: [SOURCE],
  topics: [],
  metrics: ['water_index_m3', 'pulse_count'],
  events: flagEvents('tamper', 'low_battery', 'fault'),
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {
    water_index_m3: { max: 10_000_000, resolution: 0.001 },
    pulse_count: { max: 4_294_967_296, resolution: 1 },
  },
  settings: z.object({
    litres_per_pulse: z
      .number()
      .positive()
      .optional()
      .meta({ title: '每脉冲升数', description: 'Litres that one count of the meter stands for' }),
  }),
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const status = frame.u8();
    const count = frame.u32be();
    if (frame.left % 4 !== 0) take.refuse('malformed-payload', `${payload.length} bytes`);
    // Removed from the meter; manipulated at its coil.
    take.flag('tamper', (status & 0x21) !== 0);
    take.flag('low_battery', (status & 0x06) !== 0);
    take.flag('fault', (status & 0x08) !== 0);
    const weight = take.context.settings?.['litres_per_pulse'];
    if (typeof weight === 'number') take.reading('water_index_m3', (count * weight) / 1000);
    else take.reading('pulse_count', count);
  }),
  examples: [
    {
      name: 'three values, of which the first is the current one',
      fPort: 1,
      hex: '270000000c0000000d0000000f',
      source: SOURCE,
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'pulse_count', value: 12, at: '2026-03-01T08:00:00Z' }],
        flags: ['tamper', 'low_battery'],
      },
    },
    {
      name: 'ten litres a pulse',
      fPort: 1,
      hex: '0000003039',
      settings: { litres_per_pulse: 10 },
      receivedAt: '2026-03-01T08:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 123.45, at: '2026-03-01T08:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'a frame that was cut',
      fPort: 1,
      hex: '000000',
      receivedAt: '2026-03-01T08:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
