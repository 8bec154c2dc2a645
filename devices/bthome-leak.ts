import { bthomeKey, decodeBthome } from '../src/devices/bthome/decode-any.ts';
import { defineDevice } from '../src/devices/define.ts';
import { narrowed } from '../src/devices/narrowed.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';

const metrics = ['water_leak_bool', 'battery_pct', 'battery_v', 'signal_dbm'] as const;
const events = [
  'leak',
  'leak_cleared',
  'low_battery',
  'low_battery_cleared',
  'tamper',
  'tamper_cleared',
] as const;

export default defineDevice({
  model: 'bthome-leak',
  title: { zh: 'BTHome 漏水传感器', en: 'BTHome leak sensor' },
  summary: {
    zh: '蓝牙漏水传感器：地面有水、水退时上报。',
    en: 'A Bluetooth leak sensor: says when there is water on the floor and when it is gone.',
  },
  connect: {
    zh: '与 bthome 型号相同：经蓝牙网关转发；address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2），加密设备在 settings 写 key。',
    en: 'As the model bthome: through a Bluetooth gateway; the address is mac: and the Bluetooth address (mac:a4:c1:38:8d:18:b2), the key of an encrypted device stands in settings.',
  },
  sources: ['https://bthome.io/format/'],
  topics: [],
  metrics,
  events,
  expectedIntervalMs: 4 * HOUR,
  silenceGraceMs: DAY,
  counters: {},
  settings: bthomeKey,
  decode: narrowed(decodeBthome, { metrics, events }),
  examples: [
    {
      name: 'water on the floor',
      hex: '4001642001',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
        flags: ['leak'],
      },
    },
    {
      name: 'another version',
      hex: '20025d09',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
