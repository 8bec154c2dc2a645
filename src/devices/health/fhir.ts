import { z } from 'zod';
import { parseRfc3339 } from '../../lib/rfc3339.ts';
import { LIMITS } from '../../model/limits.ts';
import { zonedInstant } from '../local-instant.ts';
import type { Take } from '../take.ts';
import { inOwnUnit, type VitalMetric } from './units.ts';

const LOINC = 'http://loinc.org';

/** LOINC codes that mean the same to us. Panels have no value of their own: their parts are components. */
const METRIC_OF: Readonly<Record<string, VitalMetric | 'panel'>> = {
  '85354-9': 'panel',
  '55284-4': 'panel',
  '35094-2': 'panel',
  '8480-6': 'systolic_mmhg',
  '8462-4': 'diastolic_mmhg',
  '8867-4': 'pulse_bpm',
  '8889-8': 'pulse_bpm',
  '59408-5': 'spo2_pct',
  '2708-6': 'spo2_pct',
  '8310-5': 'body_temperature_c',
  '8331-1': 'body_temperature_c',
  '8328-7': 'body_temperature_c',
  '8332-9': 'body_temperature_c',
  '8333-0': 'body_temperature_c',
  '61008-9': 'skin_temperature_c',
  '9279-1': 'respiration_per_min',
  '55423-8': 'steps_count',
};

const concept = z.object({
  coding: z.array(z.object({ system: z.string().optional(), code: z.string().optional() })).optional(),
  text: z.string().optional(),
});
type Concept = z.output<typeof concept>;

const valued = {
  code: concept.optional(),
  valueQuantity: z
    .object({
      value: z.number().optional(),
      comparator: z.string().optional(),
      unit: z.string().optional(),
      code: z.string().optional(),
    })
    .optional(),
  dataAbsentReason: concept.optional(),
};
const observation = z.object({
  resourceType: z.literal('Observation'),
  status: z.string(),
  ...valued,
  subject: z.object({ reference: z.string().optional() }).optional(),
  effectiveDateTime: z.string().optional(),
  effectiveInstant: z.string().optional(),
  effectivePeriod: z.object({ start: z.string().optional(), end: z.string().optional() }).optional(),
  issued: z.string().optional(),
  component: z.array(z.object(valued)).optional(),
});
type Observation = z.output<typeof observation>;
type Valued = Pick<Observation, 'code' | 'valueQuantity' | 'dataAbsentReason'>;

const bundle = z.object({
  resourceType: z.literal('Bundle'),
  entry: z.array(z.object({ resource: z.unknown().optional() })).optional(),
});

const CODES_SHOWN_MAX = 6;

/**
 * FHIR R4 (and R3, which is the same here): one Observation, a Bundle of resources, or an array of them. What is no
 * Observation is passed over where others stand beside it.
 *
 * @see https://hl7.org/fhir/R4/observation-vitalsigns.html
 */
export function takeFhir(json: unknown, take: Take): void {
  const resources = resourcesOf(json, take);
  const observations: Observation[] = [];
  for (const resource of resources) {
    const parsed = observation.safeParse(resource);
    if (parsed.success) observations.push(parsed.data);
    else if (typeOf(resource) === 'Observation') {
      const [issue] = parsed.error.issues;
      take.reject('malformed-payload', `Observation: ${issue?.path.join('.')}: ${issue?.message}`);
    } else if (resources.length === 1)
      take.refuse('not-supported', `a resource ${typeOf(resource) ?? 'without a type'}, no Observation`);
  }
  const beyond = observations.length - LIMITS.readingsPerMessageMax;
  if (beyond > 0) take.reject('batch-too-long', `${beyond} of ${observations.length} observations`);
  const others = otherPeople(observations, take);
  for (const one of observations.slice(0, LIMITS.readingsPerMessageMax)) {
    if (others.has(one)) take.reject('other-person', `an observation of ${one.subject?.reference}`);
    else takeObservation(one, take);
  }
}

function resourcesOf(json: unknown, take: Take): readonly unknown[] {
  if (Array.isArray(json)) return json;
  if (typeOf(json) !== 'Bundle') return [json];
  const parsed = bundle.safeParse(json);
  if (!parsed.success) return take.refuse('malformed-payload', 'a Bundle that is none');
  return (parsed.data.entry ?? []).map(({ resource }) => resource);
}

function typeOf(resource: unknown): string | undefined {
  if (typeof resource !== 'object' || resource === null || !('resourceType' in resource)) return undefined;
  return String(resource.resourceType).slice(0, 60);
}

