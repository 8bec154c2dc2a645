import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import waterMeter from '../devices/water-meter.ts';
import wristband from '../devices/wristband.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';
import { localCalendar } from './calendar.ts';
import { type Community, makeCommunity } from './community.ts';
import { type FleetMessage, fleet } from './fleet.ts';
import { recordingLine } from './recording.ts';
import type { Entry } from './report.ts';
import { makeSimulation } from './simulation.ts';

const START = Date.parse('2026-03-01T00:00:00+08:00');
const lineOf = ({ at, topic, payload }: FleetMessage): string => recordingLine(at, topic, payload);
const entriesOf = ({ payload }: FleetMessage): Entry[] =>
  Array.isArray(payload) ? payload : [payload as Entry];

const digest = (messages: Iterable<FleetMessage>): string => {
  const hash = createHash('sha256');
  for (const message of messages) hash.update(lineOf(message));
  return hash.digest('hex');
};

test('the same seed gives the same bytes, another seed others', async () => {
  const options = { homes: 6, start: START, days: 3, incidents: 'default,collapse=50', faults: 'default' };
  const one = await makeSimulation({ seed: 1, ...options });
  const same = await makeSimulation({ seed: 1, ...options });
  const other = await makeSimulation({ seed: 2, ...options });
  expect(digest(one.fleet)).toBe(digest(same.fleet));
  expect(digest(one.fleet)).toBe(digest(one.fleet));
  expect(one.fleet.truth).toEqual(same.fleet.truth);
  expect(one.community.entries).toEqual(same.community.entries);
  expect([...one.community.secrets]).toEqual([...same.community.secrets]);
  expect(digest(one.fleet)).not.toBe(digest(other.fleet));
});

test('what happens in one home changes nothing in another', () => {
  const community = makeCommunity({ seed: 7, homes: 10, start: START });
  const [first] = community.homes;
  const options = { community, seed: 7, start: START, days: 6 };
  const happens = {
    kind: 'x',
    homes: [first!.id],
    from: START + DAY,
    to: START + 4 * DAY,
    disturbance: { guests: 2 },
  };
  const others = (messages: Iterable<FleetMessage>): string[] =>
    [...messages].filter(({ device }) => !device.endsWith(first!.id)).map(lineOf);
  const usual = fleet(options);
  const disturbed = fleet({ ...options, incidents: [happens] });
  expect(others(disturbed)).toEqual(others(usual));
  expect(digest(disturbed)).not.toBe(digest(usual));
  const without: Community = { ...community, homes: community.homes.slice(1) };
  expect([...fleet({ ...options, community: without })].map(lineOf)).toEqual(others(usual));
});

test('messages come in order of time, none before the start, none after the end, each after it was measured', () => {
  const community = makeCommunity({ seed: 8, homes: 12, start: START });
  let before = START;
  for (const message of fleet({ community, seed: 8, start: START, days: 3 })) {
    expect(message.at).toBeGreaterThanOrEqual(before);
    before = message.at;
    for (const entry of entriesOf(message)) {
      const at = Date.parse(String(entry.at));
      expect(at).toBeGreaterThanOrEqual(START);
      expect(at).toBeLessThanOrEqual(message.at);
    }
  }
  expect(before).toBeLessThan(START + 3 * DAY);
});

