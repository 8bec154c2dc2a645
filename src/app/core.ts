import { Duty, Rosters } from '../cases/duty/on-duty.ts';
import type { DeviceModels } from '../devices/match.ts';
import { DueQueue } from '../lib/due-queue.ts';
import { IdTable } from '../lib/id-table.ts';
import { assert } from '../lib/result.ts';
import type { Absence } from '../model/effect.ts';
import { LeftHomes } from '../model/left-home.ts';
import type { NotifyPolicy } from '../model/notify-policy.ts';
import { areaId } from '../model/paths.ts';
import type { RuleSet } from '../model/rule-set.ts';
import { SERVICE_SUBJECT } from '../model/service-finding.ts';
import { withClass } from '../model/visit.ts';
import { areaOfHome } from '../registry/area-of-home.ts';
import { groupSizes } from '../registry/group-sizes.ts';
import type { Registry } from '../registry/registry.ts';
import { type CompiledRules, type RetiredRule, type RuleKinds, soundRules } from '../rules/compile.ts';
import { RuleEngine } from '../rules/engine.ts';
import type { CallWithoutRule } from './call-without-rule.ts';
import { heardOff } from './heard-off.ts';
import { lookAtDue } from './look-ahead.ts';
import { dueWhilePutOff, ladderOf, MOVED_ON_MS, ownDueOf, PutOffs } from './put-off.ts';
import { type AreaHomes, type AreaUnit, RuntimeArea, RuntimeDevice, RuntimeGateway } from './runtime.ts';
import { type Numbering, Subject } from './subject.ts';

export interface CoreOptions {
  readonly models: DeviceModels;
  readonly kinds: RuleKinds;
  readonly registry: Registry;
  /** Of all that is watched over, where `registry` is a part of it that is judged by itself. */
  readonly whole?: Registry;
  readonly ruleSet: RuleSet;
  /** Rules of earlier sets that open alerts still stand under. */
  readonly retiredRules?: readonly RetiredRule[];
  readonly policy: NotifyPolicy;
  /** Of config/rosters.yaml; absent: there are none. */
  readonly rosters?: Rosters;
  /** Names of the channels that are configured. */
  readonly channels: ReadonlySet<string>;
  /** When the registry became known, in epoch milliseconds: nobody is silent before that. */
  readonly knownAt: number;
  /** Since when visits count that the class of a home asks for; `knownAt` if absent. */
  readonly visitsSince?: number;
  /** Stored states follow (recoverCore): until then no due-date is filed. */
  readonly unfiled?: boolean;
  /** Rules are judged by themselves: of a call that they leave out nobody is to be told. */
  readonly rulesAlone?: boolean;
  /** Where devices were that left the registry. */
  readonly leftHomes?: LeftHomes;
  /** A rule that fails begins anew in that home. Whoever tries rules wants to see the defect. */
  readonly containsFaults?: boolean;
}

/**
 * The whole state of the reducer. `step` (pipeline.ts) changes it in place and is its only writer: to the outside it is
 * `(state, input) → { state, effects }`, without copying 100,000 homes for each reading.
 */
