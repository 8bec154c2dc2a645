import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { definitionOf } from '../../src/model/case-kind.ts';
import { runs } from '../runs.ts';
import { calls, person, pressed, RELATIVE } from './called.ts';
import { instant, type Setting, Story, tell } from './story.ts';

const SAFETY = definitionOf('safety').targets;

const setting = {
  homes: { h1: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'N1', kind: 'event', params: { events: ['fall'] }, priority: 'P2' },
  ],
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    person('wu', '吴强', 'committee', 'haitang'),
    person('sun', '孙伟', 'sub-district-duty', 'haitang'),
    RELATIVE,
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] }],
    fallback: { channels: ['terminal'] },
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1'],
        steps: [
          { after: '1min', roles: ['committee'] },
          { after: '3min', roles: ['sub-district-duty', 'contact'] },
        ],
        repeatEvery: '5min',
      },
      {
        kinds: ['safety'],
        priorities: ['P2'],
        steps: [{ after: '5min', roles: ['committee'] }],
        repeatEvery: '15min',
      },
    ],
  },
} satisfies Setting;

describe('a case that nobody takes', () => {
  tell('calls more people step by step, and the last ones again and again', setting, (story) => {
    const from = pressed(story);
    story.until('10:14');
    expect(calls(story, from)).toEqual([
      '0 zhou',
      '1 wu',
      '3 sun',
      '3 son',
      '8 sun',
      '8 son',
      '13 sun',
      '13 son',
    ]);
    expect(story.timeLine('h1.c1')).toEqual([
      ...['opened', 'alert-raised', 'notice'],
      ...['escalated', 'notice', 'escalated', 'notice', 'escalated', 'notice', 'escalated', 'notice'],
    ]);
    expect(new Set(story.notices.map(({ id }) => id)).size).toBe(8);
  });

  tell('is called ever more slowly when nobody comes, and never left alone', setting, (story) => {
    const from = pressed(story);
    story.until('day 3 10:00');
    const sun = calls(story, from)
      .filter((call) => call.endsWith(' sun'))
      .map((call) => Number.parseInt(call, 10));
    const pauses = sun.slice(1).map((at, i) => at - (sun[i] ?? 0));
    expect(pauses.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => 5));
    expect(pauses.slice(12, 24)).toEqual(Array.from({ length: 12 }, () => 10));
    expect(pauses.at(-1)).toBe(60);
  });

  tell('calls nobody any more once somebody has it, and nobody after it was resolved', setting, (story) => {
    const from = pressed(story);
    story.until('10:02');
    story.acknowledge('h1.c1', '吴强');
    story.until('10:05');
    story.step('h1.c1', 'on-the-way', undefined, '吴强');
    story.until('10:40');
    story.step('h1.c1', 'on-site', undefined, '吴强');
    story.resolve('h1.c1', 'true-emergency', '吴强');
    story.until('14:00');
    expect(calls(story, from)).toEqual(['0 zhou', '1 wu']);
  });

  tell('begins the steps of the graver priority when it grows graver', setting, (story) => {
    story.until('10:00');
    const from = story.now;
    story.home('h1').band.falls();
    story.until('10:04');
    story.home('h1').band.presses();
    story.until('10:08');
    // The fall, the SOS four minutes later, then the steps of P1 from there.
    expect(calls(story, from)).toEqual(['0 zhou', '4 zhou', '5 wu', '7 sun', '7 son']);
  });

  tell('goes on under the steps that it began with, whatever becomes of the policy', setting, (story) => {
    const from = pressed(story);
    story.until('10:02');
    story.core.policy = { ...story.core.policy, escalation: [] };
    story.until('10:04');
    expect(calls(story, from)).toEqual(['0 zhou', '1 wu', '3 sun', '3 son']);
  });
});

