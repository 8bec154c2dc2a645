import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { RosterWatch } from '../../src/app/roster-watch.ts';
import { SelfWatch } from '../../src/app/self-watch.ts';
import { findingPage } from '../../src/app/service-finding.ts';
import { DAY, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Command } from '../../src/model/command.ts';
import type { Holidays } from '../../src/model/holidays.ts';
import { SERVICE_SUBJECT } from '../../src/model/service-finding.ts';
import { instant, type Setting, Story } from './story.ts';

const person = (id: string, name: string, channel = 'robot'): object => ({
  noun: 'staff',
  id,
  name,
  roles: [{ role: 'technician', node: 'haitang' }],
  channels: [{ channel, address: id }],
});

const roster = (change: object = {}) => ({
  id: 'duty',
  name: '海棠值班',
  node: 'haitang',
  starts: '2026-02-01',
  members: ['zhou'],
  shifts: [{ id: 'all', name: '全天', from: '08:00', to: '08:00' }],
  ...change,
});

const setting = (change: object = {}, more: Partial<Setting> = {}): Setting => ({
  // Without a device that a rule should judge: the service has nothing else to say.
  homes: { h1: [] },
  rules: [],
  channels: ['robot', 'terminal'],
  notify: {
    routes: [{ kinds: ['technical'], priorities: ['P2', 'P3'], roles: ['technician'] }],
    fallback: { channels: ['terminal'] },
  },
  entries: [person('zhou', '周敏'), person('li', '李雷'), person('chen', '陈默', 'broken')],
  rosters: { rosters: [roster(change)] },
  ...more,
});

/** A service that looks through its rosters each minute. */
class Looking {
  readonly story: Story;
  readonly watch: RosterWatch;
  readonly #selfWatch: SelfWatch;
  /** Channels that reach nobody. */
  down: string[] = [];

  constructor(of: Setting) {
    const story = new Story(of);
    const clock = { now: () => story.now, speed: 1 };
    const submit = (command: Command) => Promise.resolve(story.command(command, 'system'));
    this.story = story;
    this.watch = new RosterWatch(story.core, clock, undefined, () => this.down);
    this.#selfWatch = new SelfWatch({
      core: story.core,
      clock,
      rosters: this.watch,
      reach: { factOf: () => undefined },
      channels: { down: () => undefined, failing: () => undefined, unproven: () => undefined },
      audit: { lastFound: [] },
      caseAudit: { lastFound: [] },
      deafSince: () => undefined,
      submit,
      logger: pino({ level: 'silent' }),
      brokerAwayMs: DAY,
      behindMs: 60 * SECOND,
    });
  }

  async until(when: string): Promise<this> {
    this.story.until(when);
    for (let looks = 0; looks < 2; looks++) {
      this.#selfWatch.look();
      await Promise.resolve();
    }
    this.story.after(MINUTE);
    return this;
  }

  get open(): string[] {
    return this.story.open(SERVICE_SUBJECT);
  }

  get words(): string {
    return this.story.rawAlerts(SERVICE_SUBJECT).at(-1)?.evidence.text.zh ?? '';
  }
}

