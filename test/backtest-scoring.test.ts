import { describe, expect, test } from 'vitest';
import { loadRuleKinds } from '../src/app/definitions.ts';
import { loadRuleSet } from '../src/app/load.ts';
import { HomeBootstrap } from '../src/backtest/bootstrap.ts';
import { decodeLitres, encodeLitres, HomeHours } from '../src/backtest/home-hours.ts';
import type { Report } from '../src/backtest/report.ts';
import { Scoring } from '../src/backtest/scoring.ts';
import { looksAtOf, sightFrom, sightsOf } from '../src/backtest/sight.ts';
import { oddRun } from '../src/backtest/summary.ts';
import { type Incident, knownKinds, parseTruth } from '../src/backtest/truth.ts';
import { DAY, HOUR } from '../src/lib/clock.ts';
import type { About, Alert } from '../src/model/alert.ts';
import { areaId } from '../src/model/paths.ts';
import { Registry } from '../src/registry/registry.ts';
import { community, models, T0 } from './core.ts';

const registry = Registry.from(
  community(
    {
      h1: [{ id: 'wm1', model: 'water-meter', gateway: 'gw' }],
      h2: [{ id: 'wm2', model: 'water-meter', gateway: 'gw' }],
      h3: [{ id: 'wm3', model: 'water-meter' }],
    },
    ['gw'],
  ),
);
const homes = ['h1', 'h2', 'h3'].map((id) => ({ id, days: 20 }));
const scoringOf = (...truth: Incident[]): Scoring =>
  new Scoring({ truth, homes, registry, bootstrap: new HomeBootstrap(homes.length, 50) });

let number = 0;
/** Hours since the beginning; only what scoring looks at. */
function alert(subject: string, about: About, raised: number, cleared?: number): Alert {
  return {
    id: `a${number++}`,
    subject,
    home: about === 'area' ? '' : subject,
    about,
    rule: 'R',
    raisedAt: T0 + raised * HOUR,
    ...(cleared === undefined ? {} : { clearedAt: T0 + cleared * HOUR }),
  } as Alert;
}
const incident = (
  home: string,
  kind: string,
  about: Incident['about'],
  from: number,
  to: number,
): Incident => ({
  home,
  kind,
  about,
  from: T0 + from * HOUR,
  to: T0 + to * HOUR,
});

