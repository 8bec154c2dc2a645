import { z } from 'zod';
import { DAY, MINUTE } from '../../lib/clock.ts';
import { LIMITS } from '../../model/limits.ts';
import { zonedInstant } from '../local-instant.ts';
import type { Take } from '../take.ts';
import { documentInstant } from './fhir.ts';
import type { Document } from './json.ts';
import type { VitalMetric } from './units.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Measure {
  readonly schema: string;
  /** Where the values stand, and in which units they may be given. */
  readonly values: readonly {
    readonly field: string;
    readonly metric: VitalMetric;
    readonly units: readonly string[];
  }[];
  /** From this version on it must say when it was measured, and from this one on as IEEE 1752.1 wants it. */
  readonly timedSince: number;
  readonly ieeeSince: number;
  /** Counts something over a while: it has no single instant. */
  readonly overTime?: boolean;
}

/** The measures that are watched. @see https://www.openmhealth.org/documentation/#/schema-docs/schema-library */
const MEASURES: readonly Measure[] = [
  {
    schema: 'blood-pressure',
    values: [
      { field: 'systolic_blood_pressure', metric: 'systolic_mmhg', units: ['mmHg'] },
      { field: 'diastolic_blood_pressure', metric: 'diastolic_mmhg', units: ['mmHg'] },
    ],
    timedSince: 3,
    ieeeSince: 4,
  },
  {
    schema: 'heart-rate',
    values: [{ field: 'heart_rate', metric: 'pulse_bpm', units: ['beats/min'] }],
    timedSince: 2,
    ieeeSince: 3,
  },
  {
    schema: 'body-temperature',
    values: [{ field: 'body_temperature', metric: 'body_temperature_c', units: ['C', 'F', 'K'] }],
    timedSince: 2,
    ieeeSince: 4,
  },
  {
    schema: 'oxygen-saturation',
    values: [{ field: 'oxygen_saturation', metric: 'spo2_pct', units: ['%'] }],
    timedSince: 2,
    ieeeSince: 3,
  },
  {
    schema: 'respiratory-rate',
    values: [{ field: 'respiratory_rate', metric: 'respiration_per_min', units: ['breaths/min'] }],
    timedSince: 2,
    ieeeSince: 3,
  },
  {
    schema: 'step-count',
    values: [{ field: 'step_count', metric: 'steps_count', units: ['steps'] }],
    timedSince: 2,
    ieeeSince: 9,
    overTime: true,
  },
];

const CONVERT: Readonly<Record<string, (value: number) => number>> = {
  F: (value) => ((value - 32) * 5) / 9,
  K: (value) => value - 273.15,
};

const sleep = z.enum(['before sleeping', 'during sleep', 'on waking']);
const exercise = z.enum(['at rest', 'active', 'before exercise', 'after exercise', 'during exercise']);
const posture = z.enum(['sitting', 'lying down', 'standing', 'semi-recumbent']);
/** What may stand beside a value. A document that breaks its schema here is not trusted in the rest. */
const beside = z.object({
  descriptive_statistic: z.string().max(40).optional(),
  temporal_relationship_to_sleep: sleep.optional(),
  temporal_relationship_to_physical_activity: exercise.optional(),
  position_during_measurement: posture.optional(),
  body_posture: posture.optional(),
  supplemental_oxygen_flow_rate: z.object({ value: z.number().min(0), unit: z.literal('L/min') }).optional(),
  effective_time_frame: z
    .object({ date_time: z.string().optional(), time_interval: z.looseObject({}).optional() })
    .optional(),
});
type Beside = z.output<typeof beside>;

const point = z.object({
  header: z.looseObject({
    creation_date_time: z.string().optional(),
    source_creation_date_time: z.string().optional(),
    schema_id: z.object({ name: z.string(), version: z.string() }).optional(),
  }),
  body: z.looseObject({}),
});

/** One body, one data point (header and body), or an array of them. */
export function takeOpenMhealth({ json, schema }: Document, take: Take): void {
  const all = Array.isArray(json) ? json : [json];
  const beyond = all.length - LIMITS.readingsPerMessageMax;
  if (beyond > 0) take.reject('batch-too-long', `${beyond} of ${all.length} data points`);
  for (const one of all.slice(0, LIMITS.readingsPerMessageMax)) takePoint(one, schema, take);
}

function takePoint(one: unknown, schema: string | undefined, take: Take): void {
  const whole = point.safeParse(one);
  const header = whole.success ? whole.data.header : undefined;
  const body = whole.success ? whole.data.body : one;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    take.reject('malformed-payload', 'a data point is an object');
    return;
  }
  const named = header?.schema_id ? `omh:${header.schema_id.name}:${header.schema_id.version}` : schema;
  const fields = body as Fields;
  const measure = measureOf(fields, named);
  if (!measure) {
    const what = named ?? (Object.keys(fields).slice(0, 6).join(', ') || 'an empty document');
    take.reject(Object.keys(fields).length === 0 ? 'malformed-payload' : 'not-supported', what.slice(0, 120));
    return;
  }
  const sent = header?.creation_date_time ?? header?.source_creation_date_time;
  takeMeasure(measure, fields, versionOf(named), sent, take);
}

function measureOf(fields: Fields, named: string | undefined): Measure | undefined {
  const name = named?.split(':')[1];
  if (name !== undefined) return MEASURES.find(({ schema }) => schema === name);
  return MEASURES.find(({ values }) => values.some(({ field }) => field in fields));
}

