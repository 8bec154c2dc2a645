import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { checkRuleSet } from '../../src/rules/compile.ts';
import { kinds } from '../core.ts';
import { instant, type Story, tell } from './story.ts';

const setting = { homes: { h1: ['band', 'thermometer'] } } as const;
const of = (story: Story, rule: string): string[] =>
  story.alerts('h1').filter((alert) => alert.startsWith(`${rule} `));

/** A band that reports every ten minutes from now to then. */
function reports(story: Story, to: string, values: (index: number) => Record<string, unknown>): void {
  for (let index = 0; story.now < instant(to); index++) {
    story.home('h1').band.says({ at: story.now, ...values(index) });
    story.after(10 * MINUTE);
  }
}

describe('a band that is taken off', () => {
  tell(
    'and left is a task after twelve hours of the day, and says nothing of its wearer',
    setting,
    (story) => {
      const { band } = story.home('h1');
      story.until('08:00');
      band.says({ at: story.now, event: 'removed' });
      reports(story, '21:00', () => ({ pulse_bpm: 30, spo2_pct: 70 }));
      expect(story.alerts('h1')).toEqual(['N1 raised day 1 20:00']);
      expect(story.rawAlerts()).toMatchObject([{ about: 'device', priority: 'P4' }]);
      band.says({ at: story.now, event: 'put_on' });
      expect(of(story, 'N1')).toEqual(['N1 raised day 1 20:00, recovered day 1 21:00']);
    },
  );

  tell('at night, or for its charger, is nobody’s task', setting, (story) => {
    const { band } = story.home('h1');
    for (const day of [1, 2, 3]) {
      story.until(`day ${day} 18:00`);
      band.says({ at: story.now, worn_bool: 0, charging_bool: 1 });
      story.until(`day ${day} 19:00`);
      band.says({ at: story.now, worn_bool: 0, charging_bool: 0 });
      story.until(`day ${day + 1} 09:00`);
      band.says({ at: story.now, worn_bool: 1 });
    }
    expect(of(story, 'N1')).toEqual([]);
  });
});

describe('a fast pulse', () => {
  tell(
    'of somebody who sits is told after ten minutes, of somebody who walks it is not',
    setting,
    (story) => {
      let steps = 0;
      story.until('10:00');
      reports(story, '11:00', () => {
        steps += 400;
        return { steps_count: steps, pulse_bpm: 140 };
      });
      expect(of(story, 'V4')).toEqual([]);
      reports(story, '12:00', () => ({ steps_count: steps, pulse_bpm: 125 }));
      expect(of(story, 'V4')).toEqual(['V4 raised day 1 11:10']);
      expect(story.rawAlerts()).toMatchObject([{ priority: 'P2' }]);
      reports(story, '12:30', () => ({ steps_count: steps, pulse_bpm: 138 }));
      expect(story.rawAlerts()).toMatchObject([{ priority: 'P1' }]);
    },
  );

  tell('that holds for an hour on a band that counts no steps is told then', setting, (story) => {
    story.until('10:00');
    reports(story, '12:00', () => ({ pulse_bpm: 140 }));
    expect(of(story, 'V4')).toEqual(['V4 raised day 1 11:00']);
    expect(story.rawAlerts()).toMatchObject([{ priority: 'P2' }]);
  });
});

describe('a temperature', () => {
  tell('of the skin raises nothing', setting, (story) => {
    story.until('10:00');
    reports(story, '14:00', () => ({ skin_temperature_c: 40.5 }));
    expect(story.alerts('h1')).toEqual([]);
  });

  tell(
    'that is high again after a quarter of an hour is told, a very high one sooner looked at',
    setting,
    (story) => {
      const { thermometer } = story.home('h1');
      story.until('10:00');
      thermometer.says({ at: story.now, body_temperature_c: 38.6 });
      story.until('10:20');
      thermometer.says({ at: story.now, body_temperature_c: 38.7 });
      expect(story.rawAlerts()).toMatchObject([{ rule: 'V7', priority: 'P3', since: instant('10:00') }]);
      story.until('13:00');
      thermometer.says({ at: story.now, body_temperature_c: 39.4 });
      story.until('13:20');
      thermometer.says({ at: story.now, body_temperature_c: 39.5 });
      expect(story.rawAlerts()).toMatchObject([{ rule: 'V7', priority: 'P2' }]);
    },
  );
});

