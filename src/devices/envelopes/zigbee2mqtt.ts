import { fail } from '../../lib/result.ts';
import { defineEnvelope, type Opened, type Sealed } from '../envelope.ts';
import { jsonBytes, only } from '../envelope-parts.ts';
import type { Address } from '../frame.ts';

/** What people and programs tell the device, and what the bridge says of it: nothing that it measured. */
const NOT_ITS_OWN = ['availability', 'set', 'get'];
const BASE = 'zigbee2mqtt';

/**
 * Zigbee2MQTT: `zigbee2mqtt/<friendly name>`, where the name may have slashes, and a base topic of several levels sets
 * the bridges of several homes apart.
 *
 * @see https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html
 */
export default defineEnvelope({
  envelope: BASE,
  title: { zh: 'Zigbee2MQTT 网桥', en: 'Zigbee2MQTT bridge' },
  summary: {
    zh: 'Zigbee 传感器的开源网桥：漏水、按钮、门磁、人体、烟雾、温湿度。每个设备一个主题，内容为 JSON。',
    en: 'The open-source bridge for Zigbee sensors: leak, button, contact, motion, smoke, temperature. One topic a device, JSON in it.',
  },
  connect: {
    zh: '网桥用登记的网关账号登录守望的 MQTT；每户一个网桥时，base_topic 写 zigbee2mqtt/<住户>。设备的 address 写 topic:加主题，如 topic:zigbee2mqtt/h1/kitchen；未改名的设备写 ieee:0x…。按钮设备不要设 retain。',
    en: 'The bridge signs in with the credential of a registered gateway; where each home has its own, base_topic is zigbee2mqtt/<home>. The address of a device is topic: and its topic, such as topic:zigbee2mqtt/h1/kitchen; of one that was never renamed, ieee:0x… . Buttons must not be retained.',
  },
  topics: [`${BASE}/#`],
  open: openState,
  examples: [
    {
      name: 'a state',
      topic: 'zigbee2mqtt/h1/Kitchen leak',
      payload: { water_leak: false, battery: 100, linkquality: 120 },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        frames: [
          {
            address: 'topic:zigbee2mqtt/h1/kitchen leak',
            payload: { water_leak: false, battery: 100, linkquality: 120 },
          },
        ],
      },
    },
    {
      name: 'a press, as plain text',
      topic: 'zigbee2mqtt/0x00124B0022AABBCC/action',
      payload: 'emergency',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { frames: [{ address: 'ieee:0x00124b0022aabbcc', payload: { action: 'emergency' } }] },
    },
    {
      name: 'one attribute a topic, as the bridge can be told to do',
      topic: 'zigbee2mqtt/kitchen/water_leak',
      payload: 'true',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { frames: [{ address: 'topic:zigbee2mqtt/kitchen', payload: { water_leak: true } }] },
    },
    {
      name: 'the bridge says that it does not hear the device',
      topic: 'zigbee2mqtt/kitchen/availability',
      payload: { state: 'offline' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'the bridge speaks of itself',
      topic: 'zigbee2mqtt/h1/bridge/state',
      payload: { state: 'online' },
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
    {
      name: 'the end of a retained state',
      topic: 'zigbee2mqtt/kitchen',
      payload: '',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: { rejection: 'no-device-data' },
    },
  ],
});

function openState({ topic, payload }: Sealed): Opened {
  const levels = topic.split('/');
  const last = levels.at(-1) ?? '';
  if (levels.includes('bridge'))
    return fail({ reason: 'no-device-data', detail: 'the bridge, not a device' });
  if (levels.length > 2 && levels.some((level) => NOT_ITS_OWN.includes(level)))
    return fail({ reason: 'no-device-data', detail: `${last}: nothing that the device measured` });
  const text = Buffer.from(payload).toString('utf8');
  const json = parsed(text);
  if (typeof json === 'object' && json !== null) return only({ address: addressOf(levels), payload });
  if (text === '') return fail({ reason: 'no-device-data', detail: 'the end of a retained message' });
  if (levels.length < 3) return fail({ reason: 'malformed-json', detail: text.slice(0, 80) });
  const value = json === undefined ? text : json;
  return only({ address: addressOf(levels.slice(0, -1)), payload: jsonBytes({ [last]: value }) });
}

/** Undefined: no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function addressOf(levels: readonly string[]): Address {
  const name = (levels.at(-1) ?? '').toLowerCase();
  if (/^0x[0-9a-f]{16}$/.test(name)) return { scheme: 'ieee', id: name };
  return { scheme: 'topic', id: levels.join('/').toLowerCase() };
}
