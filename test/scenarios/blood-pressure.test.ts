import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import { atLength } from '../runs.ts';
import { instant, Story, tell, timeText } from './story.ts';

const setting = { homes: { h1: ['band', 'cuff'] } } as const;
const of = (story: Story, rule: string): string[] =>
  story.alerts('h1').filter((alert) => alert.startsWith(rule));

describe('a crisis with symptoms', () => {
  tell('is grave at once, and ends as such with the symptom', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.measures(195, 112);
    story.until('10:02');
    band.measures(193, 111);
    for (const minute of ['10:20', '10:26', '10:32']) {
      story.until(minute);
      band.says({ at: story.now, spo2_pct: 88 });
    }
    expect(of(story, 'V1-symptoms')).toEqual(['V1-symptoms raised day 1 10:26']);
    expect(story.rawAlerts().find(({ rule }) => rule === 'V1-symptoms')).toMatchObject({
      priority: 'P1',
      about: 'person',
      evidence: { values: { signals: 'V1 V6' } },
    });
    expect(story.cases()).toEqual(['h1.c1 safety P1 open: a1 a2 a3']);
    for (const minute of ['11:00', '11:10', '11:20']) {
      story.until(minute);
      band.says({ at: story.now, spo2_pct: 97 });
    }
    expect(of(story, 'V1-symptoms')[0]).toContain('recovered');
    expect(of(story, 'V1 ')).toEqual(['V1 raised day 1 10:02']);
  });

  tell('is none where pressure and symptom lie hours apart', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.measures(195, 112);
    story.until('10:02');
    band.measures(193, 111);
    for (const minute of ['13:00', '13:06', '13:12']) {
      story.until(minute);
      band.says({ at: story.now, spo2_pct: 88 });
    }
    expect(story.open()).toContain('V6');
    expect(of(story, 'V1-symptoms')).toEqual([]);
  });
});

