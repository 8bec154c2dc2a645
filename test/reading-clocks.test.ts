import { expect, test } from 'vitest';
import { fhirBundle } from '../src/api/fhir-bundle.ts';
import { Decoder } from '../src/app/decode.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import type { Report } from '../src/model/message.ts';
import { community, coreOf, envelopes, models, T0 } from './core.ts';

const EUI = '24e124713b000001';
const COMMUNITY = community({
  h1: [
    { model: 'wristband', id: 'band' },
    { model: 'axioma-qalcosonic-w1', id: 'meter', address: `deveui:${EUI}` },
  ],
});

function reportOf(topic: string, payload: unknown, receivedAt: number): Report | undefined {
  let said: Report | undefined;
  const message = { receivedAt, topic, payload: Buffer.from(JSON.stringify(payload)) };
  new Decoder(models, envelopes).decode(coreOf(COMMUNITY, []), message, ({ report }) => {
    said = report;
  });
  return said;
}

const clocks = (report: Report | undefined) => report?.readings.map(({ clock }) => clock ?? report.clock);

test('a value of now without a time, beside a history with its own, is of our clock', () => {
  const history = [2, 1].map((hours) => ({ at: T0 - hours * HOUR, pulse_bpm: 70 + hours }));
  const report = reportOf('shouwang/band/telemetry', [...history, { spo2_pct: 97 }], T0);
  expect(clocks(report)).toEqual(['device', 'device', 'received']);
});

test('a report of one clock says so once, and its readings nothing', () => {
  const given = reportOf(
    'shouwang/band/telemetry',
    [
      { at: T0, pulse_bpm: 70 },
      { at: T0 - HOUR, pulse_bpm: 71 },
    ],
    T0,
  );
  expect(given).toMatchObject({ clock: 'device' });
  const none = reportOf('shouwang/band/telemetry', { pulse_bpm: 70 }, T0);
  expect(none).toMatchObject({ clock: 'received' });
  for (const reading of [...(given?.readings ?? []), ...(none?.readings ?? [])])
    expect(reading).not.toHaveProperty('clock');
});

test('a history that the meter timed itself is of its clock, though the network has one too', () => {
  // Time, status, index, time and index of the log, fifteen hourly deltas: the basic form of the meter.
  const bytes = Buffer.alloc(47);
  bytes.writeUInt32LE((T0 - MINUTE) / 1000, 0);
  bytes.writeUInt32LE(5_000, 5);
  bytes.writeUInt32LE((T0 - 16 * HOUR) / 1000, 9);
  bytes.writeUInt32LE(4_000, 13);
  const uplink = { deviceInfo: { devEui: EUI }, time: new Date(T0).toISOString(), fPort: 100, fCnt: 4 };
  const report = reportOf(
    `application/a/device/${EUI}/event/up`,
    { ...uplink, data: bytes.toString('base64') },
    T0 + 500,
  );
  expect(new Set(clocks(report))).toEqual(new Set(['device']));
  expect(report?.readings.length).toBeGreaterThan(10);
});

test('FHIR says in a note where a time is not that of the device', () => {
  const reading = { metric: 'pulse_bpm', value: 70, at: T0 } as const;
  const source = { device: 'band', model: 'wristband', resident: undefined };
  const noteOf = (clock: 'device' | 'network' | 'received' | undefined) => {
    const bundle = fhirBundle(source, [clock === undefined ? reading : { ...reading, clock }]) as {
      entry: { resource: { note?: { text: string }[] } }[];
    };
    return bundle.entry[0]?.resource.note?.[0]?.text;
  };
  expect(noteOf('device')).toBeUndefined();
  expect(noteOf(undefined)).toBeUndefined();
  expect(noteOf('network')).toContain('gateway or network');
  expect(noteOf('received')).toContain('到达时间');
});