describe('a gap', () => {
  test('is a technical case two weeks before anybody would fall into it', async () => {
    const look = await new Looking(setting()).until('08:00');
    expect(look.open).toEqual([]);
    const leave = { from: instant('day 10 00:00'), until: instant('day 12 00:00'), note: '' };
    look.story.duty({ type: 'roster.leave', staff: 'zhou', ...leave });
    await look.until('08:10');
    expect(look.open).toEqual(['roster-gap']);
    expect(look.words).toBe(
      '值班表「海棠值班」03-10 00:00 至 03-12 00:00 无人可通知：值班人员休假且无人替班（周敏）。共 1 处空缺，请补排',
    );
    expect(look.story.cases(SERVICE_SUBJECT)).toEqual([`${SERVICE_SUBJECT}.c1 technical P3 open: a1`]);
    // Whoever is told reads which roster and from when, and the link leads to the page of rosters.
    const notice = look.story.notices.at(-1);
    expect(notice?.content.title.zh).toContain('值班空缺：「海棠值班」03-10 00:00 起');
    expect(findingPage(look.story.core, notice?.alert ?? '')).toBe('/duty');
    look.story.duty({ type: 'roster.return', staff: 'zhou', from: leave.from, at: look.story.now });
    await look.until('08:20');
    expect(look.open).toEqual([]);
  });

  test('further ahead is not yet told, and comes nearer', async () => {
    const look = new Looking(setting());
    const leave = { from: instant('day 20 00:00'), until: instant('day 21 00:00'), note: '' };
    look.story.duty({ type: 'roster.leave', staff: 'zhou', ...leave });
    await look.until('09:00');
    expect(look.open).toEqual([]);
    await look.until('day 7 09:00');
    expect(look.open).toEqual(['roster-gap']);
  });

  test('that begins now is graver', async () => {
    const look = await new Looking(setting()).until('day 2 09:00');
    const leave = { from: look.story.now, until: instant('day 3 00:00'), note: '' };
    look.story.duty({ type: 'roster.leave', staff: 'zhou', ...leave });
    await look.until('day 2 09:05');
    expect(look.open).toEqual(['roster-empty']);
    expect(look.story.cases(SERVICE_SUBJECT)).toEqual([`${SERVICE_SUBJECT}.c1 technical P2 open: a1`]);
    await look.until('day 3 00:05');
    expect(look.open).toEqual([]);
  });

  test('is told although something else is wrong with the service, or another roster has one', async () => {
    const two = { rosters: [roster(), roster({ id: 'other', name: '另一值班', members: ['li'] })] };
    const look = await new Looking(setting({}, { rosters: two })).until('08:00');
    const values = { channels: 'robot', detail: '14' };
    look.story.command(
      { type: 'service.finding', finding: 'channel-unproven', state: 'begins', since: 0, values },
      'system',
    );
    const from = look.story.notices.length;
    const told = () =>
      new Set(look.story.notices.slice(from).map(({ content }) => content.title.zh.slice(-13)));
    const leave = (staff: string, day: number): void => {
      const days = { from: instant(`day ${day} 00:00`), until: instant(`day ${day + 1} 00:00`), note: '' };
      look.story.duty({ type: 'roster.leave', staff, ...days });
    };
    leave('zhou', 6);
    await look.until('08:10');
    expect(told()).toEqual(new Set(['03-06 00:00 起']));
    leave('li', 5);
    await look.until('08:20');
    expect(told()).toEqual(new Set(['03-06 00:00 起', '03-05 00:00 起']));
    expect(look.story.cases(SERVICE_SUBJECT)).toHaveLength(1);
  });

  test('of another kind is told although one is open', async () => {
    const two = { rosters: [roster(), roster({ id: 'other', name: '另一值班', members: ['li'] })] };
    const look = new Looking(setting({}, { rosters: two }));
    await look.until('day 1 08:30');
    const leave = { from: instant('day 5 00:00'), until: instant('day 6 00:00'), note: '' };
    look.story.duty({ type: 'roster.leave', staff: 'zhou', ...leave });
    await look.until('08:40');
    look.story.duty({ type: 'roster.leave', staff: 'li', ...leave });
    await look.until('08:50');
    await look.until('09:00');
    expect(look.open).toEqual(['roster-gap']);
    expect(look.words).toContain('共 2 处空缺');
  });

  test.each([
    ['nobody-planned', { shifts: [{ id: 'day', name: '白班', from: '08:00', to: '20:00' }] }],
    ['person-unknown', { members: ['gone'] }],
    ['no-channel', { members: ['chen'] }],
  ])('has a reason: %s', (reason, change) => {
    const { watch } = new Looking(setting(change));
    expect(watch.report.gaps[0]?.reason).toBe(reason);
  });

  test('that is open when somebody begins to look is never told as one ahead, though looking takes its time', () => {
    const { story } = new Looking(setting({ members: ['chen'] }));
    let at = story.now;
    const watch = new RosterWatch(story.core, { now: () => at++, speed: 1 });
    expect(watch.factOf('roster-gap')).toBeUndefined();
    expect(watch.factOf('roster-empty')).toMatchObject({
      values: { reasonEn: expect.stringContaining('channel') },
    });
    at += DAY;
    expect(watch.factOf('roster-gap')).toBeUndefined();
  });

  test('is none where only shifts have to be filled', () => {
    const shifts = [{ id: 'day', name: '白班', from: '08:00', to: '20:00' }];
    const { watch } = new Looking(setting({ shifts, coverage: 'shifts' }));
    expect(watch.report.gaps).toEqual([]);
  });

  test('opens when the only channel of a person stops working, and ends when it works again', async () => {
    const look = await new Looking(setting()).until('day 2 09:00');
    look.down = ['robot'];
    await look.until('day 2 09:10');
    expect(look.open).toEqual(['roster-empty']);
    look.down = [];
    await look.until('day 2 09:20');
    expect(look.open).toEqual([]);
  });

  test('ends when the person gets a channel that works', async () => {
    const look = await new Looking(setting({ members: ['chen'] })).until('day 2 09:00');
    expect(look.open).toEqual(['roster-gap', 'roster-empty'].slice(1));
    look.story.register([person('chen', '陈默')]);
    await look.until('day 2 09:10');
    expect(look.open).toEqual([]);
  });
});

