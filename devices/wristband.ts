import { defineDevice } from '../src/devices/define.ts';
import { nativeDecoder, nativePayload } from '../src/devices/native.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';

const metrics = [
  'systolic_mmhg',
  'diastolic_mmhg',
  'pulse_bpm',
  'spo2_pct',
  'respiration_per_min',
  'skin_temperature_c',
  'steps_count',
  'worn_bool',
  'charging_bool',
  'battery_pct',
  'latitude_deg',
  'longitude_deg',
  'signal_dbm',
] as const;
const events = ['sos', 'fall', 'fall_cancelled', 'removed', 'put_on', 'boot', 'general_alarm'] as const;

export default defineDevice({
  model: 'wristband',
  title: { zh: '健康手环', en: 'Health wristband' },
  summary: {
    zh: '血压、脉搏、血氧、呼吸、皮肤温度、步数、佩戴、充电、电量、位置；事件：紧急呼叫、跌倒、一般报警、摘下、戴上。手环血压只作提示，须复测。',
    en: 'Blood pressure, pulse, oxygen saturation, respiration, skin temperature, steps, worn, charging, battery, position; events SOS, fall, general alarm, removed, put on. Its blood pressure is a hint that asks for a re-measurement.',
  },
  topics: ['shouwang/{device}/telemetry'],
  metrics,
  events,
  expectedIntervalMs: 10 * MINUTE,
  // It charges for hours and is taken off at night: a band that says nothing for a day needs a look, not sooner.
  silenceGraceMs: 24 * HOUR,
  counters: {},
  bloodPressure: 'hint',
  payload: nativePayload({ metrics, events }),
  decode: nativeDecoder({ metrics, events }),
  examples: [
    {
      name: 'a blood pressure measurement',
      payload: { at: '2026-03-01T08:00:00+08:00', systolic_mmhg: 132, diastolic_mmhg: 84, pulse_bpm: 71 },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [
          { metric: 'systolic_mmhg', value: 132, at: '2026-03-01T00:00:00Z' },
          { metric: 'diastolic_mmhg', value: 84, at: '2026-03-01T00:00:00Z' },
          { metric: 'pulse_bpm', value: 71, at: '2026-03-01T00:00:00Z' },
        ],
      },
    },
    {
      name: 'worn may be true or 1',
      payload: [
        { at: '2026-03-01T00:00:00Z', worn_bool: true },
        { at: '2026-03-01T00:10:00Z', worn_bool: 0 },
      ],
      receivedAt: '2026-03-01T00:10:01Z',
      expect: {
        readings: [
          { metric: 'worn_bool', value: 1, at: '2026-03-01T00:00:00Z' },
          { metric: 'worn_bool', value: 0, at: '2026-03-01T00:10:00Z' },
        ],
      },
    },
    {
      name: 'it is put on the charger',
      payload: [
        { at: '2026-03-01T20:00:00+08:00', event: 'removed' },
        { at: '2026-03-01T20:00:00+08:00', worn_bool: 0, charging_bool: true, battery_pct: 14 },
      ],
      receivedAt: '2026-03-01T12:00:01Z',
      expect: {
        readings: [
          { metric: 'worn_bool', value: 0, at: '2026-03-01T12:00:00Z' },
          { metric: 'charging_bool', value: 1, at: '2026-03-01T12:00:00Z' },
          { metric: 'battery_pct', value: 14, at: '2026-03-01T12:00:00Z' },
        ],
        events: [{ event: 'removed', at: '2026-03-01T12:00:00Z' }],
      },
    },
    {
      name: 'an SOS with a position',
      payload: { at: '2026-03-01T00:00:00Z', event: 'sos', latitude_deg: 31.2, longitude_deg: 121.4 },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [
          { metric: 'latitude_deg', value: 31.2, at: '2026-03-01T00:00:00Z' },
          { metric: 'longitude_deg', value: 121.4, at: '2026-03-01T00:00:00Z' },
        ],
        events: [{ event: 'sos', at: '2026-03-01T00:00:00Z' }],
      },
    },
    {
      name: 'an SOS is taken even if its clock cannot be read',
      payload: { at: 'yesterday', event: 'sos' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [],
        events: [{ event: 'sos', at: '2026-03-01T00:00:01Z' }],
        rejections: ['clock-malformed'],
      },
    },
    {
      name: 'two things that happened, under one key',
      payload: '{"at":"2026-03-01T00:00:00Z","event":"sos","event":"boot"}',
      receivedAt: '2026-03-01T00:00:01Z',
      expect: {
        readings: [],
        events: [
          { event: 'sos', at: '2026-03-01T00:00:00Z' },
          { event: 'boot', at: '2026-03-01T00:00:00Z' },
        ],
        rejections: ['key-repeated'],
      },
    },
    {
      name: 'an alarm that does not say which',
      payload: { at: '2026-03-01T00:00:00Z', event: 'general_alarm' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { readings: [], events: [{ event: 'general_alarm', at: '2026-03-01T00:00:00Z' }] },
    },
    {
      name: 'a pulse of 0 is no measurement',
      payload: { at: '2026-03-01T00:00:00Z', pulse_bpm: 0 },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'out-of-range' },
    },
    {
      name: 'an event that the band does not have',
      payload: { event: 'earthquake' },
      receivedAt: '2026-03-01T00:00:01Z',
      expect: { rejection: 'unknown-event' },
    },
  ],
});
