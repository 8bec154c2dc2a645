import { describe, expect } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { instant, productRules, type Story, tell } from './story.ts';

const setting = { homes: { h1: ['band'] } } as const;
const of = (story: Story, rule: string): string[] =>
  story.alerts('h1').filter((alert) => alert.startsWith(rule));

describe('an SOS', () => {
  tell('is raised at once, and a second press is counted', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.presses();
    story.until('10:05');
    band.presses();
    expect(story.rawAlerts()).toMatchObject([
      { rule: 'B1', priority: 'P1', count: 2, raisedAt: instant('10:00') },
    ]);
    expect(story.cases()).toEqual(['h1.c1 safety P1 open: a1']);
  });

  tell('on the next day is told again, though the case of the first was only taken on', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.presses();
    expect(story.acknowledge('h1.c1')).toBe('ok');
    const before = story.notices.length;
    story.until('day 2 10:00');
    band.presses();
    expect(story.open()).toEqual(['B1']);
    expect(story.notices.length).toBeGreaterThan(before);
  });

  tell('raises whatever its clock says', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.says({ at: '2099-01-01T00:00:00Z', event: 'sos' });
    expect(story.rawAlerts()).toMatchObject([{ rule: 'B1', raisedAt: story.now, since: story.now }]);
    story.resolve('h1.c1');
    band.says({ at: '1970-01-01T00:00:00Z', event: 'sos' });
    band.says({ at: 'half past ten', event: 'sos' });
    band.says({ at: story.now * 1e6, event: 'sos' });
    expect(story.rawAlerts()[1]).toMatchObject({ rule: 'B1', count: 3 });
    expect(story.open()).toEqual(['B1']);
  });

  tell('that is sent again by the network is one press', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    for (const at of [story.now, '2099-01-01T00:00:00Z', '1970-01-01T00:00:00Z'])
      for (let times = 0; times < 3; times++) band.says({ at, event: 'sos' });
    expect(story.rawAlerts()).toMatchObject([{ count: 3 }]);
    expect(story.rejections).toEqual(Array(6).fill('duplicate'));
  });

  tell('is heard each time, though the clock of its band stands still', setting, (story) => {
    const { band } = story.home('h1');
    const press = (): void => band.says({ at: '2000-01-01T00:00:00Z', event: 'sos' });
    story.until('10:00');
    press();
    story.until('10:01');
    press();
    expect(story.rejections).toEqual(['duplicate']);
    story.resolve('h1.c1');
    story.until('11:00');
    press();
    expect(story.open()).toEqual(['B1']);
    expect(story.rejections).toEqual(['duplicate']);
  });

  tell(
    'is no repeat once its case was resolved, though the clock of its band stands still',
    setting,
    (story) => {
      const { band } = story.home('h1');
      story.until('10:00');
      for (const at of ['2020-01-01T00:00:00Z', 0, '2099-01-01T00:00:00Z']) {
        band.says({ at, event: 'sos' });
        story.resolve(story.openCase('h1') ?? '');
        story.after(5_000);
        band.says({ at, event: 'sos' });
        expect(story.open(), String(at)).toEqual(['B1']);
        story.resolve(story.openCase('h1') ?? '');
      }
      expect(story.rejections).toEqual([]);
    },
  );

  tell('is heard again after its case was closed, though its band dates it as before', setting, (story) => {
    const { band } = story.home('h1');
    const at = instant('10:00');
    for (const time of ['10:00', '10:30', '12:00']) {
      story.until(time);
      band.says({ at, event: 'sos' });
      // What the network repeats at once is no second press.
      band.says({ at, event: 'sos' });
      expect(story.open(), time).toEqual(['B1']);
      story.resolve(story.cases().at(-1)?.split(' ')[0] ?? '');
    }
    expect(story.rawAlerts()).toMatchObject([{ count: 1 }, { count: 1 }, { count: 1 }]);
    expect(story.rejections).toEqual(Array(3).fill('duplicate'));
  });

  tell(
    'that is dated long ago, or in the future, is told with the time at which it came',
    setting,
    (story) => {
      const { band } = story.home('h1');
      story.until('10:00');
      band.says({ at: instant('09:00'), event: 'sos' });
      const [early] = story.rawAlerts();
      expect(early?.evidence.text.zh).toMatch(/10:00 收到（设备时间 .*09:00，/);
      story.resolve('h1.c1');
      band.says({ at: instant('10:08'), event: 'sos' });
      expect(story.rawAlerts().at(-1)?.evidence.text.zh).toMatch(/10:00 紧急呼叫/);
    },
  );

  tell('beside other news of the very same second is not taken for a repeat of it', setting, (story) => {
    const { band } = story.home('h1');
    const at = instant('10:00');
    story.until('10:00');
    band.says({ at, event: 'boot' });
    band.says({ at, event: 'fall' });
    band.says({ at, event: 'removed' });
    band.says([
      { at, event: 'fall' },
      { at, event: 'fall_cancelled' },
    ]);
    band.says([
      { at, event: 'sos' },
      { at, event: 'removed' },
    ]);
    expect(story.rejections).toEqual([]);
    expect(story.open()).toEqual(['B1']);
  });

  tell('after the case was resolved is a second emergency: a new alert and a new case', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.presses();
    story.until('10:10');
    expect(story.resolve('h1.c1', 'true-emergency')).toBe('ok');
    expect(of(story, 'B1')).toEqual(['B1 raised day 1 10:00, resolved day 1 10:10']);
    story.until('10:20');
    band.presses();
    expect(story.open()).toEqual(['B1']);
    expect(story.cases()).toEqual(['h1.c1 safety P1 resolved: a1', 'h1.c2 safety P1 open: a2']);
    expect(story.notices.filter(({ case: id }) => id === 'h1.c2')).not.toEqual([]);
  });
});

