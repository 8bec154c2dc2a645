import { describe, expect } from 'vitest';
import type { Subject } from '../../src/app/subject.ts';
import { MINUTE } from '../../src/lib/clock.ts';
import type { CallTest } from '../../src/model/call-test.ts';
import type { Command } from '../../src/model/command.ts';
import { calls, person } from './called.ts';
import { instant, type Setting, type Story, tell } from './story.ts';

const setting = {
  homes: { h1: ['band', 'cuff'], h2: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'B2', kind: 'event', params: { events: ['fall'] }, priority: 'P1' },
  ],
  channels: ['robot', 'terminal'],
  entries: [person('zhou', '周敏', 'grid-worker', 'haitang'), secondBand()],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'] }],
    fallback: { channels: ['terminal'] },
  },
} satisfies Setting;

/** A second band in the first home: of somebody else who lives there. */
function secondBand(): object {
  return { noun: 'device', id: 'h1-band-2', home: 'h1', model: 'wristband', enrolledAt: 0 };
}

let number = 0;
const outcome = (reply: ReturnType<Story['command']>): string => (reply.ok ? 'ok' : reply.failure.code);
const begin = (story: Story, more: Partial<Extract<Command, { type: 'call-test.begin' }>> = {}): string =>
  outcome(
    story.command(
      { type: 'call-test.begin', device: 'h1-band', home: 'h1', id: `t${++number}`, minutes: 5, ...more },
      '安装员老陈',
    ),
  );
const said = (story: Story, type: 'call-test.end' | 'call-test.real', device = 'h1-band'): string =>
  outcome(story.command({ type, device }, '吴强'));
const tests = (story: Story, home = 'h1'): readonly CallTest[] =>
  (story.core.subject(home) as Subject).callTests.tests;
const states = (story: Story): string[] => tests(story).map(({ state }) => state);
const real = ['h1.c1 safety P1 open: a1'];

