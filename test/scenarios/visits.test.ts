import { describe, expect, test } from 'vitest';
import { storeSubject } from '../../src/app/subject.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { VisitLine } from '../../src/model/visit.ts';
import type { MajorChange, VisitResult } from '../../src/model/visit-words.ts';
import { watchesOf } from '../../src/rules/watch.ts';
import { T0 } from '../core.ts';
import { productRules, type Setting, Story, tell } from './story.ts';

const setting: Setting = {
  homes: { h1: ['band'], h2: ['band'] },
  rules: [
    { id: 'C3', kind: 'visit-overdue' },
    { id: 'B1', kind: 'event', priority: 'P1', params: { events: ['sos'] } },
  ],
};
type Reply = ReturnType<Story['command']>;
const outcome = (reply: Reply) => (reply.ok ? 'ok' : reply.failure.code);
const visit = (story: Story, result: VisitResult, at = story.now, home = 'h1') => {
  const visits = [{ home, at, by: '周敏', result, note: '' }];
  return outcome(story.command({ type: 'home.visits', visits, source: 'console' }));
};
const change = (story: Story, what: MajorChange, at = story.now) =>
  outcome(story.command({ type: 'home.change', home: 'h1', at, change: what, note: '', source: 'console' }));
const classOf = (story: Story, visitClass: string | undefined, home = 'h1') =>
  story.register([{ ...story.core.registry.home(home), visitClass }]);
const inLog = (effects: ReturnType<Story['input']>): VisitLine[] =>
  effects.flatMap((effect) => (effect.type === 'visit' ? [effect.line] : []));
const watched = (story: Story, home = 'h1') => {
  const subject = story.core.subjects.get(home);
  if (!subject) throw new Error(`no home ${home}`);
  return watchesOf(story.core.engine, subject, story.now).find(({ rule }) => rule === 'C3');
};

describe('a visit that is overdue', () => {
  tell('is a P4 case, which a visit does not close: people say what they found', setting, (story) => {
    expect(classOf(story, 'high')).toBe('ok');
    story.until('day 9 10:00');
    expect(story.alerts()).toEqual(['C3 raised day 8 00:00']);
    expect(story.cases('h1')).toEqual(['h1.c1 safety P4 open: a1']);
    expect(story.rawAlerts()[0]?.evidence.text.zh).toBe(
      '高风险住户应每 7 天走访一次，03-01 00:00 以来没有走访记录',
    );
    expect(visit(story, 'not-met')).toBe('ok');
    expect(story.open()).toEqual(['C3']);
    expect(visit(story, 'spoken')).toBe('ok');
    expect(story.alerts()).toEqual(['C3 raised day 8 00:00, recovered day 9 10:00']);
    expect(story.cases('h1')).toEqual(['h1.c1 safety P4 open: a1']);
    expect(story.timeLine('h1.c1')).toContain('alert-cleared');
    story.until('day 16 10:30');
    expect(story.rawAlerts('h1')[1]?.evidence.text.zh).toMatch(/上次见到或交谈是 03-09 10:00$/);
  });

  tell('ends with the case in which the person was seen, and not without that', setting, (story) => {
    classOf(story, 'high');
    story.until('day 8 09:00');
    expect(story.resolve('h1.c1', 'refused', '')).toBe('ok');
    story.until('day 11 08:59');
    expect(story.cases('h1')).toHaveLength(1);
    story.until('day 11 09:01');
    expect(story.cases('h1').at(-1)).toBe('h1.c2 safety P4 open: a2');
    expect(story.resolve('h1.c2', 'true-need')).toBe('ok');
    story.until('day 18 09:00');
    expect(story.open('h1')).toEqual([]);
    story.until('day 18 10:00');
    expect(story.open('h1')).toEqual(['C3']);
  });

  tell('is asked for after a major change, in a home of any class', setting, (story) => {
    story.until('day 3 08:00');
    expect(change(story, 'discharge')).toBe('ok');
    story.until('day 4 09:00');
    expect(story.alerts()).toEqual(['C3 raised day 4 08:00']);
    expect(story.rawAlerts()[0]?.evidence.text.zh).toBe(
      '03-03 08:00 登记的重大变化：出院，应在 24 小时内走访，尚无走访记录',
    );
    visit(story, 'seen');
    expect(story.open()).toEqual([]);
  });

  tell(
    'keeps still where a class is taken back, and speaks at once where a stricter one is given',
    setting,
    (story) => {
      classOf(story, 'key');
      visit(story, 'seen', T0);
      story.until('day 20 12:00');
      expect(story.open()).toEqual([]);
      classOf(story, 'high');
      story.after(MINUTE);
      expect(story.open()).toEqual(['C3']);
      classOf(story, 'key');
      expect(story.alerts()).toEqual(['C3 raised day 20 12:00, rule-changed day 20 12:01']);
    },
  );

  tell('waits while the home is away, and says so', setting, (story) => {
    classOf(story, 'high');
    story.until('day 5 00:00');
    const period = { from: story.now, until: story.now + 10 * DAY, kind: 'hospital' as const };
    story.command({ type: 'home.away', home: 'h1', period });
    expect(watched(story)).toMatchObject({ state: 'away', until: period.until });
    story.until('day 17 23:00');
    expect(story.open()).not.toContain('C3');
    story.until('day 18 01:00');
    expect(story.open()).toContain('C3');
  });
});

