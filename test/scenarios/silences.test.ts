import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Command } from '../../src/model/command.ts';
import { isSilenceActive } from '../../src/model/silence.ts';
import { runs } from '../runs.ts';
import { instant, type Setting, Story, tell } from './story.ts';

const person = (id: string, name: string, role: string, node: string): object => ({
  noun: 'staff',
  id,
  name,
  roles: [{ role, node }],
  channels: [{ channel: 'robot', address: id }],
});
const setting = {
  homes: { h1: ['band'], h2: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'N1', kind: 'event', params: { events: ['removed'] }, priority: 'P2' },
    { id: 'B2', kind: 'event', params: { events: ['fall'] }, priority: 'P2' },
  ],
  channels: ['robot', 'terminal', 'sms'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    person('wu', '吴强', 'committee', 'haitang'),
    {
      ...person('he', '何平', 'technician', 'haitang'),
      channels: [{ channel: 'sms', address: '138' }],
    },
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] }],
    always: ['terminal'],
    fallback: { channels: ['sms'] },
    escalation: [
      {
        kinds: ['safety'],
        priorities: ['P1', 'P2'],
        steps: [{ after: '5min', roles: ['committee'] }],
        repeatEvery: '15min',
      },
    ],
  },
} satisfies Setting;

type Wanted = Partial<Omit<Extract<Command, { type: 'silence.begin' }>, 'type'>>;
const outcome = (reply: ReturnType<Story['command']>): string => (reply.ok ? 'ok' : reply.failure.code);
const hush = (story: Story, wanted: Wanted): string =>
  outcome(
    story.command(
      {
        type: 'silence.begin',
        id: 's1',
        mode: 'silence',
        until: story.now + HOUR,
        reason: '换水表',
        testers: [],
        ...wanted,
      },
      '吴强',
    ),
  );
const lift = (story: Story, id = 's1'): string => outcome(story.command({ type: 'silence.end', id }, '吴强'));
const heard = (story: Story): string[] =>
  story.notices.map(
    ({ createdAt, recipient }) => `${(createdAt - instant('10:00')) / MINUTE} ${recipient.id}`,
  );
const silence = (story: Story) => story.core.service.silences.at(-1);

describe('a silence that holds back calls', () => {
  tell('is short', setting, (story) => {
    story.until('10:00');
    const calls = { home: 'h1', includesP1: '与老人当面演示' };
    expect(hush(story, { ...calls, until: story.now + 25 * HOUR })).toBe('SILENCE_TOO_LONG');
    expect(hush(story, { ...calls, until: story.now + DAY })).toBe('ok');
  });
});

