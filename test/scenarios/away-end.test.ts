import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { AwayKind } from '../../src/model/away-kinds.ts';
import type { AwayAnswer } from '../../src/model/registry.ts';
import { T0 } from '../core.ts';
import { atLength } from '../runs.ts';
import { instant, productRules, type Setting, Story, tell, tellAtLength } from './story.ts';

const person = (id: string, name: string, role: string, node: string): object => ({
  noun: 'staff',
  id,
  name,
  roles: [{ role, node }],
  channels: [{ channel: 'robot', address: id }],
});
const setting = {
  homes: { h1: ['meter'] },
  rules: productRules,
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    person('wu', '吴强', 'committee', 'haitang'),
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] }],
    fallback: { channels: ['terminal'] },
  },
} satisfies Setting;

/** With a band, which speaks for itself, and is silent otherwise. */
const banded = { ...setting, homes: { h1: ['meter', 'band'] } } satisfies Setting;

const outcome = (reply: ReturnType<Story['command']>) => (reply.ok ? 'ok' : reply.failure.code);
/** Away from day 2 until the morning of this day; the meter stands still. */
function away(story: Story, until: string, kind: AwayKind = 'travel', by = '吴强'): void {
  story.until('day 2 09:00');
  story.home('h1').meter.standsStill();
  const period = { from: story.now, until: instant(until), kind };
  expect(outcome(story.command({ type: 'home.away', home: 'h1', period }, by))).toBe('ok');
}
const answers = (story: Story, answer: AwayAnswer, days = 3): string =>
  outcome(story.command({ type: 'home.answer', home: 'h1', answer, days }, '周敏'));
/** Of the questions; h1.c1 is the word that an absence was registered. */
const care = (story: Story): string[] =>
  story.cases('h1').filter((one) => one.includes(' care ') && !one.startsWith('h1.c1 '));
const told = (story: Story, id: string): string[] =>
  story.notices
    .filter((one) => one.case === id)
    .map(({ createdAt, recipient }) => `${(createdAt - T0) / HOUR} ${recipient.id}`);
const lastPeriod = (story: Story) => story.core.registry.home('h1')?.away?.at(-1);

describe('an absence that staff register', () => {
  tell('is told at once to whoever is responsible, with who said so and until when', setting, (story) => {
    away(story, 'day 40 10:00', 'moved');
    expect(told(story, 'h1.c1')).toEqual(['33 zhou']);
    expect(story.lastEntry('h1.c1', 'opened')?.text.en).toMatch(/^吴强 registered: moved out/);
    expect(story.cases('h1')).toEqual(['h1.c1 care P4 open: ']);
    story.until('day 3 10:00');
    expect(story.cases('h1')).toEqual(['h1.c1 care P4 struck-off: ']);
  });

  tell('is told as well where it stands in an entry that is put', setting, (story) => {
    story.until('day 2 09:00');
    const home = story.core.registry.home('h1');
    if (!home) throw new Error('no home');
    const put = (days: number, note?: string): string => {
      const period = { from: story.now, until: story.now + days * DAY, kind: 'moved' as const };
      const entry = { ...home, away: [{ ...period, ...(note && { note }) }] };
      return outcome(story.command({ type: 'registry.apply', put: [entry], remove: [] }, '吴强'));
    };
    expect(put(3650, '子女接走，长住杭州')).toBe('AWAY_TOO_LONG');
    expect(put(200)).toBe('AWAY_TOO_LONG');
    expect(put(200, '子女接走，长住杭州')).toBe('ok');
    expect(told(story, 'h1.c1')).toEqual(['33 zhou']);
  });

  tellAtLength(
    'ends in time: ten years are refused, and of a year it is asked after 90 days',
    setting,
    (story) => {
      story.until('day 2 09:00');
      story.home('h1').meter.standsStill();
      const register = (days: number, note?: string, ahead = 0): string => {
        const from = story.now + ahead * DAY;
        const period = { from, until: from + days * DAY, kind: 'travel' as const, ...(note && { note }) };
        return outcome(story.command({ type: 'home.away', home: 'h1', period }, '吴强'));
      };
      expect(register(91)).toBe('AWAY_TOO_LONG');
      expect(register(3650, '长住女儿家')).toBe('AWAY_TOO_LONG');
      expect(register(1, undefined, 91)).toBe('AWAY_TOO_LONG');
      expect(register(200, '长住女儿家')).toBe('ok');
      story.after(90 * DAY - MINUTE);
      expect(care(story)).toEqual([]);
      story.after(2 * MINUTE);
      expect(care(story)).toEqual(['h1.c2 care P4 open: ']);
      expect(story.case('h1.c2').title.zh).toContain('情况仍如此吗');
      expect(answers(story, 'extend')).toBe('ok');
      // It holds until the end that it had, and is asked about again.
      expect(lastPeriod(story)?.until).toBe(instant('day 202 09:00'));
      story.after(90 * DAY);
      expect(care(story).at(-1)).toBe('h1.c3 care P4 open: ');
      expect(answers(story, 'back')).toBe('ok');
      expect(lastPeriod(story)?.until).toBe(story.now);
    },
  );
});

