import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import type { Notice } from '../../src/model/notice.ts';
import { notifyPolicySchema } from '../../src/model/notify-policy.ts';
import type { RequestCategory } from '../../src/model/request-category.ts';
import { person } from './called.ts';
import { type Setting, type Story, tell } from './story.ts';

const safety = { kinds: ['safety'], priorities: ['P1', 'P2', 'P3'], roles: ['grid-worker'] };
const setting = {
  homes: { h1: ['band'] },
  rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang'),
    person('lin', '林楼长', 'building-steward', 'haitang'),
    person('wu', '吴强', 'committee', 'haitang'),
    person('he', '何强', 'sub-district-duty', 'haitang'),
  ],
  notify: { routes: [safety], fallback: { channels: ['terminal'] } },
} satisfies Setting;
/** Lines of the policy beside those that are there. */
const withLines = (lines: { routes?: object[]; escalation?: object[]; targets?: object[] }): Setting => ({
  ...setting,
  notify: { ...setting.notify, ...lines, routes: [safety, ...(lines.routes ?? [])] },
});
const ofRequests = { kinds: ['request'], priorities: ['P3', 'P4'] };

const ask = (story: Story, category: RequestCategory): string => {
  const reply = story.command(
    { type: 'home.request', home: 'h1', category, from: '', note: '请来一趟' },
    '吴强',
  );
  return reply.ok ? (reply.case ?? '') : reply.failure.code;
};
const help = (story: Story, priority: 'P1' | 'P3', note = '水管漏水'): string => {
  const reply = story.command({ type: 'home.help', home: 'h1', priority, from: '女儿', note }, '吴强');
  return reply.ok ? (reply.case ?? '') : reply.failure.code;
};
const noticesOf = (story: Story, id: string): Notice[] => story.notices.filter((one) => one.case === id);
const told = (story: Story, id: string): string[] =>
  noticesOf(story, id).map(({ recipient }) => recipient.id);
/** What the channels say of these notices. */
const fate = (story: Story, notices: readonly Notice[], state: 'failed' | 'accepted'): void => {
  for (const { id, case: of, channel, recipient } of notices) {
    const failure = state === 'failed' ? ({ failure: 'attempts-exhausted' } as const) : {};
    const what = {
      notice: id,
      case: of,
      subject: 'h1',
      state,
      recipient: recipient.name,
      channel,
      ...failure,
    };
    expect(story.command({ type: 'notice.result', ...what }).ok).toBe(true);
  }
};

describe('a request goes by its category', () => {
  const routes = [
    { ...ofRequests, categories: ['house-repair'], roles: ['building-steward'] },
    { ...ofRequests, categories: ['errands', 'complaint'], roles: ['committee'] },
    { ...ofRequests, roles: ['grid-worker'] },
  ];

  tell(
    'a repair to the steward, a meal to the committee, the rest as before',
    withLines({ routes }),
    (story) => {
      story.until('10:00');
      const to = (category: RequestCategory) => told(story, ask(story, category));
      expect(to('house-repair')).toEqual(['lin']);
      expect(to('errands')).toEqual(['wu']);
      expect(to('company')).toEqual(['zhou']);
      story.restart();
      expect(to('complaint')).toEqual(['wu']);
    },
  );

  tell(
    'also where lines speak of some categories alone: the others go to whom they went',
    withLines({ routes: routes.slice(0, 1) }),
    (story) => {
      story.until('10:00');
      expect(told(story, ask(story, 'errands'))).toEqual(['zhou', 'lin']);
    },
  );

  tell(
    'while nobody takes it as well: a complaint never comes to those whom it may be about',
    withLines({
      routes,
      escalation: [
        { ...ofRequests, steps: [{ after: '2h', roles: ['grid-worker'] }], repeatEvery: '1d' },
        {
          ...ofRequests,
          categories: ['complaint'],
          steps: [{ after: '4h', roles: ['sub-district-duty'] }],
          repeatEvery: '1d',
        },
      ],
    }),
    (story) => {
      story.until('09:00');
      const [complaint, repair] = [ask(story, 'complaint'), ask(story, 'house-repair')];
      story.until('14:00');
      expect(told(story, complaint)).toEqual(['wu', 'he']);
      expect(told(story, repair)).toEqual(['lin', 'zhou']);
    },
  );

  tell(
    'and whom a complaint may be about is not asked to ask whether it was settled, unless the policy says so',
    setting,
    (story) => {
      story.until('10:00');
      const calledBack = (category: RequestCategory) => {
        const id = ask(story, category);
        story.acknowledge(id, '林楼长');
        expect(story.resolve(id, 'done', '林楼长')).toBe('ok');
        return () =>
          noticesOf(story, id)
            .filter(({ content }) => content.event === 'case-call-back')
            .map(({ recipient }) => recipient.id);
      };
      const [complaint, repair] = [calledBack('complaint'), calledBack('house-repair')];
      story.until('day 2 12:00');
      expect(complaint()).toEqual(['wu']);
      expect(repair()).toEqual(['zhou', 'wu']);
      story.until('day 3 12:00');
      expect(complaint()).toEqual(['wu', 'wu', 'he']);
    },
  );

  tell(
    'and is owed what the lines for it say: they count more than the category, which counts more than the priority',
    withLines({
      targets: [
        { ...ofRequests, resolve: '4d' },
        { ...ofRequests, categories: ['house-repair'], acknowledge: '6h', resolve: '2d' },
      ],
    }),
    (story) => {
      story.until('10:00');
      const due = (category: RequestCategory) => {
        const id = ask(story, category);
        const { dueAt } = story.case(id);
        story.acknowledge(id, '林楼长');
        return [(dueAt - story.now) / HOUR, ((story.case(id).due?.resolve ?? 0) - story.now) / DAY];
      };
      expect(due('house-repair')).toEqual([6, 2]);
      // A complaint has five days of its own, company seven, and whoever asks for something else three.
      expect(due('complaint')).toEqual([24, 4]);
      expect(due('company')).toEqual([24, 4]);
      expect(due('other')).toEqual([24, 4]);
    },
  );

  test('which lines of other kinds do not have', () => {
    const policy = (line: object) =>
      notifyPolicySchema.safeParse({ routes: [line], fallback: { channels: ['terminal'] } });
    const fits = { ...ofRequests, categories: ['errands'] };
    expect(policy(fits).success).toBe(true);
    expect(policy({ ...fits, kinds: ['request', 'safety'] }).error?.issues).toMatchObject([
      { path: ['routes', 0, 'categories'], message: 'categories: of requests alone, with kinds: [request]' },
    ]);
    expect(policy({ ...fits, categories: ['plumbing'] }).success).toBe(false);
  });
});

