import { isObject, type JsonObject } from './json-object.ts';
import type { Take } from './take.ts';

/** A property as a platform hands it on: a value, and perhaps when it was measured. */
export interface Property {
  readonly value: unknown;
  readonly at?: number;
}

/**
 * Properties by their names in lower case: plain values, or `{ value, time }` as OneNET and Alibaba have them. Objects
 * within are looked into once, for services that group their properties.
 */
export function propertiesOf(fields: JsonObject, take: Take): ReadonlyMap<string, Property> {
  const found = new Map<string, Property>();
  const add = (name: string, value: unknown, depth: number): void => {
    if (isObject(value) && 'value' in value) {
      const at = instantOf(value['time'] ?? value['timestamp'], take);
      found.set(name.toLowerCase(), { value: value['value'], ...(at === undefined ? {} : { at }) });
    } else if (isObject(value) && depth === 0)
      for (const [inner, each] of Object.entries(value)) add(inner, each, 1);
    else found.set(name.toLowerCase(), { value });
  };
  for (const [name, value] of Object.entries(fields)) add(name, value, 0);
  return found;
}

/**
 * A number, also as text, for platforms write numbers as text. Undefined for what is absent; anything else that is no
 * number is refused by name.
 */
export function decimal(name: string, value: unknown, take: Take): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,9})?$/.test(value)) return Number(value);
  take.reject('not-a-number', `${name}: ${JSON.stringify(value)?.slice(0, 60)}`);
  return undefined;
}

/**
 * When it was: epoch seconds or milliseconds, RFC 3339, or local time of the community in one of the forms that are
 * usual here. Undefined for anything else, and for clocks that were never set.
 */
export function instantOf(value: unknown, take: Take): number | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{10}(\d{3})?$/.test(value))) {
    const number = Number(value);
    return believed(number < 1e11 ? number * 1000 : number);
  }
  if (typeof value !== 'string') return undefined;
  const match = LOCAL.exec(value.trim());
  if (!match) return believed(zoned(value));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  if (year < 2015 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return take.localTime(year, month, day, hour, minute, second);
}

/** `2026-03-01 08:00:00`, `2026/3/1 8:00`, `20260301080000`: without a zone. */
const LOCAL = /^(20\d\d)[-/.]?(\d\d?)[-/.]?(\d\d?)[ T]?(\d\d?):?(\d\d):?(\d\d)?(?:\.\d+)?$/;

function zoned(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at) ? undefined : at;
}

const believed = (at: number | undefined): number | undefined =>
  at !== undefined && at >= Date.UTC(2015, 0, 1) && at < Date.UTC(2200, 0, 1) ? at : undefined;
