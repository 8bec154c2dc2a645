import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../src/lib/clock.ts';
import { leftOpen } from '../test/filled-in.ts';
import { runs } from '../test/runs.ts';
import { makeCommunity } from './community.ts';
import { fleet } from './fleet.ts';
import { incidentNames, loadIncidents } from './incident.ts';
import { PlanError, planIncidents, truthLines } from './incident-plan.ts';
import template from './incidents/_template.ts';
import { missingOf } from './shows.ts';
import { parseIncidents, SpecError } from './specs.ts';

const START = Date.parse('2026-03-01T00:00:00+08:00');
const incidents = await loadIncidents();
const rates = new Map([...incidents.values()].map(({ kind, perYear }) => [kind, perYear * 5]));
const community = makeCommunity({ seed: 3, homes: 60, start: START, sensors: 0.5 });
const until = START + 60 * DAY;
const plan = planIncidents({
  incidents,
  community,
  seed: 3,
  start: START,
  until,
  rates,
  settledAt: START + DAY,
});

describe('every incident has texts, shows in the messages what it says, and nothing before it happens', () => {
  for (const definition of incidents.values()) {
    test(definition.kind, () => {
      const { title, summary, found, sometimes = { found } } = definition;
      const notes = { note: found.note, other: sometimes.found.note };
      expect(leftOpen({ title, summary, ...notes }), 'texts that are left to fill in').toEqual([]);
      expect(missingOf(definition, { homesMax: runs(3, 30), daysBefore: runs(1, 4) })).toEqual([]);
    });
  }
});

test('the template for a new incident fails its example until it is filled in', () => {
  expect(missingOf(template)).not.toEqual([]);
});

test('the kinds that the help lists by their files are those that there are', () => {
  expect(incidentNames()).toEqual([...incidents.keys()].sort());
});

test('every kind happens somewhere in a plan with high rates, within its hours and after the quiet beginning', () => {
  expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(incidents.keys()));
  for (const { kind, from, to } of plan) {
    const hour = ((from + 8 * HOUR) % DAY) / HOUR;
    const [first, last] = incidents.get(kind)!.hours;
    expect(hour).toBeGreaterThanOrEqual(first);
    expect(hour).toBeLessThan(last);
    expect(from).toBeGreaterThanOrEqual(START + DAY);
    expect(to).toBeGreaterThan(from);
  }
});

test('one home has one random incident at a time', () => {
  const ends = new Map<string, number>();
  for (const { homes, from, to } of plan) {
    for (const home of homes) {
      expect(from).toBeGreaterThan(ends.get(home) ?? 0);
      ends.set(home, to);
    }
  }
});

test('a dead gateway stands in the truth once for each home behind it', () => {
  const dead = plan.filter(({ kind }) => kind === 'gateway-dead');
  expect(dead.length).toBeGreaterThan(0);
  for (const incident of dead) {
    const behind = community.homes
      .filter(({ meter }) => meter.gateway === incident.gateway)
      .map(({ id }) => id);
    const lines = truthLines([incident], until);
    expect(lines.map(({ home }) => home)).toEqual(behind);
    expect(lines.every((line) => line.kind === 'gateway-dead')).toBe(true);
    const homes = community.homes.filter(({ id }) => behind.includes(id));
    const sent = [
      ...fleet({
        community: { ...community, homes },
        seed: 3,
        start: incident.from - DAY,
        until: incident.to,
        incidents: [incident],
      }),
    ];
    const during = sent.filter(
      ({ at, gateway }) => gateway === incident.gateway && at > incident.from + 60_000,
    );
    expect(during).toEqual([]);
    expect(sent.some(({ gateway }) => gateway === incident.gateway)).toBe(true);
  }
});

test('truth ends with the simulation', () => {
  const lines = truthLines(plan, START + 10 * DAY);
  for (const { to } of lines) expect(Date.parse(to)).toBeLessThanOrEqual(START + 10 * DAY);
});

test('an incident asked for where it cannot happen is refused with the reason', () => {
  const bandless = community.homes.find(({ band }) => !band)!;
  const ask = (kind: string, at: string, from = START + DAY) =>
    planIncidents({
      incidents,
      community,
      seed: 1,
      start: START,
      until,
      rates: new Map(),
      asked: [{ kind, at, from }],
    });
  expect(() => ask('fall', bandless.id)).toThrow(PlanError);
  expect(() => ask('fall', bandless.id)).toThrow('has no wristband');
  expect(() => ask('collapse', 'nowhere')).toThrow('there is no home "nowhere"');
  expect(() => ask('collapse', bandless.id, until + 1)).toThrow('outside the simulated time');
  expect(() => ask('earthquake', bandless.id)).toThrow('there is no incident "earthquake"');
});

test('the list on the command line is read, and mistakes in it are named', () => {
  const { rates: read, asked } = parseIncidents(
    'collapse=2, leak, fall@haitang-1-1-101=2026-03-02T08:00:00+08:00/2026-03-02T09:00:00+08:00',
    incidents,
  );
  expect([...read]).toEqual([
    ['collapse', 2],
    ['leak', incidents.get('leak')!.perYear],
  ]);
  expect(asked).toEqual([
    { kind: 'fall', at: 'haitang-1-1-101', from: START + DAY + 8 * HOUR, to: START + DAY + 9 * HOUR },
  ]);
  expect(parseIncidents('default', incidents).rates.size).toBe(incidents.size);
  expect(parseIncidents('none', incidents).rates.size).toBe(0);
  for (const wrong of [
    'colapse',
    'collapse=often',
    'collapse=-1',
    'fall@x',
    'fall@x=yesterday',
    'fall@x=2026-03-02',
  ])
    expect(() => parseIncidents(wrong, incidents), wrong).toThrow(SpecError);
});
