import { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

const WITH_DATA = 0x0f;
const MOUNTED = 0x01;
/** An obstacle, a covered air inlet. */
const OBSTRUCTED = 0x30;
const SMOKE = 0x01;
const LOW_BATTERY = 0x02;
/** Smoke chamber, fouling, ultrasound, infrared, buzzer. */
const FAULTS = 0x7c;

export default defineDevice({
  model: 'sept-s-tg563a',
  maker: 'Sept-S',
  title: { zh: 'Sept-S TG563A 烟雾报警器', en: 'Sept-S TG563A smoke detector' },
  summary: {
    zh: '烟雾报警、被拆下、自检故障、电量；每天一次心跳。',
    en: 'Smoke, taken down, faults found by itself, battery; a heartbeat a day.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/sept-s'],
  topics: [],
  metrics: ['ambient_temperature_c', 'battery_v'],
  events: ['smoke', 'alarm_cleared', ...flagEvents('tamper', 'fault', 'low_battery')],
  expectedIntervalMs: 24 * HOUR,
  silenceGraceMs: 12 * HOUR,
  counters: {},
  decode: decoderOf((payload, take) => {
    const frame = new ByteReader(payload);
    const kind = frame.u8();
    // What it was told to report.
    frame.skip(1);
    take.reading('ambient_temperature_c', frame.i8());
    const [place, state] = [frame.u8(), frame.u8()];
    take.event((state & SMOKE) !== 0 ? 'smoke' : 'alarm_cleared');
    take.flag('tamper', (place & MOUNTED) === 0);
    take.flag('fault', (state & FAULTS) !== 0 || (place & OBSTRUCTED) !== 0);
    take.flag('low_battery', (state & LOW_BATTERY) !== 0);
    if (kind === WITH_DATA) take.reading('battery_v', frame.u8() / 100 + 1);
  }),
  examples: [
    {
      name: 'all is well',
      fPort: 1,
      hex: '0f7e1a0300cd25915634c632e3325e05e342f803091afe13ffff19c849270000e21a05',
      source: 'https://github.com/chirpstack/chirpstack-device-profiles/tree/master/vendors/sept-s',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 26, at: '2026-03-01T00:00:00Z' },
          { metric: 'battery_v', value: 3.05, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'alarm_cleared', at: '2026-03-01T00:00:00Z' }],
        flags: [],
      },
    },
    {
      name: 'smoke, and it was taken down',
      fPort: 1,
      hex: '017e150001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'ambient_temperature_c', value: 21, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'smoke', at: '2026-03-01T00:00:00Z' }],
        flags: ['tamper'],
      },
    },
    {
      name: 'a fouled chamber and a low battery',
      fPort: 1,
      hex: '017e15030a',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'ambient_temperature_c', value: 21, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'alarm_cleared', at: '2026-03-01T00:00:00Z' }],
        flags: ['fault', 'low_battery'],
      },
    },
    {
      name: 'a frame that ends too early',
      fPort: 1,
      hex: '017e',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