/** `omh:blood-pressure:4.0` → 4; a version that nobody tells asks for nothing. */
const versionOf = (named: string | undefined): number => Number.parseFloat(named?.split(':')[2] ?? '') || 0;

function takeMeasure(
  measure: Measure,
  fields: Fields,
  version: number,
  sent: string | undefined,
  take: Take,
): void {
  const { schema, values } = measure;
  const around = beside.safeParse(fields);
  if (!around.success) {
    const [issue] = around.error.issues;
    take.reject('malformed-payload', `${schema}: ${issue?.path.join('.')}: ${issue?.message}`);
    return;
  }
  const numbers = values.map((value) => numberIn(fields[value.field], value.units));
  const wrong = numbers.findIndex((number) => typeof number === 'string');
  if (wrong >= 0) {
    take.reject('malformed-payload', `${schema}: ${values[wrong]?.field}: ${numbers[wrong]}`);
    return;
  }
  const at = frameOf(measure, around.data, version, sent, take);
  if (at === undefined) return;
  for (const [i, { metric }] of values.entries()) take.reading(metric, numbers[i] as number, at);
}

/** The number in the metric's own unit, or what is wrong with it. Step counts before version 3 are bare numbers. */
function numberIn(value: unknown, units: readonly string[]): number | string {
  const bare = units.includes('steps') && typeof value === 'number';
  const { value: number, unit } = (bare ? { value, unit: 'steps' } : (value ?? {})) as Fields;
  if (typeof number !== 'number' || !Number.isFinite(number)) return 'no number';
  if (typeof unit !== 'string' || !units.includes(unit)) return `unit ${JSON.stringify(unit) ?? 'missing'}`;
  return CONVERT[unit]?.(number) ?? number;
}

/** Values that were measured, or stand for what was, within a day. */
const AS_MEASURED = ['average', 'median', 'minimum', 'maximum', 'sum'];
const ONE_DAY = DAY + MINUTE;

/** When it was measured; undefined, with a rejection, where that cannot be said. */
function frameOf(
  { schema, timedSince, ieeeSince, overTime }: Measure,
  { effective_time_frame: frame, descriptive_statistic: statistic }: Beside,
  version: number,
  sent: string | undefined,
  take: Take,
): number | undefined {
  const refuse = (
    reason: 'malformed-payload' | 'not-supported' | 'clock-malformed',
    detail: string,
  ): undefined => {
    take.reject(reason, `${schema}: ${detail}`);
  };
  if (frame?.date_time === undefined && frame?.time_interval === undefined) {
    if (version >= timedSince || frame) return refuse('malformed-payload', 'effective_time_frame is missing');
    const at = sent === undefined ? undefined : documentInstant(sent, take.context.timeZone);
    return at === undefined ? take.at : take.writtenTime(at);
  }
  if (frame.date_time !== undefined) {
    if (overTime && version >= timedSince)
      return refuse('malformed-payload', 'a count has no single instant');
    const at = documentInstant(frame.date_time, take.context.timeZone);
    return at === undefined ? refuse('clock-malformed', frame.date_time.slice(0, 60)) : take.writtenTime(at);
  }
  const interval = intervalOf(frame.time_interval ?? {}, version >= ieeeSince, take.context.timeZone);
  if (!interval) return refuse('malformed-payload', 'time_interval cannot be read');
  if (statistic !== undefined && (!AS_MEASURED.includes(statistic) || interval.ms > ONE_DAY))
    return refuse(
      'not-supported',
      `${statistic} of ${(interval.ms / DAY).toFixed(1)} days: a figure, no measurement`,
    );
  return take.writtenTime(interval.end);
}

const PART_OF_DAY_HOURS: Readonly<Record<string, number>> = {
  morning: 9,
  afternoon: 15,
  evening: 20,
  night: 23,
};
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  sec: 1000,
  min: MINUTE,
  h: 60 * MINUTE,
  d: DAY,
  wk: 7 * DAY,
};

/** Its end, and how long it is. A part of a day stands for an hour in its midst; IEEE 1752.1 does not know it. */
function intervalOf(fields: Fields, ieee: boolean, timeZone: string | undefined): Interval | undefined {
  const text = (key: string): string | undefined =>
    typeof fields[key] === 'string' ? (fields[key] as string) : undefined;
  const instantAt = (key: string): number | undefined => {
    const value = text(key);
    return value === undefined ? undefined : documentInstant(value, timeZone);
  };
  const [start, end] = [instantAt('start_date_time'), instantAt('end_date_time')];
  if (start !== undefined && end !== undefined) return end >= start ? { end, ms: end - start } : undefined;
  const { value, unit } = (fields['duration'] ?? {}) as Fields;
  const ms = typeof value === 'number' ? value * (UNIT_MS[String(unit)] ?? Number.NaN) : Number.NaN;
  if (ms >= 0 && start !== undefined) return { end: start + ms, ms };
  if (ms >= 0 && end !== undefined) return { end, ms };
  const day = ieee ? null : /^(\d{4})-(\d{2})-(\d{2})$/.exec(text('date') ?? '');
  if (!day) return undefined;
  const hour = PART_OF_DAY_HOURS[text('part_of_day') ?? ''] ?? 12;
  const at = zonedInstant(timeZone ?? 'UTC', Number(day[1]), Number(day[2]), Number(day[3]), hour);
  return at === undefined ? undefined : { end: at, ms: 0 };
}

interface Interval {
  readonly end: number;
  readonly ms: number;
}
