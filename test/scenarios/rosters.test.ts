import { describe, expect } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Holidays } from '../../src/model/holidays.ts';
import { instant, type Setting, type Story, tell } from './story.ts';

const person = (id: string, name: string, role = 'grid-worker', channel = 'robot'): object => ({
  noun: 'staff',
  id,
  name,
  roles: [{ role, node: 'haitang' }],
  channels: [{ channel, address: id }],
});

const PEOPLE = [
  person('zhou', '周敏'),
  person('li', '李雷'),
  person('wang', '王芳'),
  person('sun', '孙伟', 'volunteer'),
  person('wu', '吴强', 'committee'),
  person('chen', '陈默', 'technician', 'broken'),
];

const RULES = [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }];

/** Day and night, three people in turn; the first day of a story is a Sunday. */
const ROSTER = {
  id: 'duty',
  name: '海棠值班',
  node: 'haitang',
  starts: '2026-03-01',
  members: ['zhou', 'li', 'wang'],
  change: 'day',
  shifts: [
    { id: 'day', name: '白班', from: '08:00', to: '20:00' },
    { id: 'night', name: '夜班', from: '20:00', to: '08:00', members: ['wang', 'zhou', 'li'] },
  ],
  substitutes: ['sun'],
};

const escalation = (steps: object[], more: object = {}) => ({
  kinds: ['safety'],
  priorities: ['P1'],
  steps,
  repeatEvery: '10min',
  ...more,
});

const notify = (lines: object[], route: object = { rosters: ['duty'] }) => ({
  routes: [{ kinds: ['safety'], priorities: ['P1'], ...route }],
  fallback: { channels: ['terminal'] },
  escalation: lines,
});

const setting = {
  homes: { h1: ['band'] },
  rules: RULES,
  channels: ['robot', 'voice', 'terminal'],
  entries: PEOPLE,
  rosters: { rosters: [ROSTER] },
  notify: notify([
    escalation([
      { after: '5min', rosters: ['duty'] },
      { after: '15min', roles: ['committee'] },
    ]),
  ]),
} satisfies Setting;

/** Who was called, in minutes after `from`: `0 zhou`. */
const calls = (story: Story, from: number): string[] =>
  story.notices
    .filter(({ createdAt }) => createdAt >= from)
    .map(({ createdAt, recipient }) => `${(createdAt - from) / MINUTE} ${recipient.id}`);

function pressedAt(story: Story, when: string): number {
  story.until(when);
  story.home('h1').band.presses();
  return story.now;
}

