import { defineDevice } from '../src/devices/define.ts';
import { DESCRIBED_EVENTS, DESCRIBED_METRICS } from '../src/devices/home/described.ts';
import { describedSettings } from '../src/devices/home/described-settings.ts';
import { takeHomie } from '../src/devices/home/homie.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'homie',
  title: { zh: 'Homie 设备', en: 'Homie device' },
  summary: {
    zh: '按 Homie 3、4、5 自我说明的设备：温度、湿度、门、人体、漏水、水电读数按名称与单位识别，也可在 settings 里指定属性。',
    en: 'A device that describes itself by Homie 3, 4 or 5: temperature, humidity, door, motion, leak, water and electricity are known by name and unit, or named in settings.',
  },
  connect: {
    zh: '见 Homie 信封；address 写 topic:homie/<设备>。',
    en: 'See the envelope of Homie; the address is topic:homie/<device>.',
  },
  faults: [
    {
      zh: '收到设备说明之前，数值的单位未知，按名拒收；在 settings 里指定的属性除外。',
      en: 'Before its description came nobody knows the unit of a value, and it is refused by name, unless settings say which property it is.',
    },
  ],
  sources: ['https://homieiot.github.io/specification/'],
  topics: [],
  metrics: DESCRIBED_METRICS,
  events: DESCRIBED_EVENTS,
  expectedIntervalMs: HOUR,
  silenceGraceMs: 12 * HOUR,
  counting: 'on-change',
  counters: {
    water_index_m3: { max: 10_000_000, resolution: 0.001 },
    energy_index_kwh: { max: 10_000_000, resolution: 0.001 },
  },
  settings: describedSettings,
  decode: decoderOf(takeHomie),
  examples: [
    {
      name: 'a value, after its description',
      topic: 'homie/5/flat/hall/temperature',
      announced: '{"hall/temperature":"°F"}',
      payload: '68',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { readings: [{ metric: 'ambient_temperature_c', value: 20, at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a property that settings name',
      topic: 'homie/5/flat/sink/state',
      settings: { water_leak_bool: 'sink/state' },
      payload: 'true',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'water_leak_bool', value: 1, at: '2026-03-01T00:00:00Z' }],
        flags: ['leak'],
      },
    },
    {
      name: 'a value whose unit nobody knows yet',
      topic: 'homie/5/super-car/engine/temperature',
      payload: '21.5',
      source: 'Homie convention 5 (CC-BY-4.0)',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-announced' },
    },
    {
      name: 'a description that is no JSON',
      topic: 'homie/5/flat/$description',
      payload: 'ready',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-json' },
    },
  ],
});