describe('the line that says who is told', () => {
  const withoutDuty = {
    ...setting,
    entries: setting.entries.slice(0, 2),
    notify: {
      ...setting.notify,
      escalation: [
        {
          kinds: ['safety'],
          priorities: ['P1'],
          steps: [
            { after: '1min', roles: ['sub-district-duty'] },
            { after: '3min', roles: ['committee'] },
          ],
          repeatEvery: '5min',
        },
      ],
    },
  } satisfies Setting;
  const OTHERS =
    'Nobody holds the roles that the rule names here, or none of them has a channel, so others and the fallback are told. ';

  tell(
    'does not say that nobody can be told where a step finds nobody and others are',
    withoutDuty,
    (story) => {
      pressed(story);
      story.until('10:02');
      expect(story.lastEntry('h1.c1', 'notice')?.text.en).toBe(
        `${OTHERS}Told: 周敏(grid worker, robot), 吴强(committee, robot), terminal`,
      );
      story.until('10:03:30');
      expect(story.lastEntry('h1.c1', 'notice')?.text.en).toBe('Told: 吴强(committee, robot)');
    },
  );

  tell('says so of one call that makes up for several', withoutDuty, (story) => {
    pressed(story);
    story.serviceStops();
    story.until('10:04');
    story.serviceStarts();
    expect(story.lastEntry('h1.c1', 'notice')?.text.en).toBe(
      `${OTHERS}Told: 吴强(committee, robot), 周敏(grid worker, robot), terminal`,
    );
  });

  tell(
    'says that nobody can be told where none of the people can be',
    { ...withoutDuty, entries: [] },
    (story) => {
      pressed(story);
      story.until('10:02');
      expect(story.lastEntry('h1.c1', 'notice')?.text.en).toBe(
        'None of those who should be told can be reached, so fallback. Told: terminal',
      );
    },
  );
});