describe('an incident', () => {
  const fall = incident('h1', 'fall', 'person', 10, 40);

  test('is found by the first alert about a person of its home, until an hour after its end', () => {
    const figures = scoringOf(fall).figures(
      [alert('h1', 'person', 12), alert('h1', 'person', 41)],
      ['person'],
    );
    expect(figures).toMatchObject({
      recall: 1,
      falseAlerts: 0,
      delayHours: { p50: 2, max: 2 },
      precision: 1,
    });
    expect(scoringOf(fall).figures([alert('h1', 'person', 41.1)], ['person'])).toMatchObject({
      recall: 0,
      falseAlerts: 1,
    });
  });

  test('is not found by the alert of another home, nor by one about the pipes or a battery', () => {
    const others = [alert('h2', 'person', 12), alert('h1', 'home', 12), alert('h1', 'device', 12)];
    expect(scoringOf(fall).figures(others, ['person', 'home', 'device'])).toMatchObject({
      found: 0,
      falseAlerts: 3,
    });
  });

  test('that begins while such an alert is open is neither found nor missed', () => {
    const figures = scoringOf(fall).figures([alert('h1', 'person', 5, 12)], ['person']);
    expect(figures).toMatchObject({ incidents: 0, openAlready: 1, found: 0, falseAlerts: 1 });
    expect(figures.recall).toBeUndefined();
  });

  test('of a device behind a gateway is found by the alert about the gateway as well', () => {
    const dead = ['h1', 'h2'].map((home) => incident(home, 'gateway-dead', 'area', 10, 40));
    expect(scoringOf(...dead).figures([alert('gw', 'area', 13)], ['area'])).toMatchObject({
      recall: 1,
      falseAlerts: 0,
    });
  });

  test('that is none, such as a journey, explains no alert, and the alert is told to have come during it', () => {
    const figures = scoringOf(incident('h1', 'away', 'nothing', 10, 99)).figures(
      [alert('h1', 'person', 34)],
      ['person'],
    );
    expect(figures).toMatchObject({ incidents: 0, falseAlerts: 1, falseDuring: { away: 1 } });
  });

  test('counts for a rule only if it can show in what the rule reads', async () => {
    const kinds = await knownKinds();
    const line = `{"home":"h1","kind":"fall","from":"2026-03-01T08:00:00Z","to":"2026-03-03T08:00:00Z"}`;
    const scoring = scoringOf(...parseTruth(line, 'truth', kinds));
    expect(scoring.figures([], ['person'], sightFrom(new Set(['systolic_mmhg']))).incidents).toBe(0);
    expect(scoring.figures([], ['person'], sightFrom(new Set(['fall']))).incidents).toBe(1);
    expect(scoring.figures([], ['person'], undefined).incidents).toBe(1);
  });

  test('counts for a rule only in homes that have what the rule reads', async () => {
    const line = `{"home":"h1","kind":"collapse","from":"2026-03-01T08:00:00Z","to":"2026-03-03T08:00:00Z"}`;
    const truth = parseTruth(line, 'truth', await knownKinds());
    const bootstrap = new HomeBootstrap(homes.length, 50);
    const measuredIn = () => new Set(['water_index_m3'] as const);
    const scoring = new Scoring({ truth, homes, registry, bootstrap, measuredIn });
    expect(scoring.figures([], ['person'], sightFrom(new Set(['motion_bool']))).incidents).toBe(0);
    expect(
      scoring.figures([], ['person'], sightFrom(new Set(['motion_bool', 'water_index_m3']))).incidents,
    ).toBe(1);
    // Where nobody knows what hangs there, movement might tell of it.
    expect(scoringOf(...truth).figures([], ['person'], sightFrom(new Set(['motion_bool']))).incidents).toBe(
      1,
    );
  });

  test('that a rule cannot see is none that it missed, and the reason is told', async () => {
    const loaded = await loadRuleSet('config/rules.yaml', await loadRuleKinds());
    if (!loaded.ok) throw new Error('rules');
    const sights = sightsOf(loaded.value, await loadRuleKinds());
    const lines = ['collapse', 'fall', 'blood-pressure-crisis', 'my-own-kind'].map(
      (kind) => `{"home":"h1","kind":"${kind}","from":"2026-03-01T08:00:00Z","to":"2026-03-03T08:00:00Z"}`,
    );
    const truth = parseTruth(lines.join('\n'), 'truth', await knownKinds());
    const bootstrap = new HomeBootstrap(homes.length, 50);
    const measuredIn = () =>
      new Set(['water_index_m3', 'motion_bool', 'systolic_mmhg', 'diastolic_mmhg'] as const);
    const scoring = new Scoring({ truth, homes, registry, bootstrap, measuredIn });
    const figures = (rule: string) => {
      const { incidents, unseenKinds } = scoring.figures([], ['person'], sights.get(rule));
      return { incidents, ...unseenKinds };
    };
    const others = { fall: 'other-signs', 'blood-pressure-crisis': 'other-signs' };
    expect(figures('W1')).toEqual({ incidents: 2, ...others });
    // A tap that is left on, a pressure that is too low, a weekly mean: none of them looks for such a thing.
    const collapse = { collapse: 'other-signs' };
    expect(figures('W6')).toEqual({ incidents: 1, ...collapse, ...others });
    expect(figures('V1')).toEqual({ incidents: 2, ...collapse, fall: 'other-signs' });
    expect(figures('V3')).toEqual({ incidents: 1, ...collapse, ...others });
    // There is no door contact: not of collapses, and not of whatever a kind of one's own may show in.
    expect(figures('D1')).toEqual({
      incidents: 0,
      ...others,
      collapse: 'no-device',
      'my-own-kind': 'no-device',
    });
    // That a visit is overdue says nothing of what happened.
    expect(figures('C3').incidents).toBe(0);
    // Water and movement are two signals that may agree.
    expect(figures('C1')).toEqual({ incidents: 2, ...others });
    expect(scoring.figures([], ['person']).incidents).toBe(4);
  });

  test('that announces itself is found by a warning, of a rule that looks at what announces it', async () => {
    const kinds = await loadRuleKinds();
    const loaded = await loadRuleSet('config/rules.yaml', kinds);
    if (!loaded.ok) throw new Error('rules');
    const [sights, looksAt] = [sightsOf(loaded.value, kinds), looksAtOf(loaded.value, kinds)];
    const line = `{"home":"h1","kind":"flat-battery","from":"${new Date(T0 + 240 * HOUR).toISOString()}"}`;
    const truth = parseTruth(line, 'truth', await knownKinds());
    const bootstrap = new HomeBootstrap(homes.length, 50);
    const measuredIn = () => new Set(['water_index_m3', 'battery_pct'] as const);
    const scoring = new Scoring({ truth, homes, registry, bootstrap, measuredIn, looksAt });
    const figures = (rule: string, about: About, raised: number) =>
      scoring.figures([{ ...alert('h1', about, raised), rule }], [about], sights.get(rule));
    const hit = { found: 1, recall: 1, falseAlerts: 0, delayHours: { max: 0 } };
    // Open when the device fell silent: that is what it was for.
    expect(figures('M2-battery', 'device', 228)).toMatchObject(hit);
    expect(figures('M2-battery', 'device', 100)).toMatchObject({ found: 0, openAlready: 1, falseAlerts: 1 });
    expect(figures('M1', 'device', 228)).toMatchObject({ found: 0, falseAlerts: 1 });
    expect(figures('M1', 'device', 244)).toMatchObject({ found: 1, delayHours: { max: 4 } });
    // None of them is meant for a single device that fails.
    for (const rule of ['M3', 'M4', 'N1'])
      expect(scoring.figures([], ['device', 'area'], sights.get(rule)).incidents).toBe(0);
  });

  test('of a device that its line names is not found by an alert about another one, nor missed by a rule that does not hear it', async () => {
    const kinds = await loadRuleKinds();
    const loaded = await loadRuleSet('config/rules.yaml', kinds);
    if (!loaded.ok) throw new Error('rules');
    const [sights, looksAt] = [sightsOf(loaded.value, kinds), looksAtOf(loaded.value, kinds)];
    const line = `{"home":"h1","device":"wb1","kind":"flat-battery","from":"${new Date(T0 + 240 * HOUR).toISOString()}"}`;
    const truth = parseTruth(line, 'truth', await knownKinds());
    const modelOf = (device: string) => models.get(device === 'wb1' ? 'wristband' : 'water-meter');
    const bootstrap = new HomeBootstrap(homes.length, 50);
    const scoring = new Scoring({ truth, homes, registry, bootstrap, modelOf, looksAt });
    const figures = (rule: string, device: string, raised: number) =>
      scoring.figures([{ ...alert('h1', 'device', raised), device, rule }], ['device'], sights.get(rule));
    expect(figures('M1', 'wm1', 244)).toMatchObject({ incidents: 1, found: 0, falseAlerts: 1 });
    expect(figures('M1', 'wb1', 244)).toMatchObject({ incidents: 1, found: 1, falseAlerts: 0 });
    expect(figures('N1', 'wb1', 228)).toMatchObject({ incidents: 1, found: 1, falseAlerts: 0 });
    expect(figures('M2-battery', 'wm1', 228)).toMatchObject({ incidents: 0, falseAlerts: 1 });
  });

  test('of a gateway is found by the alert about the building that stopped', () => {
    const path = registry.home('h1')?.parent ?? '';
    const evidence = { text: { zh: '', en: '' }, readings: [], values: { unit: path } };
    const building = { ...alert(areaId(path), 'area', 11), evidence } as unknown as Alert;
    const figures = scoringOf(incident('h1', 'gateway-dead', 'area', 10, 20)).figures([building], ['area']);
    expect(figures).toMatchObject({ incidents: 1, found: 1, falseAlerts: 0 });
  });
});