describe('whoever is on duty', () => {
  tell('is called, by the shift and the turn of the day', setting, (story) => {
    expect(calls(story, pressedAt(story, '10:00'))).toEqual(['0 zhou']);
    story.resolve('h1.c1');
    expect(calls(story, pressedAt(story, '23:00'))).toEqual(['0 wang']);
    story.resolve('h1.c2');
    // After midnight it is still the night of the day before.
    expect(calls(story, pressedAt(story, 'day 2 03:00'))).toEqual(['0 wang']);
    story.resolve('h1.c3');
    expect(calls(story, pressedAt(story, 'day 2 10:00'))).toEqual(['0 li']);
  });

  tell(
    'changes in the middle of an escalation: the step after the hand-over calls the new one',
    setting,
    (story) => {
      expect(story.duty({ type: 'roster.note', roster: 'duty', text: '501 王奶奶今天出院' })).toBe('ok');
      const from = pressedAt(story, '19:58');
      story.until('20:20');
      expect(calls(story, from)).toEqual(['0 zhou', '5 wang', '15 wu']);
      expect(story.dutyBook.notes).toMatchObject([{ text: '501 王奶奶今天出院', by: '周敏' }]);
      // Who writes without end pushes out their own words, and nobody else's.
      for (let n = 0; n < 600; n++) story.duty({ type: 'roster.note', roster: 'duty', text: `${n}` }, '李雷');
      expect(story.dutyBook.notes).toHaveLength(51);
      expect(story.dutyBook.notes[0]).toMatchObject({ text: '501 王奶奶今天出院' });
      expect(story.dutyBook.notes.at(-1)).toMatchObject({ text: '599' });
    },
  );

  tell(
    'is the next one when midnight passes in between',
    {
      ...setting,
      rosters: {
        rosters: [{ ...ROSTER, shifts: [{ id: 'all', name: '全天', from: '00:00', to: '00:00' }] }],
      },
    },
    (story) => {
      const from = pressedAt(story, '23:57');
      story.until('day 2 00:10');
      expect(calls(story, from)).toEqual(['0 zhou', '5 li']);
    },
  );

  tell(
    'is somebody else after a swap, and the one of the plan again when it is taken back',
    setting,
    (story) => {
      const shift = { shift: 'day', date: '2026-03-02' };
      const swap = [{ ...shift, from: 'li', to: 'wang' }];
      expect(story.duty({ type: 'roster.swap', roster: 'duty', replacements: swap })).toBe('ok');
      expect(calls(story, pressedAt(story, 'day 2 10:00'))).toEqual(['0 wang']);
      expect(story.duty({ type: 'roster.undo-swap', roster: 'duty', ...shift })).toBe('ok');
      story.resolve('h1.c1');
      expect(calls(story, pressedAt(story, 'day 2 11:00'))).toEqual(['0 li']);
    },
  );

  tell('exchanges shifts with another, both or neither', setting, (story) => {
    const give = { shift: 'day', date: '2026-03-02', from: 'li', to: 'wang' };
    const wrong = { shift: 'day', date: '2026-03-03', from: 'zhou', to: 'li' };
    const take = { ...wrong, from: 'wang' };
    expect(story.duty({ type: 'roster.swap', roster: 'duty', replacements: [give, wrong] })).toBe(
      'NOT_ON_SHIFT',
    );
    expect(story.dutyBook.swaps).toEqual([]);
    expect(story.duty({ type: 'roster.swap', roster: 'duty', replacements: [give, take] })).toBe('ok');
    expect(story.dutyBook.swaps).toHaveLength(2);
  });
});

describe('somebody on leave', () => {
  const leave = (from: string, until: string, staff = 'zhou') =>
    ({ type: 'roster.leave', staff, from: instant(from), until: instant(until), note: '' }) as const;

  tell('is replaced by a substitute, for as long as it lasts', setting, (story) => {
    expect(story.duty(leave('09:00', '12:00'))).toBe('ok');
    const from = pressedAt(story, '11:58');
    story.until('12:04');
    expect(calls(story, from)).toEqual(['0 sun', '5 zhou']);
  });

  tell('may come back early', setting, (story) => {
    story.duty(leave('09:00', '18:00'));
    story.until('10:00');
    expect(story.duty({ type: 'roster.return', staff: 'zhou', from: instant('09:00'), at: story.now })).toBe(
      'ok',
    );
    expect(calls(story, pressedAt(story, '10:01'))).toEqual(['0 zhou']);
  });

  tell(
    'with all substitutes: the step goes to the roles that the roster names, and says so',
    setting,
    (story) => {
      story.duty(leave('09:00', '18:00'));
      story.duty(leave('09:00', '18:00', 'sun'));
      expect(calls(story, pressedAt(story, '10:00'))).toEqual(['0 wu']);
      expect(story.lastEntry('h1.c1')?.text.zh).toBe(
        '值班表「海棠值班」此时无人可通知，改由他人。通知：吴强(居委会, robot)',
      );
    },
  );
});

