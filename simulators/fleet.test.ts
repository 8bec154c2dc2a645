import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import waterMeter from '../devices/water-meter.ts';
import wristband from '../devices/wristband.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';
import { atLength, runs } from '../test/runs.ts';
import { worked } from '../test/work.ts';
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
  const options = {
    homes: 6,
    start: START,
    days: runs(1, 3),
    incidents: 'default,collapse=50',
    faults: 'default',
  };
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

atLength('what happens in one home changes nothing in another', () => {
  const community = makeCommunity({ seed: 7, homes: 5, start: START });
  const [first] = community.homes;
  const options = { community, seed: 7, start: START, days: 4 };
  const happens = {
    kind: 'x',
    homes: [first!.id],
    from: START + DAY,
    to: START + 3 * DAY,
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
  const wrong: FleetMessage[] = [];
  for (const message of fleet({ community, seed: 8, start: START, days: 3 })) {
    const measured = entriesOf(message).map(({ at }) => Date.parse(String(at)));
    const isPlausible = measured.every((at) => at >= START && at <= message.at);
    if (message.at < before || !isPlausible) wrong.push(message);
    before = message.at;
  }
  expect(wrong).toEqual([]);
  expect(before).toBeGreaterThan(START + 2 * DAY);
  expect(before).toBeLessThan(START + 3 * DAY);
});

test('the first messages of ten thousand home-years come at once: nothing is made ahead', () => {
  const community = makeCommunity({ seed: 9, homes: 300, start: START });
  const before = worked();
  let count = 0;
  for (const _ of fleet({ community, seed: 9, start: START, days: 33 * 365 })) if (++count === 1000) break;
  expect(worked() - before).toBeLessThan(3_000);
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
  const notTaken: unknown[] = [];
  for (const message of sent) {
    const definition = message.device.startsWith('wm-') ? waterMeter : wristband;
    const topics = definition.topics.map((topic) => topic.replace('{device}', message.device));
    const decoded = definition.decode(Buffer.from(JSON.stringify(message.payload)), message.at);
    const isWhole = decoded.ok && decoded.clock === 'device' && decoded.rejections.length === 0;
    if (!topics.includes(message.topic) || !isWhole) notTaken.push({ message, decoded });
    count++;
  }
  expect(notTaken).toEqual([]);
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
