import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import type { AwayKind } from '../../src/model/away-kinds.ts';
import type { Outcome } from '../../src/model/case.ts';
import type { VisitResult } from '../../src/model/visit-words.ts';
import { instant, productRules, type Setting, Story, tell } from './story.ts';

const setting = {
  homes: { h1: ['meter', 'band'] },
  rules: productRules,
  channels: ['robot', 'terminal'],
  entries: [
    {
      noun: 'staff',
      id: 'zhou',
      name: '周敏',
      roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
      channels: [{ channel: 'robot', address: 'zhou' }],
    },
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] }],
    fallback: { channels: ['terminal'] },
  },
} satisfies Setting;

const outcome = (reply: ReturnType<Story['command']>) => (reply.ok ? 'ok' : reply.failure.code);
const END = instant('day 20 10:00');

/** Away from day 2, 09:00; nothing of the home says anything meanwhile. */
function away(story: Story, kind: AwayKind = 'travel'): void {
  story.until('day 2 09:00');
  story.home('h1').meter.standsStill();
  const period = { from: story.now, until: END, kind };
  expect(outcome(story.command({ type: 'home.away', home: 'h1', period }, '吴强'))).toBe('ok');
}
function visit(
  story: Story,
  result: VisitResult,
  { at = story.now, elsewhere }: { at?: number; elsewhere?: boolean } = {},
): string {
  const said = { home: 'h1', at, by: '周敏', result, note: '' };
  const visits = [{ ...said, ...(elsewhere === undefined ? {} : { elsewhere }) }];
  return outcome(story.command({ type: 'home.visits', visits, source: 'console' }, '李静'));
}
const endOf = (story: Story) => story.core.registry.home('h1')?.away?.at(-1)?.until;
const care = (story: Story): string[] => story.cases('h1').filter((one) => one.includes(' care '));

describe('somebody who is seen at home while the home counts as away', () => {
  tell('is watched again from then on, and whoever is responsible hears of it', setting, (story) => {
    away(story);
    story.until('day 5 10:00');
    expect(visit(story, 'seen')).toBe('ok');
    expect(endOf(story)).toBe(story.now);
    expect(story.core.registry.home('h1')?.awayLog?.at(-1)).toMatchObject({ change: 'ended', by: '李静' });
    const [id = ''] = care(story).at(-1)?.split(' ') ?? [];
    expect(story.lastEntry(id, 'opened')?.text.zh).toMatch(/^已回家：03-05 10:00 周敏 见到本人/);
    expect(story.notices.at(-1)).toMatchObject({ case: id, recipient: { id: 'zhou' } });
    // A day without water from here on is one in which somebody is at home.
    story.until('day 6 18:00');
    expect(story.open('h1')).toContain('W1');
  });

  tell('is watched again also where a case was about something else', setting, (story) => {
    away(story);
    story.until('day 3 10:00');
    story.home('h1').band.presses();
    story.after(HOUR);
    const [id = ''] = story.cases('h1').at(-1)?.split(' ') ?? [];
    expect(story.resolve(id, 'true-need')).toBe('ok');
    expect(endOf(story)).toBe(story.now);
  });

  tell('is watched again also where two absences overlap, of which guests are none', setting, (story) => {
    away(story);
    story.until('day 3 09:00');
    const others = [
      { from: story.now, until: END + 5 * DAY, kind: 'hospital' },
      { from: story.now + HOUR, until: END, kind: 'visitors' },
    ] as const;
    for (const period of others)
      expect(outcome(story.command({ type: 'home.away', home: 'h1', period }, '吴强'))).toBe('ok');
    story.until('day 5 10:00');
    const before = care(story).length;
    expect(visit(story, 'seen')).toBe('ok');
    const lasting = story.core.registry.home('h1')?.away?.filter(({ until }) => until > story.now);
    expect(lasting?.map(({ kind }) => kind)).toEqual(['visitors']);
    // One word is told of it.
    expect(care(story).length).toBe(before + 1);
  });

  test('is watched again also where it is said while rules are behind: nobody says it twice', () => {
    const story = new Story(setting);
    away(story);
    story.until('day 3 10:00');
    story.home('h1').band.presses();
    story.after(HOUR);
    const [id = ''] = story.cases('h1').at(-1)?.split(' ') ?? [];
    // As the loop leaves it where more is due than one step takes.
    story.input({ kind: 'tick', receivedAt: story.now, through: '' });
    expect(story.core.behind).toBe(true);
    expect(story.resolve(id, 'true-need')).toBe('ok');
    expect(endOf(story)).toBe(story.now);
    expect(story.core.behind).toBe(false);
  });

  tell('answers the question whether somebody is back', setting, (story) => {
    away(story);
    story.until('day 20 10:30');
    expect(care(story).at(-1)).toMatch(/ open: $/);
    expect(visit(story, 'seen')).toBe('ok');
    expect(care(story).at(-1)).toMatch(/ struck-off: $/);
    expect(care(story)).toHaveLength(2);
  });

  tell('says in the dialog that it was at home: then also within the first hours', setting, (story) => {
    away(story);
    story.until('day 2 11:00');
    // Who registers it is still packing.
    expect(visit(story, 'seen')).toBe('ok');
    expect(endOf(story)).toBe(END);
    story.until('day 2 11:30');
    expect(visit(story, 'seen', { elsewhere: false })).toBe('ok');
    expect(endOf(story)).toBe(story.now);
  });
});

describe('the absence goes on', () => {
  const goesOn: [string, AwayKind, (story: Story) => string][] = [
    ['who was seen was in hospital', 'hospital', (story) => visit(story, 'seen', { elsewhere: true })],
    ['a voice behind a door may be anybody’s', 'travel', (story) => visit(story, 'spoken')],
    ['nobody was met', 'travel', (story) => visit(story, 'not-met')],
    ['it was before they left', 'travel', (story) => visit(story, 'seen', { at: instant('day 2 08:00') })],
    ['guests are there: their visit ends when it was said to', 'visitors', (story) => visit(story, 'seen')],
  ];
  test.each(goesOn)('%s', (_, kind, tells) => {
    const story = new Story(setting);
    away(story, kind);
    story.until('day 5 10:00');
    const before = care(story);
    expect(tells(story)).toBe('ok');
    expect(endOf(story)).toBe(END);
    expect(care(story)).toEqual(before);
  });

  test.each(['away', 'hospital'] satisfies Outcome[])('of a case it was found: %s', (found) => {
    const story = new Story(setting);
    away(story, 'hospital');
    story.until('day 3 10:00');
    story.home('h1').band.presses();
    story.after(HOUR);
    const [id = ''] = story.cases('h1').at(-1)?.split(' ') ?? [];
    expect(story.resolve(id, found)).toBe('ok');
    expect(endOf(story)).toBe(END);
  });
});
