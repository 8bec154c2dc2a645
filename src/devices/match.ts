import { assert } from '../lib/result.ts';
import type { DeviceDefinition } from './define.ts';

/** All device models, by name, and what a topic means to them. */
export interface DeviceModels {
  get(model: string): DeviceDefinition | undefined;
  all(): readonly DeviceDefinition[];
  /** Which device's report is published under this topic? Undefined: no model listens to it. */
  deviceOf(topic: string): string | undefined;
}

export function deviceModels(definitions: readonly DeviceDefinition[]): DeviceModels {
  const byName = new Map<string, DeviceDefinition>();
  for (const definition of definitions) {
    assert(!byName.has(definition.model), `two definitions of the device model ${definition.model}`);
    byName.set(definition.model, definition);
  }
  const patterns = [...new Set(definitions.flatMap((definition) => definition.topics))].map(topicPattern);
  return {
    get: (model) => byName.get(model),
    all: () => definitions,
    deviceOf(topic) {
      for (const match of patterns) {
        const device = match(topic);
        if (device !== undefined) return device;
      }
      return undefined;
    },
  };
}

/** `shouwang/{device}/telemetry` → a function that gives the device of a topic of that form. */
function topicPattern(pattern: string): (topic: string) => string | undefined {
  const mark = '{device}';
  const place = pattern.indexOf(mark);
  assert(place >= 0, `the topic ${pattern} has no ${mark}`);
  const before = pattern.slice(0, place);
  const after = pattern.slice(place + mark.length);
  return (topic) => {
    const end = topic.length - after.length;
    if (end <= before.length || !topic.startsWith(before) || !topic.endsWith(after)) return undefined;
    const device = topic.slice(before.length, end);
    return device.includes('/') ? undefined : device;
  };
}
