import { readFileSync } from 'node:fs';
import { test } from 'vitest';
import { parse } from 'yaml';
import { Core, type CoreOptions } from '../../src/app/core.ts';
import { Decoder } from '../../src/app/decode.ts';
import { step } from '../../src/app/pipeline.ts';
import { restarted } from '../../src/backtest/run.ts';
import { gatheringCase, type OpenCase } from '../../src/cases/case-book.ts';
import { Rosters } from '../../src/cases/duty/on-duty.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { assert as must } from '../../src/lib/result.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { CallBackResult, Case, CaseEntry, CaseStep, Outcome } from '../../src/model/case.ts';
import type { Command, CommandReply } from '../../src/model/command.ts';
import type { Effect, Input, Refusal, StepResult } from '../../src/model/effect.ts';
import { type Holidays, workCalendar } from '../../src/model/holidays.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { NotifyPolicy } from '../../src/model/notify-policy.ts';
import { notifyPolicySchema } from '../../src/model/notify-policy.ts';
import { type RegistryEntry, registryEntrySchema } from '../../src/model/registry.ts';
import { type DutyBook, rostersSchema } from '../../src/model/roster.ts';
import { type RuleSet, ruleSetSchema } from '../../src/model/rule-set.ts';
import { Registry } from '../../src/registry/registry.ts';
import { community, envelopes, kinds, models, policy, T0 } from '../core.ts';
import { restartsAfter, SLOW } from '../runs.ts';
import { HomeInStory } from './story-home.ts';

/**
 * A story about some homes, told in virtual time and played by the composed step alone: no clock, no disk, no network.
 * Every message goes in as the bytes that a device would publish. Days begin at midnight in Shanghai; the first is
 * day 1, so `'day 2 08:00'` is 32 hours after the beginning, and `'08:00'` is a time of day 1.
 */
export interface Setting {
  /** What there is in each home. Ids are `<home>-meter`, `<home>-band` and so on. */
  readonly homes: Readonly<Record<string, readonly Thing[]>>;
  /** Gateways, each with the homes whose meters speak through it. */
  readonly gateways?: Readonly<Record<string, readonly string[]>>;
  /** Rules as in config/rules.yaml; the product's own if absent. */
  readonly rules?: readonly unknown[];
  readonly overrides?: readonly unknown[];
  /** The product's own if absent. */
  readonly plans?: unknown;
  /** Further entries of the registry: staff, contacts. */
  readonly entries?: readonly unknown[];
  readonly notify?: unknown;
  /** As in config/rosters.yaml, and the holidays beside it. */
  readonly rosters?: unknown;
  readonly holidays?: Holidays;
  readonly channels?: readonly string[];
}

const MODELS = {
  meter: 'water-meter',
  band: 'wristband',
  cuff: 'blood-pressure-cuff',
  thermometer: 'thermometer',
} as const;
type Thing = keyof typeof MODELS;

const product = parse(readFileSync(new URL('../../config/rules.yaml', import.meta.url), 'utf8')) as RuleSet;
export const productRules = product.rules;

/**
 * Registers the story with the state stored and restored now and then. The slow suite has it twice: straight, and restarted
 * after every input.
 */
export function tell(name: string, setting: Setting, play: (story: Story) => void): void {
  if (SLOW) test(name, () => play(new Story(setting)));
  test(`${name} (restarted ${SLOW ? 'after every input' : 'now and then'})`, () =>
    play(new Story(setting, restartsAfter)));
}

/** A long story, for the slow suite alone. */
export function tellAtLength(name: string, setting: Setting, play: (story: Story) => void): void {
  if (SLOW) tell(name, setting, play);
}

export class Story {
  core: Core;
  readonly #options: Omit<CoreOptions, 'knownAt'>;
  readonly #restartsAfter: (steps: number) => boolean;
  #inputs = 0;
  readonly #decoder = new Decoder(models, envelopes);
  readonly #alerts = new Map<string, Alert>();
  readonly #cases = new Map<string, Case>();
  readonly #entries = new Map<string, CaseEntry[]>();
  readonly #notices = new Map<string, Notice>();
  readonly #staffTold = new Map<string, number>();
  readonly #homes = new Map<string, HomeInStory>();
  readonly #deadGateways = new Set<string>();
  #asleepSince: number | undefined;
  #watcher: ((input: Input, result: StepResult) => void) | undefined;
  #commands = 0;
  now = T0;
  /** Names of what was refused, in order. */
  readonly rejections: string[] = [];
  /** What was asked of devices. */
  readonly deviceCommands: string[] = [];

