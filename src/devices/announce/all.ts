import { announced as homeAssistant } from './home-assistant.ts';
import { announced as homie } from './homie.ts';
import type { Proposal } from './proposal.ts';
import { announced as sparkplugB } from './sparkplug-b.ts';
import { announced as tasmota } from './tasmota.ts';
import { announced as zigbee2mqtt } from './zigbee2mqtt.ts';

export type { Proposal } from './proposal.ts';

/** By the first level of the topic: whatever else comes costs one look. */
const SOURCES: Readonly<Record<string, (topic: string, payload: Uint8Array) => readonly Proposal[]>> = {
  homeassistant: homeAssistant,
  homie,
  'spBv1.0': sparkplugB,
  tasmota,
  zigbee2mqtt,
};

/** The devices that a message announces; none for nearly all messages. Never throws: it is somebody else's text. */
export function announcedBy(topic: string, payload: Uint8Array): readonly Proposal[] {
  const slash = topic.indexOf('/');
  const first = slash < 0 ? topic : topic.slice(0, slash);
  return Object.hasOwn(SOURCES, first) ? (SOURCES[first]?.(topic, payload) ?? []) : [];
}
