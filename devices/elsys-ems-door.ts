import { defineDevice } from '../src/devices/define.ts';
import { contactSettings } from '../src/devices/elsys/contact.ts';
import { elsysRefusals } from '../src/devices/elsys/examples.ts';
import { elsys } from '../src/devices/elsys/values.ts';
import { LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { pulseCounters } from '../src/devices/pulses.ts';
import { HOUR } from '../src/lib/clock.ts';

const metrics = ['door_open_bool', 'pulse_count', 'water_index_m3', 'battery_v'] as const;

export default defineDevice({
  model: 'elsys-ems-door',
  maker: 'Elsys',
  title: { zh: '艾尔西斯 EMS-DOOR 门磁', en: 'Elsys EMS-DOOR door contact' },
  summary: { zh: '门的开合与开门次数。', en: 'Whether the door is open, and how often it was opened.' },
  connect: LORAWAN_CONNECT,
  sources: [
    'https://elsys.se/public/documents/Sensor_payload.pdf',
    'https://github.com/akenza-io/device-type-library/tree/main/types/elsys/ems-door',
  ],
  topics: [],
  metrics,
  events: [],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 2.5 * HOUR,
  counters: pulseCounters(32),
  settings: contactSettings,
  decode: elsys(metrics),
  examples: [
    {
      name: 'closed, after 1938 times',
      fPort: 5,
      hex: '033e01ff070e2f0b000007920d010f00',
      source: 'https://github.com/akenza-io/device-type-library/tree/main/types/elsys/ems-door',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_v', value: 3.631, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_count', value: 1938, at: '2026-03-01T00:00:00Z' },
          { metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'opened',
      fPort: 5,
      hex: '0d00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'the same where the contact is the other way round',
      fPort: 5,
      hex: '0d00',
      settings: { open_is: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'door_open_bool', value: 0, at: '2026-03-01T00:00:00Z' }] },
    },
    ...elsysRefusals,
  ],
});