describe('what names nothing', () => {
  const HOLIDAYS: Holidays = { source: 'a test', years: [2025], off: [], work: [] };

  test('a year without holidays is told in advance, and the plain week is taken', async () => {
    const shifts = ['workday', 'day-off'].map((on) => ({ id: on, name: on, from: '00:00', to: '00:00', on }));
    const look = await new Looking(setting({ shifts }, { holidays: HOLIDAYS })).until('09:00');
    expect(look.open).toEqual(['roster-faulty']);
    expect(look.words).toBe('duty（2026）：没有该年的节假日数据，暂按普通星期计算。共 1 处');
    expect(look.watch.report.gaps).toEqual([]);
  });

  test('somebody of those who serve together who cannot be told, while others can', async () => {
    const shifts = [{ id: 'all', name: '全天', from: '08:00', to: '08:00', together: 2 }];
    const look = await new Looking(setting({ shifts, members: ['zhou', 'chen'] })).until('09:00');
    expect(look.watch.report.gaps).toEqual([]);
    expect(look.open).toEqual(['roster-faulty']);
    expect(look.watch.report.faults).toEqual([{ fault: 'post-empty', where: 'duty', what: '陈默' }]);
  });

  test('one substitute stands in for one', async () => {
    const shifts = [{ id: 'all', name: '全天', from: '08:00', to: '08:00', together: 2 }];
    const members = ['gone', 'chen'];
    const look = await new Looking(setting({ shifts, members, substitutes: ['li'] })).until('09:00');
    expect(look.watch.report.faults).toMatchObject([{ fault: 'post-empty', what: '陈默' }]);
  });

  test('a place or a person of the policy that is not in the registry', () => {
    const notify = {
      routes: [{ kinds: ['safety'], priorities: ['P1'], nodes: ['haitnag'], people: ['zhuo'] }],
      fallback: { channels: ['terminal'] },
    };
    const { watch } = new Looking(setting({ node: 'nowhere' }, { notify }));
    expect(watch.report.faults).toEqual([
      { fault: 'place-unknown', where: 'duty', what: 'nowhere' },
      { fault: 'policy-place-unknown', where: 'routes[0]', what: 'haitnag' },
      { fault: 'policy-person-unknown', where: 'routes[0]', what: 'zhuo' },
    ]);
  });
});
