import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';
import { atLength } from '../test/runs.ts';
import { makeCommunity } from './community.ts';
import { loadFaults } from './fault.ts';
import { FAULTS_HELP } from './faults-help.ts';
import { type Fleet, type FleetMessage, fleet } from './fleet.ts';
import type { Entry } from './report.ts';
import { parseFaults } from './specs.ts';

const START = Date.parse('2026-03-01T00:00:00+08:00');
const community = makeCommunity({ seed: 5, homes: 6, start: START });
const faults = await loadFaults();
const run = (spec: string, days = 6): Fleet =>
  fleet({ community, seed: 5, start: START, days, faults: parseFaults(spec, faults) });
const usual = [...run('none')];
const entriesOf = ({ payload }: FleetMessage): Entry[] =>
  Array.isArray(payload) ? payload : [payload as Entry];
const text = ({ topic, payload }: FleetMessage): string => `${topic} ${JSON.stringify(payload)}`;
const inOrder = (messages: readonly FleetMessage[]): boolean =>
  messages.every(({ at }, i) => i === 0 || at >= messages[i - 1]!.at);

test('a share above one is a mistake, and not a line that loses everything', () => {
  expect(() => parseFaults('loss=2', faults)).toThrow('expected a number from 0 to 1');
  expect(parseFaults('loss=1,flat-battery=2', faults).map(({ rate }) => rate)).toEqual([1, 2]);
});

test('loss takes messages away and changes none of the others', () => {
  const left = [...run('loss=0.2')];
  expect(left.length / usual.length).toBeGreaterThan(0.75);
  expect(left.length / usual.length).toBeLessThan(0.85);
  const all = new Set(usual.map(text));
  expect(left.every((message) => all.has(text(message)))).toBe(true);
});

test('repeat sends the same message again, later', () => {
  const sent = [...run('repeat=0.2')];
  expect(sent.length / usual.length).toBeGreaterThan(1.15);
  expect(new Set(sent.map(text))).toEqual(new Set(usual.map(text)));
  expect(inOrder(sent)).toBe(true);
});

test('reorder lets later messages overtake, and loses nothing', () => {
  const sent = [...run('reorder=0.2')];
  const overtaken = sent.filter(
    ({ at, payload }) => at - Date.parse(String((payload as Entry).at)) > 10 * MINUTE,
  );
  expect(overtaken.length).toBeGreaterThan(usual.length * 0.15);
  expect(inOrder(sent)).toBe(true);
  const everything = new Set(usual.map(text));
  expect(sent.every((message) => everything.has(text(message)))).toBe(true);
});

test('clock-skew moves the times of some devices by a constant', () => {
  const offset = (messages: readonly FleetMessage[], i: number): number =>
    Date.parse(String(entriesOf(messages[i]!)[0]!.at)) - Date.parse(String(entriesOf(usual[i]!)[0]!.at));
  const sent = [...run('clock-skew=0.8')];
  expect(sent.length).toBe(usual.length);
  const skews = new Map<string, Set<number>>();
  for (let i = 0; i < sent.length; i++) {
    const { device } = sent[i]!;
    skews.set(device, (skews.get(device) ?? new Set()).add(offset(sent, i)));
  }
  expect([...skews.values()].every((set) => set.size === 1)).toBe(true);
  expect(new Set([...skews.values()].map((set) => [...set][0])).size).toBeGreaterThan(2);
});

atLength('burst holds readings back for hours and sends them as one batch, each once', () => {
  const sent = [...run('burst=0.02')];
  const batches = sent.filter((message) => entriesOf(message).length > 5);
  expect(batches.length).toBeGreaterThan(5);
  for (const message of batches) {
    const first = Date.parse(String(entriesOf(message)[0]!.at));
    expect(message.at - first).toBeGreaterThan(50 * MINUTE);
    expect(message.at - first).toBeLessThan(13 * HOUR);
  }
  const singles = (messages: readonly FleetMessage[]): string[] =>
    messages.flatMap((message) => entriesOf(message).map((entry) => message.device + JSON.stringify(entry)));
  const before = START + 5 * DAY;
  const measuredBefore = (line: string): boolean => Date.parse(/"at":"([^"]+)"/.exec(line)![1]!) < before;
  expect(singles(sent).filter(measuredBefore).sort()).toEqual(singles(usual).filter(measuredBefore).sort());
});

atLength(
  'daily-upload keeps the readings of some meters for a day and loses none, and leaves bands alone',
  () => {
    const sent = [...run('daily-upload=0.5')];
    const meters = new Map<string, number>();
    for (const message of sent) {
      const entries = entriesOf(message);
      if (entries.length < 12) continue;
      meters.set(message.device, (meters.get(message.device) ?? 0) + 1);
      expect(message.at).toBeGreaterThanOrEqual(Math.max(...entries.map(({ at }) => Date.parse(String(at)))));
    }
    expect(meters.size).toBeGreaterThan(0);
    expect(meters.size).toBeLessThan(6);
    for (const [device, uploads] of meters) {
      expect(community.homes.some(({ meter }) => meter.id === device)).toBe(true);
      expect(uploads).toBeGreaterThanOrEqual(4);
      expect(sent.filter((message) => message.device === device).length).toBeLessThanOrEqual(6);
    }
    const singles = (messages: readonly FleetMessage[]): string[] =>
      messages.flatMap((message) =>
        entriesOf(message).map((entry) => message.device + JSON.stringify(entry)),
      );
    const before = (line: string): boolean =>
      Date.parse(/"at":"([^"]+)"/.exec(line)![1]!) < START + 4.9 * DAY;
    expect(singles(sent).filter(before).sort()).toEqual(singles(usual).filter(before).sort());
    expect(inOrder(sent)).toBe(true);
  },
);

atLength('flat-battery sinks, falls silent, comes back, and stands in the truth', () => {
  const flat = run('flat-battery=20', 60);
  const sent = [...flat];
  expect(flat.truth.length).toBeGreaterThan(5);
  const meter = community.homes.find((home) =>
    flat.truth.some(
      ({ home: id, from, to }) =>
        id === home.id && Date.parse(from) > START + 6 * DAY && Date.parse(to) < START + 55 * DAY,
    ),
  )!;
  for (const line of flat.truth.filter(({ home }) => home === meter.id)) {
    const [from, to] = [Date.parse(line.from), Date.parse(line.to)];
    expect([meter.meter.id, meter.band?.id]).toContain(line.device);
    const isHeard = sent.some(({ device, at }) => device === line.device && at >= from && at < to);
    expect(isHeard).toBe(false);
  }
  const low = sent.flatMap(entriesOf).filter((entry) => Number(entry['battery_pct'] ?? 100) < 10);
  expect(low.length).toBeGreaterThan(3);
});

atLength('all faults together leave a stream in order, with the same bytes each time', () => {
  const once = [...run('default,loss=0.1,repeat=0.1,reorder=0.1,burst=0.02')];
  const again = [...run('default,loss=0.1,repeat=0.1,reorder=0.1,burst=0.02')];
  expect(inOrder(once)).toBe(true);
  expect(once.map(text)).toEqual(again.map(text));
});

test('the help tells of each fault in both languages, with its own rate', () => {
  for (const { fault, rate } of faults.values())
    for (const help of [FAULTS_HELP.zh, FAULTS_HELP.en])
      expect(help).toContain(`
  ${fault}=${rate} `);
});
