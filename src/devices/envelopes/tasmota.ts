import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { only } from '../envelope-parts.ts';

/** What may hold a value; everything else (LWT, INFO, UPTIME, answers to settings) is about the module itself. */
const MEASURES = /^(SENSOR|STATE|RESULT|STATUS(8|10|11)|SWITCH\d*|BUTTON\d*)$/;

/**
 * Tasmota with its usual topics (`tele/<topic>/…`, `stat/<topic>/…`), and with those that older instructions advise
 * (`tasmota/<topic>/tele/…`). What it announces for discovery is no reading.
 *
 * @see https://tasmota.github.io/docs/MQTT/
 */
export default defineEnvelope({
  envelope: 'tasmota',
  title: { zh: 'Tasmota 模块', en: 'Tasmota' },
  summary: {
    zh: '刷有 Tasmota 的插座、传感器与自制模块：定时上报 SENSOR 与 STATE，开关变化另报。',
    en: 'Plugs, sensors and home-made modules with Tasmota: SENSOR and STATE at intervals, changes of switches at once.',
  },
  connect: {
    zh: '模块用登记的账号登录守望的 MQTT；address 写 topic:tasmota/<Topic>，如 topic:tasmota/tasmota_a1b2c3。',
    en: 'The module signs in with a registered credential; the address is topic:tasmota/<Topic>, such as topic:tasmota/tasmota_a1b2c3.',
  },
  topics: ['tele/+/+', 'stat/+/+', 'tasmota/+/tele/+', 'tasmota/+/stat/+', 'tasmota/discovery/#'],
  fromDevice: true,
  open: openTasmota,
  examples: [
    {
      name: 'sensors',
      topic: 'tele/Tasmota_A1B2C3/SENSOR',
      payload: { Time: '2026-03-01T08:00:00', DS18B20: { Temperature: 21.5 }, TempUnit: 'C' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        frames: [
          {
            address: 'topic:tasmota/tasmota_a1b2c3',
            payload: { Time: '2026-03-01T08:00:00', DS18B20: { Temperature: 21.5 }, TempUnit: 'C' },
          },
        ],
      },
    },
    {
      name: 'the broker says that the module is gone',
      topic: 'tele/tasmota_A1B2C3/LWT',
      payload: 'Offline',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'an announcement',
      topic: 'tasmota/discovery/A1B2C3D4E5F6/config',
      payload: { t: 'tasmota_A1B2C3', md: 'Sonoff' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
  ],
});

function openTasmota({ topic, payload }: Sealed): Opened {
  const levels = topic.split('/');
  const last = levels.at(-1) ?? '';
  const isDiscovery = levels[0] === 'tasmota' && levels[1] === 'discovery';
  if (isDiscovery || !MEASURES.test(last))
    return fail({ reason: 'no-device-data', detail: `${last.slice(0, 40)}: the module itself` });
  return only({ address: { scheme: 'topic', id: `tasmota/${levels[1] ?? ''}`.toLowerCase() }, payload });
}