describe('what is told in the morning', () => {
  const ROSTER = {
    id: 'duty',
    name: '海棠值班',
    node: 'haitang',
    starts: '2026-03-01',
    members: ['zhou'],
    change: 'day',
    shifts: [
      { id: 'day', name: '白班', from: '08:00', to: '20:00', members: ['lin'] },
      { id: 'night', name: '夜班', from: '20:00', to: '08:00', members: ['zhou'] },
    ],
  };
  const byRoster = (more: object = {}): Setting => ({
    ...withLines({ routes: [{ ...ofRequests, rosters: ['duty'] }], ...more }),
    rosters: { rosters: [ROSTER] },
  });

  tell('goes to who is on duty then, and the time line says so', byRoster(), (story) => {
    story.until('23:00');
    const id = ask(story, 'errands');
    expect(told(story, id)).toEqual(['lin']);
    expect(story.lastEntry(id, 'notice')?.text.zh).toContain('林楼长');
    expect(noticesOf(story, id)[0]?.nextAttemptAt).toBe(story.now + 10 * HOUR);
  });

  const atNight = {
    escalation: [{ ...ofRequests, steps: [{ after: '2h', rosters: ['duty'] }], repeatEvery: '1d' }],
  };
  tell('so do the calls of the night while nobody takes it', byRoster(atNight), (story) => {
    story.until('19:00');
    const id = ask(story, 'errands');
    story.until('22:00');
    expect(told(story, id)).toEqual(['lin', 'lin']);
  });

  tell(
    'but help is told to who is on duty now',
    {
      ...byRoster(),
      notify: {
        ...setting.notify,
        routes: [{ kinds: ['safety'], priorities: ['P3'], rosters: ['duty'] }],
      },
    },
    (story) => {
      story.until('23:00');
      expect(told(story, help(story, 'P3'))).toEqual(['zhou']);
    },
  );
});

describe('what somebody asked for', () => {
  const UNREACHED = '上一次通知未送达任何人';

  tell('goes to everybody above the home where none of its notices arrives', setting, (story) => {
    story.until('10:00');
    const id = ask(story, 'company');
    fate(story, noticesOf(story, id), 'failed');
    expect(told(story, id)).toEqual(['zhou', 'lin', 'wu', 'he', 'terminal']);
    expect(noticesOf(story, id).at(-1)?.content.body.zh).toContain(UNREACHED);
    expect(story.lastEntry(id, 'notice')?.text.zh).toContain('所有通知均未送达，改用后备');
  });

  tell('does not, where one arrives', setting, (story) => {
    story.until('10:00');
    const id = ask(story, 'company');
    const [first, second] = noticesOf(story, id);
    fate(story, first ? [first] : [], 'failed');
    fate(story, second ? [second] : [], 'accepted');
    expect(told(story, id)).toHaveLength(2);
  });

  tell('so does help that can wait until the evening, and what is said of it later', setting, (story) => {
    story.until('10:00');
    const id = help(story, 'P3');
    fate(story, noticesOf(story, id), 'failed');
    expect(told(story, id)).toEqual(['zhou', 'lin', 'wu', 'he', 'terminal']);
    story.after(HOUR);
    story.acknowledge(id, '周敏');
    const before = noticesOf(story, id).length;
    expect(help(story, 'P3', '水漫到楼下了')).toBe(id);
    const owners = noticesOf(story, id).slice(before);
    expect(owners.map(({ recipient }) => recipient.id)).toEqual(['zhou']);
    fate(story, owners, 'failed');
    expect(told(story, id).slice(before + 1)).toEqual(['lin', 'wu', 'he', 'terminal']);
  });

  tell(
    'is told to everybody above the home where nobody of the policy is there, help of P3 as well',
    { ...setting, entries: [person('wu', '吴强', 'committee', 'haitang')] },
    (story) => {
      story.until('10:00');
      expect(told(story, help(story, 'P3'))).toEqual(['wu', 'terminal']);
    },
  );
});