describe('a roster with a gap', () => {
  const night = { ...ROSTER, coverage: 'shifts', shifts: [ROSTER.shifts[1]] };

  tell(
    'calls the substitutes where nobody is on duty',
    { ...setting, rosters: { rosters: [night] } },
    (story) => {
      expect(calls(story, pressedAt(story, '10:00'))).toEqual(['0 sun']);
      expect(story.lastEntry('h1.c1')?.text.en).toContain('Nobody on the roster "海棠值班" can be called');
    },
  );

  tell(
    'or whose person has no channel that works: the substitute',
    {
      ...setting,
      rosters: { rosters: [{ ...ROSTER, members: ['chen'] }] },
    },
    (story) => {
      expect(calls(story, pressedAt(story, '10:00'))).toEqual(['0 sun']);
    },
  );
});

describe('holidays', () => {
  const HOLIDAYS: Holidays = {
    source: 'a test',
    years: [2026],
    off: [{ date: '2026-03-03', name: { zh: '节日', en: 'holiday' } }],
    work: [{ date: '2026-03-07', name: { zh: '调休', en: 'working Saturday' } }],
  };
  const shift = (on: string, members: string[]) => {
    return { id: on, name: on, from: '00:00', to: '00:00', on, members };
  };
  const rosters = {
    rosters: [{ ...ROSTER, shifts: [shift('workday', ['zhou']), shift('day-off', ['li'])] }],
  };

  tell(
    'call who serves on days off; a working Saturday is a working day',
    {
      ...setting,
      rosters,
      holidays: HOLIDAYS,
    },
    (story) => {
      const onDay = (day: number): string[] => {
        const called = calls(story, pressedAt(story, `day ${day} 12:00`));
        story.resolve(`h1.c${day}`);
        return called;
      };
      // Sunday, Monday, a holiday, three working days, 调休, Sunday.
      expect([1, 2, 3, 4, 5, 6, 7, 8].flatMap(onDay)).toEqual(
        ['li', 'zhou', 'li', 'zhou', 'zhou', 'zhou', 'zhou', 'li'].map((id) => `0 ${id}`),
      );
    },
  );
});

describe('a change of clocks', () => {
  // In Berlin the hour from 02:00 is missing on 29 March 2026, and comes twice on 25 October.
  const berlin = {
    ...setting,
    entries: [
      { noun: 'node', path: 'haitang', level: 'community', name: 'Linden', timeZone: 'Europe/Berlin' },
      ...PEOPLE,
    ],
    rosters: {
      rosters: [
        {
          ...ROSTER,
          shifts: [
            { id: 'early', name: '早', from: '02:30', to: '14:00', members: ['zhou'] },
            { id: 'late', name: '晚', from: '14:00', to: '02:30', members: ['li'] },
          ],
        },
      ],
    },
  } satisfies Setting;
  const at = (story: Story, utc: string, id: string): string[] => {
    story.after(Date.parse(utc) - story.now);
    story.home('h1').band.presses();
    const called = calls(story, story.now);
    story.resolve(id);
    return called;
  };

  tell('moves no hand-over: a shift that begins in the missing hour begins after it', berlin, (story) => {
    expect(at(story, '2026-03-29T00:59:00Z', 'h1.c1')).toEqual(['0 li']);
    // 02:30 does not exist: 01:00 UTC is 03:00 already.
    expect(at(story, '2026-03-29T01:01:00Z', 'h1.c2')).toEqual(['0 zhou']);
    expect(at(story, '2026-03-29T11:59:00Z', 'h1.c3')).toEqual(['0 zhou']);
    expect(at(story, '2026-03-29T12:01:00Z', 'h1.c4')).toEqual(['0 li']);
  });

  tell('nor in the hour that comes twice: the first time counts', berlin, (story) => {
    expect(at(story, '2026-10-25T00:29:00Z', 'h1.c1')).toEqual(['0 li']);
    expect(at(story, '2026-10-25T00:31:00Z', 'h1.c2')).toEqual(['0 zhou']);
    expect(at(story, '2026-10-25T01:31:00Z', 'h1.c3')).toEqual(['0 zhou']);
    expect(at(story, '2026-10-25T13:01:00Z', 'h1.c4')).toEqual(['0 li']);
  });
});