test('a recording whose lines are further out of order than allowed is told: its alerts may be wrong', () => {
  const recording = (outOfOrder: number): Report =>
    ({ recording: { messages: 10, outOfOrder } }) as unknown as Report;
  expect(oddRun(recording(3)).map(({ en }) => en)).toEqual([
    expect.stringMatching(/^3 of 10 messages are further out of order than --lateness/),
  ]);
  expect(oddRun(recording(0))).toEqual([]);
});

test('half and nine of ten of the delays are those of the fifth and the ninth of ten, and not of the one after', () => {
  const falls = Array.from({ length: 10 }, (_, i) => incident('h1', 'fall', 'person', 100 * i, 100 * i + 50));
  const alerts = falls.map((_, i) => alert('h1', 'person', 100 * i + i + 1, 100 * i + 60));
  expect(scoringOf(...falls).figures(alerts, ['person'])).toMatchObject({
    found: 10,
    delayHours: { p50: 5, p90: 9, max: 10 },
  });
});

test('false alerts are counted for 30 days of watching one home, alarms once where alerts overlap', () => {
  const alerts = [alert('h1', 'person', 1, 9), alert('h1', 'person', 5, 6), alert('h1', 'person', 20)];
  expect(scoringOf().figures(alerts, ['person'])).toMatchObject({
    alerts: 3,
    alarms: 2,
    falseAlerts: 3,
    falsePer30HomeDays: 1.5,
    alarmsPer100HomeDays: 3.33,
  });
});

