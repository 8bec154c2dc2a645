import { describe, expect, test } from 'vitest';
import { watchSummary } from '../../src/app/watch-summary.ts';
import { Coverage } from '../../src/backtest/coverage.ts';
import { admit } from '../../src/ingest/admit.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { DeviceState, type StoredDeviceState } from '../../src/model/device-state.ts';
import type { MetricName } from '../../src/model/metrics.ts';
import type { RuleSet } from '../../src/model/rule-set.ts';
import { unjudgedIn } from '../../src/rules/judged.ts';
import { watchesOf } from '../../src/rules/watch.ts';
import { kinds, T0 } from '../core.ts';
import { sensedHome } from './sensed-home.ts';
import { productRules, type Story, tell } from './story.ts';

type RuleEntry = RuleSet['rules'][number];
const only = (...ids: string[]): unknown[] =>
  productRules
    .filter(({ id }: RuleEntry) => ids.includes(id))
    .map((rule) => ({ ...rule, arming: undefined }));

function watched(story: Story, home = 'h1') {
  const subject = story.core.subjects.get(home);
  if (!subject) throw new Error(`no home ${home}`);
  const watches = watchesOf(story.core.engine, subject, story.now);
  const unjudged = unjudgedIn(story.core.rules, home, subject.devices);
  const { level, reasons } = watchSummary(watches, subject.devices, story.now, false, kinds, unjudged);
  return {
    states: watches.map(({ rule, state }) => `${rule} ${state}`),
    level,
    reasons: reasons.map(({ state, devices }) => `${state} ${devices.join(' ')}`),
  };
}

describe('a meter that speaks and sends no index', () => {
  const METER = { homes: { h1: ['meter'] }, rules: only('W1', 'M1') } as const;
  const BATTERY = { battery_pct: 90 };

  tell('is a finding of its own, which ends with the next index', METER, (story) => {
    const { meter } = story.home('h1');
    story.until('10:00');
    meter.dies();
    hourly(story, 'h1-meter', BATTERY, 8);
    expect(story.alerts()).toEqual(['M1 raised day 1 15:00']);
    const [alert] = story.rawAlerts();
    expect(alert?.evidence.coverage).toBe('not-measuring');
    expect(alert?.evidence.text.zh).toContain('自 03-01 10:00 起没有可用的表数');
    expect(alert?.title.zh).toBe('表计无表数');
    expect(story.cases()).toEqual(['h1.c1 technical P3 open: a1']);
    meter.revives();
    story.until('19:00');
    expect(story.alerts()).toEqual(['M1 raised day 1 15:00, recovered day 1 19:00']);
  });

  tell(
    'and one whose clock is hours behind watches over nobody either: it is found, and ends when the clock is right',
    METER,
    (story) => {
      const { meter } = story.home('h1');
      story.until('10:30');
      meter.standsStill();
      meter.clockIsBehind(3 * HOUR);
      story.until('day 3 10:30');
      expect(story.alerts()).toEqual(['M1 raised day 1 18:00']);
      expect(story.rawAlerts()[0]?.evidence.coverage).toBe('not-measuring');
      meter.clockIsBehind(0);
      story.until('day 3 12:00');
      expect(story.open()).toEqual(['W1']);
    },
  );

  tell('but not one that is read late each time, by less than the rules wait for', METER, (story) => {
    story.until('10:30');
    story.home('h1').meter.clockIsBehind(2 * HOUR);
    story.until('day 3 10:30');
    expect(story.alerts()).toEqual([]);
  });

  tell('nor one that brings a day that it had kept, the oldest last', METER, (story) => {
    const { meter } = story.home('h1');
    story.until('10:30');
    meter.keeps();
    story.until('13:30');
    meter.sendsKept(true);
    story.until('day 2 10:30');
    expect(story.alerts()).toEqual([]);
  });

  tell('is found also where what it sends as its index is no number', METER, (story) => {
    story.until('10:00');
    story.home('h1').meter.dies();
    hourly(story, 'h1-meter', { water_index_m3: 'ERR', ...BATTERY }, 8);
    expect(story.alerts()).toEqual(['M1 raised day 1 15:00']);
  });

  tell('and never sent one: that is said', METER, (story) => {
    story.home('h1').meter.dies();
    hourly(story, 'h1-meter', BATTERY, 8);
    expect(story.alerts()).toEqual(['M1 raised day 1 05:00']);
    expect(story.rawAlerts()[0]?.evidence.text.zh).toContain('从未报来可用的表数');
  });

  tell(
    'is not found anew with each report, nor before twelve hours where people resolved it',
    METER,
    (story) => {
      story.until('10:00');
      story.home('h1').meter.dies();
      hourly(story, 'h1-meter', BATTERY, 6);
      story.resolve('h1.c1', 'device');
      hourly(story, 'h1-meter', BATTERY, 11);
      expect(story.alerts()).toHaveLength(1);
      hourly(story, 'h1-meter', BATTERY, 2);
      expect(story.alerts()).toEqual([
        'M1 raised day 1 15:00, resolved day 1 16:00',
        'M1 raised day 2 04:00',
      ]);
    },
  );

  tell(
    'after its gateway was dead has its patience anew, and so has one of which we did not hear ourselves',
    { homes: { h1: ['meter'] }, gateways: { gw: ['h1'] }, rules: only('M1') },
    (story) => {
      const { meter } = story.home('h1');
      story.until('10:00');
      story.gatewayDies('gw');
      story.until('20:00');
      story.gatewayReturns('gw');
      meter.dies();
      story.publish('h1-meter', { at: story.now, ...BATTERY });
      meter.revives();
      story.until('day 2 00:00');
      meter.dies();
      story.publish('h1-meter', { at: story.now + 1, ...BATTERY });
      story.serviceStops();
      story.until('day 2 06:00');
      story.serviceStarts();
      story.publish('h1-meter', { at: story.now, ...BATTERY });
      meter.revives();
      story.until('day 2 12:00');
      expect(story.alerts('h1')).toEqual([]);
    },
  );

  tell('is not watching over the home, and that is told by name', METER, (story) => {
    story.until('10:30');
    expect(watched(story)).toEqual({ states: ['W1 watching', 'M1 watching'], level: 'full', reasons: [] });
    story.home('h1').meter.dies();
    hourly(story, 'h1-meter', BATTERY, 3);
    expect(watched(story)).toEqual({
      states: ['W1 not-measuring', 'M1 watching'],
      level: 'unwatched',
      reasons: ['not-measuring h1-meter'],
    });
  });
});

