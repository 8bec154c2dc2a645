import { describe, expect } from 'vitest';
import { callBackDue } from '../../src/cases/due.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { instant, type Setting, type Story, tell } from './story.ts';

const person = (id: string, name: string, role: string): object => ({
  noun: 'staff',
  id,
  name,
  roles: [{ role, node: 'haitang' }],
  channels: [{ channel: 'robot', address: id }],
});

const setting = {
  homes: { h1: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'B4', kind: 'event', params: { events: ['fall'] }, priority: 'P4' },
  ],
  channels: ['robot', 'terminal'],
  entries: [person('zhou', '周敏', 'grid-worker'), person('wu', '吴强', 'committee')],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1'], roles: ['grid-worker'] }],
    fallback: { channels: ['terminal'] },
  },
} satisfies Setting;

function resolved(story: Story, at: string): void {
  story.until(at);
  story.home('h1').band.presses();
  story.acknowledge('h1.c1', '周敏');
  expect(story.resolve('h1.c1', 'true-need', '周敏')).toBe('ok');
}

/** Who was asked to call back: `day 2 11:00 zhou`, hours counted from the beginning. */
const asked = (story: Story): string[] =>
  story.notices
    .filter(({ content }) => content.event === 'case-call-back')
    .map(({ createdAt, recipient }) => `${(createdAt - instant('00:00')) / HOUR} ${recipient.id}`);

