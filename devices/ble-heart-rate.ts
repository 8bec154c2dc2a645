import { characteristicDecoder } from '../src/devices/ble/characteristic.ts';
import type { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import type { Take } from '../src/devices/take.ts';
import { DAY, MINUTE } from '../src/lib/clock.ts';

const TWO_BYTES = 0x01;
const CONTACT = 0x02;
const CONTACT_SUPPORTED = 0x04;
const WITH_ENERGY = 0x08;
const WITH_RR = 0x10;

function takeMeasurement(frame: ByteReader, take: Take): void {
  const flags = frame.u8();
  const bpm = flags & TWO_BYTES ? frame.u16le() : frame.u8();
  if (flags & WITH_ENERGY) frame.skip(2);
  if (flags & WITH_RR) {
    // At least one interval between two beats, each of two bytes.
    frame.skip(2);
    while (frame.left > 0) frame.skip(2);
  }
  if (flags & CONTACT_SUPPORTED && !(flags & CONTACT))
    take.refuse('doubtful', `no contact with the skin: ${bpm} is no pulse`);
  take.reading('pulse_bpm', bpm);
}

export default defineDevice({
  model: 'ble-heart-rate',
  title: { zh: '蓝牙心率带', en: 'Bluetooth heart rate sensor' },
  summary: {
    zh: '遵循蓝牙心率规范（0x2A37）的心率带、臂带，经蓝牙网关转发。与皮肤无接触时的数值不予采信。',
    en: 'A chest or arm strap that follows the Bluetooth heart rate profile (0x2A37), forwarded by a gateway. What it says without contact with the skin is not believed.',
  },
  connect: {
    zh: '网关以 shouwang/<网关>/ble 转发 {mac, characteristic, hex}；address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2）。',
    en: 'The gateway forwards {mac, characteristic, hex} under shouwang/<gateway>/ble; the address is mac: and the Bluetooth address (mac:a4:c1:38:8d:18:b2).',
  },
  sources: [
    'https://www.bluetooth.com/specifications/specs/heart-rate-profile-1-0/',
    'https://github.com/NordicSemiconductor/Android-BLE-Common-Library',
  ],
  topics: [],
  metrics: ['pulse_bpm', 'battery_pct'],
  events: [],
  expectedIntervalMs: 10 * MINUTE,
  // Worn for an hour of exercise and then taken off: silence says nothing for a month.
  silenceGraceMs: 30 * DAY,
  counters: {},
  decode: characteristicDecoder('2a37', { '2a37': takeMeasurement }),
  examples: [
    {
      name: 'a pulse with contact, energy and one interval',
      hex: '1e5532002100',
      source:
        'NordicSemiconductor/Android-BLE-Common-Library, HeartRateMeasurementDataCallbackTest (BSD-3-Clause)',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'pulse_bpm', value: 85, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'contact is supported, and there is none',
      hex: '0448',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'doubtful' },
    },
    {
      name: 'a pulse of 0 is no measurement',
      hex: '0000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'out-of-range' },
    },
    {
      name: 'too short for its flags',
      hex: '170101',
      source:
        'NordicSemiconductor/Android-BLE-Common-Library, HeartRateMeasurementDataCallbackTest (BSD-3-Clause)',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
