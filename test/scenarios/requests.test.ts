import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { REQUEST_PRIORITIES } from '../../src/model/request-categories/define.ts';
import {
  REQUEST_CATEGORIES,
  type RequestCategory,
  requestCategory,
} from '../../src/model/request-category.ts';
import { person } from './called.ts';
import { instant, type Setting, type Story, tell } from './story.ts';

const setting = {
  homes: { h1: ['band'] },
  rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang'),
    person('lin', '林楼长', 'building-steward', 'haitang'),
    person('wu', '吴强', 'committee', 'haitang'),
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2', 'P3'], roles: ['grid-worker'] }],
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1'],
        steps: [{ after: '1min', roles: ['committee'] }],
        repeatEvery: '5min',
      },
    ],
    fallback: { channels: ['terminal'] },
  },
} satisfies Setting;

const ask = (
  story: Story,
  category: RequestCategory,
  more: { from?: string; note?: string; key?: string; home?: string } = {},
): string => {
  const { from = '', note = '水龙头滴水', home = 'h1', key } = more;
  const named = key === undefined ? {} : { key };
  const reply = story.command({ type: 'home.request', home, category, from, note, ...named }, '吴强');
  return reply.ok ? (reply.case ?? 'ok') : reply.failure.code;
};
/** Who is told of a case, and from when on the notice may go, in hours of the first day. */
const told = (story: Story, id: string): string[] =>
  story.notices
    .filter((one) => one.case === id && one.recipient.kind === 'staff')
    .map(({ content, recipient, nextAttemptAt = 0 }) => {
      const hour = Math.round(((nextAttemptAt - instant('00:00')) / HOUR) * 10) / 10;
      return `${content.event} ${hour} ${recipient.id}`;
    });