describe('a crisis of the past', () => {
  const CRISIS = [
    [-1500, 230, 140],
    [-1494, 231, 140],
    [-1488, 232, 141],
  ];
  const AFTER = [
    [-20, 125, 80],
    [-10, 124, 80],
  ];
  const of = (story: Story, rows: number[][]): object[] =>
    rows.map(([minutes = 0, systolic_mmhg, diastolic_mmhg]) => ({
      at: story.now + minutes * MINUTE,
      systolic_mmhg,
      diastolic_mmhg,
    }));
  const told = (story: Story): string[] =>
    story
      .rawAlerts('h1')
      .filter(({ rule }) => rule.startsWith('V'))
      .map(
        ({ rule, priority, since, clearReason }) =>
          `${rule} ${priority} ${(since - story.now) / MINUTE} ${clearReason}`,
      );
  const rowsOf: Record<string, (story: Story) => void> = {
    'in one message': (story) => story.publish('h1-cuff', of(story, [...CRISIS, ...AFTER])),
    'in one message that is not in order': (story) =>
      story.publish('h1-cuff', of(story, [...AFTER, ...CRISIS].reverse())),
    'one reading a message': (story) => {
      for (const one of of(story, [...CRISIS, ...AFTER])) story.publish('h1-cuff', one);
    },
    'after what came later': (story) => {
      story.publish('h1-cuff', of(story, AFTER));
      story.publish('h1-cuff', of(story, CRISIS));
    },
    'before more than a device is remembered by': (story) => {
      const hourly = Array.from({ length: 20 }, (_, i) => [-1400 + 60 * i, 124, 80]);
      story.publish('h1-cuff', of(story, [...CRISIS, ...hourly]));
    },
    'and then once more': (story) => {
      story.publish('h1-cuff', of(story, [...CRISIS, ...AFTER]));
      story.publish('h1-cuff', of(story, [...CRISIS, ...AFTER, [-5, 126, 80]]));
      story.publish('h1-cuff', of(story, [[-4, 125, 80]]));
      const hourly = Array.from({ length: 20 }, (_, i) => [-1400 + 60 * i, 124, 80]);
      story.publish('h1-cuff', of(story, hourly));
      story.publish('h1-cuff', of(story, [...CRISIS, ...hourly, ...AFTER]));
    },
  };

  describe.each(Object.keys(rowsOf))('that comes %s', (way) => {
    tell('is told once, as grave as it was, and that it has passed', setting, (story) => {
      story.until('day 3 10:00');
      rowsOf[way]?.(story);
      expect(told(story)).toEqual(['V1 P1 -1500 recovered']);
      expect(story.cases('h1').join()).toContain('safety P1 open');
    });
  });

  tell(
    'that comes one reading a message, the newest first, is told from what confirms it',
    setting,
    (story) => {
      story.until('day 3 10:00');
      for (const one of of(story, [...CRISIS, ...AFTER]).reverse()) story.publish('h1-cuff', one);
      expect(told(story)).toEqual(['V1 P1 -1494 recovered']);
    },
  );

  tell('that a band alone has hinted at is told', setting, (story) => {
    story.until('day 3 10:00');
    const rows = [
      [-2900, 200, 125],
      [-2890, 201, 126],
      [-2000, 120, 80],
      [-1000, 121, 80],
      [-10, 122, 80],
    ];
    story.publish('h1-band', of(story, rows));
    expect(told(story)).toEqual(['V1 P2 -2900 recovered']);
    expect(story.cases('h1').join()).toContain('safety P2 open');
  });

  tell('is told also where it was a low pressure', setting, (story) => {
    story.until('day 3 10:00');
    const rows = [
      [-2900, 84, 50],
      [-2890, 82, 50],
      [-2000, 120, 80],
      [-1000, 121, 80],
      [-10, 122, 80],
    ];
    story.publish('h1-cuff', of(story, rows));
    expect(told(story)).toEqual(['V3 P2 -2900 recovered']);
  });

  tell('is told twice where there were two', setting, (story) => {
    story.until('day 3 10:00');
    story.publish(
      'h1-cuff',
      of(story, [...CRISIS, [-1000, 120, 80], [-990, 121, 80], [-600, 210, 125], [-590, 212, 126], ...AFTER]),
    );
    expect(told(story)).toEqual(['V1 P1 -1500 recovered', 'V1 P1 -600 recovered']);
  });

  tell('is no news where a cuff had refuted the band before its history came', setting, (story) => {
    story.until('day 3 10:00');
    story.publish('h1-cuff', of(story, [[-30, 132, 84]]));
    story.publish(
      'h1-band',
      of(story, [
        [-50, 195, 112],
        [-45, 193, 111],
      ]),
    );
    expect(told(story)).toEqual([]);
  });

  tell('is not told again by a history of what was told as it went on', setting, (story) => {
    const { cuff } = story.home('h1');
    const rows = [
      [0, 200, 125],
      [6, 204, 126],
      [60, 125, 80],
      [70, 125, 80],
    ];
    story.until('10:00');
    const began = story.now;
    for (const [minutes = 0, systolic = 0, diastolic = 0] of rows) {
      story.until(timeText(began + minutes * MINUTE));
      cuff.measures(systolic, diastolic);
    }
    const hourly = Array.from({ length: 20 }, (_, i) => [i, 124, 80]);
    story.until('day 2 10:00');
    story.publish(
      'h1-cuff',
      of(story, [
        ...rows.map(([m = 0, ...values]) => [m - 1440, ...values]),
        ...hourly.map(([i = 0, ...values]) => [-i - 1, ...values]),
      ]),
    );
    expect(told(story)).toEqual(['V1 P1 -1440 recovered']);
  });

  tell('that goes on is told with what ended before it', setting, (story) => {
    story.until('day 3 10:00');
    story.publish('h1-cuff', of(story, [...CRISIS, ...AFTER, [-8, 200, 125], [-2, 204, 126]]));
    expect(told(story)).toEqual(['V1 P1 -1500 recovered', 'V1 P1 -8 undefined']);
  });
});