describe('a major change while the case is open', () => {
  const textNow = (story: Story): string | undefined => story.rawAlerts('h1').at(-1)?.evidence.text.zh;
  const worker = (id: string, name: string) => ({
    noun: 'staff',
    id,
    name,
    roles: [{ role: 'grid-worker', node: 'haitang' }],
    channels: [{ channel: 'robot', address: id }],
  });
  const staffed = {
    ...setting,
    entries: [worker('zhou', '周敏'), worker('wu', '吴刚')],
    channels: ['terminal', 'robot'],
  };

  tell('stands in the time line, and is told to whoever has the case', staffed, (story) => {
    classOf(story, 'high');
    story.until('day 9 09:00');
    expect(story.acknowledge('h1.c1')).toBe('ok');
    const told = story.notices.length;
    change(story, 'discharge');
    expect(story.alerts()).toEqual(['C3 raised day 8 00:00']);
    expect(textNow(story)).toBe(
      '高风险住户应每 7 天走访一次，03-01 00:00 以来没有走访记录；03-09 09:00 登记的重大变化：出院，应在 24 小时内走访，尚无走访记录',
    );
    expect(story.timeLine('h1.c1').slice(-2)).toEqual(['alert-updated', 'notice']);
    expect(story.notices.slice(told).map(({ recipient }) => recipient.id)).toEqual(['zhou']);
    expect(story.notices.at(-1)?.content.body.zh).toMatch(
      /^新登记重大变化：出院（03-09 09:00），应在 24 小时内走访/,
    );
    story.after(HOUR);
    change(story, 'fall');
    expect(textNow(story)).toMatch(/登记的重大变化：03-09 09:00 出院、03-09 10:00 跌倒，应在 24 小时内走访/);
    const twice = story.notices.length;
    visit(story, 'not-met');
    expect(story.notices).toHaveLength(twice);
    visit(story, 'seen');
    expect(story.alerts()).toEqual(['C3 raised day 8 00:00, recovered day 9 10:00']);
  });

  tell('is no older than what a visit that is told late has answered: the text follows', setting, (story) => {
    classOf(story, 'high');
    story.until('day 10 08:00');
    change(story, 'discharge');
    story.until('day 12 08:00');
    visit(story, 'seen', T0 + 8.5 * DAY);
    expect(story.open('h1')).toEqual(['C3']);
    expect(textNow(story)).toBe('03-10 08:00 登记的重大变化：出院，应在 24 小时内走访，尚无走访记录');
    expect(story.rawAlerts('h1')[0]?.history).toHaveLength(2);
    story.until('day 17 00:00');
    expect(textNow(story)).toMatch(/^高风险住户应每 7 天走访一次，上次见到或交谈是 03-09 12:00；03-10 08:00/);
  });

  tell('is not kept back by what people resolved before it', setting, (story) => {
    classOf(story, 'high');
    story.until('day 8 09:00');
    expect(story.resolve('h1.c1', 'refused', '')).toBe('ok');
    change(story, 'fall', story.now - 2 * DAY);
    story.after(MINUTE);
    expect(story.cases('h1').at(-1)).toBe('h1.c2 safety P4 open: a2');
    expect(story.resolve('h1.c2', 'refused', '')).toBe('ok');
    story.until('day 9 10:00');
    change(story, 'illness');
    story.until('day 10 09:59');
    expect(story.open('h1')).toEqual([]);
    story.until('day 10 10:01');
    expect(story.open('h1')).toEqual(['C3']);
  });

  tell('that was a mistake shows that no visit was due', setting, (story) => {
    story.until('day 3 08:00');
    change(story, 'discharge');
    story.until('day 4 09:00');
    const line = { kind: 'change', home: 'h1', at: T0 + 2 * DAY + 8 * HOUR, by: '周敏' } as VisitLine;
    const command = { type: 'home.visit-withdraw', line, met: null, reason: '402 室' } as const;
    expect(outcome(story.command(command))).toBe('ok');
    expect(story.alerts()).toEqual(['C3 raised day 4 08:00, late-data day 4 09:00']);
  });
});

