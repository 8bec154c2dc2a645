import { z } from 'zod';
import { defineDevice } from '../src/devices/define.ts';
import { DESCRIBED_METRICS } from '../src/devices/home/described.ts';
import { describedSettings } from '../src/devices/home/described-settings.ts';
import { takeTasmota } from '../src/devices/home/tasmota.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'tasmota',
  title: { zh: 'Tasmota 传感器与插座', en: 'Tasmota sensors and plugs' },
  summary: {
    zh: '温湿度、电量、功率、脉冲计数，以及接在开关输入上的门磁、人体、漏水、呼叫按钮（在 settings 里说明）。',
    en: 'Temperature, humidity, energy, power, pulse counters; and what is wired to its switch input: door, motion, leak or an alarm button, as settings say.',
  },
  connect: {
    zh: '见 Tasmota 信封；address 写 topic:tasmota/<Topic>。请打开时间同步（NTP）。',
    en: 'See the envelope of Tasmota; the address is topic:tasmota/<Topic>. Let it synchronise its clock (NTP).',
  },
  faults: [
    {
      zh: '未同步时间的模块报 1970 年：改按收到时间计。本地时间按社区时区解读。',
      en: 'A module without a synchronised clock says 1970: then the time of reception counts. Local time is read in the zone of the community.',
    },
  ],
  sources: ['https://tasmota.github.io/docs/MQTT/'],
  topics: [],
  metrics: [...DESCRIBED_METRICS, 'pulse_count', 'signal_dbm'],
  events: ['sos', 'leak', 'leak_cleared'],
  // TelePeriod is five minutes as delivered.
  expectedIntervalMs: HOUR,
  silenceGraceMs: 6 * HOUR,
  counting: 'on-change',
  counters: {
    water_index_m3: { max: 4_294_967.295, resolution: 0.001 },
    energy_index_kwh: { max: 10_000_000, resolution: 0.001 },
  },
  settings: describedSettings.extend({
    switch: z.enum(['door', 'motion', 'leak', 'sos', 'ignore']).default('ignore').meta({
      title: 'Switch input',
      description: 'what is wired to it; ON is open, motion, water or a press',
    }),
    button: z
      .enum(['sos', 'ignore'])
      .default('ignore')
      .meta({ title: 'Button', description: 'what a press of its button means' }),
    litres_per_pulse: z.number().positive().optional().meta({
      title: 'Litres per pulse',
      description: 'what one pulse of the counter stands for; without it pulses stay pulses',
    }),
    counter: z
      .enum(['C1', 'C2', 'C3', 'C4'])
      .default('C1')
      .meta({ title: 'Counter', description: 'which counter the water meter is wired to' }),
  }),
  decode: decoderOf(takeTasmota),
  examples: [
    {
      name: 'a thermometer, local time',
      topic: 'tele/t/SENSOR',
      payload: { Time: '2026-03-01T08:00:00', SI7021: { Temperature: 68, Humidity: 48.2 }, TempUnit: 'F' },
      timeZone: 'Asia/Shanghai',
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [
          { metric: 'ambient_temperature_c', value: 20, at: '2026-03-01T00:00:00Z' },
          { metric: 'humidity_pct', value: 48.2, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a plug, the temperature of whose chip is nobody’s business',
      topic: 'tele/t/SENSOR',
      payload: {
        Time: '2026-03-01T00:00:00Z',
        ENERGY: { Total: 12.345, Power: 7, Voltage: 231 },
        ESP32: { Temperature: 53.3 },
        TempUnit: 'C',
      },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [
          { metric: 'energy_index_kwh', value: 12.345, at: '2026-03-01T00:00:00Z' },
          { metric: 'power_w', value: 7, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'a water meter with ten litres a pulse',
      topic: 'tele/t/SENSOR',
      settings: { litres_per_pulse: 10 },
      payload: { Time: '2026-03-01T00:00:00Z', COUNTER: { C1: 1234 } },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { readings: [{ metric: 'water_index_m3', value: 12.34, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'an alarm button at the switch input; a clock that was never set',
      topic: 'stat/t/RESULT',
      settings: { switch: 'sos' },
      payload: { Time: '1970-01-01T00:00:12', Switch1: { Action: 'ON' } },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [],
        events: [{ event: 'sos', at: '2026-03-01T00:00:01Z' }],
        rejections: ['clock-malformed'],
      },
    },
    {
      name: 'its relay: nothing that is watched',
      topic: 'stat/t/RESULT',
      payload: { POWER: 'ON' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'empty-message' },
    },
    {
      name: 'no JSON',
      topic: 'tele/t/SENSOR',
      payload: 'Online',
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});
