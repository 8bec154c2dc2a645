import { defineDevice } from '../src/devices/define.ts';
import { FLOWIQ } from '../src/devices/mbus/kamstrup.ts';

const SOURCE =
  'https://github.com/actility/device-catalog/tree/main/vendors/kamstrup/drivers/generic (examples.json)';

export default defineDevice({
  ...FLOWIQ,
  model: 'kamstrup-flowiq-2200',
  title: { zh: '卡姆鲁普 flowIQ 2200 超声水表', en: 'Kamstrup flowIQ 2200 water meter' },
  summary: {
    zh: 'LoRaWAN 超声水表，M-Bus 记录，每次上报带逐时历史；漏水、爆管、倒流等告警在信息码里。',
    en: 'Ultrasonic LoRaWAN water meter with M-Bus records; each message carries hourly history, and the info code leak, burst, reverse flow and more.',
  },
  sources: [SOURCE, 'EN 13757-3:2018, EN 13757-7:2018'],
  examples: [
    {
      name: 'hourly increments that run back from the newest value',
      hex: '7a08000000446d002cfd284413c1aa77004d93130862012701220122012f',
      source: SOURCE,
      receivedAt: '2023-08-29T12:20:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 7842.497, at: '2023-08-29T12:00:00Z' },
          { metric: 'water_index_m3', value: 7842.202, at: '2023-08-29T11:00:00Z' },
          { metric: 'water_index_m3', value: 7841.912, at: '2023-08-29T10:00:00Z' },
          { metric: 'water_index_m3', value: 7841.622, at: '2023-08-29T09:00:00Z' },
        ],
        flags: [],
      },
    },
    {
      name: 'the log of midnight, with its info code; temperatures of 80 hex are none',
      hex: '78446d0020f32a4413ec00000052ff25100042ff1c0500623b0000523b0000615b80515b80',
      source: SOURCE,
      receivedAt: '2023-10-19T05:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 0.236, at: '2023-10-19T00:00:00Z' }],
        flags: ['tamper'],
      },
    },
    {
      name: 'an index of eleven million cubic metres is none, and one with the digit E means that there is none',
      hex: '784c16443322114c16443322e1426c2c2a',
      receivedAt: '2023-10-19T05:00:00Z',
      expect: { rejection: 'out-of-range' },
    },
    {
      name: 'reverse volume is another register, and volume during an error none',
      hex: '78446d0020f32a7413ec00000044933cec000000',
      source: SOURCE,
      receivedAt: '2023-10-19T05:00:00Z',
      expect: { readings: [{ metric: 'water_reverse_m3', value: 0.236, at: '2023-10-19T00:00:00Z' }] },
    },
    {
      name: 'an increment that is missing ends the log',
      hex: '78446d003318374413030000004d93130661010000ff03',
      receivedAt: '2024-07-24T20:00:00Z',
      expect: {
        readings: [
          { metric: 'water_index_m3', value: 0.003, at: '2024-07-24T19:00:00Z' },
          { metric: 'water_index_m3', value: 0.003, at: '2024-07-24T18:00:00Z' },
          { metric: 'water_index_m3', value: 0.003, at: '2024-07-24T17:00:00Z' },
        ],
      },
    },
    {
      name: 'a clock that the meter calls invalid: the index counts from its arrival, the log does not count',
      hex: '78446dffffffff4413030000004d93130461010000',
      receivedAt: '2024-07-24T20:00:00Z',
      expect: {
        readings: [{ metric: 'water_index_m3', value: 0.003, at: '2024-07-24T20:00:00Z' }],
        rejections: ['clock-malformed', 'clock-malformed'],
      },
    },
    {
      name: 'security profile D, with the key and the address that a short header leaves out',
      hex: '7ac400ff2a1001d2505c007cab536f3626fcded7f1aba0ba014738c3e885288c2c12c5b52f26e1535f62a1d3cd26e240b12a353abe2ad8b98379c516',
      settings: { key: 'A9DC0F9D1905CE8238A3A3257E1392BD', meter_address: '376129802D2C3516' },
      source: SOURCE,
      receivedAt: '2023-08-30T10:20:00Z',
      expect: {
        readings: [
          7847.826, 7847.587, 7847.343, 7847.104, 7846.865, 7846.621, 7846.382, 7846.142, 7845.903, 7845.659,
          7845.42, 7845.181, 7844.941, 7844.698, 7844.459, 7844.219, 7843.98, 7843.736, 7843.497, 7843.257,
          7843.018, 7842.775,
        ].map((value, hours) => ({
          metric: 'water_index_m3' as const,
          value,
          at: new Date(Date.UTC(2023, 7, 30, 10 - hours)).toISOString(),
        })),
        flags: [],
      },
    },
    {
      name: 'the same without a key',
      hex: '7ac400ff2a1001d2505c007cab536f3626fcded7f1aba0ba014738c3e885288c2c12c5b52f26e1535f62a1d3cd26e240b12a353abe2ad8b98379c516',
      receivedAt: '2023-08-30T10:20:00Z',
      expect: { rejection: 'encrypted' },
    },
    {
      name: 'a profile without the value that it starts from',
      hex: '78446d003318374d93130461010000',
      source: SOURCE,
      receivedAt: '2024-07-24T20:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
    {
      name: 'a profile that is longer than the frame',
      hex: '78446d003318374413030000004d931322610100',
      source: SOURCE,
      receivedAt: '2024-07-24T20:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