describe('a case that somebody took and forgot', () => {
  tell('pages again when the time is over, and begins the steps anew', setting, (story) => {
    const from = pressed(story);
    story.acknowledge('h1.c1', '周敏');
    story.until('10:09');
    // Nobody has telephoned within five minutes.
    expect(calls(story, from)).toEqual(['0 zhou', '5 zhou', '6 wu', '8 sun', '8 son']);
    expect(story.timeLine('h1.c1')).toContain('overdue');
    expect(new Set(story.notices.map(({ id }) => id)).size).toBe(5);
    // Somebody has it: those who are called after that do not hear that nobody does.
    expect(story.notices.at(-1)?.content.body.zh).toMatch(/^周敏 接手后未在时限内联系上老人或联系人/);
    expect(story.notices.at(-1)?.content.body.zh).not.toContain('无人接手');
  });

  tell(
    'pages at each thing that is due: to reach the person, to be there, to resolve it',
    setting,
    (story) => {
      const from = pressed(story);
      story.acknowledge('h1.c1', '周敏');
      story.until('10:04');
      story.step('h1.c1', 'call-needs-help', 'son');
      story.until('10:44');
      expect(calls(story, from)).toEqual(['0 zhou']);
      expect(story.case('h1.c1').dueAt).toBe(instant('10:45'));
      story.until('10:45:30');
      expect(calls(story, from)).toEqual(['0 zhou', '45 zhou']);
      expect(story.lastEntry('h1.c1', 'overdue')?.text.en).toContain('has not been on site in time');
      story.step('h1.c1', 'on-site');
      story.until('11:59');
      expect(calls(story, from)).toEqual(['0 zhou', '45 zhou']);
      story.until('12:00:30');
      expect(calls(story, from)).toEqual(['0 zhou', '45 zhou', '120 zhou']);
      expect(story.lastEntry('h1.c1', 'overdue')?.text.en).toContain('has not resolved it in time');
    },
  );

  tell('is not asked whether they telephoned while they are on the way', setting, (story) => {
    const from = pressed(story);
    story.step('h1.c1', 'on-the-way');
    story.until('10:01');
    expect(story.assign('h1.c1', 'wu', '周敏')).toBe('ok');
    expect(story.case('h1.c1').due).toEqual({ onSite: instant('10:45'), resolve: instant('12:00') });
    expect(story.notices.at(-1)?.content.body.zh).toContain('请在 44 分钟内到达现场。');
    story.until('10:44');
    expect(calls(story, from)).toEqual(['0 zhou', '1 wu']);
    story.until('10:46:30');
    expect(calls(story, from).slice(2)).toEqual(['45 zhou', '46 wu']);
    expect(story.lastEntry('h1.c1', 'overdue')?.text.en).toContain('has not been on site in time');
  });

  tell('goes on being called where a contact has it, until they say that they come', setting, (story) => {
    const from = pressed(story);
    const son = '王建国（联系人）';
    story.until('10:00:30');
    expect(story.acknowledge('h1.c1', son)).toBe('ok');
    expect(story.lastEntry('h1.c1', 'acknowledged')?.text.zh).toContain('仍请就近人员前往');
    story.until('10:02');
    expect(calls(story, from)).toEqual(['0 zhou', '1 wu']);
    expect(story.notices.at(-1)?.content.body.zh).toMatch(/^王建国（联系人） 已接手，尚未说要赶去/);
    story.step('h1.c1', 'on-the-way', undefined, son);
    story.until('10:20');
    expect(calls(story, from)).toHaveLength(2);
    // They take it back: the next are called at once.
    story.command({ type: 'case.withdraw-step', case: 'h1.c1' }, son);
    story.until('10:20:30');
    expect(calls(story, from).slice(2)).toEqual(['20 sun', '20 son']);
    // Whoever is near takes it over without more ado.
    expect(story.acknowledge('h1.c1', '吴强')).toBe('ok');
    expect(story.case('h1.c1').acknowledgedBy).toBe('吴强');
  });

  tell('and no less for what is written meanwhile', setting, (story) => {
    const from = pressed(story);
    const son = '王建国（联系人）';
    story.until('10:02');
    story.acknowledge('h1.c1', son);
    story.note('h1.c1', '儿子在北京');
    story.step('h1.c1', 'call-no-answer', 'resident', son);
    story.until('10:09');
    expect(calls(story, from).slice(2)).toEqual(['3 sun', '3 son', '8 sun', '8 son']);
  });

  tell('of a lesser case a contact may take as anybody', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    const from = story.now;
    story.acknowledge('h1.c1', '王建国（联系人）');
    story.until('10:06');
    expect(calls(story, from)).toEqual(['0 zhou']);
  });

  tell('may then be taken by anybody; before, only knowingly', setting, (story) => {
    pressed(story);
    story.acknowledge('h1.c1', '周敏');
    expect(story.acknowledge('h1.c1', '吴强')).toBe('CASE_ALREADY_ACKNOWLEDGED');
    story.until('10:05:30');
    expect(story.acknowledge('h1.c1', '吴强')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '吴强' });
    expect(story.timeLine('h1.c1').at(-1)).toBe('taken-over');
    expect(story.takeOver('h1.c1', '孙伟')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '孙伟', takenAt: instant('10:00') });
    const before = story.notices.length;
    story.until('10:10');
    expect(story.notices.length).toBe(before);
  });

  tell('is left to its owner for a while after they wrote what they are doing', setting, (story) => {
    const from = pressed(story);
    story.acknowledge('h1.c1', '周敏');
    story.until('10:05:30');
    story.note('h1.c1', '电话占线，再打');
    story.until('10:20');
    expect(calls(story, from)).toEqual(['0 zhou', '5 zhou']);
    story.until('10:21');
    expect(calls(story, from).at(-1)).toBe('20.5 zhou');
  });

  tell('does not gain time by words while it has some', setting, (story) => {
    const from = pressed(story);
    story.acknowledge('h1.c1', '周敏');
    story.until('10:04');
    story.note('h1.c1', '在忙');
    story.until('10:05:30');
    expect(calls(story, from)).toEqual(['0 zhou', '5 zhou']);
  });
});

