import { defineDevice } from '../src/devices/define.ts';
import { flagEvents, LORAWAN_CONNECT } from '../src/devices/lorawan.ts';
import { climate, leak, milesight, stateLog, takeLeak } from '../src/devices/milesight/channels.ts';
import { leakExamples, milesightRefusals } from '../src/devices/milesight/examples.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

export default defineDevice({
  model: 'milesight-em300-sld',
  maker: 'Milesight',
  title: { zh: '星纵 EM300-SLD 点式水浸传感器', en: 'Milesight EM300-SLD spot leak sensor' },
  summary: {
    zh: '遇水立即上报，平时每 10 分钟发温湿度与电量；断网期间的记录补发。',
    en: 'Says at once when it gets wet; climate and battery every 10 minutes, and what it logged while the network was away.',
  },
  connect: LORAWAN_CONNECT,
  sources: ['https://github.com/Milesight-IoT/SensorDecoders/tree/main/em-series/em300-sld'],
  topics: [],
  metrics: ['water_leak_bool', 'ambient_temperature_c', 'humidity_pct', 'battery_pct'],
  events: ['boot', ...flagEvents('leak')],
  expectedIntervalMs: 10 * MINUTE,
  silenceGraceMs: HOUR,
  counters: {},
  decode: milesight({ ...climate, '05 00': leak, '06 00': leak, '20 ce': stateLog(takeLeak) }),
  examples: [...leakExamples, ...milesightRefusals],
});
