import { Ajv } from 'ajv';
import { z } from 'zod';
import { keysIn, type Overwritten, overwrittenIn } from '../lib/repeated-keys.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import type { DeviceEvent, PayloadPlace, Reading } from '../model/message.ts';
import { type EventName, isEvent, isMetric, METRICS, type MetricName } from '../model/metrics.ts';
import type { Decoded, DeviceDefinition, PartialRejection } from './define.ts';
import type { FrameContext } from './frame.ts';
import { isObject } from './json-object.ts';
import { withinLimits } from './native-limits.ts';
import { plainReader } from './native-plain.ts';
import { withClocks } from './take.ts';

/**
 * The native format: one JSON object, or an array of them, each with an optional `at` (RFC 3339 or epoch ms), any of
 * the model's metrics by name, and `event` where something happened.
 *
 *     {"at":"2026-03-01T08:00:00+08:00","water_index_m3":123.456,"battery_pct":88}
 *     [{"at":1772323200000,"pulse_bpm":71},{"event":"sos"}]
 */
type Native = Pick<DeviceDefinition, 'metrics' | 'events'>;
type Entry = Readonly<Record<string, unknown>>;
const NONE_LOST: readonly Overwritten[] = [];

/** The zod schema of one native entry: what the catalogue shows and what the check on each reading is compiled from. */
export function nativePayload({ metrics, events }: Native): z.ZodType {
  const shape: Record<string, z.ZodType> = {
    at: z.union([z.string().max(35), z.number()]).optional(),
  };
  for (const name of metrics) {
    const { min, max } = METRICS[name];
    const number = z.number().min(min).max(max);
    shape[name] = (name.endsWith('_bool') ? z.union([number, z.boolean()]) : number).optional();
  }
  if (events.length > 0) shape['event'] = z.enum(events as [EventName, ...EventName[]]).optional();
  return z.strictObject(shape);
}

/** The decoder of the native format for these metrics and events. */
export function nativeDecoder(model: Native): DeviceDefinition['decode'] {
  const plain = plainReader(model.metrics);
  let fits: ReturnType<typeof compileCheck> | undefined;
  const asJson = (payload: Uint8Array, receivedAt: number): Decoded => {
    // Made when it is first asked for: a backtest or a small community meets few of all models.
    fits ??= compileCheck(nativePayload(model));
    const text = asText(payload);
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      return { ok: false, reason: 'malformed-json', detail: (error as Error).message };
    }
    const entries: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    const isWhole = keysIn(payload) === keysOf(entries);
    return decodeAll(entries, model, fits, receivedAt, isWhole ? NONE_LOST : overwrittenIn(text));
  };
  const read = (payload: Uint8Array, receivedAt: number): Decoded =>
    plain(payload, 0, payload.length, receivedAt) ?? asJson(payload, receivedAt);
  const whole = (payload: Uint8Array, receivedAt: number, context?: FrameContext): Decoded =>
    context?.sentAt === undefined ? read(payload, receivedAt) : byNetwork(read(payload, context.sentAt));
  const within = ({ bytes, from, to }: PayloadPlace, receivedAt: number): Decoded =>
    plain(bytes, from, to, receivedAt) ?? asJson(bytes.subarray(from, to), receivedAt);
  return Object.assign(whole, { within });
}

/** What had no time of its own was given that of sending, which a network or a platform said. */
function byNetwork(decoded: Decoded): Decoded {
  if (!decoded.ok) return decoded;
  const { clock, readings } = decoded;
  return {
    ...decoded,
    clock: clock === 'received' ? 'network' : clock,
    readings: readings.map((one) => (one.clock === 'received' ? { ...one, clock: 'network' } : one)),
  };
}

/** A function compiled from the schema: 36 times as fast as zod itself, which is what a check on each reading needs. */
export function compileCheck(schema: z.ZodType): (entry: unknown) => boolean {
  // Length in code units, as zod counts it: a walk over the code points of each time would be a quarter of the check.
  const ajv = new Ajv({
    allowUnionTypes: true,
    strict: false,
    unicode: false,
    messages: false,
    logger: false,
    // The schema is our own: to check that it is one, ajv compiles the schema of schemas, for each model anew.
    validateSchema: false,
    meta: false,
  });
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema) as Record<string, unknown>;
  const validate = ajv.compile(jsonSchema);
  return (entry) => validate(entry) as boolean;
}

function asText(payload: Uint8Array): string {
  return Buffer.isBuffer(payload) ? payload.toString('utf8') : Buffer.from(payload).toString('utf8');
}

interface Taken {
  readonly readings: Reading[];
  readonly events: DeviceEvent[];
  readonly rejections: PartialRejection[];
  ownClock: boolean;
  /** Some entries have no time of their own. */
  ourClock: boolean;
}

function decodeAll(
  entries: readonly unknown[],
  model: Native,
  fits: (entry: unknown) => boolean,
  receivedAt: number,
  lost: readonly Overwritten[],
): Decoded {
  const taken: Taken = { readings: [], events: [], rejections: [], ownClock: false, ourClock: false };
  for (const [i, entry] of entries.entries()) {
    if (lost.length > 0) takeLost(lost, i, entry as Entry, model, receivedAt, taken);
    if (fits(entry)) takeChecked(entry as Entry, receivedAt, taken);
    else takePiecewise(entry, model, receivedAt, taken);
  }
  const { readings, events, rejections } = withinLimits(taken);
  if (readings.length === 0 && events.length === 0) {
    const [first] = rejections;
    return first
      ? { ok: false, reason: first.reason, detail: rejections.map((r) => r.detail).join('; ') }
      : { ok: false, reason: 'empty-message', detail: 'no metric and no event' };
  }
  const { ownClock, ourClock } = taken;
  return {
    ok: true,
    clock: ownClock ? 'device' : 'received',
    readings: ownClock && ourClock ? withClocks(readings, receivedAt, 'received') : readings,
    events,
    rejections,
  };
}

