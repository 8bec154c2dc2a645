import { z } from 'zod';
import { defineDevice } from '../src/devices/define.ts';
import { takeFhir } from '../src/devices/health/fhir.ts';
import { documentOf } from '../src/devices/health/json.ts';
import { decoderOf } from '../src/devices/take.ts';
import { DAY } from '../src/lib/clock.ts';

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
const quantity = (value: number, code: string): object => ({ value, unit: code, system: UCUM, code });
const coded = (code: string): object => ({ coding: [{ system: LOINC, code }] });

export default defineDevice({
  model: 'fhir-observation',
  title: { zh: 'FHIR R4 观察记录', en: 'FHIR R4 Observations' },
  summary: {
    zh: '医院、体检、随访系统的 FHIR R4 Observation：血压（85354-9）、心率、血氧、体温、呼吸、步数。单条或 Bundle；作废的记录、缺失的值按名拒收。',
    en: 'FHIR R4 Observations of a clinic or a health record: blood pressure (85354-9), heart rate, oxygen saturation, temperature, respiration, steps; one or a Bundle. What was withdrawn or has no value is refused by name.',
  },
  connect: {
    zh: '登记为老人的一个设备；JSON 发布到 shouwang/<设备>/fhir，或用 shouwang import-readings <文件> --device <设备> 导入文件。一份文档含多人时，在 settings 写 subject（如 Patient/123）。',
    en: 'Enrol it as a device of the resident; publish JSON under shouwang/<device>/fhir, or bring a file in with shouwang import-readings <file> --device <device>. Where a document speaks of several people, settings name the subject, such as Patient/123.',
  },
  faults: [
    {
      zh: '只有日期的记录按当地中午计时；只有月份或年份的不收。',
      en: 'A record with a day and no hour counts as of noon, local time; one with only a month or a year is refused.',
    },
  ],
  sources: [
    'https://hl7.org/fhir/R4/observation-vitalsigns.html',
    'https://github.com/google/fhir (HL7 example packages, CC0-1.0)',
  ],
  topics: ['shouwang/{device}/fhir'],
  metrics: [
    'systolic_mmhg',
    'diastolic_mmhg',
    'pulse_bpm',
    'spo2_pct',
    'body_temperature_c',
    'skin_temperature_c',
    'respiration_per_min',
    'steps_count',
  ],
  events: [],
  expectedIntervalMs: 30 * DAY,
  // Documents come when somebody was examined: silence says nothing for a year.
  silenceGraceMs: 365 * DAY,
  counters: {},
  bloodPressure: 'measured',
  settings: z.object({
    subject: z.string().max(200).optional().meta({
      title: 'Subject',
      description: 'reference of the resident in these documents, such as Patient/123',
    }),
  }),
  decode: decoderOf((payload, take) => takeFhir(documentOf(payload, take).json, take)),
  examples: [
    {
      name: 'a blood pressure panel whose diastolic value was not measured; a day without an hour',
      payload: {
        resourceType: 'Observation',
        status: 'final',
        code: coded('85354-9'),
        effectiveDateTime: '2026-02-28',
        component: [
          { code: coded('8480-6'), valueQuantity: quantity(107, 'mm[Hg]') },
          {
            code: coded('8462-4'),
            dataAbsentReason: {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'not-performed' },
              ],
            },
          },
        ],
      },
      source: 'after HL7 example Observation/blood-pressure-dar (CC0-1.0)',
      timeZone: 'Asia/Shanghai',
      receivedAt: '2026-03-01T00:00:00Z',
      expect: {
        readings: [{ metric: 'systolic_mmhg', value: 107, at: '2026-02-28T04:00:00Z' }],
        rejections: ['value-absent'],
      },
    },
    {
      name: 'a Bundle: kilopascal, Fahrenheit, and a patient who is no observation',
      payload: {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { resource: { resourceType: 'Patient', id: 'p1' } },
          {
            resource: {
              resourceType: 'Observation',
              status: 'amended',
              code: coded('8480-6'),
              subject: { reference: 'Patient/p1' },
              effectivePeriod: { start: '2026-03-01T07:59:00+08:00', end: '2026-03-01T08:00:00+08:00' },
              valueQuantity: quantity(16, 'kPa'),
            },
          },
          {
            resource: {
              resourceType: 'Observation',
              status: 'final',
              code: coded('8310-5'),
              subject: { reference: 'Patient/p1' },
              effectiveInstant: '2026-03-01T00:00:00.123456Z',
              valueQuantity: quantity(98.6, '[degF]'),
            },
          },
        ],
      },
      receivedAt: '2026-03-01T00:01:00Z',
      expect: {
        readings: [
          { metric: 'systolic_mmhg', value: 120.009852, at: '2026-03-01T00:00:00Z' },
          { metric: 'body_temperature_c', value: 37, at: '2026-03-01T00:00:00.123Z' },
        ],
      },
    },
    {
      name: 'entered in error',
      payload: {
        resourceType: 'Observation',
        status: 'entered-in-error',
        code: coded('8867-4'),
        effectiveDateTime: '2026-03-01T00:00:00Z',
        valueQuantity: quantity(44, '/min'),
      },
      receivedAt: '2026-03-01T00:01:00Z',
      expect: { rejection: 'withdrawn' },
    },
    {
      name: 'a value without a unit',
      payload: {
        resourceType: 'Observation',
        status: 'final',
        code: coded('8310-5'),
        effectiveDateTime: '2026-03-01T00:00:00Z',
        valueQuantity: { value: 99 },
      },
      receivedAt: '2026-03-01T00:01:00Z',
      expect: { rejection: 'unknown-unit' },
    },
    {
      name: 'a month is no instant',
      payload: {
        resourceType: 'Observation',
        status: 'final',
        code: coded('8867-4'),
        effectiveDateTime: '2026-02',
        valueQuantity: quantity(70, '/min'),
      },
      receivedAt: '2026-03-01T00:01:00Z',
      expect: { rejection: 'clock-malformed' },
    },
    {
      name: 'observations of two people, and nobody said which of them lives here',
      payload: ['Patient/a', 'Patient/b'].map((reference) => ({
        resourceType: 'Observation',
        status: 'final',
        code: coded('8867-4'),
        subject: { reference },
        effectiveDateTime: '2026-03-01T00:00:00Z',
        valueQuantity: quantity(70, '/min'),
      })),
      receivedAt: '2026-03-01T00:01:00Z',
      expect: { rejection: 'other-person' },
    },
    {
      name: 'a mean pressure is not watched',
      payload: {
        resourceType: 'Observation',
        status: 'final',
        code: coded('8478-0'),
        effectiveDateTime: '2026-03-01',
        valueQuantity: quantity(80, 'mm[Hg]'),
      },
      source: 'after HL7 example Observation/mbp (CC0-1.0)',
      receivedAt: '2026-03-01T00:01:00Z',
      expect: { rejection: 'unknown-metric' },
    },
    {
      name: 'another resource',
      payload: { resourceType: 'Patient', id: 'p1' },
      receivedAt: '2026-03-01T00:01:00Z',
      expect: { rejection: 'not-supported' },
    },
  ],
});