describe('the times of a community', () => {
  const own = {
    ...setting,
    notify: {
      ...setting.notify,
      targets: [
        { kinds: ['safety'], priorities: ['P1'], contact: '10min', onSite: 'none', callBack: 'none' },
      ],
    },
  } satisfies Setting;

  tell('are those of config/notify.yaml where it names them', own, (story) => {
    const from = pressed(story);
    story.acknowledge('h1.c1', '周敏');
    story.until('10:09');
    expect(story.case('h1.c1').due).toEqual({ contact: instant('10:10'), resolve: instant('12:00') });
    expect(calls(story, from)).toEqual(['0 zhou']);
    story.until('10:10:30');
    expect(calls(story, from)).toEqual(['0 zhou', '10 zhou']);
    story.resolve('h1.c1');
    expect(story.case('h1.c1')).toMatchObject({ status: 'struck-off', struckOffBy: '周敏' });
  });
});

describe('the way to people that is dead', () => {
  const group = (story: Story): string[] =>
    story.notices.flatMap(({ createdAt, recipient, channel }) =>
      recipient.kind === 'channel' && channel === 'group' ? `${(createdAt - instant('10:00')) / MINUTE}` : [],
    );
  const withGroup = {
    ...setting,
    channels: ['robot', 'group'],
    notify: { ...setting.notify, fallback: { channels: ['group'] } },
  };
  /** What the outbox says of the notices to people that it did not say anything of yet. */
  const say = (story: Story, said: Set<string>, state: 'failed' | 'queued' | 'accepted'): void => {
    for (const { id, channel, recipient, case: of } of story.notices) {
      if (channel === 'group' || said.has(id)) continue;
      said.add(id);
      const failure = state === 'accepted' ? {} : { failure: 'provider-unreachable' as const };
      const told = {
        notice: id,
        case: of,
        subject: 'h1',
        channel,
        recipient: recipient.name,
        state,
        ...failure,
      };
      story.command({ type: 'notice.result', ...told }, 'system');
    }
  };

  tell('hands each call on to the fallback, not the first alone', withGroup, (story) => {
    const said = new Set<string>();
    pressed(story);
    for (const when of ['10:00', '10:01:06', '10:03:06', '10:08:06']) {
      story.until(when);
      say(story, said, 'failed');
    }
    expect(group(story)).toEqual(['0', '1.1', '3.1', '8.1']);
    const titles = story.notices
      .filter(({ channel }) => channel === 'group')
      .map(({ content }) => content.title.zh);
    expect(new Set(titles)).toEqual(new Set(['1号楼1单元h1 王老人：紧急呼叫']));
  });

  tell('does so after some attempts, though it is tried on', withGroup, (story) => {
    const said = new Set<string>();
    pressed(story);
    story.until('10:00:12');
    say(story, said, 'queued');
    expect(group(story)).toEqual(['0.2']);
    expect(story.lines('h1.c1').map(({ text }) => text.zh)).toContain(
      '通知失败：周敏（robot）。无法连接服务商，仍在重试',
    );
    story.until('10:01:12');
    say(story, said, 'queued');
    expect(group(story)).toEqual(['0.2', '1.2']);
  });

  tell('is no matter where somebody was reached over another', withGroup, (story) => {
    const said = new Set<string>();
    pressed(story);
    story.until('10:03');
    const [first, ...others] = story.notices.map(({ id }) => id);
    for (const id of others) said.add(id);
    say(story, said, 'queued');
    said.delete(first as string);
    // It was tried in vain, and arrived after all.
    say(story, said, 'accepted');
    for (const id of others) said.delete(id);
    say(story, said, 'failed');
    expect(group(story)).toEqual([]);
  });
});