describe('at the end of an absence', () => {
  tell('one question goes to the grid worker and to whoever registered it', setting, (story) => {
    away(story, 'day 4 10:00');
    story.until('day 4 09:59');
    expect(care(story)).toEqual([]);
    story.until('day 4 10:01');
    expect(care(story)).toEqual(['h1.c2 care P4 open: ']);
    expect(told(story, 'h1.c2')).toEqual(['82 zhou', '82 wu']);
    expect(story.notices.at(-1)?.content.title.zh).toContain('外出登记到期，回来了吗？');
  });

  tell('it is not asked at night, but in the morning', setting, (story) => {
    away(story, 'day 4 00:00');
    story.until('day 4 08:59');
    expect(care(story)).toEqual([]);
    story.until('day 4 09:01');
    expect(care(story)).toEqual(['h1.c2 care P4 open: ']);
  });

  tell('"back" ends the question', setting, (story) => {
    away(story, 'day 4 10:00');
    story.until('day 4 11:00');
    expect(answers(story, 'back')).toBe('ok');
    expect(care(story)).toEqual(['h1.c2 care P4 struck-off: ']);
    expect(story.lastEntry('h1.c2')).toMatchObject({ by: '周敏', type: 'struck-off' });
    expect(answers(story, 'back')).toBe('AWAY_NOT_ASKED');
    story.until('day 6 12:00');
    expect(care(story)).toHaveLength(1);
  });

  tell('"longer" puts the end off, and it is asked again then', setting, (story) => {
    away(story, 'day 4 10:00');
    story.until('day 4 11:00');
    expect(answers(story, 'extend', 2)).toBe('ok');
    expect(lastPeriod(story)).toMatchObject({ kind: 'travel', until: instant('day 6 11:00'), by: '周敏' });
    story.until('day 6 10:59');
    expect(story.open('h1')).toEqual([]);
    expect(care(story)).toHaveLength(1);
    story.until('day 6 11:01');
    expect(care(story).at(-1)).toBe('h1.c3 care P4 open: ');
  });

  tell('"moved out" takes the home out of the watching, with the reason on record', setting, (story) => {
    away(story, 'day 4 10:00');
    story.until('day 4 11:00');
    expect(answers(story, 'moved')).toBe('ok');
    expect(lastPeriod(story)).toMatchObject({ kind: 'moved', from: instant('day 4 11:00'), by: '周敏' });
    story.until('day 9 11:00');
    expect(story.open('h1')).not.toContain('W1');
  });

  tell('it is asked again, and then ends: the home is watched all the while', setting, (story) => {
    away(story, 'day 4 10:00');
    story.until('day 4 22:00');
    expect(told(story, 'h1.c2')).toHaveLength(2);
    story.until('day 5 09:01');
    expect(told(story, 'h1.c2')).toHaveLength(4);
    story.until('day 6 09:01');
    expect(care(story)).toEqual(['h1.c2 care P4 struck-off: ']);
    expect(story.lastEntry('h1.c2')?.text.zh).toContain('看护照常进行');
    // A day without water after the end of the period: nobody's silence kept the alarm back.
    expect(story.open('h1')).toContain('W1');
  });
});