/** A device of ours stands for one person: what a document says of others is not hers. */
function otherPeople(observations: readonly Observation[], take: Take): ReadonlySet<Observation> {
  const wanted = take.context.settings?.['subject'];
  const people = new Set(observations.map(({ subject }) => subject?.reference).filter((one) => one));
  if (wanted === undefined && people.size > 1)
    return take.refuse(
      'other-person',
      `${people.size} people in one document: settings must name the subject`,
    );
  return new Set(
    observations.filter(
      ({ subject }) =>
        wanted !== undefined && subject?.reference !== undefined && subject.reference !== String(wanted),
    ),
  );
}

/** Status of what was never measured, or was taken back. */
const WITHDRAWN = ['entered-in-error', 'cancelled'];
const WITHOUT_RESULT = ['registered', 'unknown'];

function takeObservation(one: Observation, take: Take): void {
  const code = shownCode(one.code);
  if (WITHDRAWN.includes(one.status)) {
    take.reject('withdrawn', `${code}: ${one.status}`);
    return;
  }
  if (WITHOUT_RESULT.includes(one.status)) {
    take.reject('value-absent', `${code}: ${one.status}`);
    return;
  }
  const at = effective(one, take);
  if (at === undefined) {
    take.reject('clock-malformed', `${code}: no time that says the day`);
    return;
  }
  const components = one.component ?? [];
  const own = metricOf(one.code);
  let known = own !== undefined;
  if (own !== undefined && own !== 'panel') takeValue(own, one, at, take);
  for (const component of components) {
    const metric = metricOf(component.code);
    if (metric === undefined || metric === 'panel') continue;
    known = true;
    takeValue(metric, component, at, take);
  }
  if (!known) take.reject('unknown-metric', `no vital sign that is watched: ${code}`);
  else if (own === 'panel' && one.dataAbsentReason && components.length === 0)
    take.reject('value-absent', `${code}: ${shownCode(one.dataAbsentReason)}`);
}

function takeValue(
  metric: VitalMetric,
  { valueQuantity, dataAbsentReason }: Valued,
  at: number,
  take: Take,
): void {
  if (dataAbsentReason) {
    take.reject('value-absent', `${metric}: ${shownCode(dataAbsentReason)}`);
    return;
  }
  if (!valueQuantity || valueQuantity.value === undefined) {
    take.reject('not-a-number', `${metric}: no valueQuantity`);
    return;
  }
  const { value, comparator, unit, code } = valueQuantity;
  if (comparator !== undefined) {
    take.reject('not-a-number', `${metric}: ${comparator} ${value} is a bound, no measurement`);
    return;
  }
  const own = inOwnUnit(metric, value, code ?? unit);
  if (own === undefined)
    take.reject('unknown-unit', `${metric}: ${value} ${code ?? unit ?? 'without a unit'}`);
  else take.reading(metric, own, at);
}

function metricOf(code: Concept | undefined): VitalMetric | 'panel' | undefined {
  for (const { system, code: one } of code?.coding ?? [])
    if ((system === undefined || system === LOINC) && one !== undefined && Object.hasOwn(METRIC_OF, one))
      return METRIC_OF[one];
  return undefined;
}

function shownCode(code: Concept | undefined): string {
  const codes = (code?.coding ?? []).slice(0, CODES_SHOWN_MAX).map(({ code: one }) => one ?? '?');
  return (codes.join(' ') || code?.text || 'no code').slice(0, 120);
}

/** When it was measured: the end of a period; where nothing is said of it, when it was made known. */
function effective(one: Observation, take: Take): number | undefined {
  const { effectiveDateTime, effectiveInstant, effectivePeriod, issued } = one;
  const text =
    effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.end ?? effectivePeriod?.start ?? issued;
  const at = text === undefined ? undefined : documentInstant(text, take.context.timeZone);
  return at === undefined ? undefined : take.writtenTime(at);
}

/**
 * The instant of a time that a document gives. A day without an hour: noon of it, by the clock of the community. A month
 * or a year is too vague to be an instant.
 */
export function documentInstant(text: string, timeZone = 'UTC'): number | undefined {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (day) return zonedInstant(timeZone, Number(day[1]), Number(day[2]), Number(day[3]), 12);
  const withSeconds = text.replace(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(Z|[+-])/, '$1:00$2');
  return parseRfc3339(withSeconds.replace(/(\.\d{3})\d+/, '$1'));
}
