import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { runs } from '../runs.ts';
import { calls, person, pressed } from './called.ts';
import { instant, type Setting, type Story, Story as Told, tell } from './story.ts';

const setting = {
  homes: { h1: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    {
      id: 'B2',
      kind: 'event',
      params: { events: ['fall'], cancelledBy: 'fall_cancelled', cancelWindowSeconds: 30 },
      priority: 'P2',
    },
  ],
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    person('wu', '吴强', 'committee', 'haitang'),
    person('sun', '孙伟', 'sub-district-duty', 'haitang'),
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] }],
    fallback: { channels: ['terminal'] },
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1', 'P2'],
        steps: [
          { after: '1min', roles: ['committee'] },
          { after: '3min', roles: ['sub-district-duty'] },
        ],
        repeatEvery: '5min',
      },
    ],
  },
} satisfies Setting;

function away(story: Story, from: string, until: string): void {
  story.until(from);
  story.serviceStops();
  story.until(until);
  story.serviceStarts();
}

describe('after the service was away', () => {
  tell('a press without a time of its own may have waited since before', setting, (story) => {
    away(story, '10:00', '22:00');
    story.publish('h1-band', { event: 'sos' });
    expect(story.rawAlerts('h1')[0]?.evidence.text).toEqual({
      zh: '03-01 22:00 收到（服务自 03-01 10:00 起中断过，设备未注明时间：可能发生在其间任何时候） 紧急呼叫（设备 h1-band）',
      en: 'SOS received at 03-01 22:00, without a time of its own: it may have happened at any time since 03-01 10:00, for the service was away (device h1-band)',
    });
  });

  tell(
    'a fall that waits for its wearer then, too; but none with a time, and none of later',
    setting,
    (story) => {
      away(story, '10:00', '22:00');
      story.publish('h1-band', { event: 'fall' });
      story.until('22:01');
      const [fall] = story.rawAlerts('h1');
      expect(fall?.evidence.values['waitedFrom']).toBe(instant('10:00'));
      story.publish('h1-band', { at: story.now, event: 'sos' });
      expect(story.rawAlerts('h1')[1]?.evidence.text.en).toBe('SOS at 03-01 22:01 (device h1-band)');
      story.resolve('h1.c1');
      story.until('22:20');
      story.publish('h1-band', { event: 'sos' });
      expect(story.rawAlerts('h1')[2]?.evidence.text.en).toBe('SOS at 03-01 22:20 (device h1-band)');
    },
  );

  tell(
    'a case that nobody has takes one step, with everybody whom the missed ones would have called',
    setting,
    (story) => {
      const from = pressed(story);
      away(story, '10:00:30', '22:00');
      expect(calls(story, from)).toEqual(['0 zhou', '720 sun', '720 wu']);
      expect(story.timeLine('h1.c1')).toEqual([
        ...['opened', 'alert-raised', 'notice'],
        ...['note', 'escalated', 'notice'],
      ]);
      expect(story.lastEntry('h1.c1', 'note')).toMatchObject({
        at: instant('22:00'),
        text: {
          zh: '服务在 03-01 10:00 至 03-01 22:00 期间中断：第 1 至 2 级通知及其后的重复通知未能进行，现合并通知一次',
          en: 'The service was away from 03-01 10:00 to 03-01 22:00: steps 1 to 2 and the repeats after that were missed; who would have been called is told once, now',
        },
      });
      expect(story.lastEntry('h1.c1', 'escalated')?.text.en).toBe(
        'Nobody has taken it on for 12 hours; it is called again, further up',
      );
      // It goes on at its pace, and not at the one of somebody who was called fifty times.
      story.until('22:11');
      expect(calls(story, from).slice(3)).toEqual(['725 sun', '730 sun']);
    },
  );

  tell('a step that was not due yet comes at its time', setting, (story) => {
    const from = pressed(story);
    away(story, '10:00:30', '10:02');
    expect(calls(story, from)).toEqual(['0 zhou', '2 wu']);
    expect(story.lastEntry('h1.c1', 'note')?.text.en).toContain(': step 1 was missed;');
    story.until('10:03:30');
    expect(calls(story, from)).toEqual(['0 zhou', '2 wu', '3 sun']);
  });

  tell('repeats are not made up one by one, and a moment away is not worth a line', setting, (story) => {
    const from = pressed(story);
    away(story, '10:04', '11:00');
    expect(calls(story, from)).toEqual(['0 zhou', '1 wu', '3 sun', '60 sun']);
    expect(story.lastEntry('h1.c1', 'note')?.text.en).toContain('repeated calls were missed');
    away(story, '11:04:50', '11:05:10');
    expect(calls(story, from).slice(4)).toEqual([`${65 + 1 / 6} sun`]);
    expect(story.timeLine('h1.c1').filter((type) => type === 'note')).toHaveLength(1);
  });

  const inTurn = {
    ...setting,
    notify: {
      ...setting.notify,
      escalation: [
        {
          ...setting.notify.escalation[0],
          steps: [
            { after: '1min', roles: ['committee', 'sub-district-duty', 'grid-worker'], inTurn: '2min' },
          ],
        },
      ],
    },
  } satisfies Setting;

  tell('of those who are called in turn those are called whose turn has come', inTurn, (story) => {
    const from = pressed(story);
    away(story, '10:00:30', '10:04');
    expect(calls(story, from)).toEqual(['0 zhou', '4 wu', '4 sun']);
    story.until('10:06:30');
    expect(calls(story, from).slice(3)).toEqual(['6 zhou']);
  });

  tell('turns that came and went in the midst of a step are one call', inTurn, (story) => {
    const from = pressed(story);
    away(story, '10:02', '10:30');
    expect(calls(story, from)).toEqual(['0 zhou', '1 wu', '30 sun', '30 zhou']);
    expect(story.lastEntry('h1.c1', 'note')?.text.en).toContain('calls in turn were missed');
  });

  tell('a time that whoever has the case did not keep meanwhile is told once', setting, (story) => {
    const from = pressed(story);
    story.acknowledge('h1.c1', '周敏');
    away(story, '10:01', '13:00');
    expect(calls(story, from)).toEqual(['0 zhou', '180 zhou', '180 wu', '180 sun']);
    expect(story.timeLine('h1.c1').slice(-3)).toEqual(['note', 'overdue', 'notice']);
    expect(story.lastEntry('h1.c1', 'note')?.text.en).toContain(
      'a time of whoever has it passed and nobody was told, and steps 1 to 2 and the repeats after that were missed',
    );
    story.until('13:06');
    expect(calls(story, from).slice(4)).toEqual(['185 sun']);
  });

  tell('a call-back that was due meanwhile is asked for once', setting, (story) => {
    pressed(story);
    story.resolve('h1.c1');
    const before = story.notices.length;
    away(story, '10:01', 'day 6 09:00');
    const asked = story.notices.slice(before);
    expect(asked.map(({ content, createdAt }) => [content.event, createdAt])).toEqual(
      asked.map(() => ['case-call-back', instant('day 6 09:00')]),
    );
    expect(new Set(asked.map(({ recipient }) => recipient.id)).size).toBe(asked.length);
    expect(story.timeLine('h1.c1').slice(-3)).toEqual(['note', 'overdue', 'notice']);
  });

  tell('what a rule found meanwhile is told with the time at which people are told', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    away(story, '10:00:10', '11:00');
    expect(story.rawAlerts('h1')).toMatchObject([{ raisedAt: instant('10:00:30') }]);
    expect(story.case('h1.c1')).toMatchObject({ openedAt: instant('11:00'), dueAt: instant('11:05') });
    expect(calls(story, story.now)).toEqual(['0 zhou']);
    expect(story.timeLine('h1.c1')).toEqual(['opened', 'alert-raised', 'note', 'notice']);
    expect(story.lastEntry('h1.c1', 'note')?.text.zh).toContain('其间的告警未能通知，现合并通知一次');
    story.until('11:01:30');
    expect(calls(story, instant('11:00'))).toEqual(['0 zhou', '1 wu']);
  });

  tell('what comes later has nothing to do with it', setting, (story) => {
    away(story, '09:00', '09:30');
    const from = pressed(story);
    story.until('10:04');
    expect(calls(story, from)).toEqual(['0 zhou', '1 wu', '3 sun']);
    expect(story.timeLine('h1.c1')).not.toContain('note');
  });
});

