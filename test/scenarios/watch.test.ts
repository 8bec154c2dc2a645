import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import type { RuleSet } from '../../src/model/rule-set.ts';
import { watchesOf } from '../../src/rules/watch.ts';
import { LIVED_IN, SensedHome, sensedHome } from './sensed-home.ts';
import { instant, productRules, Story, tell } from './story.ts';

type RuleEntry = RuleSet['rules'][number];
const only = (id: string, more: Partial<RuleEntry> = {}): unknown[] =>
  productRules.filter((rule) => rule.id === id).map((rule) => ({ ...rule, arming: undefined, ...more }));

/** `W1 watching`, `M1 h1-meter open`; with the hour at which it ends by itself. */
function watch(story: Story, home = 'h1'): string[] {
  const subject = story.core.subjects.get(home);
  if (!subject) throw new Error(`no home ${home}`);
  return watchesOf(story.core.engine, subject, story.now).map(({ rule, device, state, until }) =>
    [rule, device, state, ...(until === undefined ? [] : [(until - instant('00:00')) / 3_600_000])]
      .filter((part) => part !== undefined)
      .join(' '),
  );
}

describe('for each rule and home it can be told', () => {
  const W1 = { homes: { h1: ['meter'] }, rules: only('W1') } as const;

  tell('that it watches, when it last looked, and what it found', W1, (story) => {
    story.until('10:30');
    expect(watch(story)).toEqual(['W1 watching']);
    const subject = story.core.subjects.get('h1');
    expect(subject && watchesOf(story.core.engine, subject, story.now)[0]?.evaluatedAt).toBe(
      instant('10:00'),
    );
    story.home('h1').meter.standsStill();
    story.until('day 3 12:30');
    expect(watch(story)).toEqual(['W1 open']);
    story.resolve('h1.c1', 'asleep');
    expect(watch(story)).toEqual(['W1 resolved 72.5']);
  });

  tell('that nothing ever came, or that it is blind now', W1, (story) => {
    expect(watch(story)).toEqual(['W1 never-reported']);
    story.until('10:30');
    story.home('h1').meter.dies();
    story.until('20:00');
    expect(watch(story)).toEqual(['W1 device-silent']);
  });

  tell(
    'that a meter which says nothing says nothing of its supply either',
    sensedHome({ power: 'electricity-meter' }, [...only('E2'), ...only('M1')]),
    (story) => {
      expect(watch(story)).toEqual(['E2 power never-reported', 'M1 power watching']);
      story.publish('power', { at: story.now, mains_power_bool: 1 });
      expect(watch(story)).toEqual(['E2 power watching', 'M1 power watching']);
      story.until('day 2 12:00');
      expect(watch(story)).toEqual(['E2 power device-silent', 'M1 power open']);
    },
  );

  tell(
    'that its gateway is silent',
    { homes: { h1: ['meter'] }, gateways: { gw: ['h1'] }, rules: [...only('W1'), ...only('M1')] },
    (story) => {
      story.until('10:30');
      story.gatewayDies('gw');
      story.until('20:00');
      expect(watch(story)).toEqual(['W1 gateway-silent', 'M1 h1-meter watching']);
    },
  );

  tell(
    'that nothing in the home measures what it reads',
    { homes: { h1: ['band'] }, rules: only('W1') },
    (story) => expect(watch(story)).toEqual(['W1 no-device']),
  );

  tell(
    'that nobody would hear a call for help, or see a door, where nothing tells of them',
    { homes: { h1: ['meter'] }, rules: [...only('B1'), ...only('D1'), ...only('I1')] },
    (story) => expect(watch(story)).toEqual(['B1 no-device', 'D1 no-device', 'I1 no-device']),
  );

  const livingRoom = { bathroom: 'motion-sensor', 'living-room': 'motion-sensor' };
  const rooms = { ...livingRoom, kitchen: 'motion-sensor' };
  for (const [devices, params, said] of [
    [rooms, {}, 'exit-unseen'],
    [{ ...rooms, hall: 'motion-sensor' }, {}, 'watching'],
    [{ ...rooms, bedroom: 'motion-sensor' }, {}, 'watching'],
    [livingRoom, { wayOut: ['living-room'] }, 'watching'],
    [{ hall: 'motion-sensor', kitchen: 'motion-sensor' }, {}, 'no-device'],
  ] as const)
    tell(
      `whether somebody would be seen to leave the bathroom: ${Object.keys(devices).join(', ')} ${said}`,
      sensedHome(devices, only('I2', { params })),
      (story) => {
        for (const id of Object.keys(devices)) story.publish(id, { at: story.now, motion_bool: 0 });
        expect(watch(story)).toEqual([`I2 ${said}`]);
      },
    );

  tell(
    'that what is usual here is not known yet',
    { homes: { h1: ['meter'] }, rules: only('W0') },
    (story) => {
      story.until('day 2 10:30');
      expect(watch(story)).toEqual(['W0 learning 512']);
    },
  );

  // Weeks by the hour: told once, without the restarts.
  test('how many days it still has to learn, and that it watches from then on', () => {
    const rules = ['W0', 'W4', 'W7', 'W8'].flatMap((id) => only(id, { enabled: true, arming: undefined }));
    const story = new Story({ homes: { h1: ['meter'] }, rules });
    const subject = story.core.subjects.get('h1');
    const learning = () =>
      (subject ? watchesOf(story.core.engine, subject, story.now) : []).map(
        ({ rule, state, learning, until }) =>
          learning && until
            ? `${rule} ${learning.known}/${learning.needed}, ${Math.ceil((until - story.now) / DAY)} more`
            : `${rule} ${state}`,
      );
    story.until('day 3 12:00');
    expect(learning()).toEqual([
      'W0 2/21, 19 more',
      'W4 2/14, 12 more',
      'W7 1/14, 13 more',
      'W8 2/50, 48 more',
    ]);
    story.until('day 16 12:00');
    expect(learning()).toEqual(['W0 15/21, 6 more', 'W4 watching', 'W7 watching', 'W8 15/50, 35 more']);
    story.until('day 50 12:00');
    expect(learning()).toEqual(['W0 watching', 'W4 watching', 'W7 watching', 'W8 49/50, 1 more']);
    story.until('day 51 12:00');
    expect(learning()[3]).toBe('W8 watching');
  });

  test('what it has learned to be usual here, without water and without any sign of life', () => {
    const rules = only('W0', { params: { historyDays: 14 } });
    const usual = (story: Story): string | undefined => {
      const subject = story.core.subjects.get('h1');
      return subject && watchesOf(story.core.engine, subject, story.now)[0]?.usual?.en;
    };
    const byWater = new Story({ homes: { h1: ['meter'] }, rules });
    byWater.until('day 19 10:30');
    expect(watch(byWater)).toEqual(['W0 watching']);
    expect(usual(byWater)).toBe(
      'This home usually goes at most about 5 h by day and 9 h in a night without water',
    );
    const devices = {
      meter: 'water-meter',
      door: 'door-contact',
      hall: 'motion-sensor',
      power: 'electricity-meter',
    };
    const bySigns = new Story(sensedHome(devices, rules));
    new SensedHome(bySigns, { meter: true }).until('day 19 10:30', LIVED_IN, true);
    expect(usual(bySigns)).toBe(
      'This home usually goes at most about 1 h by day and 8 h in a night without any sign of life (water, movement, front door)',
    );
  });

  test('what is usual where nobody is ever still for long, though no gap ever asked for it', () => {
    const story = new Story({ homes: { h1: ['meter'] }, rules: only('W0', { params: { historyDays: 14 } }) });
    for (let hour = 1; hour <= 19 * 24; hour++) {
      story.after(HOUR);
      story.publish('h1-meter', { at: story.now, water_index_m3: 1 + Math.floor(hour / 4) * 0.005 });
    }
    expect(watch(story)).toEqual(['W0 watching']);
    const subject = story.core.subjects.get('h1');
    expect(subject && watchesOf(story.core.engine, subject, story.now)[0]?.usual).toEqual({
      zh: '这户平常最长白天约 4 小时、夜里约 4 小时不用水',
      en: 'This home usually goes at most about 4 h by day and 4 h in a night without water',
    });
  });

  tell(
    'that it is not armed yet, and from when on it will be',
    { homes: { h1: ['meter'] }, rules: only('W1', { arming: { days: 5 } }) },
    (story) => {
      story.until('10:30');
      expect(watch(story)).toEqual(['W1 not-armed 120']);
    },
  );

  tell(
    'that it speaks at other hours',
    { homes: { h1: ['meter'] }, rules: only('W1', { hours: { from: '18:00', to: '22:00' } }) },
    (story) => {
      story.until('10:30');
      expect(watch(story)).toEqual(['W1 outside-hours 18']);
    },
  );

  tell('that the home is away, and until when', W1, (story) => {
    const away = [{ from: instant('09:00'), until: instant('day 3 09:00'), kind: 'travel' }];
    story.register([{ noun: 'home', id: 'h1', parent: 'haitang/g1/b1/u1', name: '101', away }]);
    story.until('10:30');
    expect(watch(story)).toEqual(['W1 away 57']);
  });

  const ALL = {
    meter: 'water-meter',
    door: 'door-contact',
    hall: 'motion-sensor',
    power: 'electricity-meter',
  };
  const composite = [...only('W1'), ...only('I1'), ...only('D1'), ...only('E1'), ...only('C1')].map((rule) =>
    (rule as RuleEntry).id === 'C1'
      ? { ...(rule as RuleEntry), params: { signals: [['W1'], ['I1'], ['D1'], ['E1']], atLeast: 2 } }
      : rule,
  );

  tell(
    'that signals can hardly agree where one alone is there',
    { homes: { h1: ['meter'] }, rules: composite },
    (story) => {
      story.until('10:30');
      expect(watch(story)).toContain('C1 no-device');
    },
  );

  test('that signals which are learning or silent agree with nobody either', () => {
    const story = new Story(sensedHome(ALL, composite));
    new SensedHome(story, { meter: true }).until('day 2 10:30', LIVED_IN, true);
    expect(watch(story)).toEqual([
      'W1 watching',
      'I1 watching',
      'D1 watching',
      'E1 learning 152',
      'C1 watching',
    ]);
    story.until('day 4 10:30');
    expect(watch(story)).toContain('C1 device-silent');
  });

  test('that readings lie too far apart, where each interval must be short', () => {
    const hourly = new Story({ homes: { h1: ['meter'] }, rules: [...only('W6'), ...only('W6-hourly')] });
    hourly.until('10:30');
    expect(watch(hourly)).toEqual(['W6 h1-meter too-sparse', 'W6-hourly h1-meter watching']);
  });

  test('that one silent sensor of two, or none that sees who comes out, leaves it blind', () => {
    const sensors = { hall: 'motion-sensor', bathroom: 'motion-sensor' };
    const story = new Story(sensedHome(sensors, [...only('I1'), ...only('I2')]));
    const both = (): void =>
      Object.keys(sensors).forEach((id) => void story.publish(id, { at: story.now, motion_bool: 0 }));
    story.until('10:30');
    both();
    expect(watch(story)).toEqual(['I1 watching', 'I2 watching']);
    for (let hour = 11; hour < 20; hour++) {
      story.until(`${hour}:30`);
      story.publish('hall', { at: story.now, motion_bool: 0 });
    }
    expect(watch(story)).toEqual(['I1 device-silent', 'I2 device-silent']);
    const alone = new Story(sensedHome({ bathroom: 'motion-sensor' }, only('I2')));
    alone.until('10:30');
    alone.publish('bathroom', { at: alone.now, motion_bool: 0 });
    expect(watch(alone)).toEqual(['I2 exit-unseen']);
  });

  tell(
    'that its device is of another model or kind than it looks at',
    { homes: { h1: ['band'] }, rules: [...only('V2'), ...only('M2-battery')] },
    (story) => expect(watch(story)).toEqual(['V2 no-device', 'M2-battery no-device']),
  );

  tell(
    'that it is switched off here alone',
    {
      homes: { h1: ['meter'] },
      rules: only('W1'),
      overrides: [{ home: 'h1', rule: 'W1', enabled: false, author: '周敏', reason: 'hospital' }],
    },
    (story) => expect(watch(story)).toEqual(['W1 switched-off']),
  );

  test('that a leak may blind it, until the leak is over', () => {
    const story = new Story({
      homes: { h1: ['meter'] },
      rules: [...only('W1'), ...only('W5'), ...only('W7')],
    });
    const masked = (): unknown => {
      const subject = story.core.subjects.get('h1');
      return subject && watchesOf(story.core.engine, subject, story.now).map(({ maskedBy }) => maskedBy);
    };
    story.home('h1').meter.drips(2);
    story.until('day 4 10:30');
    expect(watch(story)[1]).toBe('W5 h1-meter open');
    expect(masked()).toEqual(['W5', undefined, undefined]);
    story.home('h1').meter.standsStill().drips(0);
    story.until('day 4 14:30');
    expect(masked()).toEqual([undefined, undefined, undefined]);
  });

  test('under a name that tells rules of one kind apart', () => {
    const rules = ['V1', 'V3', 'V7', 'B1', 'M2-leak', 'M2-battery', 'W1'].flatMap((id) => only(id));
    const story = new Story({ homes: { h1: ['meter', 'band'] }, rules });
    const subject = story.core.subjects.get('h1');
    const names = subject ? watchesOf(story.core.engine, subject, story.now) : [];
    expect(names.map(({ title, about }) => `${title.en} (${about})`)).toEqual([
      'Blood pressure too high (person)',
      'Blood pressure too low (person)',
      'Body temperature too high, Body temperature too low (person)',
      'SOS (person)',
      'Leak flag (home)',
      'Battery of a device is low (device)',
      'Very low water use in 24 h (person)',
    ]);
  });

  const inUse = { days: 0, useDays: 3 };
  tell(
    'that the home has used too little water to say anything, until it has',
    { homes: { h1: ['meter'] }, rules: only('W1', { arming: inUse }) },
    (story) => {
      const { meter } = story.home('h1');
      meter.standsStill();
      story.until('day 8 12:30');
      expect(watch(story)).toEqual(['W1 too-little-use']);
      expect(story.alerts()).toEqual([]);
      meter.lives();
      story.until('day 13 00:30');
      expect(watch(story)).toEqual(['W1 watching']);
      meter.standsStill();
      story.until('day 14 12:00');
      expect(story.alerts().map((alert) => alert.slice(0, 16))).toEqual(['W1 raised day 13']);
    },
  );
});
