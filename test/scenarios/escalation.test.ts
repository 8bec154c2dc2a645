import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/lib/clock.ts';
import { TARGETS } from '../../src/model/case.ts';
import { type Setting, Story, tell } from './story.ts';

const person = (id: string, name: string, role: string, node: string): object => ({
  noun: 'staff',
  id,
  name,
  roles: [{ role, node }],
  channels: [{ channel: 'robot', address: id }],
});

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
    {
      noun: 'contact',
      id: 'son',
      home: 'h1',
      name: '王建国',
      channels: [{ channel: 'robot', address: 'son' }],
    },
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

/** Who was called, in minutes after the press: `0 zhou`. */
const calls = (story: Story, from: number): string[] =>
  story.notices.map(({ createdAt, recipient }) => `${(createdAt - from) / MINUTE} ${recipient.id}`);

function pressed(story: Story): number {
  story.until('10:00');
  story.home('h1').band.presses();
  return story.now;
}

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
    story.until('10:40');
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

describe('a case that somebody took and forgot', () => {
  const late = TARGETS.P1.resolveMs / MINUTE;

  tell('pages again when the time is over, and begins the steps anew', setting, (story) => {
    const from = pressed(story);
    story.acknowledge('h1.c1', '周敏');
    story.until('10:49');
    expect(calls(story, from)).toEqual([
      '0 zhou',
      `${late} zhou`,
      `${late + 1} wu`,
      `${late + 3} sun`,
      `${late + 3} son`,
    ]);
    expect(story.timeLine('h1.c1')).toContain('overdue');
    expect(new Set(story.notices.map(({ id }) => id)).size).toBe(5);
  });

  tell('may then be taken by anybody; before, only knowingly', setting, (story) => {
    pressed(story);
    story.acknowledge('h1.c1', '周敏');
    expect(story.acknowledge('h1.c1', '吴强')).toBe('CASE_ALREADY_ACKNOWLEDGED');
    story.until('10:46');
    expect(story.acknowledge('h1.c1', '吴强')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '吴强' });
    expect(story.timeLine('h1.c1').at(-1)).toBe('taken-over');
    expect(story.takeOver('h1.c1', '孙伟')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '孙伟' });
    const before = story.notices.length;
    story.until('11:30');
    expect(story.notices.length).toBe(before);
  });

  tell('is left to its owner for a while after they wrote what they are doing', setting, (story) => {
    const from = pressed(story);
    story.acknowledge('h1.c1', '周敏');
    story.until('10:46');
    story.note('h1.c1', '已到医院，等待检查');
    story.until('11:00');
    expect(calls(story, from)).toEqual(['0 zhou', `${late} zhou`]);
    story.until('11:02');
    expect(calls(story, from).at(-1)).toBe('61 zhou');
  });
});

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
    fc.constant('restart' as const),
  );
  const day = fc.array(fc.tuple(act, fc.integer({ min: 0, max: 3 * 60 })), { minLength: 1, maxLength: 25 });
  const longest = Math.max(TARGETS.P1.resolveMs, TARGETS.P2.resolveMs, 12 * 15 * MINUTE);
  fc.assert(
    fc.property(day, (acts) => {
      const story = new Story(setting, false);
      for (const [what, minutes] of acts) {
        story.after(minutes * MINUTE);
        const id = story.openCase('h1');
        if (what === 'press') story.home('h1').band.presses();
        else if (what === 'fall') story.home('h1').band.falls();
        else if (what === 'restart') story.restart();
        else if (id !== undefined && what === 'acknowledge') story.acknowledge(id, '周敏');
        else if (id !== undefined && what === 'take-over') story.takeOver(id, '吴强');
        else if (id !== undefined && what === 'note') story.note(id, '在路上');
        else if (id !== undefined) story.resolve(id, 'true-need', '周敏');
        const open = story.safetyCase('h1');
        if (!open) continue;
        const { ladder } = open;
        expect(ladder?.nextAt).toBeGreaterThanOrEqual(story.now);
        expect(ladder?.nextAt).toBeLessThanOrEqual(story.now + longest);
        if (ladder?.held) expect(open.case.acknowledgedBy).toBeDefined();
        expect(story.core.subject('h1')?.filedDue).toBeLessThanOrEqual(ladder?.nextAt ?? 0);
      }
      const ids = story.notices.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 30) },
  );
});
