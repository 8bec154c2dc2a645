import { defineDevice } from '../src/devices/define.ts';
import { DESCRIBED_EVENTS, DESCRIBED_METRICS } from '../src/devices/home/described.ts';
import { describedSettings } from '../src/devices/home/described-settings.ts';
import { takeSparkplug } from '../src/devices/sparkplug/decode.ts';
import { decoderOf } from '../src/devices/take.ts';
import { HOUR } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'sparkplug-b',
  title: { zh: 'Sparkplug B 测点', en: 'Sparkplug B metrics' },
  summary: {
    zh: '按 Sparkplug B 自我说明的设备：水量、温度、门、漏水等测点按名称与单位识别，也可在 settings 里指定。',
    en: 'A device that describes itself by Sparkplug B: volumes, temperatures, doors, leaks are known by name and unit, or named in settings.',
  },
  connect: {
    zh: '见 Sparkplug B 信封；address 写 topic:spbv1.0/<组>/<节点>/<设备>。',
    en: 'See the envelope of Sparkplug B; the address is topic:spbv1.0/<group>/<node>/<device>.',
  },
  faults: [
    {
      zh: '只带别名的数据在收到出生报文之前无法解读，按名拒收；本服务随即请节点重新出生（NCMD Rebirth），节点须订阅它自己的 NCMD。',
      en: 'Data by alias alone cannot be read before a birth certificate came, and is refused by name: the service then asks the node to be born again (NCMD, Rebirth), which subscribes to its own NCMD.',
    },
  ],
  sources: ['https://sparkplug.eclipse.org/specification/', 'https://github.com/eclipse-tahu/tahu'],
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
  decode: decoderOf(takeSparkplug),
  examples: [
    {
      name: 'a voltage that nobody watches',
      hex: '08eaf2f5a8a02b121e0a0e537570706c7920566f6c7461676518eaf2f5a8a02b200965cdcc44411802',
      source: 'Sparkplug specification, chapter 6, encoded with the schema of eclipse-tahu/tahu (EPL-2.0)',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'unknown-metric' },
    },
    {
      name: 'a metric that settings name: the float that was meant',
      hex: '08eaf2f5a8a02b121e0a0e537570706c7920566f6c7461676518eaf2f5a8a02b200965cdcc44411802',
      settings: { ambient_temperature_c: 'Supply Voltage' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'ambient_temperature_c', value: 12.3, at: '2017-02-03T17:55:02.122Z' }],
      },
    },
    {
      name: 'an alias that no birth certificate has named',
      hex: '12041001500a',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'not-announced' },
    },
    {
      name: 'no protobuf',
      hex: 'ffffff',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'malformed-payload' },
    },
  ],
});
