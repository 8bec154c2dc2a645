import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { CASE_STEP_NAMES, type Case, OUTCOME_NAMES } from '../../src/model/case.ts';
import { type Command, commandSchemas } from '../../src/model/command.ts';
import { T0 } from '../core.ts';
import { productRules, Story, timeText } from './story.ts';

/**
 * Some days of three homes in which anything may happen, in any order: people press, fall and stop drawing water; staff
 * take, hand on, resolve and reopen; homes and bands move; rules change; the service is away. What must hold all the
 * while is looked at after every minute in which somebody waits: whoever calls is heard, and no case is forgotten.
 */
const HOMES = ['h1', 'h2', 'h3'] as const;
const STAFF = [
  staff('zhou', '周敏', 'grid-worker', 'haitang/g1'),
  staff('sun', '吴强', 'committee', 'haitang'),
  staff('duty', '值班', 'sub-district-duty', 'haitang'),
] as const;
const BY = STAFF.map(({ name }) => name);
const notify: unknown = parse(readFileSync(new URL('../../config/notify.yaml', import.meta.url), 'utf8'));

function staff(id: string, name: string, role: string, node: string) {
  const channels = [{ channel: 'robot', address: id }];
  return { noun: 'staff' as const, id, name, roles: [{ role, node }], channels };
}

/** Rules that take a call, and what is not expected of anybody while they are off. */
const OF_RULE = { B1: 'press', B2: 'fall', V1: 'crisis', W1: 'dry' } as const;
type Sign = (typeof OF_RULE)[keyof typeof OF_RULE] | 'words';
const RULE_CHANGES = ['none', 'renamed', 'off', 'longer', 'shadow', 'gone', 'by-day'] as const;

/** What may happen. A number says which of several. */
const HAPPENINGS = {
  pass: ['seconds', 'minutes', 'hours', 'minutes'],
  calls: ['press', 'press', 'fall', 'cancel', 'pressInTheFuture', 'words', 'crisis', 'calm'],
  work: [
    'take',
    'take',
    'takeOver',
    'decline',
    'note',
    'assign',
    'step',
    'resolve',
    'resolve',
    'callBack',
    'strikeOff',
    'reopen',
    'confirm',
  ],
  home: ['away', 'back', 'moveHome', 'moveBand', 'removeBand', 'exchange', 'drill'],
  people: ['leave', 'removeStaff', 'addStaff'],
  service: ['sleep', 'wake', 'restart', 'noticesFail', 'noticesArrive', 'rules', 'silence'],
  water: ['still', 'draws', 'mute', 'speaks'],
} as const;
type What = (typeof HAPPENINGS)[keyof typeof HAPPENINGS][number];

export interface Happening {
  readonly what: What;
  readonly home: (typeof HOMES)[number];
  readonly pick: number;
}

export const happenings = (maxLength: number): fc.Arbitrary<Happening[]> =>
  fc.array(
    fc.record({
      what: fc.constantFrom(...Object.values(HAPPENINGS).flat()),
      home: fc.constantFrom(...HOMES),
      pick: fc.nat(999),
    }),
    { maxLength, size: 'max' },
  );

/** Somebody called; they wait until somebody else was told. */
interface Waiting {
  readonly home: string;
  readonly sign: Sign;
  readonly at: number;
  /** For how long the service had been awake by then: nobody is heard by one that is down. */
  readonly awake: number;
}

/** A call is told at once; a fall when its wearer has had time to cancel, a minute under the longest rule here. */
const HEARD_WITHIN_MS: Readonly<Record<Sign, number>> = {
  press: MINUTE,
  fall: 2 * MINUTE,
  words: MINUTE,
  crisis: 5 * MINUTE,
  dry: 33 * HOUR,
};
/** Presses within this time are one call, of which people have just heard. */
const ONE_CALL_MS = 5 * MINUTE;
/** People resolved a crisis that goes on: the rule says it again after this. */
const REARM_MS = 12 * HOUR;
/** What a meter says each hour is missed by then. */
const SILENT_WITHIN_MS = 8 * HOUR;
/** The longest pause of a ladder, with its last steps slowed down, and the longest target of whoever has it. */
const FORGOTTEN_MS: Readonly<Record<Case['status'], number>> = {
  open: 4 * HOUR,
  acknowledged: 10 * HOUR,
  resolved: 80 * HOUR,
  'struck-off': Number.POSITIVE_INFINITY,
};

