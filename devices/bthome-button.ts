import { bthomeKey, decodeBthome } from '../src/devices/bthome/decode-any.ts';
import { defineDevice } from '../src/devices/define.ts';
import { narrowed } from '../src/devices/narrowed.ts';
import { DAY } from '../src/lib/clock.ts';

const metrics = ['battery_pct', 'battery_v', 'signal_dbm'] as const;
const events = ['sos', 'low_battery', 'low_battery_cleared', 'tamper', 'tamper_cleared'] as const;

export default defineDevice({
  model: 'bthome-button',
  title: { zh: 'BTHome 呼叫按钮', en: 'BTHome alarm button' },
  summary: {
    zh: '蓝牙呼叫按钮（如 Shelly BLU Button）：任何按法都是紧急呼叫。',
    en: 'A Bluetooth alarm button (Shelly BLU Button and the like): whichever press, it is a call for help.',
  },
  connect: {
    zh: '与 bthome 型号相同：经蓝牙网关转发；address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2），加密设备在 settings 写 key。',
    en: 'As the model bthome: through a Bluetooth gateway; the address is mac: and the Bluetooth address (mac:a4:c1:38:8d:18:b2), the key of an encrypted device stands in settings.',
  },
  sources: ['https://bthome.io/format/'],
  topics: [],
  metrics,
  events,
  expectedIntervalMs: DAY,
  silenceGraceMs: 2 * DAY,
  counters: {},
  settings: bthomeKey,
  decode: narrowed(decodeBthome, { metrics, events }),
  examples: [
    {
      name: 'a press',
      hex: '44002a01643a01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'no press',
      hex: '44002a01643a00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'another version',
      hex: '20025d09',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