describe('a fall', () => {
  tell('waits 30 seconds for the wearer, also over a restart', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    story.until('10:00:20');
    story.restart();
    story.until('10:00:30');
    expect(story.alerts()).toEqual([]);
    story.until('10:00:31');
    expect(of(story, 'B2')).toEqual(['B2 raised day 1 10:00:30']);
  });

  tell('does not wait for the clock of a band that is minutes fast', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls(instant('10:09'));
    story.until('10:00:31');
    expect(of(story, 'B2')).toEqual(['B2 raised day 1 10:00:30']);
  });

  tell('is raised although the service was down when its 30 seconds ended', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    story.serviceStops();
    story.until('20:00');
    story.serviceStarts();
    expect(of(story, 'B2')).toEqual(['B2 raised day 1 10:00:30']);
    expect(story.notices).not.toEqual([]);
  });

  tell('that the wearer cancels in time is none', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.falls();
    story.until('10:00:10');
    band.cancels();
    story.until('10:10');
    expect(story.alerts()).toEqual([]);
  });

  tell('is not cancelled by a word from before it that comes late', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.falls();
    story.until('10:00:10');
    band.cancels(instant('09:50'));
    story.until('10:10');
    expect(story.open()).toEqual(['B2']);
    band.cancels(instant('09:51'));
    expect(story.open()).toEqual(['B2']);
    band.cancels();
    expect(of(story, 'B2')).toEqual(['B2 raised day 1 10:00:30, cancelled day 1 10:10']);
  });

  tell('and its cancelling in one message, in either order, are no fall', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    const [fall, cancelled] = [
      { at: instant('09:59:50'), event: 'fall' },
      { at: instant('09:59:55'), event: 'fall_cancelled' },
    ];
    band.says([fall, cancelled]);
    story.until('10:10');
    band.says([
      { ...cancelled, at: story.now },
      { ...fall, at: story.now - 5_000 },
    ]);
    story.until('10:20');
    expect(story.alerts()).toEqual([]);
  });

  describe('of two days ago', () => {
    const ago = (story: Story, seconds: number) => story.now - 2 * 24 * HOUR + seconds * 1000;
    const messageOf = (story: Story, ...happened: [seconds: number, event: string][]) =>
      happened.map(([seconds, event]) => ({ at: ago(story, seconds), event }));
    const told = (story: Story): string[] =>
      story
        .rawAlerts('h1')
        .filter(({ rule }) => rule === 'B2')
        .map(({ since, clearReason }) => `${(since - ago(story, 0)) / 1000} ${clearReason ?? 'open'}`);

    tell('that was taken back in time, in the same message, wakes nobody', setting, (story) => {
      story.until('day 4 10:00');
      story.home('h1').band.says(messageOf(story, [10, 'fall_cancelled'], [0, 'fall']));
      expect(told(story)).toEqual([]);
    });

    tell('that was taken back too late is told, and so is the next one', setting, (story) => {
      story.until('day 4 10:00');
      story
        .home('h1')
        .band.says(
          messageOf(story, [0, 'fall'], [10, 'fall_cancelled'], [20, 'fall'], [320, 'fall_cancelled']),
        );
      expect(told(story)).toEqual(['20 cancelled']);
    });

    tell(
      'that a second message takes back is told: nobody knows whether one clock dates both',
      setting,
      (story) => {
        const { band } = story.home('h1');
        story.until('day 4 10:00');
        band.says(messageOf(story, [10, 'fall_cancelled']));
        band.says(messageOf(story, [0, 'fall']));
        expect(told(story)).toEqual(['0 open']);
      },
    );
  });
});