describe('another vital sign of the past, in one message with what came after', () => {
  const homes = { homes: { h1: ['band', 'thermometer'] } } as const;
  const told = (story: Story): string[] =>
    story
      .rawAlerts('h1')
      .filter(({ rule }) => rule.startsWith('V'))
      .map(({ rule, clearReason }) => `${rule} ${clearReason}`);
  const rows = (story: Story, metric: string, values: readonly number[]): object[] =>
    values.map((value, i) => ({ at: story.now - (1500 - 16 * i) * MINUTE, [metric]: value }));

  tell('is told: oxygen', homes, (story) => {
    story.until('day 3 10:00');
    story.publish('h1-band', rows(story, 'spo2_pct', [85, 84, 85, 97, 97, 97]));
    expect(told(story)).toEqual(['V6 recovered']);
  });

  tell('is told: a fever', homes, (story) => {
    story.until('day 3 10:00');
    const values = [39.4, 39.5, 39.5, 36.8, 36.7, 36.8];
    story.publish('h1-thermometer', rows(story, 'body_temperature_c', values));
    expect(told(story)).toEqual(['V7 recovered']);
  });
});

describe('a cuff', () => {
  tell('confirms what a band has hinted at, and makes it grave after the rest', setting, (story) => {
    const { band, cuff } = story.home('h1');
    story.until('10:00');
    band.measures(195, 112);
    expect(story.deviceCommands).toEqual(['h1-band {"measure":"blood_pressure"}']);
    story.until('10:02');
    band.measures(193, 111);
    const [first] = story.rawAlerts();
    expect(first).toMatchObject({ rule: 'V1', priority: 'P2', raisedAt: instant('10:02') });
    expect(first?.evidence.text.zh).toContain('请电话询问，并用袖带血压计确认');
    story.until('10:08');
    cuff.measures(188, 121);
    expect(story.rawAlerts()).toMatchObject([
      { rule: 'V1', priority: 'P1', since: instant('10:00'), evidence: { values: { confirmedBy: 'cuff' } } },
    ]);
    expect(story.cases()).toEqual(['h1.c1 safety P1 open: a1']);
  });

  tell('refutes what a band says, and outweighs it for a while', setting, (story) => {
    const { band, cuff } = story.home('h1');
    story.until('10:00');
    band.measures(195, 112);
    story.until('10:02');
    band.measures(193, 111);
    story.until('10:10');
    cuff.measures(142, 88);
    expect(of(story, 'V1')).toEqual(['V1 raised day 1 10:02, refuted day 1 10:10']);
    story.until('10:20');
    band.measures(196, 112);
    story.until('10:22');
    band.measures(196, 112);
    story.until('12:00');
    expect(of(story, 'V1')).toHaveLength(1);
    band.measures(196, 112);
    story.until('12:02');
    band.measures(196, 112);
    expect(of(story, 'V1')[1]).toBe('V1 raised day 1 12:02');
  });

  tell('answers a single hint: nobody is told of it', setting, (story) => {
    const { band, cuff } = story.home('h1');
    story.until('10:00');
    band.measures(195, 112);
    story.until('10:10');
    cuff.measures(142, 88);
    story.until('12:00');
    expect(story.alerts()).toEqual([]);
  });

  tell('that measures too high once and is left there asks for a look', setting, (story) => {
    story.until('10:00');
    story.home('h1').cuff.measures(195, 100);
    story.until('11:00');
    expect(story.rawAlerts()).toMatchObject([{ rule: 'V1', priority: 'P3', raisedAt: instant('10:30') }]);
    expect(story.deviceCommands).toEqual([]);
  });

  tell('counts by the mean of its last two once three were taken', setting, (story) => {
    const { cuff } = story.home('h1');
    story.until('10:00');
    cuff.measures(210, 100);
    story.until('10:06');
    cuff.measures(176, 98);
    expect(story.alerts()).toEqual([]);
    story.until('10:07');
    cuff.measures(186, 98);
    expect(story.rawAlerts()).toMatchObject([{ priority: 'P1', raisedAt: instant('10:07') }]);
    expect(story.rawAlerts()[0]?.evidence.text.en).toContain('181/98 mmHg (mean of the last two)');
  });

  tell('is not contradicted by the normal readings of a band', setting, (story) => {
    const { band, cuff } = story.home('h1');
    story.until('10:00');
    cuff.measures(195, 100);
    story.until('10:06');
    cuff.measures(190, 100);
    for (let hours = 0; hours < 20; hours++) band.measures(140, 80, story.after(10 * MINUTE).now);
    expect(story.open()).toEqual(['V1']);
    cuff.measures(150, 85);
    story.after(MINUTE);
    cuff.measures(148, 85);
    expect(story.open()).toEqual([]);
  });

  tell('confirms a low pressure that a band saw', setting, (story) => {
    const { band, cuff } = story.home('h1');
    story.until('10:00');
    band.measures(89, 60);
    story.until('10:05');
    cuff.measures(82, 55);
    expect(story.rawAlerts()).toMatchObject([{ rule: 'V3', priority: 'P2', raisedAt: instant('10:05') }]);
    expect(story.rawAlerts()[0]?.evidence.text.zh).toContain('头晕');
  });

  tell(
    'of one person says nothing about another in the same home',
    { ...setting, entries: COUPLE() },
    (story) => {
      const { band, cuff } = story.home('h1');
      story.until('10:00');
      band.measures(195, 112);
      story.until('10:02');
      band.measures(193, 111);
      story.until('10:10');
      cuff.measures(130, 80);
      expect(of(story, 'V1')).toEqual(['V1 raised day 1 10:02']);
    },
  );
});

