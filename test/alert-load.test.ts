import { describe, expect, test } from 'vitest';
import { Attendance } from '../src/api/alert-load/attendance.ts';
import { Sources } from '../src/api/alert-load/sources.ts';
import { DAY, HOUR, MINUTE } from '../src/lib/clock.ts';
import type { Alert } from '../src/model/alert.ts';
import { LAST_SIGN, lastSignBefore } from '../src/model/last-sign.ts';
import { quarterOf } from '../src/model/watch-record.ts';
import { T0 } from './core.ts';
import { Story } from './scenarios/story.ts';

const quarter = (at: number): number => quarterOf(T0 + at);
/** The service ran from 00:00 to 02:00, and from 05:30 on; at 07:15 it was restarted. */
const attendance = new Attendance({ from: T0, to: T0 + 10 * HOUR }, quarter(0), [
  [quarter(0), quarter(2 * HOUR)],
  [quarter(5.5 * HOUR), quarter(7.25 * HOUR)],
  [quarter(7.5 * HOUR), quarter(9 * HOUR)],
]);

test('hours are those in which the service ran, and what was due while it was stopped is heard when it is back', () => {
  // 00, 01; 05 to 08.
  expect(attendance.hours).toBe(6);
  expect([...attendance.stretches()]).toEqual([
    { from: T0, to: T0 + 2 * HOUR },
    { from: T0 + 5 * HOUR, to: T0 + 9 * HOUR },
  ]);
  expect(attendance.heardAt(T0 + HOUR)).toBe(T0 + HOUR);
  expect(attendance.heardAt(T0 + 3 * HOUR)).toBe(T0 + 5.5 * HOUR);
  // A restart is no stop, and what comes after all that is written down came when it came.
  expect(attendance.heardAt(T0 + 7.3 * HOUR)).toBe(T0 + 7.3 * HOUR);
  expect(attendance.heardAt(T0 + 9.5 * HOUR)).toBe(T0 + 9.5 * HOUR);
  expect(attendance.hourOf(T0 + 3 * HOUR)).toBeUndefined();
  expect(attendance.from(T0 + 6 * HOUR).hours).toBe(3);
});

test('the last sign of life before an alert is when water was drawn last', () => {
  const rules = [{ id: 'W1', kind: 'no-draw', priority: 'P2', params: { gapHours: 16 } }];
  const story = new Story({ homes: { h1: ['meter'] }, rules });
  const { meter } = story.home('h1');
  story.until('day 2 08:30');
  meter.standsStill();
  story.until('day 2 09:30');
  meter.litres += 20;
  story.until('day 3 12:00');
  const [alert] = story.rawAlerts('h1').filter(({ clearedAt }) => clearedAt === undefined);
  if (!alert) throw new Error('no alert');
  // It was read at ten; sixteen hours later it was so, and known at once.
  expect(lastSignBefore(alert)).toBe(T0 + DAY + 10 * HOUR);
  expect([alert.since, alert.raisedAt]).toEqual([T0 + 2 * DAY + 2 * HOUR, T0 + 2 * DAY + 2 * HOUR]);
  // What earlier versions wrote says how long ago it was.
  const { [LAST_SIGN]: _, ...values } = alert.evidence.values;
  const before = { ...alert, evidence: { ...alert.evidence, values } };
  expect(lastSignBefore(before)).toBe(T0 + DAY + 10 * HOUR);
  expect(lastSignBefore({ ...before, ruleKind: 'low-consumption' })).toBeUndefined();
});

describe('rules that find somebody by what is missing write down when they last saw somebody live', () => {
  const rules = [
    { id: 'W0', kind: 'low-consumption', priority: 'P2', params: { windowHours: 24, belowLitres: 10 } },
    { id: 'W3', kind: 'morning-start', priority: 'P3', params: {} },
  ];
  const story = () => new Story({ homes: { h1: ['meter'] }, rules });
  const signs = (of: Story) => of.rawAlerts('h1').map((alert) => [alert.rule, lastSignBefore(alert)]);
  const drawsLast = (of: Story): void => {
    const { meter } = of.home('h1');
    of.until('day 3 08:30');
    meter.standsStill();
    of.until('day 3 09:30');
    meter.litres += 20;
  };
  const at = T0 + 2 * DAY + 10 * HOUR;

  test('where something ran', () => {
    const one = story();
    drawsLast(one);
    one.until('day 4 13:30');
    expect(signs(one)).toEqual([
      ['W0', at],
      ['W3', at],
    ]);
  });

  test('and nothing where nothing ever did', () => {
    const one = story();
    one.home('h1').meter.standsStill();
    one.until('day 2 13:30');
    expect(signs(one)).toEqual([
      ['W3', undefined],
      ['W0', undefined],
    ]);
  });

  test('nor where people were away since, for they were not missed from there', () => {
    const one = story();
    drawsLast(one);
    one.until('day 3 12:00');
    const period = { from: one.now, until: one.now + 2 * DAY, kind: 'travel' } as const;
    expect(one.command({ type: 'home.away', home: 'h1', period }, '周敏').ok).toBe(true);
    one.until('day 6 13:30');
    expect(signs(one)).toEqual([
      ['W0', undefined],
      ['W3', undefined],
    ]);
  });
});

/** Alerts of one source, raised and cleared at these minutes, the newest first. */
const alertsAt = (...minutes: readonly (readonly [raised: number, cleared?: number])[]): Alert[] =>
  minutes
    .map(([raised, cleared], i) => ({
      ...{ id: `a${i}`, subject: 'h1', home: 'h1', path: 'a/h1', rule: 'R', ruleKind: 'event' },
      ...{ title: { zh: '', en: '' }, raisedAt: T0 + raised * MINUTE },
      ...(cleared === undefined ? {} : { clearedAt: T0 + cleared * MINUTE }),
    }))
    .reverse() as unknown as Alert[];

test.each([
  ['up, down and up within a minute', [[0, 0.4], [0.9]], true, false],
  [
    'up and down slower than that',
    [
      [0, 0.6],
      [1.2, 1.8],
    ],
    false,
    false,
  ],
  [
    'three times within a day',
    [
      [0, 60],
      [600, 660],
      [1439, 1500],
    ],
    false,
    true,
  ],
  [
    'three times in more than a day',
    [
      [0, 60],
      [600, 660],
      [1440, 1500],
    ],
    false,
    false,
  ],
] as const)('%s', async (_, minutes, chatters, repeats) => {
  const sources = new Sources();
  for (const alert of alertsAt(...minutes)) sources.add(alert);
  expect((await sources.figures(10)).top).toMatchObject([{ alerts: minutes.length, chatters, repeats }]);
});