describe('a sensor that could count water and hangs there for its door', () => {
  const HALL = sensedHome({ hall: 'elsys-ems-door' }, only('W1', 'W5', 'D1', 'M1'));

  tell('is not missed for its water, nor is its home', HALL, (story) => {
    for (let hour = 0; hour < 30; hour++) {
      const readings = [{ metric: 'door_open_bool', value: 0, at: story.now } as const];
      story.input({
        kind: 'report',
        device: 'hall',
        receivedAt: story.now,
        clock: 'device',
        readings,
        events: [],
      });
      story.after(HOUR);
    }
    expect(story.alerts()).toEqual([]);
    expect(watched(story).states).toContain('W1 no-device');
    expect(watched(story).reasons).toEqual([]);
  });
});

describe('a device that the registry has enrolled in the future', () => {
  const LATER = {
    homes: { h1: [] },
    rules: only('W1', 'V1', 'B1'),
    entries: [
      { noun: 'device', id: 'm1', model: 'water-meter', home: 'h1', enrolledAt: T0 + 365 * DAY },
      { noun: 'device', id: 'b1', model: 'wristband', home: 'h1', enrolledAt: T0 + 365 * DAY },
    ],
  } as const;

  tell('is refused by that name, and its home is not watched', LATER, (story) => {
    story.after(HOUR);
    story.publish('m1', { at: story.now, water_index_m3: 12 });
    story.publish('b1', { at: story.now, systolic_mmhg: 221, diastolic_mmhg: 131 });
    expect(new Set(story.rejections)).toEqual(new Set(['not-enrolled-yet']));
    expect(watched(story)).toMatchObject({
      states: ['W1 not-enrolled-yet', 'V1 not-enrolled-yet', 'B1 never-reported'],
      level: 'unwatched',
    });
    expect(watched(story).reasons[0]).toBe('not-enrolled-yet b1 m1');
  });

  tell('is heard when it calls for help, and is listed all the same', LATER, (story) => {
    story.after(HOUR);
    story.publish('b1', { at: story.now, event: 'sos' });
    expect(story.open()).toEqual(['B1']);
    expect(watched(story)).toMatchObject({ level: 'partly', reasons: ['not-enrolled-yet b1 m1'] });
  });

  test('and a reading of long before it was enrolled says so', () => {
    const state = new DeviceState('m1', T0);
    const readings = [{ metric: 'water_index_m3' as const, value: 1, at: T0 - 30 * DAY }];
    const report = {
      kind: 'report' as const,
      device: 'm1',
      receivedAt: T0,
      clock: 'device' as const,
      readings,
      events: [],
    };
    const context = { enrolledAt: T0, enrolledMinute: T0 / MINUTE, counter: undefined, intervalMs: HOUR };
    expect(admit(state, report, context).refusals).toEqual([
      {
        reason: 'clock-past',
        detail: `water_index_m3 at ${new Date(T0 - 30 * DAY).toISOString()}, before enrolled_at ${new Date(T0).toISOString()}`,
      },
    ]);
  });
});