describe('in turn', () => {
  const step = { after: '1min', people: ['zhou', 'chen', 'li', 'wang'], inTurn: '2min' };
  const inTurn = (...steps: object[]): Setting => ({
    ...setting,
    notify: notify([escalation(steps)], { roles: ['committee'] }),
  });

  tell(
    'people are called one after the other, and whoever cannot be reached costs no pause',
    inTurn(step),
    (story) => {
      const from = pressedAt(story, '10:00');
      story.until('10:16');
      expect(calls(story, from)).toEqual(['0 wu', '1 zhou', '3 chen', '3 li', '5 wang', '15 zhou']);
      expect(story.timeLine('h1.c1').filter((type) => type === 'escalated')).toHaveLength(4);
    },
  );

  tell('until one takes it', inTurn(step), (story) => {
    const from = pressedAt(story, '10:00');
    story.until('10:02');
    story.acknowledge('h1.c1', '周敏');
    story.until('10:06');
    expect(calls(story, from)).toEqual(['0 wu', '1 zhou']);
  });

  tell(
    'whose turn has not come by the next step is called with it',
    inTurn(step, { after: '4min', people: ['sun'] }),
    (story) => {
      const from = pressedAt(story, '10:00');
      story.until('10:10');
      expect(calls(story, from)).toEqual(['0 wu', '1 zhou', '3 chen', '3 li', '4 sun', '4 wang']);
    },
  );

  tell('in parallel all are called at once', inTurn({ ...step, inTurn: undefined }), (story) => {
    const from = pressedAt(story, '10:00');
    story.until('10:02');
    expect(calls(story, from)).toEqual(['0 wu', '1 zhou', '1 chen', '1 li', '1 wang']);
  });

  tell(
    'a hand-over in between gives the turn to the new one',
    {
      ...setting,
      rosters: { rosters: [{ ...ROSTER, shifts: [{ ...ROSTER.shifts[0], together: 2 }, ROSTER.shifts[1]] }] },
      notify: notify([escalation([{ after: '1min', rosters: ['duty'], inTurn: '2min' }])], {
        roles: ['committee'],
      }),
    },
    (story) => {
      const from = pressedAt(story, '19:58');
      story.until('20:06');
      expect(calls(story, from)).toEqual(['0 wu', '1 zhou', '3 wang']);
    },
  );

  const heard = inTurn({ ...step, channels: ['voice'] });
  tell(
    'groups and screens hear of a step once, with the first of its people',
    { ...heard, notify: { ...(heard.notify as object), always: ['terminal'] } },
    (story) => {
      const from = pressedAt(story, '10:00');
      story.until('10:06');
      const groups = story.notices.filter(({ recipient }) => recipient.kind === 'channel');
      const at = groups.map(({ createdAt, channel }) => `${(createdAt - from) / MINUTE} ${channel}`);
      expect(at).toEqual(['0 terminal', '1 voice', '1 terminal']);
    },
  );
});

describe('the policy of a community', () => {
  const other = [
    { noun: 'node', path: 'yulan', level: 'community', name: '玉兰社区', timeZone: 'Asia/Shanghai' },
  ];
  const lines = (nodes: string[]) => [
    escalation([{ after: '2min', people: ['li'] }], { nodes }),
    escalation([{ after: '5min', people: ['wu'] }]),
  ];
  const at = (nodes: string[]): Setting => ({
    ...setting,
    entries: [...PEOPLE, ...other],
    notify: notify(lines(nodes), { people: ['zhou'] }),
  });

  tell('holds where it says', at(['haitang/g1']), (story) => {
    const from = pressedAt(story, '10:00');
    story.until('10:06');
    expect(calls(story, from)).toEqual(['0 zhou', '2 li']);
  });

  tell('and nowhere else', at(['yulan']), (story) => {
    const from = pressedAt(story, '10:00');
    story.until('10:06');
    expect(calls(story, from)).toEqual(['0 zhou', '5 wu']);
  });

  tell(
    'may want some channels of those that people have',
    {
      ...setting,
      entries: [
        ...PEOPLE.slice(1),
        {
          ...person('zhou', '周敏'),
          channels: [
            { channel: 'robot', address: 'zhou' },
            { channel: 'voice', address: '138' },
          ],
        },
      ],
      notify: notify([escalation([{ after: '5min', people: ['zhou', 'li'] }])], {
        people: ['zhou', 'li'],
        by: ['voice'],
      }),
    },
    (story) => {
      pressedAt(story, '10:00');
      // Who has no such channel is told by what they have.
      expect(story.notices.map(({ recipient, channel }) => `${recipient.id} ${channel}`)).toEqual([
        'zhou voice',
        'li robot',
      ]);
    },
  );
});

