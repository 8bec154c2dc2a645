import { bthomeSettings, decodeBthome } from '../src/devices/bthome/decode-any.ts';
import { defineDevice } from '../src/devices/define.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'bthome',
  title: { zh: 'BTHome v2 多功能传感器', en: 'BTHome v2, anything' },
  summary: {
    zh: '按开放格式 BTHome v2 广播的蓝牙传感器（Shelly BLU、b-parasite、自制等）：按钮、人体、门窗、漏水、烟雾、温湿度、水电读数。支持加密报文。单一用途的设备请选按钮、人体、门磁、漏水各自的型号，否则缺少的传感器不会被发现。',
    en: 'Sensors that advertise in the open format BTHome v2 (Shelly BLU, b-parasite, home-made): button, motion, door, leak, smoke, temperature, humidity, water and electricity. Encrypted frames are read with their key. One with a single use has a model of its own (button, motion, contact, leak): with this one nobody would find out that a sensor is missing.',
  },
  connect: {
    zh: '经蓝牙网关（OpenMQTTGateway、Theengs，或 shouwang/<网关>/ble）转发 0xFCD2 服务数据；address 写 mac:加蓝牙地址（如 mac:a4:c1:38:8d:18:b2）。加密设备在 settings 写 key。按钮默认即紧急呼叫，不用作呼叫时写 button: ignore。',
    en: 'A Bluetooth gateway (OpenMQTTGateway, Theengs, or shouwang/<gateway>/ble) forwards the service data of 0xFCD2; the address is mac: and the Bluetooth address (mac:a4:c1:38:8d:18:b2). Encrypted devices have their key in settings. A press of a button is a call for help, unless settings say button: ignore.',
  },
  faults: [
    {
      zh: '电池更换后报文编号从头开始；同一次按键经多个网关到达只计一次，十秒内有效。',
      en: 'Packet numbers start anew with a new battery. One press that comes over several gateways counts once if they are less than ten seconds apart.',
    },
  ],
  sources: ['https://bthome.io/format/', 'https://github.com/Bluetooth-Devices/bthome-ble'],
  topics: [],
  metrics: [
    'battery_pct',
    'battery_v',
    'signal_dbm',
    'ambient_temperature_c',
    'humidity_pct',
    'door_open_bool',
    'motion_bool',
    'water_leak_bool',
    'charging_bool',
    'energy_index_kwh',
    'power_w',
    'water_index_m3',
    'flow_m3_h',
  ],
  events: [
    'sos',
    'smoke',
    'carbon_monoxide',
    'gas',
    'alarm_cleared',
    'leak',
    'leak_cleared',
    'tamper',
    'tamper_cleared',
    'low_battery',
    'low_battery_cleared',
    'fault',
    'fault_cleared',
  ],
  expectedIntervalMs: HOUR,
  silenceGraceMs: 12 * HOUR,
  counting: 'on-change',
  counters: {
    water_index_m3: { max: 4294.967296, resolution: 0.001 },
    energy_index_kwh: { max: 4_294_967.296, resolution: 0.001 },
  },
  settings: bthomeSettings,
  decode: decodeBthome,
  examples: [
    {
      name: 'temperature, humidity and battery',
      hex: '400009015d025d0903b718',
      source: 'Bluetooth-Devices/bthome-ble, tests/test_parser_v2.py (MIT)',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 93, at: '2026-03-01T00:00:00Z' },
          { metric: 'ambient_temperature_c', value: 23.97, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 63.27, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a press of a button is a call for help',
      hex: '44002a01643a01',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'four buttons, of which none is pressed',
      hex: '44002a01643a003a003a003a00',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a door, and a sensor of water that is dry',
      hex: '401a012000',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'door_open_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'water_leak_bool', value: 0, at: '2026-03-01T00:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'encrypted, the address in the frame itself: the key is missing',
      hex: '41a47266c95f730011223378237214',
      receivedAt: '2026-03-01T00:00:00Z',
      source: 'Bluetooth-Devices/bthome-ble, tests/test_parser_v2.py (MIT)',
      expect: { rejection: 'encrypted' },
    },
    {
      name: 'what a gateway made of a press',
      payload: { id: 'A4:C1:38:8D:18:B2', model_id: 'SBBT-002C', rssi: -60, batt: 100, button: 1 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [
          { metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' },
          { metric: 'signal_dbm', value: -60, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'a press before an object that is cut off is a press',
      hex: '44002a01643a0142',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'battery_pct', value: 100, at: '2026-03-01T00:00:00Z' }],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
        rejections: ['malformed-payload'],
      },
    },
    {
      name: 'nothing that is watched: a mass',
      hex: '40073e1d',
      source: 'Bluetooth-Devices/bthome-ble, tests/test_parser_v2.py (MIT)',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'unknown-metric' },
    },
    {
      name: 'it ends within an object',
      hex: '40025d',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a version that is not known',
      hex: '20025d09',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