describe('a second fall', () => {
  const at = (story: Story, seconds: number) => story.now - seconds * SECOND;

  tell('is not taken back by the cancelling of the first that comes late', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.falls(at(story, 12));
    band.falls(at(story, 2));
    band.cancels(at(story, 7));
    story.until('10:00:40');
    expect(story.alerts()).toEqual(['B2 raised day 1 10:00:28']);
  });

  tell('nor when the first was told already', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.falls(at(story, 40));
    band.falls(at(story, 2));
    band.cancels(at(story, 20));
    story.until('10:01');
    expect(story.open()).toContain('B2');
    band.cancels();
    expect(story.open()).not.toContain('B2');
  });

  tell('is taken back with the first by one word after both', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.falls(at(story, 12));
    band.falls(at(story, 6));
    band.cancels(at(story, 1));
    story.until('10:01');
    expect(story.alerts()).toEqual([]);
  });
});

describe('a fall whose wearer still has time to cancel', () => {
  const fallen = (story: Story): Story => {
    story.until('10:00');
    story.home('h1').band.falls();
    expect(story.alerts()).toEqual([]);
    return story;
  };
  const told = ['h1.c1 safety P1 open: a1'];
  const band = (home: string) => ({
    noun: 'device',
    id: 'h1-band',
    model: 'wristband',
    home,
    enrolledAt: T0,
  });
  const two = { homes: { h1: ['band'], h2: [] } } as const;

  tell('is told of the home in which it happened when the band is moved to another', two, (story) => {
    expect(fallen(story).register([band('h2')])).toBe('ok');
    expect(story.alerts('h1')).toEqual(['B2 raised day 1 10:00, removed day 1 10:00']);
    expect(story.cases()).toEqual(told);
    expect(story.notices.map((notice) => notice.case)).toEqual(['h1.c1']);
  });

  tell('is told when the band is removed or switched off', two, (story) => {
    expect(fallen(story).register([], [{ noun: 'device', key: 'h1-band' }])).toBe('ok');
    expect(story.cases()).toEqual(told);
  });

  for (const [how, rules] of [
    ['off', productRules.map((rule) => (rule.id === 'B2' ? { ...rule, enabled: false } : rule))],
    ['gone', productRules.filter(({ id }) => id !== 'B2')],
    ['in shadow', productRules.map((rule) => (rule.id === 'B2' ? { ...rule, mode: 'shadow' } : rule))],
  ] as const)
    tell(`is told when its rule is ${how} from now on`, setting, (story) => {
      expect(fallen(story).replaceRules(rules)).toBe('ok');
      expect(story.alerts('h1')).toEqual(['B2 raised day 1 10:00']);
      expect(story.cases()).toEqual(told);
      story.until('10:05');
      expect(story.resolve('h1.c1')).toBe('ok');
      expect(story.open()).toEqual([]);
    });

  tell('keeps its home from being removed until it is a case or nothing', setting, (story) => {
    const all = [
      { noun: 'device', key: 'h1-band' },
      { noun: 'resident', key: 'h1-r' },
      { noun: 'home', key: 'h1' },
    ] as const;
    expect(fallen(story).register([], [...all])).toBe('REGISTRY_OPEN_CASE');
    story.home('h1').band.cancels();
    expect(story.register([], [...all])).toBe('ok');
  });
});