test('an absence that has ended by the time it is told shows that no visit was due', () => {
  const story = new Story(setting);
  classOf(story, 'high');
  story.until('day 9 00:00');
  const away = [{ from: T0 + 3 * DAY, until: T0 + 6 * DAY, kind: 'travel' }];
  story.register([{ ...story.core.registry.home('h1'), away }]);
  expect(story.alerts()).toEqual(['C3 raised day 8 00:00, late-data day 9 00:00']);
});

test('an alert that knows only what earlier releases kept of it goes on as it was', () => {
  const story = new Story(setting);
  change(story, 'discharge');
  story.until('day 2 01:00');
  const [slot] = story.core.subjects.get('h1')?.slots ?? [];
  if (!slot) throw new Error('nothing is remembered');
  slot.state = { from: T0 };
  const told = story.notices.length;
  visit(story, 'not-met');
  expect(story.notices).toHaveLength(told);
  change(story, 'fall');
  expect(story.notices.slice(told).map(({ content }) => content.body.zh)).toEqual([
    expect.stringMatching(/^新登记重大变化：跌倒/),
  ]);
  visit(story, 'seen');
  expect(story.alerts()).toEqual(['C3 raised day 2 00:00, recovered day 2 01:00']);
});

describe('what counts as a visit', () => {
  tell('is told once to a case that is open, though years of visits come in one file', setting, (story) => {
    classOf(story, 'high');
    story.until('day 20 00:00');
    const before = story.timeLine('h1.c1').length;
    const visits = Array.from({ length: 100 }, (_, i) => {
      return { home: 'h1', at: T0 - (90 - i) * DAY, by: '周敏', result: 'seen' as const, note: '' };
    });
    story.command({ type: 'home.visits', visits, source: 'import' });
    expect(story.rawAlerts('h1').at(-1)?.evidence.text.zh).toBe(
      '高风险住户应每 7 天走访一次，上次见到或交谈是 03-10 00:00',
    );
    expect(story.timeLine('h1.c1').slice(before)).toEqual(['alert-updated']);
  });

  const pressed = (): Story => {
    const story = new Story(setting);
    story.until('day 2 10:00');
    story.home('h1').band.presses();
    return story;
  };
  const resolved = (
    story: Story,
    said: { outcome: 'true-need' | 'not-reached'; contact?: 'seen' | 'spoken' },
  ) => {
    const { outcome: found, contact } = said;
    const who = contact === undefined ? { contactMadeBy: '' } : { contactMadeBy: '吴刚', contact };
    const command = { type: 'case.resolve', case: 'h1.c1', outcome: found, note: '', ...who } as const;
    return inLog(story.input({ kind: 'command', receivedAt: story.now, id: 'r', by: '周敏', command }));
  };

  test('is a person who was seen while a case was handled, at the instant at which somebody was there', () => {
    const story = pressed();
    expect(resolved(story, { outcome: 'true-need', contact: 'seen' })).toEqual([
      {
        kind: 'visit',
        home: 'h1',
        path: 'haitang/g1/b1/u1/h1',
        at: story.now,
        by: '吴刚',
        result: 'seen',
        note: '',
        source: 'case',
        case: 'h1.c1',
        recordedAt: story.now,
        recordedBy: '周敏',
      },
    ]);
    const other = pressed();
    other.step('h1.c1', 'on-site');
    const there = other.now;
    other.after(HOUR);
    expect(resolved(other, { outcome: 'true-need', contact: 'spoken' })).toMatchObject([
      { at: there, result: 'spoken' },
    ]);
  });

  test('is no telephone call, and no drill', () => {
    expect(resolved(pressed(), { outcome: 'true-need', contact: 'spoken' })).toEqual([]);
    const drill = new Story(setting);
    drill.command({ type: 'drill.begin', home: 'h1', priority: 'P1', note: '' });
    expect(resolved(drill, { outcome: 'true-need', contact: 'seen' })).toEqual([]);
  });

  test('is told once, though the answer was lost and the case is resolved again under the same key', () => {
    const story = pressed();
    const command = {
      type: 'case.resolve',
      case: 'h1.c1',
      outcome: 'true-need',
      note: '',
      contactMadeBy: '吴刚',
      contact: 'seen',
      key: 'k',
    } as const;
    const ask = () =>
      inLog(story.input({ kind: 'command', receivedAt: story.now, id: 'r', by: '周敏', command }));
    expect(ask()).toHaveLength(1);
    expect(ask()).toHaveLength(0);
  });

  test('lies neither in the future nor before anything would be kept, and in a home that is there', () => {
    const story = new Story(setting);
    expect(visit(story, 'seen', story.now + HOUR)).toBe('VISIT_AHEAD');
    expect(visit(story, 'seen', story.now + 5 * MINUTE)).toBe('ok');
    expect(story.core.subjects.get('h1')?.visits?.met).toBe(story.now);
    expect(visit(story, 'seen', story.now - LIMITS.visitAgeMsMax - 1)).toBe('VISIT_TOO_OLD');
    expect(visit(story, 'seen', story.now, 'h9')).toBe('HOME_NOT_FOUND');
    expect(change(story, 'fall', story.now + HOUR)).toBe('VISIT_AHEAD');
  });

  test('comes with all others of one telling, or none does', () => {
    const story = new Story(setting);
    const told = (home: string) => ({ home, at: story.now, by: '周敏', result: 'seen' as const, note: '' });
    const visits = [told('h1'), told('h9'), told('h2')];
    expect(outcome(story.command({ type: 'home.visits', visits, source: 'import' }))).toBe('HOME_NOT_FOUND');
    expect(story.core.subjects.get('h1')?.visits).toBeUndefined();
  });
});