describe('a silence', () => {
  tell('records everything, tells nobody, and tells at its end what nobody has taken', setting, (story) => {
    story.until('10:00');
    expect(hush(story, { home: 'h1' })).toBe('ok');
    story.home('h1').band.removes();
    story.until('10:59');
    expect(heard(story)).toEqual([]);
    expect(story.open('h1')).toEqual(['N1']);
    expect(story.case('h1.c1').silenced).toEqual({
      silence: 's1',
      mode: 'silence',
      by: '吴强',
      reason: '换水表',
      until: instant('11:00'),
    });
    expect(story.lastEntry('h1.c1', 'notice')?.text.zh).toBe(
      '静音，至 03-01 11:00（吴强：换水表）：未通知任何人',
    );
    expect(silence(story)?.held).toBeGreaterThan(1);
    story.until('11:01');
    expect(heard(story)).toContain('60 zhou');
    expect(story.case('h1.c1').silenced).toBeUndefined();
  });

  tell('never holds back a P1, unless it says why', setting, (story) => {
    story.until('10:00');
    hush(story, { node: 'haitang' });
    story.home('h1').band.presses();
    expect(heard(story)).toEqual(['0 zhou', '0 terminal']);
    hush(story, { id: 's2', home: 'h2', includesP1: '与老人当面演示按钮' });
    story.home('h2').band.presses();
    expect(heard(story)).toHaveLength(2);
    expect(story.case('h2.c1').silenced?.silence).toBe('s2');
  });

  tell('never holds back a call for help, of whatever priority and however it came', setting, (story) => {
    story.until('10:00');
    hush(story, { node: 'haitang' });
    story.home('h1').band.falls();
    const told = ['0 zhou', '0 terminal'];
    expect(heard(story)).toEqual(told);
    story.command({
      type: 'device.called',
      device: 'h2-band',
      call: 'sos',
      why: 'in-words',
      at: story.now,
      from: 'h2-band',
      topic: 'shouwang/h2-band/telemetry',
      sent: '救命',
    });
    expect(story.case('h2.c1')).toMatchObject({ priority: 'P2' });
    expect(heard(story)).toEqual([...told, ...told]);
    expect(story.case('h2.c1').silenced).toBeUndefined();
    // Nor does the escalation stay behind.
    story.until('10:06');
    expect(heard(story)).toContain('5 wu');
  });

  tell('does not hold back that the person says that they need help', setting, (story) => {
    story.until('10:00');
    hush(story, { home: 'h1' });
    story.home('h1').band.removes();
    expect(heard(story)).toEqual([]);
    expect(story.confirm('h1.c1', '王秀英', false)).toBe('ok');
    story.until('10:01');
    expect(heard(story)).toEqual(['0 wu', '0 terminal']);
    // That all is well after all leaves the silence as it was.
    story.confirm('h1.c1');
    story.until('10:40');
    expect(heard(story)).toHaveLength(2);
  });

  tell('does not hold back what one person asks of another', setting, (story) => {
    story.until('10:00');
    hush(story, { home: 'h1' });
    story.home('h1').band.removes();
    story.acknowledge('h1.c1', '周敏');
    expect(story.assign('h1.c1', 'wu', '周敏')).toBe('ok');
    expect(heard(story)).toEqual(['0 wu']);
    // The others have still heard nothing.
    expect(story.case('h1.c1')).toHaveProperty('silenced');
  });

  tell('that is about other findings ends for the case in which somebody calls', setting, (story) => {
    story.until('10:00');
    hush(story, { home: 'h1' });
    story.home('h1').band.removes();
    expect(heard(story)).toEqual([]);
    story.home('h1').band.falls();
    expect(heard(story)).toEqual(['0 zhou', '0 terminal']);
    hush(story, { id: 's2', home: 'h2', includesP1: '与老人当面演示' });
    story.home('h2').band.falls();
    expect(heard(story)).toHaveLength(2);
  });

  tell('of a channel: a call goes over it all the same', setting, (story) => {
    story.until('10:00');
    hush(story, { channel: 'robot' });
    story.home('h1').band.falls();
    expect(heard(story)).toEqual(['0 zhou', '0 terminal']);
  });

  tell('of one home leaves the others alone; of one rule leaves the other rules alone', setting, (story) => {
    story.until('10:00');
    hush(story, { rule: 'N1' });
    story.home('h1').band.removes();
    expect(heard(story)).toEqual([]);
    // The rule is quiet, the person is not: from now on the case is told, all of it.
    story.home('h1').band.presses();
    expect(heard(story)).toEqual(['0 zhou', '0 terminal']);
    hush(story, { id: 's2', home: 'h1' });
    story.home('h2').band.presses();
    expect(heard(story)).toContain('0 zhou');
  });

  tell('of a channel: who has no other is not reachable, and others are told', setting, (story) => {
    story.until('10:00');
    hush(story, { channel: 'robot' });
    story.home('h1').band.removes();
    // The fallback: everybody above the home, as far as their channels are not shut.
    expect(heard(story)).toEqual(['0 he', '0 sms', '0 terminal']);
  });

  tell('is ended before its time: what it held back is told at once', setting, (story) => {
    story.until('10:00');
    hush(story, { home: 'h1' });
    story.home('h1').band.removes();
    story.until('10:02');
    expect(lift(story)).toBe('ok');
    expect(lift(story)).toBe('SILENCE_NOT_FOUND');
    story.until('10:03');
    expect(heard(story)).toContain('2 zhou');
    expect(silence(story)).toMatchObject({ endedAt: instant('10:02'), endedBy: '吴强' });
  });

  tell('under another one waits for the end of that as well', setting, (story) => {
    story.until('10:00');
    hush(story, { home: 'h1', until: instant('10:30') });
    hush(story, { id: 's2', node: 'haitang', until: instant('12:00'), reason: '停水检修' });
    story.home('h1').band.removes();
    story.until('11:59');
    expect(heard(story)).toEqual([]);
    story.until('12:01');
    expect(heard(story)).toContain('120 zhou');
  });

  tell('has a place, a reason and an end that is not far', setting, (story) => {
    expect(hush(story, {})).toBe('SILENCE_UNBOUNDED');
    expect(hush(story, { home: 'h1', until: story.now + 8 * DAY })).toBe('SILENCE_TOO_LONG');
    expect(hush(story, { home: 'h1', until: story.now })).toBe('SILENCE_TOO_LONG');
    expect(hush(story, { mode: 'log-only', home: 'h1' })).toBe('SILENCE_UNBOUNDED');
    expect(hush(story, { home: 'h1' })).toBe('ok');
    // The same once more is the same one.
    expect(hush(story, { home: 'h1' })).toBe('ok');
    expect(story.core.service.silences).toHaveLength(1);
  });
});

describe('a site on trial', () => {
  tell('is heard by its testers alone, whatever the priority', setting, (story) => {
    story.until('10:00');
    const until = story.now + 14 * DAY;
    expect(hush(story, { mode: 'log-only', node: 'haitang', until, testers: ['he'] })).toBe('ok');
    story.home('h1').band.presses();
    story.until('10:06');
    expect(heard(story)).toEqual(['0 he', '5 he']);
    expect(story.lastEntry('h1.c1', 'notice')?.text.zh).toMatch(
      /^试运行，至 03-15 10:00（吴强：换水表）：通知：何平/,
    );
    story.acknowledge('h1.c1', '何平');
    expect(story.case('h1.c1').status).toBe('acknowledged');
  });
});