const keysOf = (entries: readonly unknown[]): number =>
  entries.reduce<number>((sum, entry) => sum + (isObject(entry) ? Object.keys(entry).length : 0), 0);

/**
 * Firmware that prints each thing that happened writes `event` twice in one object: each of them happened, in this order. Of two
 * values the last is taken, as JSON has it, and the one before is told.
 */
function takeLost(
  lost: readonly Overwritten[],
  entry: number,
  fields: Entry,
  model: Native,
  receivedAt: number,
  taken: Taken,
): void {
  for (const { key, value } of lost.filter((one) => one.entry === entry && one.value !== fields[one.key])) {
    const isEventKey = key === 'event';
    const kept = isEventKey ? 'each is taken' : 'the last is taken';
    taken.rejections.push({
      reason: 'key-repeated',
      detail: `${key.slice(0, 60)}: ${describe(value)}; ${kept}`,
    });
    if (!isEventKey) continue;
    const at = instantOf(fields['at'], receivedAt, { ...taken, rejections: [] });
    takeEvent(value, model, at ?? receivedAt, taken);
  }
}

/** The common case: everything in the entry is as the schema wants it. */
function takeChecked(entry: Entry, receivedAt: number, taken: Taken): void {
  const at = instantOf(entry['at'], receivedAt, taken);
  if (at === undefined) {
    rescueEvent(entry['event'], receivedAt, taken);
    return;
  }
  for (const key in entry) {
    if (key === 'at') continue;
    const value = entry[key];
    if (key === 'event') taken.events.push({ event: value as EventName, at });
    else taken.readings.push({ metric: key as MetricName, value: Number(value), at });
  }
}

/** Something in the entry is wrong: what is right is still taken, and what is not gets its own name. */
function takePiecewise(entry: unknown, model: Native, receivedAt: number, taken: Taken): void {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    taken.rejections.push({
      reason: 'malformed-payload',
      detail: `expected an object, found ${describe(entry)}`,
    });
    return;
  }
  const fields = entry as Entry;
  const at = instantOf(fields['at'], receivedAt, taken);
  for (const [key, value] of Object.entries(fields)) {
    if (key === 'at') continue;
    if (key === 'event') takeEvent(value, model, at ?? receivedAt, taken);
    else if (at !== undefined) takeMetric(key, value, model, at, taken);
  }
}

/** Its name in capitals, or with blanks around it, leaves no doubt of what happened: it is taken, and the deviation told. */
function takeEvent(value: unknown, model: Native, at: number, taken: Taken): void {
  const meant = typeof value === 'string' ? value.trim().toLowerCase() : '';
  const known = isEvent(meant) && model.events.includes(meant);
  if (known) taken.events.push({ event: meant, at });
  if (known && meant === value) return;
  taken.rejections.push({
    reason: known ? 'event-respelt' : 'unknown-event',
    detail: `event ${describe(value)}`,
  });
}

function takeMetric(key: string, value: unknown, model: Native, at: number, taken: Taken): void {
  if (!isMetric(key) || !model.metrics.includes(key)) {
    taken.rejections.push({ reason: 'unknown-metric', detail: key.slice(0, 60) });
    return;
  }
  const number = typeof value === 'boolean' && key.endsWith('_bool') ? Number(value) : value;
  const { min, max } = METRICS[key];
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    taken.rejections.push({ reason: 'not-a-number', detail: `${key}: ${describe(value)}` });
  } else if (number < min || number > max) {
    taken.rejections.push({
      reason: 'out-of-range',
      detail: `${key}: ${number} is not within ${min} to ${max}`,
    });
  } else {
    taken.readings.push({ metric: key, value: number, at });
  }
}

/** The furthest instant that a Date can hold, in epoch milliseconds. */
const INSTANT_MAX = 8.64e15;

/** When it was measured; our own clock if the device gave none; undefined, with a rejection, if it cannot be read. */
function instantOf(at: unknown, receivedAt: number, taken: Taken): number | undefined {
  if (at === undefined || at === null) {
    taken.ourClock = true;
    return receivedAt;
  }
  const instant = typeof at === 'string' ? parseRfc3339(at) : at;
  // A clock that counts nanoseconds, or nonsense: no calendar reaches that far, and nothing behind us could show it.
  if (typeof instant === 'number' && Math.abs(instant) <= INSTANT_MAX) {
    taken.ownClock = true;
    return Math.round(instant);
  }
  taken.rejections.push({ reason: 'clock-malformed', detail: `at: ${describe(at)}` });
  return undefined;
}

/** An SOS is never lost because its clock cannot be read: it happened no later than now. */
function rescueEvent(event: unknown, receivedAt: number, taken: Taken): void {
  if (typeof event === 'string' && isEvent(event)) taken.events.push({ event, at: receivedAt });
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value)?.slice(0, 80) ?? String(value);
  } catch {
    // JSON is read however deep it goes; it is written by recursion.
    return 'nested too deeply to be shown';
  }
}
