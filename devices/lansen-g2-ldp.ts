import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const BYTES = 10;
const FIRST_PROBE = 0x20;
const SECOND_PROBE = 0x10;
const LOW_BATTERY = 0x04;

export default defineDevice({
  model: 'lansen-g2-ldp',
  maker: 'Lansen',
  title: { zh: 'Lansen G2-LDP 水浸传感器', en: 'Lansen G2-LDP leak sensor' },
  summary: {
    zh: '两路水浸；过去 24 小时的漏水只作记录，不报警。',
    en: 'Two probes; a leak of the last 24 hours is not raised again.',
  },
  connect: LORAWAN_CONNECT,
  faults: [
    {
      zh: '电池电压字段的公开换算不可信（得 1.3 V），不取。',
      en: 'The public conversion of its battery voltage cannot be right (it gives 1.3 V); it is not taken.',
    },
  ],
  sources: ['https://github.com/akenza-io/device-type-library/tree/main/types/lansen/G2-LDP'],
  topics: [],
  metrics: ['water_leak_bool'],
  events: [...flagEvents('leak', 'low_battery')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    if (payload.length !== BYTES)
      take.refuse('malformed-payload', `${payload.length} bytes instead of ${BYTES}`);
    const frame = new ByteReader(payload);
    // How wet each probe is, without a unit.
    frame.skip(2);
    const state = frame.u8();
    const wet = (state & (FIRST_PROBE | SECOND_PROBE)) !== 0;
    take.reading('water_leak_bool', wet);
    take.flag('leak', wet);
    frame.skip(6);
    take.flag('low_battery', (frame.u8() & LOW_BATTERY) !== 0);
  }),
  examples: [
    {
      name: 'wet',
      fPort: 1,
      hex: '2fcb2800000000000069',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/lansen/G2-LDP',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' }],
        flags: ['leak'],
      },
    },
    {
      name: 'dry, but was wet within a day',
      fPort: 1,
      hex: 'cccc0800000000000069',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/lansen/G2-LDP',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' }], flags: [] },
    },
    {
      name: 'a length that it does not have',
      fPort: 1,
      hex: 'cccc08',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