describe('a blood pressure crisis', () => {
  tell('is measured again, confirmed, and ends with two normal readings', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.measures(195, 100);
    expect(story.deviceCommands).toEqual(['h1-band {"measure":"blood_pressure"}']);
    expect(story.alerts()).toEqual([]);
    story.until('10:05');
    band.measures(192, 101);
    expect(story.rawAlerts()).toMatchObject([{ rule: 'V1', priority: 'P2', since: instant('10:00') }]);
    story.until('11:00');
    band.measures(150, 90);
    story.until('11:10');
    band.measures(148, 88);
    expect(of(story, 'V1')).toEqual(['V1 raised day 1 10:05, recovered day 1 11:10']);
  });

  tell('that people resolved and that passed does not hide the next one', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.measures(195, 100);
    band.measures(192, 101, story.now + 1000);
    story.until('10:30');
    expect(story.resolve('h1.c1')).toBe('ok');
    for (const time of ['11:00', '11:10', '11:20']) {
      story.until(time);
      band.measures(140, 85);
    }
    story.until('13:00');
    band.measures(199, 100);
    story.until('13:05');
    band.measures(201, 100);
    expect(of(story, 'V1')).toEqual(['V1 raised day 1 10:00, resolved day 1 10:30', 'V1 raised day 1 13:05']);
    expect(story.cases()).toEqual(['h1.c1 safety P2 resolved: a1', 'h1.c2 safety P2 open: a2']);
  });

  tell('that people resolved while it holds is raised again after 12 hours, not before', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    for (let reading = 0; reading < 90; reading++) {
      band.measures(195, 100);
      if (story.now === instant('10:30')) story.resolve('h1.c1');
      story.after(10 * MINUTE);
    }
    expect(of(story, 'V1')[0]).toBe('V1 raised day 1 10:10, resolved day 1 10:30');
    expect(of(story, 'V1')).toHaveLength(2);
    const again = story.rawAlerts()[1]?.raisedAt ?? 0;
    expect(again).toBeGreaterThanOrEqual(instant('22:30'));
    expect(again).toBeLessThanOrEqual(instant('22:50'));
  });

  tell('that nothing confirms asks for a look, also over a restart', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.measures(195, 100);
    story.restart();
    story.until('10:31');
    expect(story.rawAlerts()).toMatchObject([{ rule: 'V1', priority: 'P3', raisedAt: instant('10:30') }]);
    story.until('10:40');
    band.measures(196, 100);
    expect(story.rawAlerts()).toMatchObject([{ priority: 'P2' }]);
    expect(story.cases()).toEqual(['h1.c1 safety P2 open: a1']);
  });

  tell(
    'that was resolved unconfirmed and is confirmed afterwards is graver: it does not wait',
    setting,
    (story) => {
      const { band } = story.home('h1');
      story.until('10:00');
      band.measures(195, 100);
      story.until('10:31');
      expect(story.resolve('h1.c1', 'asleep', '')).toBe('ok');
      story.until('10:40');
      band.measures(196, 100);
      expect(of(story, 'V1')).toEqual([
        'V1 raised day 1 10:30, resolved day 1 10:31',
        'V1 raised day 1 10:40',
      ]);
      expect(story.cases()).toEqual(['h1.c1 safety P3 resolved: a1', 'h1.c2 safety P2 open: a2']);
    },
  );

  tell('on a band that nobody wears is no crisis', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.says({ at: story.now, worn_bool: false });
    story.until('10:10');
    band.measures(195, 100);
    story.until('10:20');
    band.measures(195, 100);
    story.until('12:00');
    expect(story.alerts()).toEqual([]);
  });

  tell('in readings of yesterday that come today is still told', setting, (story) => {
    const { band } = story.home('h1');
    story.until('day 2 10:00');
    band.says([
      { at: story.now - 20 * HOUR, systolic_mmhg: 195 },
      { at: story.now - 20 * HOUR + 5 * MINUTE, systolic_mmhg: 196 },
    ]);
    expect(of(story, 'V1')).toEqual(['V1 raised day 2 10:00']);
    expect(story.rawAlerts().find(({ rule }) => rule === 'V1')?.evidence.freshnessMs).toBe(
      20 * HOUR - 5 * MINUTE,
    );
  });
});
