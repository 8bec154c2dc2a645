import type { DevicePlace } from '../../model/device-places.ts';
import type { EventName, MetricName } from '../../model/metrics.ts';
import type { DeviceSettings } from '../../model/registry.ts';

/**
 * A device that a self-describing source announced, for an operator to accept: nothing is enrolled by itself. What it
 * measures is what was understood of its description, and may be empty.
 */
export interface Proposal {
  /** As the registry would have it: `topic:zigbee2mqtt/kitchen`. */
  readonly address: string;
  /** The model that fits; absent where none does, and an operator has to choose or write one. */
  readonly model?: string;
  /** How the source calls it. */
  readonly name: string;
  readonly metrics: readonly MetricName[];
  readonly events?: readonly EventName[];
  /** Settings that the model needs to find its values: which property is which metric. */
  readonly settings?: DeviceSettings;
  /** Where its name says that it hangs: a hint. */
  readonly place?: DevicePlace;
}

/** Proposals of one message; beyond it a list is no list of the devices of a home. */
export const PROPOSALS_MAX = 500;

const PLACE_WORDS: readonly (readonly [RegExp, DevicePlace])[] = [
  [/bath|shower|toilet|\bwc\b|卫生间|浴室|厕所/i, 'bathroom'],
  [/bed|卧室/i, 'bedroom'],
  [/kitchen|厨房/i, 'kitchen'],
  [/living|lounge|客厅/i, 'living-room'],
  [/entrance|front|入户|大门/i, 'entrance'],
  [/hall|corridor|过道|走廊/i, 'hall'],
];

/** `{ place }` of a name that says one. */
export function placeIn(name: string): { readonly place?: DevicePlace } {
  const place = PLACE_WORDS.find(([word]) => word.test(name))?.[1];
  return place === undefined ? {} : { place };
}

export type Fields = Readonly<Record<string, unknown>>;
export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The payload as JSON; undefined: it is none. */
export function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Text of a field, cut to what a list shows; undefined: it is no text, or blank. */
export function textIn(fields: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string' && value.trim() !== '') return value.trim().slice(0, 120);
  }
  return undefined;
}