test('every category has its file, words in both languages, and a priority that can wait', () => {
  const folder = new URL('../../src/model/request-categories/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name !== 'define.ts');
  expect(files.sort()).toEqual(REQUEST_CATEGORIES.map((id) => `${id}.ts`).sort());
  for (const id of REQUEST_CATEGORIES) {
    const { title, priority, resolve = DAY } = requestCategory(id);
    expect(title.zh).toMatch(/\p{Script=Han}/u);
    expect(`诉求：${title.zh}`.length, 'an SMS has room for ten characters').toBeLessThanOrEqual(10);
    expect(title.en).toMatch(/[a-z]/);
    expect(REQUEST_PRIORITIES).toContain(priority);
    expect(resolve).toBeGreaterThanOrEqual(DAY);
  }
});

describe('what a resident asks for', () => {
  tell(
    'is received, assigned, solved, called back by somebody else, rated and struck off',
    setting,
    (story) => {
      story.until('10:00');
      const id = ask(story, 'house-repair', { from: '王秀英' });
      expect(story.cases('h1')).toEqual(['h1.c1 request P4 open: ']);
      expect(story.case(id).title.zh).toContain('诉求：房屋维修');
      expect(story.lines(id)[0]?.text.zh).toBe('王秀英 提出诉求（房屋维修，P4）：水龙头滴水');
      expect(told(story, id)).toEqual(['case-opened 10 zhou', 'case-opened 10 lin']);
      expect(story.assign(id, 'lin', '吴强')).toBe('ok');
      story.until('11:00');
      expect(story.acknowledge(id, '林楼长')).toBe('ok');
      // A repair has five days, and not the three of its priority.
      expect(story.case(id).due?.resolve).toBe(story.now + 5 * DAY);
      story.until('12:00');
      expect(story.resolve(id, 'true-need', '', '林楼长')).toBe('ok');
      expect(story.case(id)).toMatchObject({ status: 'resolved', due: { callBack: instant('day 2 12:00') } });
      expect(story.callBack(id, 'satisfied', '林楼长')).toBe('CASE_CALL_BACK_BY_RESOLVER');
      expect(story.callBack(id, 'not-reached', '吴强')).toBe('ok');
      expect(story.callBack(id, 'not-satisfied', '吴强', '')).toBe('CASE_CALL_BACK_UNSAID');
      expect(story.callBack(id, 'not-satisfied', '吴强', '还在滴')).toBe('ok');
      expect(story.case(id)).toMatchObject({ status: 'open', reopened: 1 });
      story.restart();
      story.acknowledge(id, '林楼长');
      expect(story.case(id).due?.resolve, 'the category holds after a restart').toBe(story.now + 5 * DAY);
      expect(story.resolve(id, 'true-need', '', '林楼长')).toBe('ok');
      expect(story.callBack(id, 'satisfied', '吴强')).toBe('ok');
      expect(story.case(id)).toMatchObject({
        status: 'struck-off',
        calledBackBy: '吴强',
        struckOffBy: '吴强',
      });
    },
  );

  tell('is a case of its own each time, and so is what the devices of the home say', setting, (story) => {
    story.until('10:00');
    expect([ask(story, 'errands'), ask(story, 'errands')]).toEqual(['h1.c1', 'h1.c2']);
    story.home('h1').band.presses();
    story.restart();
    expect(ask(story, 'company')).toBe('h1.c4');
    expect(story.cases('h1')).toEqual([
      'h1.c1 request P3 open: ',
      'h1.c2 request P3 open: ',
      'h1.c3 safety P1 open: a1',
      'h1.c4 request P4 open: ',
    ]);
    story.resolve('h1.c1', 'true-need', '', '周敏');
    expect(story.case('h1.c3').status).toBe('open');
  });

  tell('wakes nobody, and is told to more people by day while nobody takes it', setting, (story) => {
    story.until('23:00');
    const id = ask(story, 'errands');
    expect(told(story, id)).toEqual(['case-opened 33 zhou', 'case-opened 33 lin']);
    story.until('day 2 12:00');
    expect(told(story, id).slice(2)).toEqual([
      'case-escalated 35 zhou',
      'case-escalated 35 lin',
      'case-escalated 35 wu',
    ]);
  });

  tell(
    'is told to everybody above the home where nobody of the policy is there',
    { ...setting, entries: [person('wu', '吴强', 'committee', 'haitang')] },
    (story) => {
      story.until('10:00');
      expect(told(story, ask(story, 'other'))).toEqual(['case-opened 10 wu']);
    },
  );

  tell(
    'waits in silence for no want of a line for its priority',
    {
      ...setting,
      notify: {
        ...setting.notify,
        escalation: [
          {
            kinds: ['request'],
            priorities: ['P4'],
            steps: [{ after: '2h', roles: ['committee'] }],
            repeatEvery: '1d',
          },
        ],
      },
    },
    (story) => {
      story.until('08:00');
      const [soon, later] = [ask(story, 'errands'), ask(story, 'other')];
      story.until('21:00');
      expect(told(story, later).slice(2)).toEqual(['case-escalated 10 wu']);
      expect(told(story, soon).slice(2)[0]).toMatch(/^case-escalated /);
    },
  );

  tell('is kept back by no silence of what the devices say', setting, (story) => {
    story.until('09:00');
    const silence = { until: story.now + 8 * HOUR, reason: '房屋装修中', id: 's1', home: 'h1' } as const;
    expect(story.command({ type: 'silence.begin', mode: 'silence', testers: [], ...silence }).ok).toBe(true);
    story.until('10:00');
    expect(told(story, ask(story, 'errands'))).toHaveLength(2);
  });

  tell('follows its home to another place, whose people hear where to go', setting, (story) => {
    const node = { noun: 'node', path: 'haitang/g1/b2', level: 'building', name: '2号楼' };
    expect(story.register([node, person('yu', '余敏', 'grid-worker', 'haitang/g1/b2')])).toBe('ok');
    story.until('10:00');
    const id = ask(story, 'house-repair');
    const home = story.core.registry.home('h1');
    expect(story.register([{ ...home, parent: 'haitang/g1/b2' }])).toBe('ok');
    expect(told(story, id)).toContain('case-raised 10 yu');
  });

  tell('that waits for its call-back keeps no call for help from being resolved', setting, (story) => {
    story.until('10:00');
    for (let n = 0; n < LIMITS.casesAwaitingCallBackMax; n++)
      expect(story.resolve(ask(story, 'other'), 'true-need', '', '周敏')).toBe('ok');
    story.home('h1').band.presses();
    expect(story.resolve(story.openCase('h1') ?? '', 'true-need', '周敏')).toBe('ok');
  });

  tell('is entered once, however often the press arrives, and not without end', setting, (story) => {
    story.until('10:00');
    expect(ask(story, 'other', { key: 'k1' })).toBe('h1.c1');
    expect(ask(story, 'other', { key: 'k1' })).toBe('h1.c1');
    expect(story.rawCases('h1')).toHaveLength(1);
    expect(ask(story, 'other', { home: 'h9' })).toBe('HOME_NOT_FOUND');
    for (let n = 1; n < LIMITS.requestsOpenMax; n++) expect(ask(story, 'other')).toBe(`h1.c${n + 1}`);
    expect(ask(story, 'other')).toBe('REQUESTS_TOO_MANY');
  });
});
