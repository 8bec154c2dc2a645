import { describe, expect } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { type Story, tell } from './story.ts';

const unit = (path: string, level: string, name: string) => ({ noun: 'node', path, level, name });
const staff = (id: string, name: string, role: string, node: string) => ({
  noun: 'staff',
  id,
  name,
  roles: [{ role, node }],
  channels: [{ channel: 'wecom', address: id }],
});

/** The home stands in the first grid; the second is another worker's, and nobody's is the community across the road. */
const setting = {
  homes: { h1: ['band', 'meter'] },
  channels: ['terminal', 'wecom'],
  entries: [
    unit('haitang/g2', 'grid', '第二网格'),
    unit('haitang/g2/b7', 'building', '7号楼'),
    unit('haitang/g2/b7/u2', 'unit', '2单元'),
    unit('dongcun', 'community', '东村'),
    staff('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    staff('sun', '孙伟', 'grid-worker', 'haitang/g2'),
    staff('jwh', '居委会', 'committee', 'haitang'),
  ],
  notify: {
    routes: [
      { kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] },
      { kinds: ['technical'], priorities: ['P3'], roles: ['grid-worker'] },
    ],
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1', 'P2'],
        steps: [{ after: '1min', roles: ['grid-worker', 'committee'] }],
        repeatEvery: '5min',
      },
    ],
    callBackEscalation: [
      {
        kinds: ['safety'],
        priorities: ['P1'],
        steps: [{ after: '1s', roles: ['grid-worker'] }],
        repeatEvery: '1h',
      },
    ],
    always: ['terminal'],
    fallback: { channels: ['terminal'] },
  },
} as const;

const THERE = 'haitang/g2/b7/u2';
const moves = (story: Story, parent: string = THERE, name = '202') =>
  story.register([{ noun: 'home', id: 'h1', parent, name }]);

/** Of what was sent since, to people: who, and what. */
const since = (story: Story, from: number): string[] =>
  story.notices
    .slice(from)
    .filter(({ channel }) => channel === 'wecom')
    .map(({ recipient, path, content }) => `${recipient.id} ${path} ${content.title.zh}`);

function called(story: Story): number {
  story.until('10:00');
  story.home('h1').band.presses();
  return story.notices.length;
}