describe('the person is asked first', () => {
  const resident = (channels: object[]) => ({
    noun: 'resident',
    id: 'h1-r',
    home: 'h1',
    name: '王秀英',
    channels,
  });
  const asked = (channels: object[]): Setting => ({
    ...setting,
    entries: [...PEOPLE, resident(channels)],
    notify: notify([escalation([{ after: '2min', people: ['zhou'] }])], {
      roles: ['resident'],
      by: ['voice'],
    }),
  });
  const voice = [{ channel: 'voice', address: '138' }];

  tell('and whoever comes is called when the time is over', asked(voice), (story) => {
    const from = pressedAt(story, '10:00');
    story.until('10:03');
    expect(calls(story, from)).toEqual(['0 h1-r', '2 zhou']);
    const [first] = story.notices;
    expect(first?.content).toMatchObject({ event: 'resident-asked' });
    expect(JSON.stringify(first?.content)).not.toContain('SOS');
  });

  tell('what they answer stands in the time line, and stops nothing', asked(voice), (story) => {
    const from = pressedAt(story, '10:00');
    expect(story.confirm('h1.c1')).toBe('ok');
    expect(story.lastEntry('h1.c1')).toMatchObject({ type: 'confirmed', by: '王秀英' });
    expect(story.case('h1.c1').status).toBe('open');
    story.until('10:03');
    expect(calls(story, from)).toEqual(['0 h1-r', '2 zhou']);
  });

  tell('whoever needs help does not wait for the others to be called', asked(voice), (story) => {
    const from = pressedAt(story, '10:00');
    expect(story.confirm('h1.c1', '王秀英', false)).toBe('ok');
    story.until('10:01');
    // Said twice it calls nobody twice.
    story.confirm('h1.c1', '王秀英', false);
    story.until('10:03');
    expect(calls(story, from)).toEqual(['0 h1-r', '0 zhou']);
    expect(story.notices.at(-1)?.content.body.zh).toContain('本人表示需要帮助');
  });

  tell('nor for the next repeat, where all were called and nobody has come', asked(voice), (story) => {
    const from = pressedAt(story, '10:00');
    story.until('10:04');
    expect(story.confirm('h1.c1', '王秀英', false)).toBe('ok');
    story.until('10:05');
    expect(calls(story, from)).toEqual(['0 h1-r', '2 zhou', '4 zhou']);
    // Whoever is called hears so each time, until the person says that all is well.
    expect(story.notices.at(-1)?.content.body.zh).toMatch(/^本人表示需要帮助。已 4 分钟无人接手/);
    story.confirm('h1.c1');
    story.until('11:00');
    expect(story.notices.at(-1)?.content.body.zh).not.toContain('需要帮助');
  });

  tell('whoever has the case is told that the person needs help', asked(voice), (story) => {
    const from = pressedAt(story, '10:00');
    expect(story.acknowledge('h1.c1', '周敏')).toBe('ok');
    expect(story.confirm('h1.c1')).toBe('ok');
    expect(calls(story, from)).toEqual(['0 h1-r']);
    expect(story.confirm('h1.c1', '王秀英', false)).toBe('ok');
    expect(calls(story, from)).toEqual(['0 h1-r', '0 zhou']);
    expect(story.notices.at(-1)?.content.body.zh).toContain('本人表示需要帮助');
    expect(story.case('h1.c1')).toMatchObject({ status: 'acknowledged', acknowledgedBy: '周敏' });
  });

  tell('who has no telephone is not waited for', asked([]), (story) => {
    const from = pressedAt(story, '10:00');
    expect(calls(story, from)).toEqual(['0 zhou']);
    expect(story.lastEntry('h1.c1')?.text.zh).toContain('提前执行下一步');
  });

  tell('whoever does not answer is no reason to wake everybody before the time', asked(voice), (story) => {
    const from = pressedAt(story, '10:00');
    const { id = '' } = story.notices[0] ?? {};
    const result = {
      notice: id,
      case: 'h1.c1',
      subject: 'h1',
      recipient: '王秀英',
      channel: 'voice',
    } as const;
    story.command(
      { type: 'notice.result', ...result, state: 'failed', failure: 'recipient-invalid' },
      'system',
    );
    story.until('10:03');
    expect(calls(story, from)).toEqual(['0 h1-r', '2 zhou']);
  });

  tell(
    'where nobody would follow, everybody is told at once',
    { ...asked(voice), notify: notify([], { roles: ['resident'] }) },
    (story) => {
      const from = pressedAt(story, '10:00');
      expect(calls(story, from)).toEqual(expect.arrayContaining(['0 h1-r', '0 zhou', '0 wu', '0 terminal']));
    },
  );

  tell(
    'family first: where nobody of them can be told, the next step is taken at once',
    {
      ...setting,
      notify: notify([escalation([{ after: '3min', roles: ['committee'] }])], { roles: ['contact'] }),
    },
    (story) => {
      expect(calls(story, pressedAt(story, '10:00'))).toEqual(['0 wu']);
    },
  );
});

