import { z } from 'zod';
import { DURATION_FORMS, parseDuration } from '../lib/duration.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import {
  clearedName,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type FlagName,
  METRIC_NAMES,
  type MetricName,
} from '../model/metrics.ts';
import { ByteReader } from './byte-reader.ts';
import { type DeviceDefinition, defineDevice } from './define.ts';
import { zonedInstant } from './local-instant.ts';
import { strictNumber } from './strict-number.ts';
import { decoderOf, type Take } from './take.ts';
import { fitsUnit, fromUnit, UNIT_NAMES } from './units.ts';

/**
 * A device model that an operator writes as YAML or JSON, without a build: where in the payload which value stands, in
 * which unit. For everything else (logs of differences, state, encryption) a model is a file in `devices/`.
 */
const text = z.strictObject({ zh: z.string().min(1).max(300), en: z.string().min(1).max(300) });
const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, DURATION_FORMS)
  .transform((text) => parseDuration(text) ?? 0);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const NUMBER_TYPES = [
  'u8',
  'i8',
  'u16le',
  'u16be',
  'i16le',
  'i16be',
  'u24le',
  'u24be',
  'u32le',
  'u32be',
  'i32le',
  'i32be',
  'f32le',
  'f32be',
  'f64le',
  'f64be',
] as const;
type NumberType = (typeof NUMBER_TYPES)[number];

const bytes = z.strictObject({
  at: z.number().int().min(0).max(4096).meta({ title: 'Place of the first byte, from 0' }),
  type: z.enum(NUMBER_TYPES).meta({ title: 'How the number is written' }),
  bit: z.number().int().min(0).max(31).optional().meta({ title: 'One bit of it alone, from 0' }),
});
/** Where a value stands: a path in the JSON, or bytes. */
const source = {
  path: z.string().min(1).max(200).optional().meta({ title: 'Path in the JSON: data.values[0].total' }),
  bytes: bytes.optional(),
};
const reading = z.strictObject({
  metric: z.enum(METRIC_NAMES as [MetricName, ...MetricName[]]).meta({ title: 'What is measured' }),
  ...source,
  unit: z.enum(UNIT_NAMES).optional().meta({ title: "Unit there; the metric's own if absent" }),
  factor: z.number().default(1).meta({ title: 'Factor, applied before the unit' }),
  missing: z.array(scalar).default([]).meta({ title: 'Values that mean: no value' }),
  trueWhen: z.array(scalar).optional().meta({ title: 'For states: values that mean yes' }),
});
const event = z.strictObject({
  event: z.enum(EVENT_NAMES as [EventName, ...EventName[]]).meta({ title: 'What happened' }),
  ...source,
  when: z.array(scalar).min(1).meta({ title: 'Values that say that it happened' }),
});
const flag = z.strictObject({
  flag: z
    .enum(EVENT_NAMES.filter((name) => `${name}_cleared` in EVENTS) as [FlagName, ...FlagName[]])
    .meta({ title: 'What stands, until a message says otherwise; an event that has a twin in _cleared' }),
  ...source,
  when: z.array(scalar).min(1).default([1, true]).meta({ title: 'Values that say that it stands' }),
});
const time = z.strictObject({
  ...source,
  form: z.enum(['rfc3339', 'seconds', 'milliseconds', 'local']).meta({
    title: 'How it is written',
    description: 'local: YYYY-MM-DD hh:mm:ss without a zone, on the clocks of the community',
  }),
});
const example = z.strictObject({
  name: z.string().min(1).max(200).meta({ title: 'What it shows' }),
  payload: z.unknown().optional().meta({ title: 'A message in JSON or text' }),
  hex: z
    .string()
    .regex(/^([0-9a-fA-F]{2})+$/)
    .optional()
    .meta({ title: 'Or its bytes' }),
  fPort: z.number().int().min(0).max(255).optional().meta({ title: 'LoRaWAN port' }),
  receivedAt: z.string().default('2026-03-01T00:00:00Z').meta({ title: 'When it arrives' }),
  readings: z.record(z.string(), z.number()).optional().meta({ title: 'Metric and value' }),
  events: z
    .array(z.enum(EVENT_NAMES as [EventName, ...EventName[]]))
    .optional()
    .meta({ title: 'Events, and flags that stand' }),
  rejection: z.string().optional().meta({ title: 'Or the name of its refusal' }),
});