describe('a drill', () => {
  const drill = (story: Story, by = '吴强'): string =>
    outcome(story.command({ type: 'drill.begin', home: 'h1', priority: 'P1', note: '', key: 'k1' }, by));

  tell('goes the whole way, and says that it is one wherever it is read', setting, (story) => {
    story.until('10:00');
    expect(drill(story)).toBe('ok');
    expect(heard(story)).toEqual(['0 zhou', '0 terminal']);
    for (const { content } of story.notices) {
      expect(content.title.zh).toMatch(/^【演练】/);
      expect(content.body.zh).toMatch(/^【演练】/);
      expect(content.parts?.event.zh).toMatch(/^演练/);
    }
    story.until('10:06');
    expect(heard(story)).toContain('5 wu');
    story.acknowledge('h1.c1', '周敏');
    story.step('h1.c1', 'on-site');
    expect(story.resolve('h1.c1', 'true-need', '')).toBe('CASE_CONTACT_REQUIRED');
    expect(story.resolve('h1.c1', 'true-need', '周敏')).toBe('ok');
    expect(story.callBack('h1.c1', 'satisfied', '吴强')).toBe('ok');
    expect(story.cases('h1')).toEqual(['h1.c1 drill P1 struck-off: ']);
  });

  tell('is joined by no alert, and is begun once', setting, (story) => {
    story.until('10:00');
    drill(story);
    expect(drill(story)).toBe('ok');
    expect(outcome(story.command({ type: 'drill.begin', home: 'h1', priority: 'P2', note: '' }))).toBe(
      'DRILL_RUNNING',
    );
    story.home('h1').band.presses();
    expect(story.cases('h1')).toEqual(['h1.c1 drill P1 open: ', 'h1.c2 safety P1 open: a1']);
  });
});

test('whatever people silence, each case is called, or a silence that is seen and ends says why not', {
  timeout: 60_000,
}, () => {
  const act = fc.constantFrom(
    ...(['press', 'fall', 'acknowledge', 'resolve', 'satisfied', 'restart', 'lift', 'home', 'node'] as const),
    ...(['rule', 'channel', 'P1', 'trial', 'drill'] as const),
  );
  const acts = fc.array(fc.tuple(act, fc.integer({ min: 0, max: 3 * 60 })), { minLength: 1, maxLength: 25 });
  fc.assert(
    fc.property(acts, (all) => {
      const story = new Story(setting);
      let number = 0;
      for (const [what, minutes] of all) {
        story.after(minutes * MINUTE);
        perform(story, what, `s${++number}`);
        const { book, filedDue = 0 } = story.core.subject('h1') ?? {};
        for (const { case: one, ladder, silenced } of book?.cases ?? []) {
          expect(ladder?.nextAt).toBeGreaterThanOrEqual(story.now);
          expect(filedDue).toBeLessThanOrEqual(ladder?.nextAt ?? 0);
          expect(one.silenced?.silence).toBe(silenced?.silence);
          if (!silenced) continue;
          // It ends, at an instant for which the home is filed, and everybody can see it.
          expect(filedDue).toBeLessThanOrEqual(silenced.until);
          const by = story.core.service.silences.find(({ id }) => id === silenced.silence);
          expect(by).toBeDefined();
          if (by && silenced.until > story.now) expect(isSilenceActive(by, story.now)).toBe(true);
          if (by && one.priority === 'P1') expect(by.mode === 'log-only' || by.includesP1).toBeTruthy();
        }
      }
      // When the last silence is over nothing is kept still any more.
      story.after(61 * DAY);
      for (const { case: one } of story.core.subject('h1')?.book?.cases ?? [])
        expect(one.silenced).toBeUndefined();
      expect(story.emptyCalls).toEqual([]);
      const ids = story.notices.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: runs(1, 100) },
  );
});

function perform(story: Story, what: string, id: string): void {
  const until = story.now + 90 * MINUTE;
  if (what === 'press') story.home('h1').band.presses();
  else if (what === 'fall') story.home('h1').band.removes();
  else if (what === 'restart') story.restart();
  else if (what === 'lift') lift(story, story.core.service.silences.at(-1)?.id);
  else if (what === 'home') hush(story, { id, home: 'h1', until });
  else if (what === 'node') hush(story, { id, node: 'haitang', until });
  else if (what === 'rule') hush(story, { id, rule: 'N1', until });
  else if (what === 'channel') hush(story, { id, channel: 'robot', until });
  else if (what === 'P1') hush(story, { id, home: 'h1', until, includesP1: '演示' });
  else if (what === 'trial') hush(story, { id, mode: 'log-only', node: 'haitang', until, testers: ['he'] });
  else if (what === 'drill') story.command({ type: 'drill.begin', home: 'h1', priority: 'P1', note: '' });
  const open = story.openCase('h1');
  if (open !== undefined && what === 'acknowledge') story.acknowledge(open);
  if (open !== undefined && what === 'resolve') story.resolve(open);
  const waiting = story.core.subject('h1')?.book?.cases.find((one) => one.case.status === 'resolved');
  if (waiting && what === 'satisfied') story.callBack(waiting.case.id, 'satisfied', '吴强');
}
