import { METRICS, type MetricName } from '../model/metrics.ts';

/** A reading of a person, for the export. */
export interface ExportedReading {
  readonly metric: MetricName;
  readonly value: number;
  readonly at: number;
}

/** Whose readings they are, and by what they were measured. */
export interface ExportedSource {
  readonly device: string;
  readonly model: string;
  /** Undefined where nobody wrote down whose device it is. */
  readonly resident: string | undefined;
}

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
const BLOOD_PRESSURE = { code: '85354-9', display: 'Blood pressure panel with all children optional' };

/** What is said of a person in FHIR: metrics with a LOINC code. */
export const PERSONAL_METRICS: readonly MetricName[] = (Object.keys(METRICS) as MetricName[]).filter(
  (metric) => 'loinc' in METRICS[metric],
);

type Resource = Readonly<Record<string, unknown>>;

/**
 * Readings as a searchset of FHIR R4 Observations: the two pressures of one instant as one panel, everything else one
 * by one, in the order of time. Ids are made of device, metric and instant: the same reading has the same id each time.
 */
export function fhirBundle(source: ExportedSource, readings: readonly ExportedReading[]): Resource {
  const sorted = [...readings].sort((a, b) => a.at - b.at || a.metric.localeCompare(b.metric));
  const pressures = new Map<number, ExportedReading[]>();
  const observations: { at: number; resource: Resource }[] = [];
  for (const reading of sorted) {
    if (reading.metric === 'systolic_mmhg' || reading.metric === 'diastolic_mmhg')
      pressures.set(reading.at, [...(pressures.get(reading.at) ?? []), reading]);
    else observations.push({ at: reading.at, resource: single(source, reading) });
  }
  for (const [at, parts] of pressures) observations.push({ at, resource: panel(source, at, parts) });
  observations.sort((a, b) => a.at - b.at);
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: observations.length,
    entry: observations.map(({ resource }) => ({ resource, search: { mode: 'match' } })),
  };
}

function single(source: ExportedSource, { metric, value, at }: ExportedReading): Resource {
  return {
    ...head(source, metric, at, metric === 'steps_count' ? 'activity' : 'vital-signs'),
    code: codeOf(metric),
    valueQuantity: quantity(metric, value),
  };
}

function panel(source: ExportedSource, at: number, parts: readonly ExportedReading[]): Resource {
  return {
    ...head(source, 'blood_pressure', at, 'vital-signs'),
    code: { coding: [{ system: LOINC, ...BLOOD_PRESSURE }], text: 'Blood pressure' },
    component: parts.map(({ metric, value }) => ({
      code: codeOf(metric),
      valueQuantity: quantity(metric, value),
    })),
  };
}

function head(source: ExportedSource, what: string, at: number, category: string): Resource {
  const { device, model, resident } = source;
  return {
    resourceType: 'Observation',
    // An id of FHIR has letters, digits, "-" and "." only, at most 64.
    id: `${device}-${what}-${at.toString(36)}`.replace(/[^A-Za-z0-9.-]/g, '-').slice(-64),
    status: 'final',
    category: [{ coding: [{ system: CATEGORY, code: category }] }],
    ...(resident === undefined ? {} : { subject: { reference: `Patient/${resident}` } }),
    effectiveDateTime: new Date(at).toISOString(),
    device: { reference: `Device/${device}`, display: model },
  };
}

function codeOf(metric: MetricName): Resource {
  const { title, ...rest } = METRICS[metric];
  const code = 'loinc' in rest ? rest.loinc : undefined;
  return { coding: [{ system: LOINC, code, display: title.en }], text: title.en };
}

function quantity(metric: MetricName, value: number): Resource {
  const { ucum } = METRICS[metric];
  return { value, unit: ucum, system: UCUM, code: ucum };
}
