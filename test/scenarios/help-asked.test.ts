import { describe, expect } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import type { HelpAskedPriority } from '../../src/model/help-asked.ts';
import { calls, person } from './called.ts';
import { type Setting, type Story, tell } from './story.ts';

const setting = {
  homes: { h1: ['band'] },
  rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
  channels: ['robot', 'terminal'],
  entries: [person('zhou', '周敏', 'grid-worker', 'haitang'), person('wu', '吴强', 'committee', 'haitang')],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2', 'P3'], roles: ['grid-worker'] }],
    fallback: { channels: ['terminal'] },
  },
} satisfies Setting;

const ask = (
  story: Story,
  note: string,
  more: { from?: string; priority?: HelpAskedPriority; key?: string; home?: string; found?: boolean } = {},
) => {
  const { from = '', priority = 'P2', home = 'h1', key, found } = more;
  const reply = story.command(
    {
      type: 'home.help',
      home,
      priority,
      from,
      note,
      ...(key === undefined ? {} : { key }),
      ...(found ? { found } : {}),
    },
    '吴强',
  );
  return reply.ok ? 'ok' : reply.failure.code;
};
const said = (story: Story): string[] => story.rawAlerts('h1').map(({ evidence }) => evidence.text.zh);

describe('help that somebody asks for by word of mouth', () => {
  tell('is a case about the person, of which people are told at once and step by step', setting, (story) => {
    story.until('10:00');
    const from = story.now;
    expect(ask(story, '摔倒了，起不来', { from: '女儿李芳' })).toBe('ok');
    expect(story.cases('h1')).toEqual(['h1.c1 safety P2 open: a1']);
    expect(story.case('h1.c1').title.zh).toContain('来电来人求助');
    expect(said(story)).toEqual(['03-01 10:00 女儿李芳 求助：摔倒了，起不来（吴强 登记）']);
    expect(calls(story, from)).toEqual(['0 zhou']);
    story.until('10:06');
    expect(calls(story, from)).toContain('5 zhou');
  });

  tell('says that somebody was found in need, also when more is said after it', setting, (story) => {
    story.until('10:00');
    expect(ask(story, '倒在门口', { priority: 'P1', from: '邻居', found: true })).toBe('ok');
    expect(said(story)).toEqual([
      '03-01 10:00 登记：有人被发现时已需要帮助（邻居 发现）：倒在门口（吴强 登记）',
    ]);
    story.until('10:01');
    ask(story, '已叫救护车');
    const [alert] = story.rawAlerts('h1');
    expect([alert?.evidence.values['found'], alert?.priority]).toEqual(['yes', 'P1']);
    expect(story.case('h1.c1').priority).toBe('P1');
  });

  tell(
    'is not taken for that of another day, because the program that enters it uses a key again',
    setting,
    (story) => {
      story.until('10:00');
      expect(ask(story, '头晕', { key: 'h1' })).toBe('ok');
      story.acknowledge('h1.c1', '周敏');
      expect(story.resolve('h1.c1', 'true-need', '周敏')).toBe('ok');
      story.until('11:00');
      // The answer was lost on its way: it is the same.
      expect(ask(story, '头晕', { key: 'h1' })).toBe('ok');
      expect(story.open('h1')).toEqual([]);
      story.until('day 3 10:00');
      expect(ask(story, '头晕', { key: 'h1' })).toBe('ok');
      expect(story.cases('h1').at(-1)).toBe('h1.c2 safety P2 open: a2');
    },
  );

  tell('waits for its call-back when it is resolved, and who asks after that asks anew', setting, (story) => {
    story.until('10:00');
    ask(story, '水龙头坏了', { priority: 'P3' });
    story.acknowledge('h1.c1', '周敏');
    expect(story.resolve('h1.c1', 'true-need', '周敏')).toBe('ok');
    expect(story.case('h1.c1').status).toBe('resolved');
    expect(story.open('h1')).toEqual([]);
    ask(story, '水龙头又坏了', { priority: 'P3' });
    expect(story.cases('h1')).toEqual(['h1.c1 safety P3 resolved: a1', 'h1.c2 safety P3 open: a2']);
    expect(story.callBack('h1.c1', 'satisfied', '吴强')).toBe('ok');
  });

  tell(
    'is told again each time, and becomes graver where it turns out to be an emergency',
    setting,
    (story) => {
      story.until('10:00');
      const from = story.now;
      ask(story, '水龙头坏了', { priority: 'P3' });
      story.acknowledge('h1.c1', '周敏');
      story.until('10:01');
      ask(story, '水漫出来了', { priority: 'P3' });
      expect(calls(story, from)).toContain('1 zhou');
      story.until('10:02');
      expect(ask(story, '敲门没有人应', { priority: 'P1', from: '邻居' })).toBe('ok');
      expect(story.cases('h1')).toEqual(['h1.c1 safety P1 acknowledged: a1']);
      expect(calls(story, from)).toContain('2 zhou');
      expect(said(story)).toEqual(['03-01 10:02 邻居 求助：敲门没有人应（吴强 登记）']);
      expect(story.rawAlerts('h1')[0]?.history.map(({ text }) => text.zh)).toEqual([
        '03-01 10:00 未留姓名者 求助：水龙头坏了（吴强 登记）',
        '03-01 10:01 未留姓名者 求助：水漫出来了（吴强 登记）',
      ]);
      // What was said last is milder: the case stays as grave as it was, and whoever has it hears so all the same.
      story.until('10:03');
      ask(story, '邻居说听到电视声', { priority: 'P3' });
      expect(story.case('h1.c1').priority).toBe('P1');
      expect(calls(story, from)).toContain('3 zhou');
    },
  );

  tell('is heard again by whoever has the case, whoever else is told as well', setting, (story) => {
    story.until('10:00');
    const from = story.now;
    ask(story, '摔倒了');
    story.acknowledge('h1.c1', '吴强');
    story.until('10:10');
    ask(story, '还没有人来');
    expect(calls(story, from).filter((one) => one.startsWith('10 '))).toEqual(['10 wu', '10 zhou']);
  });

  tell('is told too where it joins a case that was opened again a moment ago', setting, (story) => {
    story.until('10:00');
    const from = story.now;
    ask(story, '水龙头坏了', { priority: 'P3' });
    story.resolve('h1.c1', 'true-need', '周敏');
    story.until('10:02');
    story.callBack('h1.c1', 'not-satisfied', '吴强', '还在漏');
    story.until('10:03');
    ask(story, '人也不舒服', { priority: 'P3' });
    expect(story.cases('h1')).toEqual(['h1.c1 safety P3 open: a1 a2']);
    expect(calls(story, from)).toContain('3 zhou');
  });

  tell('is answered with the case that it stands in, which need not be the newest', setting, (story) => {
    const caseOf = (key: string): string | undefined => {
      const reply = story.command(
        { type: 'home.help', home: 'h1', priority: 'P3', from: '', note: '漏水', key },
        '吴强',
      );
      return reply.ok ? reply.case : undefined;
    };
    story.until('10:00');
    expect(caseOf('k1')).toBe('h1.c1');
    story.resolve('h1.c1', 'true-need', '周敏');
    expect(caseOf('k2')).toBe('h1.c2');
    story.resolve('h1.c2', 'true-need', '周敏');
    story.callBack('h1.c1', 'not-satisfied', '吴强', '还在漏');
    expect(caseOf('k3')).toBe('h1.c1');
    story.restart();
    expect([caseOf('k3'), caseOf('k2')]).toEqual(['h1.c1', 'h1.c2']);
  });

  tell('is no less than what a button says: a silence does not keep it back', setting, (story) => {
    story.until('09:00');
    const silence = { until: story.now + 8 * HOUR, reason: '房屋装修中', id: 's1', home: 'h1' } as const;
    const begun = story.command({ type: 'silence.begin', mode: 'silence', testers: [], ...silence }, '吴强');
    expect(begun.ok).toBe(true);
    story.until('10:00');
    const from = story.now;
    ask(story, '煤气味很大');
    expect(calls(story, from).filter((one) => one.endsWith('zhou'))).toEqual(['0 zhou']);
  });

  tell(
    'is entered once, however often the same press arrives, and for no home that is not there',
    setting,
    (story) => {
      story.until('10:00');
      expect(ask(story, '头晕', { key: 'k1' })).toBe('ok');
      expect(ask(story, '头晕', { key: 'k1' })).toBe('ok');
      expect(story.rawAlerts('h1').map(({ count }) => count)).toEqual([1]);
      expect(ask(story, '头晕', { home: 'h9' })).toBe('HOME_NOT_FOUND');
    },
  );
});