describe('a case that somebody is asked to take', () => {
  tell('is told to them, and stays with who asked until they take it', setting, (story) => {
    const from = pressed(story);
    expect(story.assign('h1.c1', 'wu', '周敏')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '周敏', assignedTo: '吴强' });
    expect(story.notices.at(-1)).toMatchObject({
      recipient: { id: 'wu' },
      content: { event: 'case-assigned' },
    });
    story.until('10:05:30');
    // Who was asked has not taken it, and who asked is still the one who has it.
    expect(calls(story, from)).toEqual(['0 zhou', '0 wu', '5 zhou']);
    expect(story.acknowledge('h1.c1', '吴强')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '吴强' });
    expect(story.case('h1.c1')).not.toHaveProperty('assignedTo');
  });

  tell('is taken by them at once, but asked away from another only knowingly', setting, (story) => {
    pressed(story);
    story.acknowledge('h1.c1', '周敏');
    expect(story.assign('h1.c1', 'sun', '吴强')).toBe('CASE_ALREADY_ACKNOWLEDGED');
    expect(story.assign('h1.c1', 'sun', '吴强', true)).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '吴强', assignedTo: '孙伟' });
    expect(story.acknowledge('h1.c1', '周敏')).toBe('CASE_ALREADY_ACKNOWLEDGED');
    expect(story.acknowledge('h1.c1', '孙伟')).toBe('ok');
    expect(story.assign('h1.c1', 'nobody', '孙伟')).toBe('CASE_ASSIGNEE_UNKNOWN');
  });

  tell('is put off by no second word of the same: one has it, one is on the way', setting, (story) => {
    const from = pressed(story);
    const called = () => calls(story, from);
    story.acknowledge('h1.c1', '周敏');
    const { due } = story.case('h1.c1');
    story.until('10:07');
    story.acknowledge('h1.c1', '周敏');
    expect(story.case('h1.c1').due).toEqual(due);
    story.until('10:09');
    expect(called()).toEqual(['0 zhou', '5 zhou', '6 wu', '8 sun', '8 son']);
    // Whoever sets out after all is waited for until they were to be there from the first.
    story.step('h1.c1', 'on-the-way');
    expect(story.case('h1.c1').due).toEqual({ onSite: instant('10:45'), resolve: instant('12:00') });
    story.until('10:45:30');
    expect(called().slice(5)).toEqual(['45 zhou']);
    story.step('h1.c1', 'on-the-way');
    story.until('10:48:30');
    expect(called().slice(5)).toEqual(['45 zhou', '46 wu', '48 sun', '48 son']);
    const said = story.timeLine('h1.c1').filter((type) => type === 'acknowledged' || type === 'step');
    expect(said).toEqual(['acknowledged', 'step']);
    // Of another it is news, and so is it of whoever takes the case over.
    expect(story.acknowledge('h1.c1', '吴强')).toBe('ok');
    story.step('h1.c1', 'on-the-way', undefined, '吴强');
    expect(story.case('h1.c1').onTheWayAt).toBe(story.now);
  });

  tell('goes on being called when somebody answers that they cannot come', setting, (story) => {
    const from = pressed(story);
    story.acknowledge('h1.c1', '周敏');
    // Nobody has telephoned in time: calls have begun again.
    story.until('10:05:30');
    story.command({ type: 'case.note', case: 'h1.c1', text: 'cannot come', declines: true }, '吴强');
    expect(story.lastEntry('h1.c1')?.text).toEqual({ zh: '吴强 去不了', en: '吴强 cannot come' });
    story.until('10:09');
    expect(calls(story, from)).toEqual(['0 zhou', '5 zhou', '6 wu', '8 sun', '8 son']);
  });
});

/** The same with a roster, and people who are called in turn. */
const inTurn = {
  ...setting,
  rosters: {
    rosters: [
      {
        id: 'duty',
        name: '值班',
        node: 'haitang',
        starts: '2026-02-01',
        members: ['zhou', 'wu'],
        shifts: [{ id: 'day', name: '白班', from: '08:00', to: '20:00', together: 2 }],
        substitutes: ['sun'],
      },
    ],
  },
  notify: {
    ...setting.notify,
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1'],
        steps: [
          { after: '1min', rosters: ['duty'], inTurn: '2min' },
          { after: '4min', roles: ['grid-worker', 'committee', 'contact'], inTurn: '3min' },
        ],
        repeatEvery: '5min',
      },
      ...setting.notify.escalation.slice(1),
    ],
  },
} satisfies Setting;