describe('a band that says no more than its battery', () => {
  const BAND = { homes: { h1: ['band'] }, rules: only('V1', 'V4', 'B1', 'M1') } as const;

  tell('raises nothing, still takes an SOS, and is said to measure nothing', BAND, (story) => {
    story.until('08:00');
    story.publish('h1-band', { at: story.now, systolic_mmhg: 120, diastolic_mmhg: 80, pulse_bpm: 70 });
    expect(watched(story)).toMatchObject({ level: 'full', reasons: [] });
    hourly(story, 'h1-band', { battery_pct: 80, pulse_bpm: 70 }, 30);
    expect(watched(story)).toEqual({
      states: ['V1 not-measuring', 'V4 watching', 'M1 watching', 'B1 watching'].sort(byProduct),
      level: 'partly',
      reasons: ['not-measuring h1-band'],
    });
    hourly(story, 'h1-band', { battery_pct: 80 }, 30);
    expect(watched(story).states).toContain('V4 not-measuring');
    expect(story.alerts()).toEqual([]);
    story.home('h1').band.presses();
    expect(story.open()).toEqual(['B1']);
  });
});

const places = productRules.map(({ id }) => id);
const byProduct = (a: string, b: string): number =>
  places.indexOf(a.split(' ')[0] as string) - places.indexOf(b.split(' ')[0] as string);

/** The device says this each hour, from now on. */
function hourly(story: Story, device: string, payload: object, hours: number): void {
  for (let hour = 1; hour <= hours; hour++) {
    story.after(HOUR);
    story.publish(device, { at: story.now, ...payload });
  }
  story.tick();
}

function restored(stored: StoredDeviceState): DeviceState {
  const state = new DeviceState(stored.id, 0);
  state.restore(stored);
  return state;
}

describe('what was stored before anybody asked for this', () => {
  const stored = { ...new DeviceState('m1', T0).toJSON(), heardAt: T0 + DAY };
  const { sensedAt: _, ...before } = stored;

  test('is believed where it has measured once, and has its patience anew', () => {
    const pressures = [T0, T0, 120, 80];
    expect(restored({ ...before, pressures }).sensedAt).toBe(T0 + DAY);
    expect(restored({ ...before, pressures }).muteSince).toBe(0);
  });

  test('is not believed to have measured where nothing of it is known', () => {
    expect(restored(before).sensedAt).toBe(0);
  });

  test('and what is stored now comes back', () => {
    const state = new DeviceState('m1', T0);
    state.sensedAt = T0 + HOUR;
    state.muteSince = T0 + DAY;
    const again = restored(JSON.parse(JSON.stringify(state)));
    expect([again.sensedAt, again.muteSince]).toEqual([T0 + HOUR, T0 + DAY]);
  });
});

describe('a backtest calls measured', () => {
  const device = (metrics: readonly MetricName[]) => ({
    id: 'd',
    intervalMs: HOUR,
    metrics,
    subject: { id: 'h1' },
  });
  /** The share of four days in which this comes each hour of the first two, and that of the others. */
  const share = (metrics: readonly MetricName[], first: MetricName, then: MetricName): number => {
    const coverage = new Coverage(() => 'UTC');
    for (let hour = 0; hour <= 96; hour++) {
      const at = T0 + hour * HOUR;
      const readings = [{ metric: hour <= 48 ? first : then, value: 50, at }];
      coverage.take(device(metrics), {
        kind: 'report',
        device: 'd',
        receivedAt: at,
        clock: 'device',
        readings,
        events: [],
      });
    }
    coverage.finish(T0 + 4 * DAY);
    return Math.round(100 * coverage.measuredShare) / 100;
  };
  const METER = ['water_index_m3', 'battery_pct'] as const;

  test('of a meter the time in which its index came, and not its battery', () => {
    expect(share(METER, 'water_index_m3', 'water_index_m3')).toBe(1);
    expect(share(METER, 'water_index_m3', 'battery_pct')).toBe(0.5);
    expect(share(METER, 'battery_pct', 'battery_pct')).toBe(0);
  });

  test('of a door contact all in which it was heard: its battery says that it lives', () => {
    expect(share(['door_open_bool', 'battery_pct'], 'battery_pct', 'battery_pct')).toBe(1);
  });
});

describe('a device that measures while no rule judges it', () => {
  const rules = productRules.map((rule: RuleEntry) =>
    ['W0', 'W1', 'V1'].includes(rule.id) ? { ...rule, enabled: false } : rule,
  );
  const SETTING = { homes: { h1: ['meter'], h2: ['band'], h3: ['meter', 'band'] }, rules } as const;

  tell('is named in its home, which is not watched in full', SETTING, (story) => {
    story.until('10:00');
    expect(watched(story)).toMatchObject({ reasons: ['no-rule h1-meter'] });
    expect(watched(story).level).not.toBe('full');
    expect(watched(story, 'h2').reasons).toContain('no-rule h2-band');
    expect(watched(story, 'h3').reasons).toContain('no-rule h3-band h3-meter');
  });
});
