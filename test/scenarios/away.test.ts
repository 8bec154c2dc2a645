import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { productRules, type Setting, Story, tell } from './story.ts';

const setting: Setting = { homes: { h1: ['meter', 'band'], h2: ['meter'] }, rules: productRules };
const outcome = (reply: ReturnType<Story['command']>) => (reply.ok ? 'ok' : reply.failure.code);
const goes = (story: Story, from: number, until: number, note = '去女儿家') =>
  outcome(
    story.command({
      type: 'home.away',
      home: 'h1',
      period: { from, until, kind: 'travel', note },
    }),
  );
const comesBack = (story: Story, from: number) =>
  outcome(story.command({ type: 'home.back', home: 'h1', from, at: story.now }));
const periods = (story: Story) =>
  (story.core.registry.home('h1')?.away ?? []).map(({ from, until }) => [
    (from - T0) / DAY,
    (until - T0) / DAY,
  ]);

describe('a period of absence', () => {
  tell('is registered, ended early, and a later one is taken back', setting, (story) => {
    story.until('day 2 00:00');
    story.home('h1').meter.standsStill();
    expect(goes(story, story.now, T0 + 9 * DAY)).toBe('ok');
    expect(goes(story, T0 + 20 * DAY, T0 + 22 * DAY)).toBe('ok');
    expect(periods(story)).toEqual([
      [1, 9],
      [20, 22],
    ]);
    story.until('day 4 00:00');
    expect(comesBack(story, T0 + DAY)).toBe('ok');
    expect(comesBack(story, T0 + 20 * DAY)).toBe('ok');
    expect(periods(story)).toEqual([[1, 3]]);
    expect(comesBack(story, T0 + DAY)).toBe('AWAY_NOT_FOUND');
    expect(goes(story, T0, T0 + 2 * DAY)).toBe('AWAY_OVER');
    expect(outcome(story.command({ type: 'home.back', home: 'h9', from: T0, at: T0 }))).toBe(
      'HOME_NOT_FOUND',
    );
  });

  tell(
    'that is registered while a case is open stands in its time line, and so does its end',
    setting,
    (story) => {
      story.until('day 2 10:00');
      story.home('h1').band.says({ at: story.now, event: 'sos' });
      const { version } = story.case('h1.c2');
      expect(goes(story, story.now, story.now + 7 * DAY)).toBe('ok');
      expect(story.lastEntry('h1.c2')).toMatchObject({ type: 'note', by: '周敏' });
      expect(story.lastEntry('h1.c2')?.text.zh).toMatch(
        /^已登记外出：外出，03-02 10:00 至 03-09 10:00。去女儿家/,
      );
      expect(story.lastEntry('h1.c2')?.text.en).toMatch(
        /^Registered as away: travel, 03-02 10:00 to 03-09 10:00/,
      );
      // Who had the case before his eyes is not refused because of the note.
      expect(
        outcome(story.command({ type: 'case.acknowledge', case: 'h1.c2', expectedVersion: version })),
      ).toBe('ok');
      const from = story.now;
      story.after(2 * HOUR);
      expect(comesBack(story, from)).toBe('ok');
      expect(story.lastEntry('h1.c2')?.text.zh).toMatch(/^外出登记已结束/);
      expect(story.open('h1')).toContain('B1');
    },
  );
});

test('an entry of the registry that says the same of an absence adds nothing to the case', () => {
  const story = new Story(setting);
  story.until('day 2 10:00');
  story.home('h1').band.says({ at: story.now, event: 'sos' });
  expect(goes(story, story.now, story.now + 7 * DAY)).toBe('ok');
  const { entries } = story.case('h1.c2');
  expect(story.register([{ ...story.core.registry.home('h1'), address: '海棠路 1 号' }])).toBe('ok');
  expect(story.case('h1.c2').entries).toBe(entries);
});
