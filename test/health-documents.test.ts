import { describe, expect, test } from 'vitest';
import { models } from './core.ts';

const AT = Date.parse('2026-03-01T00:00:00Z');

/** What a model makes of a document, in a line; instants by their day. */
function said(model: string, document: unknown, settings?: Record<string, string>): string {
  const payload = Buffer.from(JSON.stringify(document));
  const decoded = models.get(model)?.decode(payload, AT, settings ? { settings } : {});
  if (!decoded?.ok) return decoded?.reason ?? 'no such model';
  return decoded.readings
    .map(({ metric, value, at }) => `${metric} ${value} ${new Date(at).toISOString().slice(0, 16)}`)
    .concat(decoded.rejections.map(({ reason }) => `!${reason}`))
    .join(', ');
}

const coded = (code: string): object => ({ coding: [{ system: 'http://loinc.org', code }] });
const observation = (fields: object): object => ({
  resourceType: 'Observation',
  status: 'final',
  code: coded('8867-4'),
  effectiveDateTime: '2026-02-28T08:00:00Z',
  valueQuantity: { value: 71, code: '/min' },
  ...fields,
});

describe('a FHIR Observation', () => {
  test('is of the day that it says, however long ago: it is no device whose clock was never set', () => {
    expect(said('fhir-observation', observation({ effectiveDateTime: '1999-07-02' }))).toBe(
      'pulse_bpm 71 1999-07-02T12:00',
    );
  });

  test('with a bound, a text or no value at all is no measurement', () => {
    const less = { value: 50, comparator: '<', code: '/min' };
    expect(said('fhir-observation', observation({ valueQuantity: less }))).toBe('not-a-number');
    expect(said('fhir-observation', observation({ valueQuantity: undefined, valueString: '71' }))).toBe(
      'not-a-number',
    );
    const absent = { coding: [{ code: 'asked-unknown' }] };
    const without = observation({ valueQuantity: undefined, dataAbsentReason: absent });
    expect(said('fhir-observation', without)).toBe('value-absent');
  });

  test('in a unit of another kind is refused, not converted', () => {
    expect(said('fhir-observation', observation({ valueQuantity: { value: 71, code: 'kPa' } }))).toBe(
      'unknown-unit',
    );
  });

  test('of somebody else is refused where settings say who lives here', () => {
    const two = ['Patient/a', 'Patient/b'].map((reference) => observation({ subject: { reference } }));
    expect(said('fhir-observation', two, { subject: 'Patient/b' })).toBe(
      'pulse_bpm 71 2026-02-28T08:00, !other-person',
    );
  });

  test('keeps its value where another one of the Bundle was withdrawn', () => {
    const entry = [observation({}), observation({ status: 'cancelled' })].map((resource) => ({ resource }));
    expect(said('fhir-observation', { resourceType: 'Bundle', entry })).toBe(
      'pulse_bpm 71 2026-02-28T08:00, !withdrawn',
    );
  });
});

describe('an Open mHealth document', () => {
  const rate = { heart_rate: { value: 64, unit: 'beats/min' } };
  const point = (version: string, body: object): object => ({
    header: {
      creation_date_time: '2026-02-28T08:00:00Z',
      schema_id: { namespace: 'omh', name: 'heart-rate', version },
    },
    body,
  });

  test('without a time is of when it was written, where its schema allows that', () => {
    expect(said('open-mhealth', point('1.0', rate))).toBe('pulse_bpm 64 2026-02-28T08:00');
    expect(said('open-mhealth', point('2.0', rate))).toBe('malformed-payload');
  });

  test('that breaks its schema beside the value is not trusted in the value', () => {
    const body = { ...rate, temporal_relationship_to_physical_activity: 'resting' };
    expect(said('open-mhealth', point('1.0', body))).toBe('malformed-payload');
  });

  test('with a figure over days is no measurement; over a day, it is one of that day', () => {
    const over = (end: string): object => ({
      ...rate,
      effective_time_frame: {
        time_interval: { start_date_time: '2026-02-20T08:00:00Z', end_date_time: end },
      },
      descriptive_statistic: 'maximum',
    });
    expect(said('open-mhealth', over('2026-02-21T08:00:00Z'))).toBe('pulse_bpm 64 2026-02-21T08:00');
    expect(said('open-mhealth', over('2026-02-27T08:00:00Z'))).toBe('not-supported');
  });
});