export class Core implements AreaHomes {
  readonly models: DeviceModels;
  readonly kinds: RuleKinds;
  readonly registry: Registry;
  readonly engine: RuleEngine;
  readonly subjects = new Map<string, Subject>();
  /** Subjects that are no home: gateways, the areas in which homes stand together, and the service itself. */
  readonly groups = new Map<string, Subject>();
  /** What is wrong with the watching itself is about this one. */
  readonly service: Subject;
  readonly devices = new IdTable<RuntimeDevice>();
  readonly due = new DueQueue<Subject>(lookAtDue);
  /** What does not move on though it fires. */
  readonly putOffs = new PutOffs();
  /** Where the numbering of homes and gateways ended that left the registry: an id that comes back goes on from there. */
  readonly retired = new Map<string, Numbering>();
  /** Subjects that changed since they were stored, each once: what the next checkpoint has to store. */
  changed: Subject[] = [];
  ruleSet: RuleSet;
  /** Rules that left the set while alerts of theirs were open. */
  retiredRules: readonly RetiredRule[];
  policy: NotifyPolicy;
  channels: ReadonlySet<string>;
  /** Who is on duty when. What people changed about it stands in the state of the service. */
  readonly duty: Duty;
  /** The latest instant that any input carried. */
  now = 0;
  /** More was due than one step takes: `now` is ahead of what has fired. */
  behind = false;
  /** What `now` was when that began: nothing that is left fires as of an earlier instant. */
  behindSince = 0;
  /** When the service was last away: what was due of cases before its end is done as of its end. */
  absence: Absence | undefined;
  /** Meanwhile: whom each can concern, as far as somebody asked. See advance.ts. */
  readonly neighbours = new Map<Subject, readonly Subject[]>();
  /** Calls for help that no rule tells anybody of, until one does: one of a device and kind, oldest first. */
  readonly callsWithoutRule: CallWithoutRule[] = [];
  /** Number of the last input. */
  seq = 0;
  /** While the journal is read after a start. */
  recovering = false;
  /** Stored states have not come yet: nothing is filed. */
  unfiled: boolean;
  readonly rulesAlone: boolean;
  readonly leftHomes: LeftHomes;
  readonly #unitsByArea = new Map<string, readonly AreaUnit[]>();
  /** Of all that is watched over, where this is a part of it. */
  readonly #whole: Registry;
  #groupSizes: readonly number[] | undefined;
  #askedId = '';
  #asked: RuntimeDevice | undefined;
  /** Devices that were looked up ahead, in the order in which they will be asked for. */
  #expected: readonly (RuntimeDevice | undefined)[] = NOBODY;
  /** Their ids, from the place `#expectedFrom` on; undefined: the devices know them. */
  #expectedIds: readonly string[] | undefined;
  #expectedFrom = 0;
  /** Which of them was asked for last. */
  #expectedPlace = -1;

  /** @throws if the rule set does not compile: it was checked when it was loaded. */
  constructor(options: CoreOptions) {
    this.models = options.models;
    this.kinds = options.kinds;
    this.registry = options.registry;
    this.#whole = options.whole ?? options.registry;
    this.ruleSet = options.ruleSet;
    this.policy = options.policy;
    this.channels = options.channels;
    this.retiredRules = options.retiredRules ?? [];
    const rules = soundRules(options.ruleSet, options.kinds, this.retiredRules);
    this.engine = new RuleEngine(rules, options.containsFaults);
    this.unfiled = options.unfiled ?? false;
    this.rulesAlone = options.rulesAlone ?? false;
    this.leftHomes = options.leftHomes ?? new LeftHomes();
    this.service = new Subject(SERVICE_SUBJECT, this.registry, 'service');
    this.groups.set(SERVICE_SUBJECT, this.service);
    this.duty = new Duty(options.rosters ?? new Rosters(), () => this.service.duty);
    for (const gateway of this.registry.gateways()) this.syncGateway(gateway.id, options.knownAt);
    const { knownAt, visitsSince = knownAt } = options;
    for (const home of this.registry.homes()) this.syncHome(home.id, knownAt, visitsSince);
  }

  get rules(): CompiledRules {
    return this.engine.rules;
  }

  subject(id: string): Subject | undefined {
    return this.subjects.get(id) ?? this.groups.get(id);
  }

  /** Makes the running home agree with the registry. Devices that stay keep what they said; others start afresh. */
  syncHome(id: string, now: number, visitsSince = now): void {
    this.#asked = undefined;
    this.#expected = NOBODY;
    this.#unitsByArea.clear();
    this.#groupSizes = undefined;
    let subject = this.subjects.get(id);
    if (!this.registry.home(id)) {
      for (const device of subject?.devices ?? []) this.devices.delete(device.id);
      if (subject) this.#retire(subject);
      this.subjects.delete(id);
      if (subject?.areaSubject) this.#leaveArea(subject.areaSubject);
      return;
    }
    if (!subject) {
      subject = this.#enter(new Subject(id, this.registry));
      this.subjects.set(id, subject);
    }
    if (subject.asleep) subject.wake();
    subject.areaSubject = this.#areaOf(id, now);
    const { away = NEVER, visitClass } = this.registry.home(id) ?? {};
    subject.away = away;
    subject.visits = withClass(subject.visits, visitClass, visitsSince);
    const before = subject.devices;
    const devices: RuntimeDevice[] = [];
    for (const entry of this.registry.devices(id)) {
      const definition = this.models.get(entry.model);
      if (!definition || entry.disabled) continue;
      const same = before.find((device) => device.id === entry.id && device.definition === definition);
      if (same) same.update(entry);
      const { enrolledAt, homeSince = enrolledAt } = entry;
      const knownAt = Math.max(now, enrolledAt, homeSince);
      const device = same ?? new RuntimeDevice(entry, definition, subject, knownAt);
      device.gatewaySubject = entry.gateway === undefined ? undefined : this.groups.get(entry.gateway);
      this.devices.set(entry.id, device);
      devices.push(device);
    }
    subject.heardOff = heardOff(this.registry.devices(id), before, subject.heardOff);
    // Cut to length: a list that grew by itself has room for seventeen.
    subject.devices = devices.slice();
    subject.unwatchedSince = devices.length > 0 ? undefined : (subject.unwatchedSince ?? now);
    subject.meters = devices.filter(({ metrics }) => metrics.includes('water_index_m3')).length;
    for (const device of before) {
      if (this.devices.get(device.id) === device && !subject.devices.includes(device))
        this.devices.delete(device.id);
    }
    this.file(subject);
  }

