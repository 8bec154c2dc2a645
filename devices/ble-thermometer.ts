import { characteristicDecoder, dateTime } from '../src/devices/ble/characteristic.ts';
import { float } from '../src/devices/ble/ieee11073.ts';
import type { ByteReader } from '../src/devices/byte-reader.ts';
import { defineDevice } from '../src/devices/define.ts';
import type { Take } from '../src/devices/take.ts';
import { DAY } from '../src/lib/clock.ts';

const FAHRENHEIT = 0x01;
const WITH_TIME = 0x02;
const WITH_PLACE = 0x04;

/** Finger and toe: what is measured there is not the temperature of the body. */
const EXTREMITIES = [4, 8];

function takeMeasurement(frame: ByteReader, take: Take): void {
  const flags = frame.u8();
  const value = float(frame);
  const at = flags & WITH_TIME ? dateTime(frame, take) : take.at;
  const place = flags & WITH_PLACE ? frame.u8() : 0;
  const celsius = value !== undefined && flags & FAHRENHEIT ? ((value - 32) * 5) / 9 : value;
  take.reading(EXTREMITIES.includes(place) ? 'skin_temperature_c' : 'body_temperature_c', celsius, at);
}

export default defineDevice({
  model: 'ble-thermometer',
  title: { zh: '蓝牙体温计', en: 'Bluetooth thermometer' },
  summary: {
    zh: '遵循蓝牙健康体温规范（0x2A1C）的体温计，经蓝牙网关转发。摄氏、华氏均可；手指、脚趾处的温度记为皮肤温度。',
    en: 'A thermometer that follows the Bluetooth health thermometer profile (0x2A1C), forwarded by a gateway; °C or °F. What is measured at finger or toe counts as skin temperature.',
  },
  connect: {
    zh: '网关以 shouwang/<网关>/ble 转发 {mac, characteristic, hex}；address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2）。',
    en: 'The gateway forwards {mac, characteristic, hex} under shouwang/<gateway>/ble; the address is mac: and the Bluetooth address (mac:a4:c1:38:8d:18:b2).',
  },
  sources: ['https://www.bluetooth.com/specifications/specs/health-thermometer-profile-1-0/'],
  topics: [],
  metrics: ['body_temperature_c', 'skin_temperature_c', 'battery_pct'],
  events: [],
  expectedIntervalMs: DAY,
  silenceGraceMs: 30 * DAY,
  counters: {},
  decode: characteristicDecoder('2a1c', { '2a1c': takeMeasurement }),
  examples: [
    {
      name: '36.4 °C with its time, in the mouth',
      hex: '066c0100ffea07030108140006',
      timeZone: 'Asia/Shanghai',
      receivedAt: '2026-03-01T00:21:00Z',
      expect: { readings: [{ metric: 'body_temperature_c', value: 36.4, at: '2026-03-01T00:20:00Z' }] },
    },
    {
      name: '98.6 °F',
      hex: '01da0300ff',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'body_temperature_c', value: 37, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'not a number: no measurement',
      hex: '00ffff7f00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'a byte is missing',
      hex: '006c0100',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
