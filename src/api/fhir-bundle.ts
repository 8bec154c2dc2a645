import type { ClockSource } from '../model/message.ts';
import { METRICS, type MetricName } from '../model/metrics.ts';

/** A reading of a person, for the export. */
export interface ExportedReading {
  readonly metric: MetricName;
  readonly value: number;
  readonly at: number;
  readonly clock?: ClockSource;
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
  for (const [at, parts] of pressures) observations.push({ at, resource: panel(source, parts) });
  observations.sort((a, b) => a.at - b.at);
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: observations.length,
    entry: observations.map(({ resource }) => ({ resource, search: { mode: 'match' } })),
  };
}

function single(source: ExportedSource, reading: ExportedReading): Resource {
  const { metric, value } = reading;
  return {
    ...head(source, metric, reading, metric === 'steps_count' ? 'activity' : 'vital-signs'),
    code: codeOf(metric),
    valueQuantity: quantity(metric, value),
  };
}

function panel(source: ExportedSource, parts: readonly ExportedReading[]): Resource {
  return {
    ...head(source, 'blood_pressure', parts[0] as ExportedReading, 'vital-signs'),
    code: { coding: [{ system: LOINC, ...BLOOD_PRESSURE }], text: 'Blood pressure' },
    component: parts.map(({ metric, value }) => ({
      code: codeOf(metric),
      valueQuantity: quantity(metric, value),
    })),
  };
}

/** A clinic must know which times nobody measured: they are said beside the observation. */
const NOTES: Readonly<Partial<Record<ClockSource, string>>> = {
  network: '时间为网关或网络时间，设备未给出 / Time of the gateway or network: the device gave none',
  received: '时间为到达时间，设备未给出 / Time of arrival: the device gave none',
};

function head(
  source: ExportedSource,
  what: string,
  { at, clock }: ExportedReading,
  category: string,
): Resource {
  const note = clock && NOTES[clock];
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
    ...(note === undefined ? {} : { note: [{ text: note }] }),
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
