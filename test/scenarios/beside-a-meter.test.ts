import { describe, expect } from 'vitest';
import { watchSummary } from '../../src/app/watch-summary.ts';
import { HOUR } from '../../src/lib/clock.ts';
import type { MetricName } from '../../src/model/metrics.ts';
import { watchesOf } from '../../src/rules/watch.ts';
import { kinds, T0 } from '../core.ts';
import { sensedHome } from './sensed-home.ts';
import { productRules, type Story, tell } from './story.ts';

const only = (...ids: string[]): unknown[] =>
  productRules.filter(({ id }) => ids.includes(id)).map((rule) => ({ ...rule, arming: undefined }));
const entry = (id: string, model: string) => ({ noun: 'device', id, model, home: 'h1', enrolledAt: T0 });
const beside = (model: string) => ({
  homes: { h1: ['meter'] as const },
  rules: only('W1', 'M1'),
  entries: [entry('beside', model)],
});

/** What a device measures now, each hour for so many of them. */
function hourly(story: Story, hours: number, device: string, measured: Partial<Record<MetricName, number>>) {
  for (let hour = 0; hour < hours; hour++) {
    story.after(HOUR);
    says(story, device, measured);
  }
}

function says(story: Story, device: string, measured: Partial<Record<MetricName, number>>): void {
  const readings = Object.entries(measured).map(([metric, value]) => ({
    metric: metric as MetricName,
    value,
    at: story.now,
  }));
  story.input({ kind: 'report', device, receivedAt: story.now, clock: 'received', readings, events: [] });
}

function watched(story: Story) {
  const subject = story.core.subjects.get('h1');
  if (!subject) throw new Error('no home');
  const watches = watchesOf(story.core.engine, subject, story.now);
  const { level } = watchSummary(watches, subject.devices, story.now, false, kinds);
  return [level, ...watches.filter(({ rule }) => rule !== 'M1').map(({ rule, state }) => `${rule} ${state}`)];
}

const CLOSED = { door_open_bool: 0, battery_pct: 90 };

describe('a home with a water meter in which no water is drawn', () => {
  for (const model of ['elsys-ems-door', 'bthome'])
    tell(
      `is found also where a contact hangs beside it that could count water and never has: ${model}`,
      beside(model),
      (story) => {
        story.home('h1').meter.standsStill();
        hourly(story, 30, 'beside', CLOSED);
        expect(story.alerts('h1')).toEqual(['W1 raised day 2 01:00']);
      },
    );

  tell(
    'is found also where something beside it counts pulses of which nobody has said what they weigh',
    beside('milesight-em300-di'),
    (story) => {
      story.home('h1').meter.standsStill();
      for (let hour = 0; hour < 30; hour++) hourly(story, 1, 'beside', { pulse_count: hour });
      expect(story.alerts('h1')).toEqual(['W1 raised day 2 01:00']);
    },
  );

  tell(
    'is found also where a contact beside it was enrolled and has never spoken',
    beside('elsys-ems-door'),
    (story) => {
      story.home('h1').meter.standsStill();
      story.until('day 2 06:00');
      expect(story.alerts('h1')).toEqual(['M1 raised day 1 04:00', 'W1 raised day 2 01:00']);
    },
  );

  tell(
    'is not while a second meter of it is silent: that is told, and 看护 says so of the rule about water',
    beside('water-meter'),
    (story) => {
      story.home('h1').meter.standsStill();
      hourly(story, 3, 'beside', { water_index_m3: 7 });
      expect(watched(story)).toEqual(['full', 'W1 watching']);
      story.until('day 2 06:00');
      expect(story.alerts('h1')).toEqual(['M1 raised day 1 07:00']);
      expect(watched(story)).toEqual(['unwatched', 'W1 device-silent']);
    },
  );
});

tell(
  'a home in which nobody uses electricity is found also where a contact hangs beside its meter that could count it and never has',
  sensedHome({ power: 'electricity-meter', beside: 'bthome' }, only('E1')),
  (story) => {
    let kwh = 100;
    for (let hour = 1; hour <= 9 * 24; hour++) {
      const byDay = hour <= 8 * 24 && hour % 24 > 6 && hour % 24 < 22;
      kwh += byDay ? 0.3 : 0.06;
      hourly(story, 1, 'power', { energy_index_kwh: Number(kwh.toFixed(3)) });
      says(story, 'beside', CLOSED);
    }
    expect(story.alerts('h1')).toEqual(['E1 raised day 9 12:00']);
  },
);