describe('oxygen', () => {
  tell(
    'that is low twice in a moment is asked for again, and believed after five minutes',
    setting,
    (story) => {
      const { band } = story.home('h1');
      story.until('10:00');
      band.says({ at: story.now, spo2_pct: 88 });
      expect(story.deviceCommands).toEqual(['h1-band {"measure":"spo2"}']);
      story.after(MINUTE);
      band.says({ at: story.now, spo2_pct: 89 });
      expect(story.alerts('h1')).toEqual([]);
      story.after(4 * MINUTE);
      band.says({ at: story.now, spo2_pct: 89 });
      expect(of(story, 'V6')).toEqual(['V6 raised day 1 10:05']);
    },
  );
});

describe('falls', () => {
  tell(
    'are each told however many there are, and the fourth of a day asks for a review',
    setting,
    (story) => {
      const { band } = story.home('h1');
      for (const hour of ['08', '10', '12', '14']) {
        story.until(`${hour}:00`);
        band.falls();
        story.until(`${hour}:01`);
        expect(story.open()).toContain('B2');
        const safety = story.cases('h1').find((one) => /safety P1 open/.test(one));
        story.resolve(safety?.split(' ')[0] ?? '');
      }
      expect(of(story, 'B2')).toHaveLength(4);
      expect(of(story, 'B2-review')).toEqual(['B2-review raised day 1 14:00']);
      story.until('day 2 20:00');
      expect(of(story, 'B2-review')).toEqual(['B2-review raised day 1 14:00, recovered day 2 08:00']);
    },
  );
});

describe('a plan', () => {
  const copd = { home: 'h1', plan: 'copd', author: '李医生', reason: '慢阻肺' };
  const low = (story: Story, spo2: number): void => {
    story.until('10:00');
    reports(story, '11:00', () => ({ spo2_pct: spo2 }));
  };

  tell('gives its limits to the homes that have it', { ...setting, overrides: [copd] }, (story) => {
    low(story, 90);
    expect(of(story, 'V6')).toEqual([]);
    reports(story, '12:00', () => ({ spo2_pct: 86 }));
    expect(of(story, 'V6')).toEqual(['V6 raised day 1 11:10']);
  });

  tell(
    'gives way to a word about a single rule of the home',
    {
      ...setting,
      overrides: [
        {
          home: 'h1',
          rule: 'V6',
          params: { limits: [{ metric: 'spo2_pct', below: 80 }] },
          author: '李医生',
          reason: '长期偏低',
        },
        copd,
      ],
    },
    (story) => {
      low(story, 84);
      expect(of(story, 'V6')).toEqual([]);
    },
  );

  test('that is not there, or speaks of a rule that is not, is a mistake with its place', () => {
    const set = ruleSetSchema.parse({
      version: '1',
      rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] } }],
      plans: { copd: { title: 'COPD', rules: { V6: {} } } },
      overrides: [{ home: 'h1', plan: 'beta', author: 'a', reason: 'r' }],
    });
    expect(checkRuleSet(set, kinds).map(({ path }) => path.join('.'))).toEqual([
      'overrides.0.plan',
      'plans.copd.rules.V6',
    ]);
    const both = { home: 'h1', plan: 'copd', rule: 'V6', author: 'a', reason: 'r' };
    expect(ruleSetSchema.safeParse({ version: '1', rules: [], overrides: [both] }).success).toBe(false);
    const mixed = { home: 'h1', plan: 'copd', enabled: false, author: 'a', reason: 'r' };
    expect(ruleSetSchema.safeParse({ version: '1', rules: [], overrides: [mixed] }).success).toBe(false);
  });
});