describe('refusals', () => {
  const replace = (change: object) => ({
    shift: 'day',
    date: '2026-03-02',
    from: 'li',
    to: 'wang',
    ...change,
  });
  const swap = (change: object, roster = 'duty') => ({
    type: 'roster.swap' as const,
    roster,
    replacements: [replace(change)],
  });

  tell('have their names', setting, (story) => {
    story.until('10:00');
    expect(story.duty(swap({}, 'none'))).toBe('ROSTER_NOT_FOUND');
    expect(story.duty(swap({ shift: 'none' }))).toBe('SHIFT_NOT_FOUND');
    expect(story.duty(swap({ date: '2026-02-28' }))).toBe('SHIFT_NOT_FOUND');
    expect(story.duty(swap({ date: '2026-03-01', shift: 'night', from: 'zhou' }))).toBe('NOT_ON_SHIFT');
    expect(story.duty(swap({ to: 'nobody' }))).toBe('STAFF_NOT_FOUND');
    expect(story.duty(swap({ to: 'li' }))).toBe('ON_SHIFT_ALREADY');
    const undo = { type: 'roster.undo-swap', roster: 'duty', shift: 'day', date: '2026-03-02' } as const;
    expect(story.duty(undo)).toBe('SWAP_NOT_FOUND');
    const leave = { type: 'roster.leave', staff: 'zhou', from: story.now, note: '' } as const;
    expect(story.duty({ ...leave, until: story.now })).toBe('LEAVE_OVER');
    expect(story.duty({ ...leave, until: story.now + HOUR, staff: 'nobody' })).toBe('STAFF_NOT_FOUND');
    expect(story.duty({ type: 'roster.return', staff: 'zhou', from: 0, at: story.now })).toBe(
      'LEAVE_NOT_FOUND',
    );
    expect(story.duty({ type: 'roster.note', roster: 'none', text: '…' })).toBe('ROSTER_NOT_FOUND');
    story.until('day 2 21:00');
    expect(story.duty(swap({}))).toBe('SHIFT_OVER');
  });
});