describe('a resolved case', () => {
  tell('waits for its call-back, and is over when somebody else heard that all is well', setting, (story) => {
    resolved(story, '10:00');
    expect(story.case('h1.c1')).toMatchObject({
      status: 'resolved',
      due: { callBack: instant('day 2 10:00') },
      dueAt: instant('day 2 10:00'),
      contact: 'seen',
      contactMadeBy: '周敏',
    });
    expect(story.callBack('h1.c1', 'satisfied', '周敏')).toBe('CASE_CALL_BACK_BY_RESOLVER');
    expect(story.callBack('h1.c1', 'not-reached', '吴强')).toBe('ok');
    expect(story.case('h1.c1').status).toBe('resolved');
    expect(story.callBack('h1.c1', 'satisfied', '吴强')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({
      status: 'struck-off',
      calledBackBy: '吴强',
      struckOffBy: '吴强',
      outcome: 'true-need',
    });
    expect(story.timeLine('h1.c1').slice(-4)).toEqual([
      'resolved',
      'called-back',
      'called-back',
      'struck-off',
    ]);
    expect(story.callBack('h1.c1', 'satisfied', '吴强')).toBe('CASE_STRUCK_OFF');
    story.until('day 9 10:00');
    expect(asked(story)).toEqual([]);
  });

  tell('is paged when nobody calls back, day after day and at nobody’s emergency', setting, (story) => {
    resolved(story, '10:00');
    story.until('day 4 12:00');
    // Due after a day: who is there hears of it, the committee every day after.
    expect(asked(story).map((call) => call.replace(/\.\d+/, ''))).toEqual([
      '34 zhou',
      '34 wu',
      '58 wu',
      '82 wu',
    ]);
    const page = story.notices.find(({ content }) => content.event === 'case-call-back');
    expect(page?.content).toMatchObject({ priority: 'P3' });
    expect(page?.content.body.zh).toContain('请回访');
    expect(story.timeLine('h1.c1')).toContain('overdue');
  });

  tell(
    'of which the third call-back reaches nobody is told to others, and pages say what was tried',
    setting,
    (story) => {
      resolved(story, '10:00');
      for (const hour of ['11:00', '12:00']) {
        story.until(hour);
        expect(story.callBack('h1.c1', 'not-reached', '吴强')).toBe('ok');
      }
      expect(asked(story)).toEqual([]);
      story.until('13:00');
      story.callBack('h1.c1', 'not-reached', '吴强');
      expect(asked(story)).toEqual(['13 zhou', '13 wu']);
      expect(story.case('h1.c1')).toMatchObject({ status: 'resolved', unreached: 3 });
      expect(story.notices.at(-1)?.content.body.zh).toContain('回访 3 次均未能联系');
      story.until('14:00');
      story.callBack('h1.c1', 'not-reached', '吴强');
      expect(asked(story)).toHaveLength(2);
      // It is due as before, and whoever is asked then knows that it was tried.
      story.until('day 2 10:05');
      expect(asked(story)).toHaveLength(4);
      expect(story.notices.at(-1)?.content.body.zh).toContain('已试 4 次，未能联系');
      story.callBack('h1.c1', 'not-satisfied', '吴强', '还在疼');
      expect(story.case('h1.c1')).not.toHaveProperty('unreached');
    },
  );

  tell('is due by day, on the clocks of the home, also when it was resolved at night', setting, (story) => {
    resolved(story, '23:30');
    expect(story.case('h1.c1').dueAt).toBe(instant('day 3 09:00'));
  });

  tell(
    'goes back to the beginning when the person is not satisfied, and people are called anew',
    setting,
    (story) => {
      resolved(story, '10:00');
      story.until('12:00');
      const before = story.notices.length;
      expect(story.callBack('h1.c1', 'not-satisfied', '吴强')).toBe('ok');
      expect(story.case('h1.c1')).toMatchObject({ status: 'open', reopened: 1, dueAt: instant('12:01') });
      expect(story.case('h1.c1')).not.toHaveProperty('outcome');
      expect(story.case('h1.c1')).not.toHaveProperty('acknowledgedBy');
      expect(story.timeLine('h1.c1').slice(-3)).toEqual(['called-back', 'reopened', 'notice']);
      expect(story.notices.slice(before)).toMatchObject([
        { content: { event: 'case-reopened', priority: 'P1' } },
      ]);
      story.until('12:10');
      const events = story.notices.slice(before + 1).map(({ content }) => content.event);
      expect(new Set(events)).toEqual(new Set(['case-escalated']));
      // Somebody had it all morning: nobody has since it was reopened.
      expect(story.notices[before + 1]?.content.body.zh).toContain('已 1 分钟无人接手');
      expect(new Set(story.notices.map(({ id }) => id)).size).toBe(story.notices.length);
      // The same people may close it again; another has to call back again.
      story.acknowledge('h1.c1', '吴强');
      expect(story.resolve('h1.c1', 'true-need', '吴强', '吴强')).toBe('ok');
      expect(story.callBack('h1.c1', 'satisfied', '吴强')).toBe('CASE_CALL_BACK_BY_RESOLVER');
      expect(story.callBack('h1.c1', 'satisfied', '周敏')).toBe('ok');
    },
  );

  tell('is reopened only with the words why, and what was owed is owed again', setting, (story) => {
    resolved(story, '10:00');
    expect(story.callBack('h1.c1', 'not-satisfied', '吴强', ' ')).toBe('CASE_CALL_BACK_UNSAID');
    expect(story.case('h1.c1').status).toBe('resolved');
    story.until('12:00');
    expect(story.callBack('h1.c1', 'not-satisfied', '吴强', '没人来过')).toBe('ok');
    story.acknowledge('h1.c1', '吴强');
    expect(story.case('h1.c1').due).toMatchObject({ contact: instant('12:05'), onSite: instant('12:45') });
  });

  tell('keeps what was done in each round together', setting, (story) => {
    resolved(story, '10:00');
    story.until('12:00');
    story.callBack('h1.c1', 'not-satisfied', '吴强', '还在疼');
    story.until('12:01');
    story.acknowledge('h1.c1', '吴强');
    story.until('12:30');
    story.step('h1.c1', 'on-site', undefined, '吴强');
    story.resolve('h1.c1', 'true-emergency', '吴强', '吴强');
    expect(story.case('h1.c1')).toMatchObject({
      takenAt: instant('10:00'),
      rounds: [
        {
          takenAt: instant('10:00'),
          takenBy: '周敏',
          resolvedAt: instant('10:00'),
          resolvedBy: '周敏',
          outcome: 'true-need',
          calledBackAt: instant('12:00'),
          calledBackBy: '吴强',
          reopenedAt: instant('12:00'),
        },
      ],
      round: { from: instant('12:00'), takenAt: instant('12:01'), onSiteAt: instant('12:30') },
    });
  });

  tell('is not opened by a new alert: that is a case of its own, and both go on', setting, (story) => {
    resolved(story, '10:00');
    story.until('11:00');
    story.home('h1').band.presses();
    expect(story.cases()).toEqual(['h1.c1 safety P1 resolved: a1', 'h1.c2 safety P1 open: a2']);
    story.acknowledge('h1.c2', '吴强');
    expect(story.callBack('h1.c1', 'not-satisfied', '吴强')).toBe('ok');
    // Two are open now; what comes goes into the newer one.
    story.until('12:00');
    story.home('h1').band.presses();
    expect(story.cases()).toEqual(['h1.c1 safety P1 open: a1', 'h1.c2 safety P1 acknowledged: a2']);
    expect(story.case('h1.c2').version).toBeGreaterThan(2);
    expect(story.resolve('h1.c2', 'true-need', '吴强')).toBe('ok');
    story.until('12:30');
    story.home('h1').band.presses();
    expect(story.cases()).toEqual(['h1.c1 safety P1 open: a1 a3', 'h1.c2 safety P1 resolved: a2']);
  });

  tell('may be struck off without a call-back by somebody else, who says why', setting, (story) => {
    resolved(story, '10:00');
    const strike = (by: string) =>
      story.command({ type: 'case.strike-off', case: 'h1.c1', reason: '已搬离' }, by);
    expect(strike('周敏')).toMatchObject({ failure: { code: 'CASE_CALL_BACK_BY_RESOLVER' } });
    expect(strike('吴强').ok).toBe(true);
    expect(story.case('h1.c1')).toMatchObject({
      status: 'struck-off',
      struckOffBy: '吴强',
      struckOffReason: '已搬离',
    });
    expect(story.timeLine('h1.c1').slice(-2)).toEqual(['note', 'struck-off']);
  });

  tell('of a kind and priority that nobody is called back about is over at once', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.falls();
    expect(story.resolve('h1.c1', 'device', '')).toBe('ok');
    expect(story.case('h1.c1')).toMatchObject({ status: 'struck-off', resolvedBy: '周敏' });
    expect(story.core.subject('h1')?.hasOpenCase).toBe(false);
  });
});

describe('when a call-back is due', () => {
  const zone = 'Europe/Berlin';
  const at = (text: string): number => Date.parse(text);

  tell('it stays within the day over midnight and a change of clocks', setting, () => {
    // Clocks go forward on 2026-03-29 at 02:00: the night before is an hour shorter.
    expect(callBackDue(at('2026-03-28T10:00:00+01:00'), DAY, zone)).toBe(at('2026-03-29T11:00:00+02:00'));
    expect(callBackDue(at('2026-03-28T02:30:00+01:00'), DAY, zone)).toBe(at('2026-03-29T09:00:00+02:00'));
    expect(callBackDue(at('2026-03-27T21:00:00+01:00'), DAY, zone)).toBe(at('2026-03-29T09:00:00+02:00'));
    // And back on 2026-10-25.
    expect(callBackDue(at('2026-10-24T19:30:00+02:00'), DAY, zone)).toBe(at('2026-10-25T18:30:00+01:00'));
    expect(callBackDue(at('2026-10-24T23:59:00+02:00'), DAY, zone)).toBe(at('2026-10-26T09:00:00+01:00'));
  });
});