test('whatever was due while the service was away, each person hears of a case once at its end, and nothing bears a time in between', () => {
  const act = fc.constantFrom('press', 'fall', 'acknowledge', 'on-the-way', 'note', 'resolve', 'wait');
  const minutes = fc.integer({ min: 0, max: 400 });
  fc.assert(
    fc.property(fc.array(fc.tuple(act, minutes), { maxLength: 12 }), minutes, (acts, awayMinutes) => {
      const story = new Told(setting);
      for (const [what, pause] of acts) {
        story.after(pause * SECOND * 20);
        const id = story.openCase('h1');
        if (what === 'press') story.home('h1').band.presses();
        else if (what === 'fall') story.home('h1').band.falls();
        else if (id === undefined) continue;
        else if (what === 'acknowledge') story.acknowledge(id);
        else if (what === 'on-the-way') story.step(id, 'on-the-way');
        else if (what === 'note') story.note(id, '在忙');
        else if (what === 'resolve') story.resolve(id);
      }
      const [from, before] = [story.now, story.notices.length];
      story.serviceStops();
      story.after(awayMinutes * MINUTE);
      story.serviceStarts();
      const fresh = story.notices.slice(before);
      expect(fresh.filter(({ createdAt }) => createdAt > from && createdAt < story.now)).toEqual([]);
      // An alert that was raised meanwhile is news of its own.
      const called = fresh
        .filter(({ content }) => !['case-opened', 'case-raised'].includes(content.event))
        .map((notice) => `${notice.case} ${notice.recipient.id}`);
      expect(new Set(called).size).toBe(called.length);
      story.tick();
      for (const { ladder } of story.core.subject('h1')?.book?.cases ?? [])
        expect(ladder?.nextAt).toBeGreaterThanOrEqual(story.now);
    }),
    { numRuns: runs(8, 600) },
  );
});

test('an absence of hours between two calls is nothing', () => {
  const story = new Told(setting);
  pressed(story);
  story.resolve('h1.c1');
  const before = story.notices.length;
  away(story, '10:01', '20:00');
  expect(story.notices.length).toBe(before);
});
