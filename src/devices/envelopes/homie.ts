import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { only } from '../envelope-parts.ts';
import { homieLevels } from '../home/homie.ts';

/** Attributes that a value cannot be understood without. */
const DESCRIBES = ['$description', '$unit', '$datatype'];

/**
 * Homie 5 (`homie/5/<device>/…`), and 3 and 4 before it (`homie/<device>/…`).
 *
 * @see https://homieiot.github.io/specification/
 */
export default defineEnvelope({
  envelope: 'homie',
  title: { zh: 'Homie 约定', en: 'Homie' },
  summary: {
    zh: '自我说明的 MQTT 设备约定：设备用保留消息说明有哪些属性及单位，属性值为文本。',
    en: 'A convention for MQTT devices that describe themselves in retained messages; the values of their properties are text.',
  },
  connect: {
    zh: '设备或其网关用登记的账号登录；address 写 topic:homie/<设备>。控制命令（/set）不是读数。',
    en: 'The device or its gateway signs in with a registered credential; the address is topic:homie/<device>. Commands (/set) are no readings.',
  },
  topics: ['homie/#'],
  fromDevice: true,
  open: openHomie,
  examples: [
    {
      name: 'a value',
      topic: 'homie/5/super-car/engine/temperature',
      hex: '32312e35',
      source: 'Homie convention 5 (CC-BY-4.0)',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { frames: [{ address: 'topic:homie/super-car', payload: '32312e35' }] },
    },
    {
      name: 'a description',
      topic: 'homie/5/super-car/$description',
      payload: { homie: '5.0', nodes: {} },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { frames: [{ address: 'topic:homie/super-car', payload: { homie: '5.0', nodes: {} } }] },
    },
    {
      name: 'a command, not a state',
      topic: 'homie/5/kitchen-light/light/power/set',
      payload: 'true',
      source: 'Homie convention 5 (CC-BY-4.0)',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'the state of the device itself',
      topic: 'homie/5/super-car/$state',
      payload: 'ready',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
  ],
});

function openHomie({ topic, payload }: Sealed): Opened {
  const levels = homieLevels(topic) ?? [];
  const last = levels.at(-1) ?? '';
  const device = topic.split('/').at(-levels.length - 1) ?? '';
  const isDescription = DESCRIBES.includes(last);
  const isValue = levels.length === 2 && !levels.some((level) => level.startsWith('$'));
  if (levels.length === 0 || !(isDescription || isValue))
    return fail({
      reason: 'no-device-data',
      detail: `${last.slice(0, 40)}: a state, a command or an attribute`,
    });
  if (payload.length === 0)
    return fail({ reason: 'no-device-data', detail: 'the end of a retained message' });
  return only({ address: { scheme: 'topic', id: `homie/${device}`.toLowerCase() }, payload });
}