export const operatorModelSchema = z.strictObject({
  model: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower case, words joined by hyphens')
    .max(64)
    .meta({ title: 'Its name, as in the registry', description: 'lower case, words joined by hyphens' }),
  title: text.meta({ title: 'What people call it, in zh and en' }),
  summary: text.optional().meta({ title: 'What it measures and how often it reports, in zh and en' }),
  maker: z.string().max(100).optional().meta({ title: 'Who makes it' }),
  format: z.enum(['json', 'bytes']).meta({ title: 'What a payload is' }),
  topics: z
    .array(z.string().regex(/^[^#+]*\{device\}[^#+]*$/, 'a topic with {device} where its id stands'))
    .default([])
    .meta({ title: 'Topics', description: 'what comes through a network server or a platform needs none' }),
  expectedInterval: duration.meta({ title: 'How often it reports', description: '15min, 6h, 1d' }),
  counting: z.enum(['always', 'once-counted', 'on-change']).optional().meta({
    title: 'Whether one that is heard must count, or it is found like a silent one',
    description:
      'always; once it has counted; or never, since it says only what has changed: a water index is then believed to stand while anything else comes. Follows from what it reads if absent',
  }),
  silenceGrace: duration.optional().meta({ title: 'Grace before it counts as silent' }),
  ports: z
    .array(z.number().int().min(0).max(255))
    .optional()
    .meta({ title: 'LoRaWAN ports; others are refused' }),
  entries: z.string().max(200).optional().meta({ title: 'Path of a list: each element is read by itself' }),
  time: time.optional().meta({ title: 'When it was measured; the time of sending if absent' }),
  counterMax: z
    .number()
    .positive()
    .default(100_000)
    .meta({ title: 'Where the register of a water meter starts again, in m³' }),
  counterResolution: z.number().positive().default(0.001).meta({ title: 'Its smallest step, in m³' }),
  bloodPressure: z.enum(['hint', 'measured']).optional().meta({
    title: 'What its blood pressure is worth',
    description: 'hint: of a band without a cuff; measured: of a validated cuff',
  }),
  readings: z.array(reading).default([]).meta({ title: 'Values, each with its place' }),
  events: z.array(event).default([]).meta({ title: 'What happens, each with its place' }),
  flags: z.array(flag).default([]).meta({ title: 'What stands, each with its place' }),
  examples: z
    .array(example)
    .min(1)
    .meta({ title: 'Payloads and what they must give: played at every start' }),
});
export type OperatorModel = z.output<typeof operatorModelSchema>;
type Source = { readonly path?: string | undefined; readonly bytes?: z.output<typeof bytes> | undefined };

/** What the schema cannot see, each with its place; among it every example that does not come true. */
export function operatorModelProblems(
  model: OperatorModel,
): { readonly path: (string | number)[]; readonly message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  for (const part of ['readings', 'events', 'flags'] as const)
    model[part].forEach((one: Source, i) => {
      const fault = sourceFault(one, model.format);
      if (fault) problems.push({ path: [part, i], message: fault });
    });
  if (model.time && sourceFault(model.time, model.format))
    problems.push({ path: ['time'], message: sourceFault(model.time, model.format) ?? '' });
  model.readings.forEach(({ metric, unit }, i) => {
    if (unit && !fitsUnit(metric, unit))
      problems.push({ path: ['readings', i, 'unit'], message: `${metric} is not told in ${unit}` });
  });
  if (model.readings.length + model.events.length + model.flags.length === 0)
    problems.push({ path: ['readings'], message: 'neither readings nor events: nothing would be taken' });
  if (problems.length > 0) return problems;
  const { decode } = operatorDevice(model);
  model.examples.forEach((one, i) => {
    const message = exampleFault(decode, one);
    if (message) problems.push({ path: ['examples', i], message });
  });
  return problems;
}

function sourceFault({ path, bytes: place }: Source, format: OperatorModel['format']): string | undefined {
  if (format === 'json')
    return path === undefined || place ? 'a JSON payload needs path, and no bytes' : undefined;
  return place === undefined || path !== undefined
    ? 'a payload of bytes needs bytes, and no path'
    : undefined;
}

function exampleFault(
  decode: DeviceDefinition['decode'],
  one: OperatorModel['examples'][number],
): string | undefined {
  const at = parseRfc3339(one.receivedAt);
  if (at === undefined) return 'receivedAt is not RFC 3339';
  const payload =
    one.hex === undefined
      ? Buffer.from(typeof one.payload === 'string' ? one.payload : JSON.stringify(one.payload ?? null))
      : Buffer.from(one.hex, 'hex');
  const decoded = decode(payload, at, one.fPort === undefined ? {} : { fPort: one.fPort });
  if (!decoded.ok)
    return decoded.reason === one.rejection ? undefined : `is refused: ${decoded.reason}, ${decoded.detail}`;
  if (one.rejection !== undefined) return `is taken, and not refused as ${one.rejection}`;
  for (const [metric, value] of Object.entries(one.readings ?? {})) {
    const found = decoded.readings.filter((each) => each.metric === metric).map((each) => each.value);
    if (!found.includes(value)) return `${metric} is ${found.join(', ') || 'not there'}, not ${value}`;
  }
  const said = [...decoded.events.map(({ event: name }) => name), ...(decoded.flags?.raised ?? [])];
  const silent = (one.events ?? []).filter((name) => !said.includes(name));
  return silent.length > 0 ? `does not say ${silent.join(', ')}` : undefined;
}

/** The definition that the file stands for. */
export function operatorDevice(model: OperatorModel): DeviceDefinition {
  const { title, summary = title, maker, topics, readings, events, flags, expectedInterval } = model;
  const metrics = [...new Set(readings.map(({ metric }) => metric))];
  const named: EventName[] = events.map(({ event: name }) => name);
  for (const { flag: name } of flags) named.push(name, clearedName(name));
  return defineDevice({
    model: model.model,
    title,
    summary,
    ...(maker === undefined ? {} : { maker }),
    topics,
    metrics,
    events: [...new Set(named)],
    expectedIntervalMs: expectedInterval,
    ...(model.counting ? { counting: model.counting } : {}),
    silenceGraceMs: model.silenceGrace ?? expectedInterval,
    counters: metrics.includes('water_index_m3')
      ? { water_index_m3: { max: model.counterMax, resolution: model.counterResolution } }
      : {},
    ...(model.bloodPressure ? { bloodPressure: model.bloodPressure } : {}),
    decode: decoderOf((payload, take) => {
      if (model.ports && !model.ports.includes(take.fPort))
        take.refuse('not-supported', `port ${take.fPort}`);
      if (model.format === 'bytes') takeEntry(model, (place) => numberAt(payload, place), take);
      else
        for (const entry of entriesOf(payload, model, take))
          takeEntry(model, (place) => valueAt(entry, place), take);
    }),
    examples: [],
  });
}

type Look = (source: Source) => unknown;

function takeEntry(model: OperatorModel, look: Look, take: Take): void {
  const at = model.time ? timeOf(look(model.time), model.time.form, take) : take.at;
  for (const one of model.readings) takeReading(one, look(one), at, take);
  for (const { event: name, when, ...place } of model.events)
    if (when.includes(look(place) as never)) take.event(name, at);
  for (const { flag: name, when, ...place } of model.flags) {
    const value = look(place);
    if (value !== undefined && value !== null) take.flag(name, when.includes(value as never), at);
  }
}

function takeReading(one: OperatorModel['readings'][number], value: unknown, at: number, take: Take): void {
  const { metric, unit, factor, missing, trueWhen } = one;
  if (value === undefined || value === null || missing.includes(value as never)) return;
  if (trueWhen) {
    take.reading(metric, trueWhen.includes(value as never), at);
    return;
  }
  const number = numberOf(value);
  if (number === undefined) take.reject('not-a-number', `${metric}: ${JSON.stringify(value)?.slice(0, 60)}`);
  else take.reading(metric, unit ? fromUnit(number * factor, unit) : number * factor, at);
}

/** As a device writes numbers; of a state, yes is one. */
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'boolean' ? Number(value) : strictNumber(value);

function timeOf(value: unknown, form: NonNullable<OperatorModel['time']>['form'], take: Take): number {
  if (value === undefined || value === null) return take.at;
  const number = numberOf(value);
  if (form === 'seconds' && number !== undefined) return take.deviceTime(Math.round(number * 1000));
  if (form === 'milliseconds' && number !== undefined) return take.deviceTime(Math.round(number));
  if (typeof value === 'string') {
    const at = form === 'local' ? localInstant(value, take.context.timeZone ?? 'UTC') : parseRfc3339(value);
    if (at !== undefined) return take.deviceTime(at);
  }
  take.reject('clock-malformed', `${JSON.stringify(value)?.slice(0, 60)} is not ${form}`);
  return take.at;
}

function localInstant(written: string, timeZone: string): number | undefined {
  const parts = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?/.exec(
    written.trim(),
  );
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour, minute, second] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  return zonedInstant(timeZone, year, month, day, hour, minute, second);
}

function entriesOf(payload: Uint8Array, { entries }: OperatorModel, take: Take): readonly unknown[] {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    return take.refuse('malformed-json', (error as Error).message);
  }
  if (entries === undefined) return [json];
  const list = valueAt(json, { path: entries });
  if (!Array.isArray(list)) return take.refuse('malformed-payload', `${entries} is not a list`);
  return list;
}

/** `data.values[0].total`; undefined where nothing stands. */
function valueAt(json: unknown, { path = '' }: Source): unknown {
  let value = json;
  for (const key of path.split(/[.[\]]+/).filter((part) => part !== '')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function numberAt(payload: Uint8Array, { bytes: place }: Source): number | undefined {
  if (!place) return undefined;
  const reader = new ByteReader(payload);
  reader.skip(place.at);
  const number = reader[place.type satisfies NumberType]();
  return place.bit === undefined ? number : Math.floor(number / 2 ** place.bit) % 2;
}