export class AnyLife {
  readonly #story = new Story({
    homes: { h1: ['meter', 'band'], h2: ['meter', 'band'], h3: ['meter', 'band'] },
    entries: [...STAFF, { noun: 'node', path: 'haitang/g1/b2', level: 'building', name: '2号楼' }],
    notify,
    channels: ['robot', 'terminal', 'mqtt'],
  });
  #waiting: Waiting[] = [];
  #asleep = false;
  #awakeMs = 0;
  #wokeAt = T0;
  readonly #bandIn = new Map<string, string>(HOMES.map((home) => [home, home]));
  /** Pressed while the service was down: a band keeps it, and sends it again. */
  #kept: { readonly band: string; readonly sign: 'press' | 'fall'; readonly at: number }[] = [];
  readonly #still = new Map<string, number>();
  readonly #mute = new Map<string, number>();
  /** Nobody is told of these by the rules as they are. */
  readonly #off = new Set<Sign>();
  #silences = 0;
  /** The rule that was changed last speaks by day alone. */
  #byDay = false;
  readonly log: string[] = [];

  /** @throws what must not be, with all that had happened until then. */
  live(happenings: readonly Happening[]): void {
    this.#pass(30 * MINUTE);
    try {
      for (const happening of happenings) {
        this.#log(happening, this.#happen(happening));
        this.#pass(SECOND);
      }
      if (this.#asleep) this.#wake();
      this.#pass(45 * MINUTE);
    } catch (error) {
      if (error instanceof Error) error.message += `\n${this.log.join('\n')}`;
      throw error;
    }
  }

  #log({ what, home, pick }: Happening, answer: string): void {
    this.log.push(`${timeText(this.#story.now)} ${what} ${home} ${pick} ${answer}`);
  }

  #pass(ms: number): void {
    const story = this.#story;
    const to = story.now + ms;
    while (story.now < to) {
      const next = Math.min(this.#waiting.length > 0 ? MINUTE : 10 * MINUTE, to - story.now);
      story.after(next);
      if (this.#asleep) continue;
      this.#awakeMs += next;
      this.#look();
    }
  }

  /** What came of it, for whoever reads the log. */
  #happen(happening: Happening): string {
    const { what, pick } = happening;
    if (what === 'seconds') this.#pass(chosen([1, 5, 20, 40] as const, pick) * SECOND);
    else if (what === 'minutes') this.#pass(chosen([1, 3, 6, 20, 50] as const, pick) * MINUTE);
    else if (what === 'hours') this.#pass(chosen([2, 5, 13, 30] as const, pick) * HOUR);
    else if (oneOf(HAPPENINGS.calls, what)) return this.#calls(what, happening);
    else if (oneOf(HAPPENINGS.water, what)) return this.#water(what, happening);
    else if (what === 'wake') return this.#wake();
    else if (this.#asleep) return 'asleep';
    else if (oneOf(HAPPENINGS.work, what)) return this.#work(what, happening);
    else if (oneOf(HAPPENINGS.home, what)) return this.#ofHome(what, happening);
    else if (oneOf(HAPPENINGS.people, what)) return this.#ofPeople(what, happening);
    else return this.#ofService(what as (typeof HAPPENINGS.service)[number], happening);
    return '';
  }

  #calls(what: (typeof HAPPENINGS.calls)[number], { home }: Happening): string {
    const { band } = this.#story.home(home);
    if (what === 'calm') band.measures(125, 80);
    else if (what === 'cancel') this.#cancels(home);
    else if (what === 'crisis') return this.#crisis(home);
    else if (what === 'words') return this.#saysInWords(home);
    else if (what === 'pressInTheFuture') return this.#call(home, 'press', this.#story.now + 9999 * HOUR);
    else return this.#call(home, what, this.#story.now);
    return '';
  }

  #call(band: string, sign: 'press' | 'fall', at: number): string {
    if (this.#asleep) {
      this.#kept.push({ band, sign, at });
      return 'kept';
    }
    const it = this.#story.home(band).band;
    if (sign === 'press') it.presses(at);
    else it.falls(at);
    this.#waits(band, sign);
    this.#lookForUnruled(band, sign);
    this.#story.tick();
    return '';
  }

  /** Where no rule takes such calls, the home has a case all the same, in the very step. */
  #lookForUnruled(band: string, sign: 'press' | 'fall'): void {
    const home = this.#bandIn.get(band);
    if (home === undefined || !this.#off.has(sign) || this.#byDay) return;
    if (!this.#story.open(home).includes('calls-no-rule-takes'))
      this.#fail(`no case of ${home} for a ${sign} that no rule takes`);
  }

  #crisis(band: string): string {
    const it = this.#story.home(band).band;
    it.measures(195, 118);
    this.#pass(70 * SECOND);
    it.measures(197, 119);
    if (!this.#asleep) this.#waits(band, 'crisis');
    return '';
  }

  /** What no model reads, on its own way: the shell hands it to the core as a command. */
  #saysInWords(band: string): string {
    if (this.#asleep) return 'asleep';
    const device = `${band}-band`;
    const call = { device, call: 'sos', why: 'in-words', at: this.#story.now, from: device };
    this.#waits(band, 'words');
    return this.#command({ type: 'device.called', ...call, topic: '', sent: '救命' }, 'system');
  }

  #waits(band: string, sign: Sign): void {
    const home = this.#bandIn.get(band);
    if (home === undefined || (sign === 'crisis' && this.#off.has(sign))) return;
    this.#waiting.push({ home, sign, at: this.#story.now, awake: this.#awakeMs });
  }

  /** The wearer says that all is well: nobody has to come. */
  #cancels(band: string): void {
    const home = this.#bandIn.get(band);
    this.#story.home(band).band.cancels();
    if (!this.#asleep)
      this.#waiting = this.#waiting.filter((one) => one.sign !== 'fall' || one.home !== home);
  }

  #water(what: (typeof HAPPENINGS.water)[number], { home }: Happening): string {
    const { meter } = this.#story.home(home);
    const { now } = this.#story;
    if (what === 'still') {
      meter.standsStill();
      if (!this.#still.has(home)) this.#still.set(home, now);
    } else if (what === 'mute') {
      meter.dies();
      if (!this.#mute.has(home)) this.#mute.set(home, now);
    } else if (what === 'draws') {
      meter.lives();
      this.#still.delete(home);
    } else {
      meter.revives();
      this.#mute.delete(home);
      this.#countAnew(home);
    }
    return '';
  }

  /** Nobody can be missed for a time in which nothing could be known. */
  #countAnew(home?: string): void {
    for (const since of [this.#still, this.#mute])
      for (const one of since.keys()) if (home === undefined || home === one) since.set(one, this.#story.now);
  }

  #work(what: (typeof HAPPENINGS.work)[number], { home, pick }: Happening): string {
    const story = this.#story;
    const by = chosen(BY.slice(0, 2), pick);
    const open = story.openCase(home);
    const done = this.#caseOf(home, what === 'reopen' ? ['resolved', 'struck-off'] : ['resolved'], pick);
    if (what === 'callBack' || what === 'strikeOff' || what === 'reopen') {
      if (done === undefined) return 'none';
      const reason = '试一试';
      if (what === 'callBack')
        return story.callBack(done, chosen(['satisfied', 'not-satisfied', 'not-reached'] as const, pick), by);
      return this.#command(
        { type: what === 'reopen' ? 'case.reopen' : 'case.strike-off', case: done, reason },
        by,
      );
    }
    if (open === undefined) return 'none';
    switch (what) {
      case 'take':
        return story.acknowledge(open, by);
      case 'takeOver':
        return story.takeOver(open, by);
      case 'decline':
        return this.#command({ type: 'case.note', case: open, text: '来不了', declines: true }, by);
      case 'note':
        return story.note(open, '看过');
      case 'assign':
        return story.assign(open, chosen(STAFF, pick).id, by, pick % 2 === 0);
      case 'step': {
        const step = chosen(CASE_STEP_NAMES, pick);
        return story.step(open, step, step.startsWith('call') ? 'resident' : undefined, by);
      }
      case 'resolve':
        return story.resolve(open, chosen(OUTCOME_NAMES, pick), by, by);
      case 'confirm':
        return story.confirm(open, '王秀英', pick % 2 === 0);
    }
  }

  #ofHome(what: (typeof HAPPENINGS.home)[number], { home, pick }: Happening): string {
    const story = this.#story;
    const { now } = story;
    const entry = story.core.registry.home(home);
    switch (what) {
      case 'away': {
        story.home(home).meter.lives();
        this.#still.delete(home);
        const period = { from: now - (pick % 3) * HOUR, until: now + (1 + (pick % 60)) * HOUR };
        const kind = pick % 2 ? 'travel' : 'hospital';
        return this.#command({ type: 'home.away', home, period: { ...period, kind } }, '周敏');
      }
      case 'back': {
        const from = entry?.away?.at(-1)?.from;
        return from === undefined
          ? 'none'
          : this.#command({ type: 'home.back', home, from, at: now }, '周敏');
      }
      case 'moveHome':
        return story.register([{ ...entry, parent: pick % 2 ? 'haitang/g1/b2' : 'haitang/g1/b1/u1' }]);
      case 'moveBand': {
        const to = chosen(HOMES, pick);
        const band = { noun: 'device', id: `${home}-band`, model: 'wristband', home: to, enrolledAt: T0 };
        const answer = story.register([band]);
        if (answer === 'ok') this.#bandIn.set(home, to);
        return `${to} ${answer}`;
      }
      case 'removeBand': {
        const answer = story.register([], [{ noun: 'device', key: `${home}-band` }]);
        if (answer === 'ok') this.#bandIn.delete(home);
        return answer;
      }
      case 'exchange':
        this.#countAnew(home);
        return this.#command({ type: 'device.exchange', device: `${home}-meter`, at: now }, '周敏');
      case 'drill':
        return this.#command({ type: 'drill.begin', home, priority: 'P2', note: '' }, '周敏');
    }
  }

  #ofPeople(what: (typeof HAPPENINGS.people)[number], { pick }: Happening): string {
    const story = this.#story;
    const one = chosen(STAFF, pick);
    if (what === 'addStaff') return story.register([one]);
    // One of them always stays: that nobody is there at all is told elsewhere.
    const other = chosen(STAFF.slice(0, 2), pick);
    if (what === 'removeStaff') return story.register([], [{ noun: 'staff', key: other.id }]);
    const { now } = story;
    return story.duty({ type: 'roster.leave', staff: one.id, from: now, until: now + 20 * HOUR, note: '' });
  }

  #ofService(what: (typeof HAPPENINGS.service)[number], { home, pick }: Happening): string {
    const story = this.#story;
    switch (what) {
      case 'sleep':
        story.serviceStops();
        this.#asleep = true;
        return '';
      case 'restart':
        story.restart();
        return '';
      case 'noticesFail':
      case 'noticesArrive':
        return this.#notices(what === 'noticesFail', pick);
      case 'rules':
        return this.#rules(pick);
      default: {
        const scopes = [{ home }, { node: 'haitang/g1' }, { rule: 'B1' }, { channel: 'robot' }];
        const id = `s${++this.#silences}`;
        const silence = { id, until: story.now + 5 * HOUR, reason: '检修', ...scopes[pick % 4] };
        return this.#command({ type: 'silence.begin', ...silence }, '周敏');
      }
    }
  }

  #notices(fail: boolean, pick: number): string {
    const lately = this.#story.notices.filter(({ createdAt }) => createdAt > this.#story.now - 30 * MINUTE);
    const some = lately.slice(-(1 + (pick % 4)));
    const result = fail ? { state: 'failed', failure: 'attempts-exhausted' } : { state: 'delivered' };
    for (const { id: notice, case: of, recipient, channel } of some) {
      const about = {
        notice,
        case: of,
        subject: of.replace(/\.c\d+$/, ''),
        recipient: recipient.name,
        channel,
      };
      this.#command({ type: 'notice.result', ...about, ...result }, 'system');
    }
    return String(some.length);
  }

  #rules(pick: number): string {
    const id = chosen(Object.keys(OF_RULE) as (keyof typeof OF_RULE)[], pick);
    const how = chosen(RULE_CHANGES, pick >> 2);
    const rules = productRules.flatMap((rule) => (rule.id === id ? changed(rule, how) : [rule]));
    const answer = this.#story.replaceRules(rules);
    // Other rules rest on some of them.
    if (answer !== 'ok') return `${id} ${how} ${answer}`;
    this.#off.clear();
    this.#byDay = how === 'by-day';
    if (how === 'off' || how === 'shadow' || how === 'gone' || how === 'by-day') this.#off.add(OF_RULE[id]);
    this.#countAnew();
    return `${id} ${how} ${answer}`;
  }

  #wake(): string {
    if (!this.#asleep) return 'awake';
    this.#story.serviceStarts();
    this.#asleep = false;
    this.#wokeAt = this.#story.now;
    this.#countAnew();
    const kept = this.#kept;
    this.#kept = [];
    for (const { band, sign, at } of kept) this.#call(band, sign, at);
    return '';
  }

  #command(command: Readonly<Record<string, unknown>> & { type: Command['type'] }, by: string): string {
    const { type, ...body } = command;
    const reply = this.#story.command({ type, ...commandSchemas[type].parse(body) } as Command, by);
    return reply.ok ? 'ok' : reply.failure.code;
  }

  #caseOf(home: string, statuses: readonly Case['status'][], pick: number): string | undefined {
    const some = this.#cases(home).filter(({ status }) => statuses.includes(status));
    return some[pick % some.length]?.id;
  }

  #cases(home?: string): Case[] {
    return this.#story.cases(home).map((line) => this.#story.case(line.slice(0, line.indexOf(' '))));
  }

  #look(): void {
    this.#waiting = this.#waiting.filter((one) => !this.#isHeard(one));
    for (const one of this.#waiting)
      if (this.#awakeMs - one.awake > HEARD_WITHIN_MS[one.sign])
        this.#fail(`nobody heard the ${one.sign} of ${one.home} at ${timeText(one.at)}`);
    this.#lookForStillWater();
    for (const one of this.#cases()) this.#lookForForgotten(one);
  }

  #isHeard({ home, sign, at }: Waiting): boolean {
    // A silence may hold back what is measured, and no call for help.
    if (sign === 'crisis' && this.#silences > 0) return true;
    const since = sign === 'crisis' ? at - 2 * MINUTE : at - ONE_CALL_MS;
    const cases = this.#cases(home);
    if (cases.some(({ id }) => this.#toldOf(id) >= since || this.#saysNobody(id, since))) return true;
    const rearm = sign === 'crisis' ? REARM_MS : 0;
    if (cases.some(({ resolvedAt = 0 }) => resolvedAt >= at - rearm)) return true;
    // One that goes on is what people were told of already.
    return (
      sign === 'crisis' &&
      cases.some(({ id, status }) => status === 'acknowledged' || (status === 'open' && this.#toldOf(id) > 0))
    );
  }

  /** When a person was last told of a case. */
  #toldOf(id: string): number {
    const told = this.#story.notices.findLast(
      (notice) => notice.case === id && notice.recipient.kind === 'staff',
    );
    return told?.createdAt ?? 0;
  }

  #saysNobody = (id: string, since: number): boolean =>
    this.#story.lines(id).some(({ at, text }) => at >= since && text.zh.includes('请立即人工处理'));

  #lookForStillWater(): void {
    const { now, core } = this.#story;
    const alerts = this.#story.rawAlerts();
    const found = (home: string, rules: RegExp, since: number): boolean =>
      alerts.some(
        ({ rule, subject, clearedAt = now }) =>
          rules.test(rule) && (subject === home || subject.includes('~')) && clearedAt > since,
      );
    for (const [home, since] of this.#still) {
      const gone = core.registry.home(home)?.away?.some(({ until }) => until > since) ?? false;
      if (gone || this.#mute.has(home) || this.#off.has('dry') || now - since < HEARD_WITHIN_MS.dry) continue;
      if (!found(home, /^(W0|W1|W1-x|M3-water)$/, since))
        this.#fail(`nobody missed the water of ${home} since ${timeText(since)}`);
    }
    for (const [home, since] of this.#mute)
      if (now - since >= SILENT_WITHIN_MS && !found(home, /^(M1|M3)$/, since))
        this.#fail(`nobody missed the meter of ${home} since ${timeText(since)}`);
  }

  #lookForForgotten({ id, kind, priority, status, ...done }: Case): void {
    const held = priority === 'P2' && this.#silences > 0;
    if (kind !== 'safety' || priority > 'P2' || held) return;
    const {
      openedAt,
      acknowledgedAt = 0,
      resolvedAt = 0,
      contactAt = 0,
      onSiteAt = 0,
      onTheWayAt = 0,
    } = done;
    const last = Math.max(
      openedAt,
      acknowledgedAt,
      resolvedAt,
      contactAt,
      onSiteAt,
      onTheWayAt,
      this.#wokeAt,
    );
    const since = Math.max(last, this.#toldOf(id));
    if (this.#story.now - since > FORGOTTEN_MS[status] && !this.#saysNobody(id, since))
      this.#fail(`${id} (${status}) is forgotten since ${timeText(since)}`);
  }

  #fail(what: string): never {
    const { now } = this.#story;
    throw new Error(
      [`${what}; now ${timeText(now)}`, ...this.#story.cases(), ...this.#story.alerts()].join('\n'),
    );
  }
}

const chosen = <T>(list: readonly T[], pick: number): T => list[pick % list.length] as T;

const oneOf = <T extends string>(list: readonly T[], what: string): what is T =>
  (list as readonly string[]).includes(what);

function changed(rule: (typeof productRules)[number], how: (typeof RULE_CHANGES)[number]): object[] {
  if (how === 'gone') return [];
  if (how === 'off') return [{ ...rule, enabled: false }];
  if (how === 'shadow') return [{ ...rule, mode: 'shadow' }];
  if (how === 'by-day') return [{ ...rule, hours: { from: '08:00', to: '20:00' } }];
  if (how === 'renamed') return [{ ...rule, id: `${rule.id}-x` }];
  if (how === 'longer' && rule.id === 'B2')
    return [{ ...rule, params: { ...rule.params, cancelWindowSeconds: 60 } }];
  return [rule];
}