describe('somebody comes home before the end', () => {
  tell('the first water ends the absence, says so, and watching begins anew', setting, (story) => {
    away(story, 'day 9 10:00');
    story.until('day 4 17:30');
    story.home('h1').meter.lives();
    story.until('day 4 18:05');
    expect(lastPeriod(story)?.until).toBe(instant('day 4 18:00'));
    expect(care(story)).toEqual(['h1.c2 care P4 open: ']);
    expect(story.lastEntry('h1.c2', 'opened')?.text.zh).toMatch(/^已回家：03-04 18:00 有用水/);
    expect(told(story, 'h1.c2')).toEqual(['90 zhou', '90 wu']);
    story.until('day 5 19:00');
    // Nobody had to answer.
    expect(care(story)).toEqual(['h1.c2 care P4 struck-off: ']);
    story.home('h1').meter.standsStill();
    story.until('day 7 00:00');
    expect(story.open('h1')).toContain('W1');
  });

  tell('while it is asked: the question answers itself', setting, (story) => {
    away(story, 'day 4 10:00');
    story.until('day 4 10:30');
    story.home('h1').meter.lives();
    story.until('day 4 11:05');
    expect(care(story)).toEqual(['h1.c2 care P4 struck-off: ']);
    expect(story.lastEntry('h1.c2')?.text.en).toContain('Back: water was used at');
  });

  tell('water that runs while they leave, a drip, and steps elsewhere say nothing', banded, (story) => {
    story.until('day 2 09:00');
    const period = { from: story.now, until: instant('day 9 10:00'), kind: 'hospital' as const };
    story.command({ type: 'home.away', home: 'h1', period }, '吴强');
    story.until('day 2 12:00');
    story.home('h1').meter.standsStill().drips(2);
    for (let hour = 13; hour < 30; hour++) {
      story.after(HOUR);
      story.home('h1').band.says({ at: story.now, steps_count: hour * 100 });
    }
    story.until('day 5 12:00');
    expect(lastPeriod(story)?.until).toBe(instant('day 9 10:00'));
    // Of the band's own, before; then the word that an absence was registered.
    expect(care(story)).toEqual(['h1.c2 care P4 struck-off: ']);
  });

  tell(
    'the neighbour waters the flowers: who answers "longer" is not told of it once more',
    setting,
    (story) => {
      away(story, 'day 9 10:00');
      story.until('day 4 17:30');
      story.home('h1').meter.lives();
      story.until('day 4 18:05');
      story.home('h1').meter.standsStill();
      expect(answers(story, 'extend', 5)).toBe('ok');
      story.until('day 6 12:00');
      expect(lastPeriod(story)?.until).toBe(instant('day 9 18:05'));
      expect(care(story)).toEqual(['h1.c2 care P4 struck-off: ']);
      story.home('h1').meter.lives();
      story.until('day 6 18:05');
      expect(care(story)).toHaveLength(2);
    },
  );

  tell('guests use water: their visit ends when it was said to', setting, (story) => {
    away(story, 'day 5 10:00', 'visitors');
    story.home('h1').meter.lives();
    story.until('day 5 09:59');
    expect(lastPeriod(story)?.until).toBe(instant('day 5 10:00'));
    story.until('day 5 10:01');
    expect(story.case('h1.c2').title.zh).toContain('客人走了吗');
  });
});

atLength(
  'the service was down at the end, or a change of clocks came between: it is asked once all the same',
  () => {
    const away = (story: Story) => {
      story.home('h1').meter.standsStill();
      const period = { from: story.now, until: instant('day 30 10:00'), kind: 'travel' as const };
      story.command({ type: 'home.away', home: 'h1', period }, '吴强');
    };
    const berlin = { ...setting, entries: [...setting.entries, zoned('Europe/Berlin')] };
    const story = new Story(berlin);
    story.until('day 26 09:00');
    away(story);
    story.until('day 30 09:00');
    story.serviceStops();
    story.until('day 30 23:00');
    story.serviceStarts();
    story.until('day 30 23:01');
    expect(care(story)).toHaveLength(1);
    // Clocks in Berlin went forward in the night to day 29: the end is an instant, and the morning is theirs.
    story.until('day 31 20:00');
    expect(care(story)).toHaveLength(1);
    expect(told(story, care(story)[0]?.split(' ')[0] ?? '')).not.toHaveLength(0);
  },
);

test('the service was down for days: what was to be asked, and to be asked again, is asked once when it is back', () => {
  const story = new Story(setting);
  story.until('day 2 09:00');
  const period = { from: story.now, until: instant('day 3 10:00'), kind: 'travel' as const };
  story.home('h1').meter.standsStill();
  story.command({ type: 'home.away', home: 'h1', period }, '吴强');
  story.serviceStops();
  story.until('day 8 11:00');
  story.serviceStarts();
  const [line = ''] = care(story);
  expect(care(story)).toEqual(['h1.c2 care P4 open: ']);
  expect(story.timeLine('h1.c2')).toEqual(['opened', 'notice']);
  expect(story.notices.slice(1).map(({ createdAt }) => createdAt)).toEqual(
    story.notices.slice(1).map(() => story.now),
  );
  story.serviceStops();
  story.until('day 12 11:00');
  story.serviceStarts();
  expect(care(story)).toEqual([line]);
  expect(story.timeLine('h1.c2')).toEqual(['opened', 'notice', 'note', 'escalated', 'notice']);
  expect(story.lastEntry('h1.c2', 'note')?.text.en).toContain('it was not asked again in time');
  story.until('day 13 12:00');
  expect(care(story)).toEqual(['h1.c2 care P4 struck-off: ']);
});

const zoned = (timeZone: string): object => ({
  noun: 'node',
  path: 'haitang',
  level: 'community',
  name: '海棠社区',
  timeZone,
});

test('a person in need during an absence is heard as ever', () => {
  const story = new Story(banded);
  away(story, 'day 9 10:00');
  story.until('day 3 10:00');
  story.home('h1').band.presses();
  story.after(MINUTE);
  expect(story.notices.map(({ recipient }) => recipient.id)).toContain('zhou');
  expect(story.now - T0).toBeLessThan(3 * DAY);
});