describe('a home that moves while a case is open', () => {
  tell('takes its case along: place, title, rights, and who is called next', setting, (story) => {
    const before = called(story);
    story.after(30 * SECOND);
    expect(moves(story)).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({
      path: `${THERE}/h1`,
      title: { zh: '7号楼2单元202 王秀英：紧急呼叫' },
    });
    expect(story.rawAlerts('h1')).toMatchObject([{ path: `${THERE}/h1`, case: 'h1.c1' }]);
    expect(story.lines('h1.c1').map(({ text }) => text.zh)).toContain(
      '地址更正：现为7号楼2单元202（原1号楼1单元h1）；现属海棠社区第二网格7号楼2单元（原属海棠社区第一网格1号楼1单元）',
    );
    // Whoever was told goes to the wrong door; whoever is of the right place has not heard of it.
    const told = since(story, before);
    expect(told.sort()).toEqual([
      `sun ${THERE}/h1 7号楼2单元202 王老人：紧急呼叫`,
      `zhou ${THERE}/h1 7号楼2单元202 王老人：紧急呼叫`,
    ]);
    expect(story.notices.at(-1)?.content.body.zh).toContain('地址更正：现为7号楼2单元202（原1号楼1单元h1）');

    const corrected = story.notices.length;
    story.after(MINUTE);
    expect(since(story, corrected).sort()).toEqual([
      `jwh ${THERE}/h1 7号楼2单元202 王老人：紧急呼叫`,
      `sun ${THERE}/h1 7号楼2单元202 王老人：紧急呼叫`,
    ]);
  });

  tell('tells whoever has it, and tells them of the next call for help too', setting, (story) => {
    const before = called(story);
    story.acknowledge('h1.c1', '周敏');
    moves(story);
    expect(since(story, before).map((line) => line.split(' ')[0])).toEqual(['zhou', 'sun']);
    expect(story.case('h1.c1')).toMatchObject({ status: 'acknowledged', acknowledgedBy: '周敏' });
    const corrected = story.notices.length;
    story.after(2 * MINUTE);
    story.home('h1').band.presses();
    const again = since(story, corrected).map((line) => line.split(' ')[0]);
    expect(again.sort()).toEqual(['sun', 'zhou']);
  });

  tell('to where nobody is goes on calling those who know of it', setting, (story) => {
    called(story);
    moves(story, 'dongcun');
    const corrected = story.notices.length;
    story.after(2 * MINUTE);
    expect(since(story, corrected)).toEqual(['zhou dongcun/h1 东村202 王老人：紧急呼叫']);
    story.after(5 * MINUTE);
    story.home('h1').band.presses();
    expect(since(story, corrected).length).toBeGreaterThan(1);
  });

  tell('waits for its call-back at its new place', setting, (story) => {
    called(story);
    story.acknowledge('h1.c1', '周敏');
    story.resolve('h1.c1');
    const before = story.notices.length;
    moves(story);
    expect(story.notices.length).toBe(before);
    expect(story.case('h1.c1')).toMatchObject({ status: 'resolved', path: `${THERE}/h1` });
    story.until('day 2 12:00');
    expect(since(story, before)).toContain(`sun ${THERE}/h1 7号楼2单元202 王老人：紧急呼叫`);
  });

  tell('is worked on as before by those of its new place, and by nobody twice', setting, (story) => {
    called(story);
    moves(story);
    const corrected = story.notices.length;
    // Said once more it changes nothing.
    moves(story);
    expect(story.notices.length).toBe(corrected);
    expect(story.acknowledge('h1.c1', '孙伟')).toBe('ok');
    expect(story.resolve('h1.c1', 'true-need', '孙伟', '孙伟')).toBe('ok');
    expect(story.rawAlerts('h1')).toMatchObject([{ clearReason: 'resolved', path: `${THERE}/h1` }]);
  });
});

describe('a place that is corrected while a case is open', () => {
  tell('is told to whoever was told the wrong door', setting, (story) => {
    const before = called(story);
    moves(story, 'haitang/g1/b1/u1', '404');
    expect(since(story, before)).toEqual(['zhou haitang/g1/b1/u1/h1 1号楼1单元404 王老人：紧急呼叫']);
    expect(story.case('h1.c1').title.zh).toBe('1号楼1单元404 王秀英：紧急呼叫');
    const corrected = story.notices.length;
    story.register([unit('haitang/g1/b1', 'building', '11号楼')]);
    expect(since(story, corrected)).toEqual(['zhou haitang/g1/b1/u1/h1 11号楼1单元404 王老人：紧急呼叫']);
  });

  tell('by the name of its resident alone sends nobody a message', setting, (story) => {
    const before = called(story);
    story.register([{ noun: 'resident', id: 'h1-r', home: 'h1', name: '王秀莹' }]);
    expect(story.notices.length).toBe(before);
    expect(story.case('h1.c1').title.zh).toBe('1号楼1单元h1 王秀莹：紧急呼叫');
    expect(story.lastEntry('h1.c1')?.text.zh).toBe('老人登记更正：现为王秀莹（原王秀英）');
    story.register([], [{ noun: 'resident', key: 'h1-r' }]);
    expect(story.case('h1.c1').title.zh).toBe('1号楼1单元h1：紧急呼叫');
    story.after(2 * MINUTE);
    // No notice bears a full name, whatever the registry says by now.
    for (const { content } of story.notices) expect(JSON.stringify(content)).not.toContain('王秀');
  });

  tell('of a case that is no emergency is told to the people of its new place alone', setting, (story) => {
    story.until('10:00');
    story.home('h1').meter.dies();
    story.until('day 3 10:00');
    expect(story.cases('h1')[0]).toContain('technical P3 open');
    const before = story.notices.length;
    moves(story);
    expect(since(story, before)).toEqual([`sun ${THERE}/h1 ${story.notices.at(-1)?.content.title.zh}`]);
    expect(story.case('h1.c1').path).toBe(`${THERE}/h1`);
  });
});