test('the interval over homes holds the figure, is wide where one home has all alerts, and is the same each time', () => {
  const many = Array.from({ length: 40 }, (_, i) => ({ id: `x${i}`, days: 30 }));
  const scoring = () =>
    new Scoring({ truth: [], homes: many, registry, bootstrap: new HomeBootstrap(many.length) });
  const spread = many.map(({ id }) => alert(id, 'person', 1));
  const lumped = many.map((_, i) => alert('x7', 'person', i * 10, i * 10 + 1));
  expect(scoring().figures(spread, ['person']).falsePer30HomeDaysInterval).toEqual([1, 1]);
  const [low, high] = scoring().figures(lumped, ['person']).falsePer30HomeDaysInterval ?? [1, 1];
  expect(low).toBe(0);
  expect(high).toBeGreaterThan(2);
  expect(scoring().figures(lumped, ['person']).falsePer30HomeDaysInterval).toEqual([low, high]);
});

test('every truth line that is none is told with its place and what is allowed', async () => {
  const kinds = await knownKinds();
  const good = '{"home":"h1","kind":"odd","from":"2026-03-01T08:00:00Z","to":"2026-03-03T08:00:00Z"}';
  expect(parseTruth(`${good}\n\n`, 'truth', kinds)).toMatchObject([{ kind: 'odd', about: 'person' }]);
  const wrong: [string, RegExp][] = [
    ['{"home":"h1"}', /^Error: truth:2: expected/],
    ['nonsense', /^Error: truth:2: not valid JSON/],
    [good.replace('03-03', '02-03'), /^Error: truth:2: "to" is before "from"/],
    [
      good.replace('"kind"', '"about":"cat","kind"'),
      /^Error: truth:2: about: found "cat", allowed are person/,
    ],
  ];
  for (const [line, message] of wrong)
    expect(() => parseTruth(`${good}\n${line}`, 'truth', kinds)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(new RegExp(message.source.replace('^Error: ', '^'))),
      }),
    );
  const all = wrong.map(([line]) => line).join('\n');
  expect(() => parseTruth(all, 'truth', kinds)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^truth:1: .*\ntruth:2: .*\ntruth:3: .*\ntruth:4: /),
    }),
  );
});

describe('the hours of a home', () => {
  test('keep litres to a few per cent in one byte, nothing as nothing, and what was not measured apart', () => {
    for (const litres of [0.5, 1, 10, 37, 250, 4000])
      expect(Math.abs((decodeLitres(encodeLitres(litres)) ?? 0) / litres - 1)).toBeLessThan(0.25);
    expect(decodeLitres(encodeLitres(0))).toBe(0);
    const hours = new HomeHours(T0);
    hours.add(T0 + 5 * HOUR, T0 + 6 * HOUR, 0);
    const [day, hour] = [Math.floor(T0 / DAY) * DAY === hours.firstDay ? 0 : -1, (T0 % DAY) / HOUR + 5];
    expect(hours.litres(day, hour)).toBe(0);
    expect(hours.litres(day, hour + 1)).toBeUndefined();
  });

  test('share what was used between two readings over the hours between them', () => {
    const hours = new HomeHours(0);
    hours.add(HOUR / 2, 2 * HOUR, 90);
    expect(hours.litres(0, 0)).toBeCloseTo(30, -1);
    expect(hours.litres(0, 1)).toBeCloseTo(60, -1);
  });
});