describe('the call of a device that is tested', () => {
  tell('answers the test, opens no case, and tells nobody', setting, (story) => {
    story.until('10:00');
    expect(begin(story)).toBe('ok');
    expect(story.core.service.callTests.homes).toEqual([{ home: 'h1', until: story.now + 5 * MINUTE }]);
    story.until('10:01:20');
    story.home('h1').band.presses();
    expect(story.cases('h1')).toEqual([]);
    expect(story.notices).toEqual([]);
    const at = story.now;
    expect(tests(story)).toMatchObject([
      { device: 'h1-band', call: 'sos', by: '安装员老陈', state: 'heard', endedAt: at },
    ]);
    expect(tests(story)[0]?.heard).toEqual({ at, measuredAt: at, way: 'report' });
    // What the device said stands among what it said: it is no silent device.
    expect(story.core.deviceOf('h1-band')?.state.heardAt).toBe(at);
    story.until('12:00');
    expect(states(story)).toEqual(['heard']);
    expect(story.cases('h1')).toEqual([]);
  });

  tell('is tested again on another day, also by a program that uses its key again', setting, (story) => {
    story.until('10:00');
    expect([begin(story, { id: 'weekly' }), begin(story, { id: 'weekly' })]).toEqual(['ok', 'ok']);
    story.until('day 8 10:00');
    expect(begin(story, { id: 'weekly' })).toBe('ok');
    story.until('day 8 10:01');
    story.home('h1').band.presses();
    expect(states(story)).toEqual(['heard']);
    expect(story.cases('h1')).toEqual([]);
  });

  tell('is real when it comes a second time', setting, (story) => {
    story.until('10:00');
    begin(story);
    story.until('10:01');
    const from = story.now;
    story.home('h1').band.presses();
    story.until('10:02');
    story.home('h1').band.presses();
    expect(story.cases('h1')).toEqual(real);
    expect(calls(story, from)).toEqual(['1 zhou']);
    expect(states(story)).toEqual(['heard']);
  });

  tell('is real where the same message holds a second press', setting, (story) => {
    story.until('10:00');
    begin(story);
    story.until('10:01');
    const at = story.now;
    story.publish('h1-band', [
      { at: at - 20_000, event: 'sos' },
      { at, event: 'sos' },
    ]);
    expect(states(story)).toEqual(['heard']);
    expect(story.cases('h1')).toEqual(real);
  });

  tell('is real when it comes a second time by a clock that stands still', setting, (story) => {
    story.until('10:00');
    begin(story);
    const stopped = Date.UTC(2099, 0, 1);
    story.until('10:01');
    story.publish('h1-band', { at: stopped, event: 'sos' });
    expect(states(story)).toEqual(['heard']);
    story.until('10:02');
    story.publish('h1-band', { at: stopped, event: 'sos' });
    expect(story.cases('h1')).toEqual(real);
  });

  tell('is real where it says more than was to come, and the test is over with it', setting, (story) => {
    story.until('10:00');
    begin(story);
    story.until('10:01');
    story.home('h1').band.falls();
    expect(story.open('h1')).toEqual(['B2']);
    expect(states(story)).toEqual(['called']);
    story.until('10:02');
    story.home('h1').band.presses();
    expect(story.open('h1')).toEqual(['B2', 'B1']);
  });

  tell('is real where its device dates it before the test', setting, (story) => {
    story.until('10:00');
    begin(story);
    story.until('10:01');
    story.home('h1').band.presses(instant('09:59:50'));
    expect(story.cases('h1')).toEqual(real);
    expect(states(story)).toEqual(['called']);
  });

  tell('is real when the test is over', setting, (story) => {
    story.until('10:00');
    begin(story);
    story.until('10:05');
    story.home('h1').band.presses();
    expect(story.cases('h1')).toEqual(real);
    story.until('10:06');
    expect(states(story)).toEqual(['no-call']);
  });

  tell('answers by a fall where a fall was to come', setting, (story) => {
    story.until('10:00');
    expect(begin(story, { call: 'fall' })).toBe('ok');
    story.home('h1').band.falls();
    expect(story.cases('h1')).toEqual([]);
    expect(states(story)).toEqual(['heard']);
  });

  tell('is real where it came another way than its own', setting, (story) => {
    story.until('10:00');
    begin(story);
    const call = { type: 'device.called', device: 'h1-band', call: 'sos', at: story.now, topic: '' } as const;
    story.command({ ...call, why: 'foreign-way', from: 'h2-band', sent: '救命' }, 'system');
    expect(story.open('h1')).toEqual(['calls-on-a-foreign-way']);
    expect(states(story)).toEqual(['called']);
  });

  tell('is real where it came under a name that is not its own, whoever brought it', setting, (story) => {
    story.until('10:00');
    begin(story);
    const call = { device: 'h1-band', call: 'sos', why: 'foreign-way', from: 'h1-band' } as const;
    story.command({ type: 'device.called', ...call, at: story.now, topic: '', sent: '救命' }, 'system');
    expect(story.open('h1')).toEqual(['calls-on-a-foreign-way']);
  });

  tell('is real where nobody dates it and it may have waited since before the test', setting, (story) => {
    story.until('10:00');
    begin(story);
    story.until('10:01');
    // Only now it is known that the connection to the broker was gone.
    const deafSince = instant('09:58');
    story.input({ kind: 'tick', receivedAt: story.now, listeningSince: story.now, deafSince });
    story.publish('h1-band', { event: 'sos' });
    expect(story.cases('h1')).toEqual(real);
    expect(states(story)).toEqual(['called']);
  });

  tell('is real where somebody asked for help for the home meanwhile', setting, (story) => {
    story.until('10:00');
    begin(story);
    const asked = { type: 'home.help', home: 'h1', priority: 'P1', from: '', note: '摔倒了' } as const;
    story.command(asked, '吴强');
    story.until('10:01');
    story.home('h1').band.presses();
    expect(story.open('h1')).toContain('B1');
    expect(states(story)).toEqual(['called']);
  });

  tell('answers in plain words too, and says that it came so', setting, (story) => {
    story.until('10:00');
    begin(story);
    const call = { device: 'h1-band', call: 'sos', why: 'in-words', from: 'h1-band' } as const;
    story.command({ type: 'device.called', ...call, at: story.now, topic: '', sent: '救命' }, 'system');
    expect(story.cases('h1')).toEqual([]);
    expect(tests(story)[0]?.heard?.way).toBe('in-words');
  });
});

describe('while one device is tested', () => {
  tell('each call of another of the home, and of other homes, is real', setting, (story) => {
    story.until('10:00');
    begin(story);
    story.home('h2').band.presses();
    expect(story.cases('h2')).toEqual(['h2.c1 safety P1 open: a1']);
    expect(states(story)).toEqual(['waiting']);
    story.publish('h1-band-2', { at: story.now, event: 'sos' });
    expect(story.cases('h1')).toEqual(real);
    // Somebody of this home is in need: its next call is no test either.
    expect(states(story)).toEqual(['called']);
    story.until('10:01');
    story.home('h1').band.presses();
    expect(story.rawAlerts('h1')).toHaveLength(2);
  });

  tell('somebody may end it, and the next call is real', setting, (story) => {
    story.until('10:00');
    begin(story);
    expect(begin(story)).toBe('CALL_TEST_RUNNING');
    story.until('10:01');
    expect(said(story, 'call-test.end')).toBe('ok');
    expect(tests(story)).toMatchObject([{ state: 'ended', endedBy: '吴强', endedAt: story.now }]);
    expect(said(story, 'call-test.end')).toBe('CALL_TEST_NOT_FOUND');
    story.home('h1').band.presses();
    expect(story.cases('h1')).toEqual(real);
  });
});