function COUPLE(): unknown[] {
  const person = (id: string) => ({ noun: 'resident', id, home: 'h1', name: id });
  const device = (id: string, model: string, resident: string) => ({
    noun: 'device',
    id,
    model,
    home: 'h1',
    resident,
    enrolledAt: instant('00:00'),
  });
  return [
    person('he'),
    person('she'),
    device('h1-band', 'wristband', 'he'),
    device('h1-cuff', 'blood-pressure-cuff', 'she'),
  ];
}

describe('a band', () => {
  tell('and a cuff in the very same millisecond are two readings', setting, (story) => {
    const { band, cuff } = story.home('h1');
    story.until('10:00');
    band.measures(195, 112);
    cuff.measures(190, 111);
    expect(story.rawAlerts()).toMatchObject([{ rule: 'V1', priority: 'P2', raisedAt: instant('10:00') }]);
  });

  tell('that says two things of the same millisecond has corrected itself', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.says([
      { at: story.now, systolic_mmhg: 195, diastolic_mmhg: 100 },
      { at: story.now, systolic_mmhg: 145, diastolic_mmhg: 85 },
    ]);
    story.until('11:00');
    expect(story.alerts()).toEqual([]);
    expect(story.rejections).toEqual(['same-instant', 'same-instant']);
  });

  tell(
    'is believed in its later word of a millisecond, and what it replaced has a name',
    setting,
    (story) => {
      const { band } = story.home('h1');
      story.until('10:00');
      const at = story.now;
      band.measures(120, 80);
      story.until('10:01');
      band.says({ at, systolic_mmhg: 195, diastolic_mmhg: 80 });
      band.says({ at, systolic_mmhg: 195, diastolic_mmhg: 80 });
      expect(story.rejections).toEqual(['same-instant', 'duplicate']);
      story.until('11:00');
      expect(of(story, 'V1')).toEqual(['V1 raised day 1 10:31']);
    },
  );

  tell('that sends a measurement in two halves has not taken back the first', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    const at = story.now;
    band.says({ at, systolic_mmhg: 195 });
    story.until('10:01');
    band.says({ at, diastolic_mmhg: 80 });
    expect(story.rejections).toEqual([]);
    story.until('11:00');
    expect(of(story, 'V1')).toHaveLength(1);
  });

  tell(
    'on its charger makes no claim, and one that never says it has done makes one again',
    setting,
    (story) => {
      const { band } = story.home('h1');
      story.until('10:00');
      band.says({ at: story.now, charging_bool: true });
      for (const time of ['10:10', '10:20', '10:30']) {
        story.until(time);
        band.measures(195, 112);
      }
      story.until('12:00');
      expect(story.alerts()).toEqual([]);
      story.until('17:00');
      band.measures(195, 112);
      story.until('17:10');
      band.measures(195, 112);
      expect(of(story, 'V1')).toEqual(['V1 raised day 1 17:10']);
    },
  );

  tell('that was taken off makes no claim until it is put on, or goes for a walk', setting, (story) => {
    const { band } = story.home('h1');
    const twice = (hour: string): void => {
      story.until(`${hour}:10`);
      band.measures(195, 112);
      story.until(`${hour}:20`);
      band.measures(195, 112);
      story.until(`${hour}:50`);
    };
    story.until('10:00');
    band.says({ at: story.now, steps_count: 1000 });
    band.says({ at: story.now, event: 'removed' });
    twice('10');
    expect(story.alerts()).toEqual([]);
    story.until('11:00');
    band.says({ at: story.now, steps_count: 1100 });
    twice('11');
    expect(of(story, 'V1')).toEqual(['V1 raised day 1 11:20']);
  });

  tell('sends late what it measured while it was worn: that counts', setting, (story) => {
    const { band } = story.home('h1');
    story.until('10:00');
    band.says({ at: story.now, worn_bool: true });
    story.until('12:00');
    band.says({ at: story.now, worn_bool: false });
    band.says([
      { at: instant('11:00'), systolic_mmhg: 195 },
      { at: instant('11:05'), systolic_mmhg: 196 },
    ]);
    expect(of(story, 'V1')).toEqual(['V1 raised day 1 12:00']);
  });
});