test('whatever people do or leave undone, a grave case is in somebody’s hands within their time, or its next call is due', {
  timeout: 60_000,
}, () => {
  const act = fc.oneof(
    fc.constant('press' as const),
    fc.constant('fall' as const),
    fc.constant('acknowledge' as const),
    fc.constant('take-over' as const),
    fc.constant('note' as const),
    fc.constant('resolve' as const),
    fc.constant('assign' as const),
    fc.constant('on-the-way' as const),
    fc.constant('call' as const),
    fc.constant('on-site' as const),
    fc.constant('satisfied' as const),
    fc.constant('not-satisfied' as const),
    fc.constant('not-reached' as const),
    fc.constant('reopen' as const),
    fc.constant('restart' as const),
    fc.constant('leave' as const),
    fc.constant('return' as const),
  );
  const day = fc.array(fc.tuple(act, fc.integer({ min: 0, max: 3 * 60 })), { minLength: 1, maxLength: 30 });
  const longest = Math.max(SAFETY.P1.resolve, SAFETY.P2.resolve, 12 * 15 * MINUTE);
  const longestCallBack = DAY + 13 * HOUR;
  fc.assert(
    fc.property(fc.constantFrom(setting, inTurn), day, (which, acts) => {
      const story = new Story(which);
      for (const [what, minutes] of acts) {
        story.after(minutes * MINUTE);
        perform(story, what);
        const { book, filedDue } = story.core.subject('h1') ?? {};
        for (const { case: one, ladder } of book?.cases ?? []) {
          const within = one.status === 'resolved' ? longestCallBack : longest;
          expect(ladder?.nextAt).toBeGreaterThanOrEqual(story.now);
          expect(ladder?.nextAt).toBeLessThanOrEqual(story.now + within);
          expect(filedDue).toBeLessThanOrEqual(ladder?.nextAt ?? 0);
          if (ladder?.held) expect(one).toMatchObject({ status: 'acknowledged' });
          if (ladder?.held) expect(one.acknowledgedBy).toBeDefined();
          if (one.status === 'resolved') expect(one.outcome).toBeDefined();
        }
        // All that is not over is in the book, with its next step.
        const inBook = new Set(book?.cases.map((open) => open.case.id));
        for (const line of story.cases('h1'))
          expect(line.includes(' struck-off:')).toBe(!inBook.has(line.split(' ')[0] ?? ''));
      }
      // Whoever waits is told: no call of a grave case goes to nobody.
      expect(story.emptyCalls).toEqual([]);
      const ids = story.notices.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: runs(4, 600) },
  );
});

/** What somebody does with the case that gathers, or with the oldest that waits for its call-back. */
function perform(story: Story, what: string): void {
  if (what === 'press') story.home('h1').band.presses();
  else if (what === 'fall') story.home('h1').band.falls();
  else if (what === 'restart') story.restart();
  else if (what === 'leave')
    story.duty({
      type: 'roster.leave',
      staff: 'zhou',
      from: 0,
      until: story.now + 20 * MINUTE,
      note: '',
    });
  else if (what === 'return') story.duty({ type: 'roster.return', staff: 'zhou', from: 0, at: story.now });
  const waiting = story.core.subject('h1')?.book?.cases.find((one) => one.case.status === 'resolved')
    ?.case.id;
  if (waiting !== undefined) {
    if (what === 'satisfied' || what === 'not-satisfied' || what === 'not-reached')
      story.callBack(waiting, what, '吴强');
    else if (what === 'reopen') story.command({ type: 'case.reopen', case: waiting, reason: '再看' }, '吴强');
  }
  const id = story.openCase('h1');
  if (id === undefined) return;
  if (what === 'acknowledge') story.acknowledge(id, '周敏');
  else if (what === 'take-over') story.takeOver(id, '吴强');
  else if (what === 'note') story.note(id, '在路上');
  else if (what === 'assign') story.assign(id, 'sun', '周敏');
  else if (what === 'on-the-way' || what === 'on-site') story.step(id, what);
  else if (what === 'call') story.step(id, 'call-fine', 'son');
  else if (what === 'resolve') story.resolve(id, 'true-need', '周敏');
}