  /** The homes of an area, looked up once for as long as no home changes. */
  unitsIn(path: string): readonly AreaUnit[] {
    let units = this.#unitsByArea.get(path);
    if (!units) {
      units = this.#unitsUnder(path);
      this.#unitsByArea.set(path, units);
    }
    return units;
  }

  groupsOf(homes: number): number {
    this.#groupSizes ??= groupSizes(this.#whole);
    const first = this.#groupSizes.findIndex((size) => size >= homes);
    return first < 0 ? 0 : this.#groupSizes.length - first;
  }

  /** The area of a home: the building above it, or the node that it stands in. */
  #areaOf(home: string, now: number): Subject | undefined {
    const path = areaOfHome(this.registry, home);
    const id = areaId(path);
    const before = this.subjects.get(home)?.areaSubject;
    if (before?.id === id) return before;
    let subject = this.groups.get(id);
    if (!subject) {
      subject = this.#enter(new Subject(id, this.registry, new RuntimeArea(path, now, this)));
      this.groups.set(id, subject);
      this.file(subject);
    }
    if (before) this.#leaveArea(before);
    return subject;
  }

  /** An area lives as long as a home stands in it, or a case about it is open. */
  #leaveArea(area: Subject): void {
    const { path } = area.area as RuntimeArea;
    if (area.hasOpenCase || !this.registry.homesUnder(path).next().done) return;
    this.#retire(area);
    this.groups.delete(area.id);
  }

  nameOf(path: string): string {
    return this.registry.node(path)?.name ?? path;
  }

  #unitsUnder(path: string): AreaUnit[] {
    const units = new Map<string, Subject[]>();
    for (const id of this.registry.homesUnder(path)) {
      const subject = this.subjects.get(id);
      if (!subject) continue;
      const unit = this.registry.home(id)?.parent ?? path;
      const homes = units.get(unit);
      if (homes) homes.push(subject);
      else units.set(unit, [subject]);
    }
    // A list that grew has room for half as much again.
    return Array.from(units, ([unit, homes]) => ({ unit, homes: homes.slice() }));
  }

  /** Makes the running gateway agree with the registry: which devices are behind it, and how often they speak. */
  syncGateway(id: string, now: number): void {
    const entry = this.registry.gateway(id);
    if (!entry) {
      const leaving = this.groups.get(id);
      if (leaving) this.#retire(leaving);
      this.groups.delete(id);
      return;
    }
    let subject = this.groups.get(id);
    if (!subject) {
      const gateway = new RuntimeGateway(id, Math.max(now, entry.enrolledAt));
      subject = this.#enter(new Subject(id, this.registry, gateway));
      this.groups.set(id, subject);
    }
    const gateway = subject.gateway;
    assert(gateway, 'a gateway has its runtime part');
    gateway.devices = 0;
    gateway.intervalMs = undefined;
    for (const deviceId of this.registry.behind(id)) {
      const device = this.registry.device(deviceId);
      const definition = device && this.models.get(device.model);
      if (!definition) continue;
      const interval = device.expectedIntervalMs ?? definition.expectedIntervalMs;
      gateway.devices++;
      gateway.intervalMs = Math.min(gateway.intervalMs ?? interval, interval);
    }
    this.file(subject);
  }

  /** An alert under a number that was given before would not be stored: nobody would ever hear of it. */
  #retire(subject: Subject): void {
    const { id, nextAlert, book } = subject;
    this.retired.set(id, { nextAlert, nextCase: book?.nextCase ?? 1 });
    // What the heap still holds of it is not due any more.
    subject.filedDue = Number.POSITIVE_INFINITY;
  }

  #enter(subject: Subject): Subject {
    const before = this.retired.get(subject.id);
    if (!before) return subject;
    this.retired.delete(subject.id);
    subject.nextAlert = before.nextAlert;
    subject.caseBook.nextCase = before.nextCase;
    return subject;
  }

  /** Reads every state that is not read yet. */
  wakeAll(): void {
    for (const subject of this.subjects.values()) if (subject.asleep) subject.wake();
  }

  /**
   * The device of this id. Most questions are about the one that was just asked for (decoding, then taking its report), or
   * about the next one that is expected. Of these the place is noted, and not the device: that would be a look at the memory
   * that it lies in.
   */
  deviceOf(id: string): RuntimeDevice | undefined {
    const place = this.#expectedPlace;
    for (let at = place + 1; at >= place; at--) {
      if (this.#idExpectedAt(at) !== id) continue;
      this.#expectedPlace = at;
      return this.#expected[at];
    }
    if (this.#asked !== undefined && this.#askedId === id) return this.#asked;
    this.#askedId = id;
    this.#asked = this.devices.get(id);
    return this.#asked;
  }

  #idExpectedAt(place: number): string | undefined {
    if (place < 0 || place >= this.#expected.length) return undefined;
    return this.#expectedIds ? this.#expectedIds[this.#expectedFrom + place] : this.#expected[place]?.id;
  }

  /** This device is the next that is asked for: whoever knows it spares looking it up. */
  expectDevice(device: RuntimeDevice): void {
    this.#askedId = device.id;
    this.#asked = device;
  }

  /** Looks devices up ahead, which will be asked for in this order: `count` of them from the place `from` on. */
  expect(ids: readonly string[], from: number, count: number): readonly (RuntimeDevice | undefined)[] {
    this.#expected = this.devices.getEach(ids, from, count);
    this.#expectedIds = ids;
    this.#expectedFrom = from;
    this.#expectedPlace = -1;
    return this.#expected;
  }

  /** The same where whoever asks knows the devices already. */
  expectDevices(devices: readonly RuntimeDevice[]): void {
    this.#expected = devices;
    this.#expectedIds = undefined;
    this.#expectedPlace = -1;
  }

  markChanged(subject: Subject): void {
    if (subject.dirty) return;
    subject.dirty = true;
    this.changed.push(subject);
  }

  /** Files the next due-date of a subject. Entries that were filed earlier and are not due any more are ignored later. */
  file(subject: Subject): void {
    if (this.unfiled) return;
    const next = this.dueOf(subject);
    if (next === subject.filedDue) return;
    subject.filedDue = next;
    if (next !== Number.POSITIVE_INFINITY) this.due.push(next, subject);
  }

  /** Files a subject under its due-date of now: it was put off since its entry was made, which has been taken out. */
  fileAnew(subject: Subject, due: number): void {
    subject.filedDue = Number.POSITIVE_INFINITY;
    this.fileNoLaterThan(subject, due);
  }

  /** The next thing that the rules or its open cases have to do. */
  dueOf(subject: Subject): number {
    const own = ownDueOf(this, subject);
    const ladder = ladderOf(subject);
    const next = Math.min(own, ladder);
    if (next >= this.now + MOVED_ON_MS || !subject.putOff) return next;
    return dueWhilePutOff(subject.putOff, own, ladder);
  }

  /** Files a subject whose timers must not fire before `instant`: in a replay, it is ahead of the inputs that are read. */
  fileNotBefore(subject: Subject, instant: number): void {
    const next = Math.max(this.dueOf(subject), instant);
    subject.filedDue = next;
    if (next !== Number.POSITIVE_INFINITY) this.due.push(next, subject);
  }

  /** A handler set a timer: it may be earlier than what is filed. */
  fileNoLaterThan(subject: Subject, instant: number): void {
    if (instant === Number.POSITIVE_INFINITY || instant >= subject.filedDue) return;
    subject.filedDue = instant;
    this.due.push(instant, subject);
  }
}

const NOBODY: readonly RuntimeDevice[] = [];
const NEVER: Subject['away'] = [];