describe('readings of band and cuff', () => {
  const readings = [
    { device: 'band', at: '09:00', systolic_mmhg: 150, diastolic_mmhg: 85 },
    { device: 'band', at: '10:00', systolic_mmhg: 195, diastolic_mmhg: 112 },
    { device: 'band', at: '10:02', systolic_mmhg: 193, diastolic_mmhg: 111 },
    { device: 'cuff', at: '10:09', systolic_mmhg: 188, diastolic_mmhg: 104 },
    { device: 'band', at: '10:20', worn_bool: 0 },
  ] as const;

  const endsOf = (orders: (typeof readings)[number][][]): Set<string> => {
    const ends = new Set<string>();
    for (const order of orders) {
      const story = new Story(setting);
      story.until('10:30');
      for (const { device, at, ...values } of order) {
        story.home('h1')[device].says({ at: instant(at), ...values });
        story.after(100);
      }
      story.until('12:00');
      const open = story.rawAlerts().filter(({ clearedAt }) => clearedAt === undefined);
      ends.add(
        open.map(({ rule, priority, since }) => `${rule} ${priority} ${since - instant('10:00')}`).join(),
      );
    }
    return ends;
  };

  test('come to the same as they were taken and backwards', () => {
    expect([...endsOf([[...readings], readings.toReversed()])]).toEqual(['V1 P1 0']);
  });

  atLength('come to the same in whatever order they arrive', () => {
    expect([...endsOf(permutations([...readings]))]).toEqual(['V1 P1 0']);
  });

  test('that a cuff denies in the end leave nothing open in whatever order they arrive', () => {
    const denied = [...readings.slice(1, 3), { device: 'cuff', at: '10:09', systolic_mmhg: 140 } as const];
    for (const order of permutations(denied)) {
      const story = new Story(setting);
      story.until('10:30');
      for (const { device, at, ...values } of order) {
        story.home('h1')[device].says({ at: instant(at), ...values });
        story.after(100);
      }
      story.until('12:00');
      expect(story.open()).toEqual([]);
    }
  });

  tell('of yesterday do not ask a band to measure again', setting, (story) => {
    story.until('day 2 10:00');
    story.home('h1').band.measures(195, 112, story.now - 20 * HOUR);
    expect(story.deviceCommands).toEqual([]);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
