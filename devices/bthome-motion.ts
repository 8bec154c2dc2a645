import { bthomeKey, decodeBthome } from '../src/devices/bthome/decode-any.ts';
import { defineDevice } from '../src/devices/define.ts';
import { narrowed } from '../src/devices/narrowed.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['motion_bool', 'battery_pct', 'battery_v', 'signal_dbm'] as const;
const events = ['low_battery', 'low_battery_cleared', 'tamper', 'tamper_cleared'] as const;

export default defineDevice({
  model: 'bthome-motion',
  title: { zh: 'BTHome 人体感应器', en: 'BTHome motion sensor' },
  summary: {
    zh: '蓝牙人体感应器（如 Shelly BLU Motion）。房间写在登记的 place 中。',
    en: 'A Bluetooth motion sensor (Shelly BLU Motion and the like). Its room stands in the registry as place.',
  },
  connect: {
    zh: '与 bthome 型号相同：经蓝牙网关转发；address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2），加密设备在 settings 写 key。',
    en: 'As the model bthome: through a Bluetooth gateway; the address is mac: and the Bluetooth address (mac:a4:c1:38:8d:18:b2), the key of an encrypted device stands in settings.',
  },
  sources: ['https://bthome.io/format/'],
  topics: [],
  metrics,
  events,
  expectedIntervalMs: HOUR,
  silenceGraceMs: 6 * HOUR,
  counters: {},
  settings: bthomeKey,
  decode: narrowed(decodeBthome, { metrics, events }),
  examples: [
    {
      name: 'somebody moves',
      hex: '4001642101',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'motion_bool', value: 1, at: '2026-03-01T00:00:00Z' },
        ],
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