describe('a community that logs no visits', () => {
  test('hears nothing of the rule, in a year with cases at which people were seen', () => {
    const story = new Story(setting);
    expect(watched(story)).toMatchObject({ state: 'no-visits' });
    story.until('day 2 10:00');
    story.home('h1').band.presses();
    story.resolve('h1.c1');
    expect(watched(story)).toMatchObject({ state: 'no-visits' });
    expect(watched(story)).not.toHaveProperty('nextDue');
    for (let day = 20; day <= 380; day += 20) story.until(`day ${day} 00:00`);
    expect(story.rawAlerts().filter(({ rule }) => rule === 'C3')).toEqual([]);
  });

  test('is not overdue on the day on which it gives its homes classes, whenever people were last seen', () => {
    const story = new Story(setting);
    story.home('h1').band.presses();
    story.resolve('h1.c1');
    story.until('day 60 00:00');
    classOf(story, 'high');
    story.until('day 66 23:00');
    expect(story.open('h1')).toEqual([]);
    expect(watched(story)).toMatchObject({ state: 'watching', nextDue: T0 + 66 * DAY });
  });
});

test('what a home remembers of its visits is a few bytes, under all rules', () => {
  const size = (story: Story): number => {
    const subject = story.core.subjects.get('h1');
    return subject ? storeSubject(subject, story.core.rules).length : 0;
  };
  const story = new Story({ ...setting, rules: productRules });
  const before = size(story);
  classOf(story, 'high');
  for (let hour = 1; hour < 30; hour++) visit(story, 'seen', T0 - hour * HOUR);
  change(story, 'bereavement');
  expect(size(story) - before).toBeLessThan(150);
});
