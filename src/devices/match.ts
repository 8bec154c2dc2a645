import { assert } from '../lib/result.ts';
import type { DeviceSettings } from '../model/registry.ts';
import type { DeviceDefinition } from './define.ts';

/** All device models, by name, and what a topic means to them. */
export interface DeviceModels {
  get(model: string): DeviceDefinition | undefined;
  all(): readonly DeviceDefinition[];
  /** What is wrong with the settings of a device of this model, in a sentence; undefined where nothing is. */
  settingsFault(model: string, settings: DeviceSettings): string | undefined;
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
    settingsFault: (model, settings) => settingsFault(byName.get(model), settings),
    deviceOf(topic) {
      for (const match of patterns) {
        const device = match(topic);
        if (device !== undefined) return device;
      }
      return undefined;
    },
  };
}

function settingsFault(
  definition: DeviceDefinition | undefined,
  settings: DeviceSettings,
): string | undefined {
  if (!definition) return undefined;
  const { settings: schema, model } = definition;
  if (!schema) return `devices of the model ${model} have no settings`;
  const parsed = schema.strict().safeParse(settings);
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  const known = Object.keys(schema.shape).join(', ');
  return `settings${issue?.path.map((part) => `.${String(part)}`).join('') ?? ''}: ${issue?.message}; there are ${known}`;
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