describe('a test of a call', () => {
  tell('says that none came, at its end, and calls nobody for it', setting, (story) => {
    story.until('10:00');
    begin(story, { minutes: 15 });
    story.until('10:14:59');
    expect(states(story)).toEqual(['waiting']);
    story.until('10:16');
    expect(tests(story)).toMatchObject([{ state: 'no-call', endedAt: instant('10:15') }]);
    expect(story.cases('h1')).toEqual([]);
    expect(story.notices).toEqual([]);
    expect(begin(story)).toBe('ok');
  });

  tell('ends while the service is away', setting, (story) => {
    story.until('10:00');
    begin(story);
    story.serviceStops();
    story.until('10:10');
    story.serviceStarts();
    expect(states(story)).toEqual(['no-call']);
    story.home('h1').band.presses();
    expect(story.cases('h1')).toEqual(real);
  });

  tell(
    'does not begin while calls of before may come, and not for a call that nobody dates',
    setting,
    (story) => {
      story.until('09:00');
      story.serviceStops();
      story.until('10:00');
      story.serviceStarts();
      expect(begin(story)).toBe('CALL_TEST_CATCHING_UP');
      story.until('10:16');
      expect(begin(story)).toBe('ok');
      story.publish('h1-band', { event: 'sos' });
      expect(states(story)).toEqual(['heard']);
    },
  );

  tell('does not begin where somebody may be in need', setting, (story) => {
    story.until('10:00');
    story.home('h1').band.presses();
    expect(begin(story)).toBe('CALL_TEST_HOME_IN_NEED');
    story.acknowledge('h1.c1');
    story.until('10:02');
    expect(story.resolve('h1.c1', 'pressed-by-mistake')).toBe('ok');
    expect(begin(story)).toBe('CALL_TEST_CALLED_LATELY');
    story.until('10:06');
    expect(begin(story)).toBe('ok');
  });

  tell('does not begin while a call in words is open, which is no P1', setting, (story) => {
    story.until('10:00');
    const call = { device: 'h1-band', call: 'sos', why: 'in-words', from: 'h1-band' } as const;
    story.command({ type: 'device.called', ...call, at: story.now, topic: '', sent: '救命' }, 'system');
    expect(story.cases('h1')).toEqual(['h1.c1 safety P2 open: a1']);
    story.until('10:06');
    expect(begin(story)).toBe('CALL_TEST_HOME_IN_NEED');
    story.home('h1').band.presses();
    expect(story.open('h1')).toContain('B1');
    story.acknowledge('h1.c1');
    story.resolve('h1.c1', 'pressed-by-mistake');
    story.until('10:12');
    expect(begin(story)).toBe('ok');
  });

  tell('is of a device that calls for help', setting, (story) => {
    story.until('10:00');
    expect(begin(story, { device: 'h1-cuff' })).toBe('CALL_TEST_NOT_POSSIBLE');
    expect(begin(story, { device: 'h9-band' })).toBe('DEVICE_NOT_FOUND');
    story.register([{ ...secondBand(), disabled: true }]);
    expect(begin(story, { device: 'h1-band-2' })).toBe('CALL_TEST_NOT_POSSIBLE');
  });
});

describe('a press that was taken for a test', () => {
  tell('is a real case with one word, once', setting, (story) => {
    story.until('10:00');
    begin(story);
    story.home('h1').band.presses();
    story.until('10:20');
    const from = story.now;
    expect(said(story, 'call-test.real')).toBe('ok');
    expect(said(story, 'call-test.real')).toBe('ok');
    expect(story.cases('h1')).toEqual(real);
    expect(story.rawAlerts('h1')).toMatchObject([
      { rule: 'calls-taken-for-a-test', count: 1, device: 'h1-band' },
    ]);
    expect(story.rawAlerts('h1')[0]?.evidence.text.zh).toContain('吴强 确认这是真实呼救');
    expect(calls(story, from)).toEqual(['0 zhou']);
    expect(tests(story)).toMatchObject([{ real: { by: '吴强', at: from, case: 'h1.c1' } }]);
    expect(begin(story)).toBe('CALL_TEST_HOME_IN_NEED');
    story.acknowledge('h1.c1');
    story.resolve('h1.c1', 'true-emergency');
    expect(story.open('h1')).toEqual([]);
  });

  tell('is too long ago after half an hour', setting, (story) => {
    story.until('10:00');
    expect(said(story, 'call-test.real')).toBe('CALL_TEST_NOT_FOUND');
    begin(story);
    story.home('h1').band.presses();
    story.until('10:30:01');
    expect(said(story, 'call-test.real')).toBe('CALL_TEST_TOO_LATE');
  });
});