test('the first messages of ten thousand home-years come at once: nothing is made ahead', () => {
  const community = makeCommunity({ seed: 9, homes: 300, start: START });
  const started = performance.now();
  let count = 0;
  for (const _ of fleet({ community, seed: 9, start: START, days: 33 * 365 })) if (++count === 1000) break;
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('every payload is taken whole by the device models', async () => {
  const { fleet: sent } = await makeSimulation({
    seed: 4,
    homes: 8,
    start: START,
    days: 3,
    incidents: 'default,leak=60,fall=60,sos=60,blood-pressure-crisis=60',
  });
  let count = 0;
  for (const message of sent) {
    const definition = message.device.startsWith('wm-') ? waterMeter : wristband;
    expect(definition.topics.map((topic) => topic.replace('{device}', message.device))).toContain(
      message.topic,
    );
    const decoded = definition.decode(Buffer.from(JSON.stringify(message.payload)), message.at);
    expect(decoded).toMatchObject({ ok: true, clock: 'device', rejections: [] });
    count++;
  }
  expect(count).toBeGreaterThan(2_500);
});

test('with the daily upload each message holds the 24 readings of a day, and the registry expects no more', () => {
  const community = makeCommunity({ seed: 6, homes: 5, start: START, uploadDaily: true });
  const sent = [...fleet({ community, seed: 6, start: START, days: 6, uploadDaily: true })];
  const uploads = sent.filter(({ device }) => device.startsWith('wm-'));
  expect(uploads.length).toBeGreaterThanOrEqual(5 * 5);
  const later = uploads.filter(({ at }) => at > START + 2 * DAY);
  for (const upload of later)
    expect(entriesOf(upload).filter((entry) => 'water_index_m3' in entry)).toHaveLength(24);
  const meters = community.entries.flatMap((entry) =>
    entry.noun === 'device' && entry.model === 'water-meter' ? [entry] : [],
  );
  expect(meters.every(({ expectedIntervalMs }) => expectedIntervalMs === DAY)).toBe(true);
});

// Wide bounds on a fixed seed: what one person living alone uses (40 to 150 litres a day), and how long the longest gap of
// a day is (measured in real one-person homes: median 9 h, one day in ten above 13 h).
test('people use water like people', () => {
  const homes = 30;
  const days = 20;
  const community = makeCommunity({ seed: 2, homes, start: START });
  const readings = new Map<string, [at: number, litres: number][]>();
  for (const message of fleet({ community, seed: 2, start: START, days })) {
    for (const entry of entriesOf(message)) {
      const { water_index_m3: index } = entry;
      if (typeof index !== 'number') continue;
      const of = readings.get(message.device) ?? [];
      of.push([Date.parse(String(entry.at)), index * 1000]);
      readings.set(message.device, of);
    }
  }
  const daily = [...readings.values()].map(
    (of) => (of.at(-1)![1] - of[0]![1]) / ((of.at(-1)![0] - of[0]![0]) / DAY),
  );
  expect(daily.every((litres) => litres > 30 && litres < 160)).toBe(true);
  expect(quantile(daily, 0.5)).toBeGreaterThan(55);
  expect(quantile(daily, 0.5)).toBeLessThan(100);
  expect(quantile(daily, 0.9) / quantile(daily, 0.1)).toBeGreaterThan(1.4);
  const gaps = [...readings.values()].flatMap(longestGaps);
  expect(quantile(gaps, 0.5)).toBeGreaterThan(7);
  expect(quantile(gaps, 0.5)).toBeLessThan(10.5);
  expect(quantile(gaps, 0.9)).toBeGreaterThan(9.5);
  expect(quantile(gaps, 0.9)).toBeLessThan(14);
  expect(gaps.filter((gap) => gap > 24).length / gaps.length).toBeLessThan(0.01);
});

/** The longest time without a litre in each day, in hours. */
function longestGaps(readings: readonly [at: number, litres: number][]): number[] {
  const gaps: number[] = [];
  let usedAt = readings[0]![0];
  let longest = 0;
  for (let i = 1; i < readings.length; i++) {
    longest = Math.max(longest, readings[i]![0] - usedAt);
    if (readings[i]![1] - readings[i - 1]![1] > 0.99) usedAt = readings[i]![0];
    if (i % 24 === 0) {
      gaps.push(longest / HOUR);
      longest = 0;
    }
  }
  return gaps;
}

test('nobody has a crisis who was not given one', () => {
  const community = makeCommunity({ seed: 11, homes: 20, start: START });
  const seen = new Map<string, number[]>();
  for (const message of fleet({ community, seed: 11, start: START, days: 10 })) {
    for (const [name, value] of entriesOf(message).flatMap((entry) => Object.entries(entry))) {
      const values = seen.get(name) ?? [];
      if (typeof value === 'number') values.push(value);
      seen.set(name, values);
    }
  }
  const valuesOf = (name: string): number[] => seen.get(name) ?? [];
  const within = (name: string, min: number, max: number): void => {
    expect(quantile(valuesOf(name), 0), name).toBeGreaterThanOrEqual(min);
    expect(quantile(valuesOf(name), 1), name).toBeLessThanOrEqual(max);
  };
  within('systolic_mmhg', 95, 170);
  within('diastolic_mmhg', 50, 100);
  within('pulse_bpm', 51, 110);
  within('spo2_pct', 94, 100);
  within('skin_temperature_c', 28, 37.5);
  within('battery_pct', 1, 100);
  expect(quantile(valuesOf('systolic_mmhg'), 0.5)).toBeGreaterThan(115);
  expect(quantile(valuesOf('systolic_mmhg'), 0.5)).toBeLessThan(138);
  const worn = valuesOf('worn_bool');
  const share = worn.reduce((sum, value) => sum + value, 0) / worn.length;
  expect(share).toBeGreaterThan(0.7);
  expect(share).toBeLessThan(0.98);
  expect(valuesOf('systolic_mmhg').length).toBeGreaterThan(10 * 14 * 2);
});

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

test('a change of clocks moves the day with the local time', () => {
  const calendar = localCalendar('Europe/Berlin');
  const day = calendar.dayOf(Date.parse('2026-03-29T12:00:00+02:00'));
  expect(calendar.at(day, 0)).toBe(Date.parse('2026-03-29T00:00:00+01:00'));
  expect(calendar.at(day, 8 * 60)).toBe(Date.parse('2026-03-29T08:00:00+02:00'));
  expect(calendar.at(day + 1, 0)).toBe(Date.parse('2026-03-30T00:00:00+02:00'));
  expect(calendar.at(day + 1, 25 * 60)).toBe(Date.parse('2026-03-31T01:00:00+02:00'));
  const shanghai = localCalendar('Asia/Shanghai');
  expect(shanghai.at(shanghai.dayOf(START), 90)).toBe(START + 1.5 * HOUR);
});