  /** @param restartsAfter whether the state is stored and restored after so many inputs; never if absent */
  constructor(setting: Setting, restartsAfter: (inputs: number) => boolean = () => false) {
    this.#restartsAfter = restartsAfter;
    const registry = Registry.from(entriesOf(setting));
    this.#options = {
      models,
      kinds,
      registry,
      ruleSet: ruleSetOf(
        setting.rules ?? productRules,
        setting.overrides,
        setting.plans ?? (setting.rules ? undefined : product.plans),
      ),
      policy:
        setting.notify === undefined ? policy : (notifyPolicySchema.parse(setting.notify) as NotifyPolicy),
      channels: new Set(setting.channels ?? ['terminal']),
      rosters: new Rosters(
        rostersSchema.parse(setting.rosters ?? { rosters: [] }),
        setting.holidays && workCalendar(setting.holidays),
      ),
    };
    this.core = new Core({ ...this.#options, knownAt: T0 });
    for (const [id, devices] of Object.entries(setting.homes)) {
      const gateway = Object.entries(setting.gateways ?? {}).find(([, homes]) => homes.includes(id))?.[0];
      this.#homes.set(id, new HomeInStory(this, id, devices.includes('meter'), gateway));
    }
    this.input({ kind: 'tick', receivedAt: T0, listeningSince: T0 });
  }

  home(id: string): HomeInStory {
    const home = this.#homes.get(id);
    if (!home) throw new Error(`no home ${id} in this story`);
    return home;
  }

  get everyHome(): HomeInStory[] {
    return [...this.#homes.values()];
  }

  /** Time passes; living meters report on each full hour. The instant itself is included. */
  until(when: string): this {
    const to = instant(when);
    for (let hour = Math.floor(this.now / HOUR + 1) * HOUR; hour <= to; hour += HOUR) {
      this.now = hour;
      for (const { meter } of this.#homes.values()) meter.hourly();
    }
    this.now = to;
    return this.tick();
  }

  after(ms: number): this {
    return this.until(timeText(this.now + ms));
  }

  /** Somebody looks at the clock. */
  tick(): this {
    if (this.#asleepSince === undefined) this.input({ kind: 'tick', receivedAt: this.now });
    return this;
  }

  /** A message as the broker hands it over. What arrives while the service is down is lost. */
  publish(device: string, payload: unknown): void {
    this.hear(`shouwang/${device}/telemetry`, payload);
  }

  /** The same under any topic, and by whom it was published. Gives back what was refused. */
  hear(topic: string, payload: unknown, client?: string): readonly Refusal[] {
    if (this.#asleepSince !== undefined) return [];
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const from = client === undefined ? {} : { client };
    const message = { receivedAt: this.now, topic, payload: Buffer.from(text), ...from };
    const refused: Refusal[] = [];
    this.#decoder.decode(this.core, message, ({ report, refusals }) => {
      refused.push(...refusals);
      if (report) this.input(report);
    });
    for (const { reason } of refused) this.rejections.push(reason);
    return refused;
  }

  gatewayDies(id: string): void {
    this.#deadGateways.add(id);
  }

  gatewayReturns(id: string): void {
    this.#deadGateways.delete(id);
  }

  reaches(gateway: string | undefined): boolean {
    return gateway === undefined || !this.#deadGateways.has(gateway);
  }

  /** The service itself is down from now on: it hears nothing and sees no time pass. */
  serviceStops(): void {
    this.#asleepSince = this.now;
  }

  serviceStarts(): void {
    const { now } = this;
    const absence = { from: this.#asleepSince ?? now, until: now };
    this.#asleepSince = undefined;
    this.restart();
    this.input({ kind: 'tick', receivedAt: now, listeningSince: now, absence });
  }

  restart(): void {
    const { registry } = this.core;
    this.core = restarted(this.core, { ...this.#options, registry });
  }

  command(command: Command, by = '周敏'): CommandReply {
    const id = `c${++this.#commands}`;
    const effects = this.input({ kind: 'command', receivedAt: this.now, id, by, command });
    const reply = effects.find((effect) => effect.type === 'reply');
    if (reply?.type !== 'reply') throw new Error('a command was not answered');
    return reply.reply;
  }

  acknowledge(id: string, by = '周敏'): string {
    return outcomeOf(this.command({ type: 'case.acknowledge', case: id }, by));
  }

  /** From whoever has it, knowingly. */
  takeOver(id: string, by: string): string {
    return outcomeOf(this.command({ type: 'case.acknowledge', case: id, takeOver: true }, by));
  }

  /** A command about rosters. */
  duty(command: Extract<Command, { type: `roster.${string}` }>, by = '周敏'): string {
    return outcomeOf(this.command(command, by));
  }

  get dutyBook(): DutyBook {
    return this.core.duty.book;
  }

  /** The person says that all is well. */
  confirm(id: string, by = '王秀英', well = true): string {
    return outcomeOf(this.command({ type: 'case.confirm', case: id, well, note: '' }, by));
  }

  /** The safety case of a home that its alerts go into. */
  safetyCase(home: string): OpenCase | undefined {
    const book = this.core.subject(home)?.book;
    return book && gatheringCase(book, 'safety');
  }

  openCase(home: string): string | undefined {
    return this.safetyCase(home)?.case.id;
  }

  note(id: string, text: string): string {
    return outcomeOf(this.command({ type: 'case.note', case: id, text }));
  }

  resolve(id: string, outcome: Outcome = 'true-need', contactMadeBy = '周敏', by = '周敏'): string {
    const contact = contactMadeBy === '' ? {} : { contact: 'seen' as const };
    const said = { outcome, note: '', contactMadeBy, ...contact };
    return outcomeOf(this.command({ type: 'case.resolve', case: id, ...said }, by));
  }

  /** Asks a member of staff to take it. */
  assign(id: string, staff: string, by: string, takeOver = false): string {
    const to = { kind: 'staff' as const, id: staff };
    return outcomeOf(this.command({ type: 'case.assign', case: id, to, takeOver, note: '' }, by));
  }

  /** `whom` is `resident` or the id of a contact. */
  step(id: string, step: CaseStep, whom?: string, by = '周敏'): string {
    const resident = { kind: 'resident' as const };
    const called =
      whom === undefined
        ? {}
        : { whom: whom === 'resident' ? resident : { kind: 'contact' as const, id: whom } };
    return outcomeOf(this.command({ type: 'case.step', case: id, step, note: '', ...called }, by));
  }

  callBack(
    id: string,
    result: CallBackResult,
    by: string,
    note = result === 'not-satisfied' ? '还在疼' : '',
  ): string {
    return outcomeOf(this.command({ type: 'case.call-back', case: id, result, note }, by));
  }

  register(
    put: readonly unknown[],
    remove: Extract<Command, { type: 'registry.apply' }>['remove'] = [],
  ): string {
    const entries = put.map((entry) => registryEntrySchema.parse(entry));
    return outcomeOf(this.command({ type: 'registry.apply', put: entries, remove }, 'system'));
  }

  replaceRules(rules: readonly unknown[], overrides: readonly unknown[] = []): string {
    const ruleSet = ruleSetOf(rules, overrides);
    return outcomeOf(this.command({ type: 'rules.replace', ruleSet }, 'system'));
  }

  /** `W1 raised day 2 07:00, recovered day 2 09:00`, in the order in which they were raised. */
  alerts(home?: string): string[] {
    return this.rawAlerts(home).map(alertText);
  }

  rawAlerts(subject?: string): Alert[] {
    return [...this.#alerts.values()].filter((alert) => subject === undefined || alert.subject === subject);
  }

  /** Rules of the alerts that are open now. */
  open(subject?: string): string[] {
    return this.rawAlerts(subject)
      .filter(({ clearedAt }) => clearedAt === undefined)
      .map(({ rule }) => rule);
  }

  case(id: string): Case {
    const found = this.#cases.get(id);
    if (!found) throw new Error(`no case ${id}; there are ${[...this.#cases.keys()].join(', ')}`);
    return found;
  }

  /** `h1.c1 safety P2 open: a1`. */
  cases(subject?: string): string[] {
    return this.rawCases(subject).map(({ id, kind, priority, status, alerts, subject: of }) => {
      const names = alerts.map((alert) => alert.slice(of.length + 1)).join(' ');
      return `${id} ${kind} ${priority} ${status}: ${names}`;
    });
  }

  rawCases(subject?: string): Case[] {
    return [...this.#cases.values()].filter((one) => subject === undefined || one.subject === subject);
  }

  timeLine(id: string): string[] {
    return (this.#entries.get(id) ?? []).map(({ type }) => type);
  }

  lines(id: string): readonly CaseEntry[] {
    return this.#entries.get(id) ?? [];
  }

  /** Of its time line; of this type, if one is named. */
  lastEntry(id: string, type?: CaseEntry['type']): CaseEntry | undefined {
    return this.#entries.get(id)?.findLast((entry) => type === undefined || entry.type === type);
  }

  /** Lines of time lines that say that nobody could be told. */
  get emptyCalls(): string[] {
    const lines = [...this.#entries.values()].flat();
    return lines.flatMap(({ text }) => (text.zh.includes('请立即人工处理') ? text.zh : []));
  }

  get notices(): Notice[] {
    return [...this.#notices.values()];
  }

  /** When a member of staff was last told of a case; 0: never. */
  staffTold(id: string): number {
    return this.#staffTold.get(id) ?? 0;
  }

  /** Somebody is told of each input, and of what it came to. */
  watches(watcher: (input: Input, result: StepResult) => void): void {
    this.#watcher = watcher;
  }

  /** Another service of the same make. */
  coreWith(options: Partial<CoreOptions> & Pick<CoreOptions, 'knownAt'>): Core {
    return new Core({ ...this.#options, ...options });
  }

  input(input: Input): readonly Effect[] {
    const result = step(this.core, input);
    this.#watcher?.(input, result);
    for (const { reason } of result.refusals) this.rejections.push(reason);
    for (const effect of result.effects) this.#keep(effect);
    if (this.#restartsAfter(++this.#inputs)) this.restart();
    return result.effects;
  }

  /** Keeps what a store would keep, and is stricter than one: versions count up by one and nothing comes twice. */
  #keep(effect: Effect): void {
    if (effect.type === 'alert') {
      const { alert, change } = effect;
      const before = this.#alerts.get(alert.id);
      must(alert.version === (before?.version ?? 0) + 1, `version ${alert.version} of ${alert.id}`);
      must((change === 'raised') === (before === undefined), `${alert.id} is raised once`);
      this.#alerts.set(alert.id, alert);
    } else if (effect.type === 'case') {
      const { case: one, entries } = effect;
      const before = this.#cases.get(one.id);
      must(one.version === (before?.version ?? 0) + 1, `version ${one.version} of ${one.id}`);
      const lines = [...(this.#entries.get(one.id) ?? []), ...entries];
      const counted = lines.every(({ n }, index) => n === index + 1);
      must(counted && one.entries === lines.length, `time line of ${one.id}`);
      this.#cases.set(one.id, one);
      this.#entries.set(one.id, lines);
    } else if (effect.type === 'notice') {
      must(!this.#notices.has(effect.notice.id), `${effect.notice.id} is queued once`);
      const { notice } = effect;
      this.#notices.set(notice.id, notice);
      if (notice.recipient.kind === 'staff') this.#staffTold.set(notice.case, notice.createdAt);
    } else if (effect.type === 'device-command') {
      this.deviceCommands.push(`${effect.device} ${JSON.stringify(effect.payload)}`);
    }
  }
}

/** `'08:00'`, `'08:00:30'` or `'day 2 08:00'` as an instant. */
export function instant(when: string): number {
  const match = /^(?:day (\d+) )?(\d\d):(\d\d)(?::(\d\d))?$/.exec(when);
  if (!match) throw new Error(`"${when}" is no time of a story`);
  const [, day = '1', hours = '0', minutes = '0', seconds = '0'] = match;
  return (
    T0 + (Number(day) - 1) * DAY + Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * 1000
  );
}

const two = (value: number): string => String(value).padStart(2, '0');

export function timeText(at: number): string {
  const ms = at - T0;
  const seconds = Math.floor(ms / 1000) % 60;
  const time = `${two(Math.floor(ms / HOUR) % 24)}:${two(Math.floor(ms / MINUTE) % 60)}`;
  return `day ${Math.floor(ms / DAY) + 1} ${time}${seconds === 0 ? '' : `:${two(seconds)}`}`;
}

function alertText({ rule, raisedAt, clearedAt, clearReason }: Alert): string {
  const end = clearedAt === undefined ? '' : `, ${clearReason} ${timeText(clearedAt)}`;
  return `${rule} raised ${timeText(raisedAt)}${end}`;
}

const outcomeOf = (reply: CommandReply): string => (reply.ok ? 'ok' : reply.failure.code);

/** The last set that was put together: most stories begin with that of the one before, and a core compiles it once. */
let last: { readonly from: readonly unknown[]; readonly set: RuleSet } | undefined;
const NO_OVERRIDES: readonly unknown[] = [];
const NO_PLANS = {};

function ruleSetOf(
  rules: readonly unknown[],
  overrides: readonly unknown[] = NO_OVERRIDES,
  plans: unknown = NO_PLANS,
): RuleSet {
  const from = [rules, overrides, plans];
  if (!last?.from.every((each, at) => each === from[at]))
    last = { from, set: ruleSetSchema.parse({ version: 'story', rules, plans, overrides }) };
  return last.set;
}

function entriesOf({ homes, gateways = {}, entries = [] }: Setting): RegistryEntry[] {
  const devices = (id: string, things: readonly Thing[]) =>
    things.map((thing) => {
      const gateway = Object.entries(gateways).find(([, behind]) => behind.includes(id))?.[0];
      const behind = thing === 'meter' && gateway ? { gateway } : {};
      return { id: `${id}-${thing}`, model: MODELS[thing], ...behind };
    });
  const placed = Object.fromEntries(Object.entries(homes).map(([id, kinds]) => [id, devices(id, kinds)]));
  return [
    ...community(placed, Object.keys(gateways)),
    ...entries.map((entry) => registryEntrySchema.parse(entry)),
  ];
}
