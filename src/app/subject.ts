import type { CaseBook } from '../cases/case-book.ts';
import { emptyBook } from '../cases/case-book.ts';
import { restoredBook, type StoredBook } from '../cases/restored-book.ts';
import { type CallTestBook, NO_CALL_TESTS } from '../model/call-test.ts';
import type { StoredDeviceState } from '../model/device-state.ts';
import type { AwayPeriod } from '../model/registry.ts';
import { type DutyBook, EMPTY_DUTY_BOOK } from '../model/roster.ts';
import { servicePath } from '../model/service-finding.ts';
import type { Silence } from '../model/silence.ts';
import { type VisitBook, withClass } from '../model/visit.ts';
import type { SubjectRow } from '../ports/records.ts';
import type { Registry } from '../registry/registry.ts';
import type { CompiledRules } from '../rules/compile.ts';
import type { AreaOutages, AreaSilence } from '../rules/define.ts';
import type { Faults } from '../rules/faults.ts';
import { NO_SLOTS, type RuleSubject, type Slots } from '../rules/instance.ts';
import { type ZoneAsOf, zoneAsOf } from './home-zone.ts';
import type { PutOff } from './put-off.ts';
import { RuntimeArea, type RuntimeDevice, RuntimeGateway } from './runtime.ts';
import type { SubjectFindings } from './service-finding.ts';
import { type StoredInstances, slotsIn, slotsOut } from './stored-instances.ts';

const NEVER_AWAY: readonly AwayPeriod[] = [];
const NO_FINDINGS: SubjectFindings = {};
const NO_SILENCES: readonly Silence[] = [];

/** Under which rules states are read that were stored before; `recovering`: the journal after them is not read yet. */
export interface Waker {
  readonly rules: CompiledRules;
  readonly engine: { readonly faults: Faults };
  readonly now: number;
  readonly recovering: boolean;
}

/** The state of a home as it was stored, read when it is asked for, and under which rules it will be read. */
interface Sleep {
  readonly row: Pick<SubjectRow, 'state'>;
  readonly waker: Waker;
}

const storedIn = ({ row }: Sleep): string => row.state ?? '';

/** What few subjects have: together, so that the many homes that have none of it hold one empty place and not eight. */
interface Seldom {
  frozen: boolean;
  away: readonly AwayPeriod[];
  findings: SubjectFindings | undefined;
  duty: DutyBook | undefined;
  silences: readonly Silence[] | undefined;
  orphans: StoredInstances | undefined;
  unwatchedSince: number | undefined;
  visits: VisitBook | undefined;
  heardOff: HeardOff | undefined;
  callTests: CallTestBook | undefined;
  putOff: PutOff | undefined;
}
/** When devices that are switched off were heard last, by their ids. */
export type HeardOff = Readonly<Record<string, number>>;
const NOTHING_SELDOM: Seldom = {
  frozen: false,
  away: NEVER_AWAY,
  findings: undefined,
  duty: undefined,
  silences: undefined,
  orphans: undefined,
  unwatchedSince: undefined,
  visits: undefined,
  heardOff: undefined,
  callTests: undefined,
  putOff: undefined,
};

/**
 * A home, or a gateway: the unit in which state is held, stored and replayed. After a restart it sleeps: its state is
 * where it was stored, until something of it is asked for.
 */
export class Subject implements RuleSubject {
  // What every report asks for comes first, so that it lies together in memory.
  /** The input that its stored state stands for. */
  savedSeq = 0;
  /** Changed since it was stored. */
  dirty = false;
  /** How many of its devices count water. */
  meters = 0;
  #sleep: Sleep | undefined;
  #slots: Slots = NO_SLOTS;
  #seldom: Seldom | undefined;
  #book: CaseBook | undefined;
  devices: RuntimeDevice[] = [];
  /** What it is, if it is no home. */
  readonly #group: RuntimeGateway | RuntimeArea | 'service' | undefined;
  readonly id: string;
  /** The area that a home stands in. */
  areaSubject: Subject | undefined;
  readonly #registry: Registry;
  /** For when it stands in the heap of due-dates. */
  filedDue = Number.POSITIVE_INFINITY;
  #nextAlert = 1;
  /** As it was asked for last: rules ask at every other reading. */
  #zone: ZoneAsOf | undefined;

  constructor(id: string, registry: Registry, group?: RuntimeGateway | RuntimeArea | 'service') {
    this.id = id;
    this.#group = group;
    this.#registry = registry;
  }

  /** Its id; empty for a gateway, an area and the service itself. */
  get home(): string {
    return this.#group === undefined ? this.id : '';
  }
  get gateway(): RuntimeGateway | undefined {
    return this.#group instanceof RuntimeGateway ? this.#group : undefined;
  }
  get area(): RuntimeArea | undefined {
    return this.#group instanceof RuntimeArea ? this.#group : undefined;
  }
  get asleep(): boolean {
    return this.#sleep !== undefined;
  }
  /** Whether it may have open findings; only one that sleeps has to be believed without looking. */
  get mayHaveFindings(): boolean {
    return this.#sleep === undefined || storedIn(this.#sleep).includes('"o":{');
  }
  /** Whether a case of it may have been kept still; only one that sleeps has to be believed without looking. */
  get mayBeSilenced(): boolean {
    return this.#sleep === undefined || storedIn(this.#sleep).includes('"silenced":{');
  }
  /** Takes its stored state, to be read when it is asked for. */
  sleep(row: Pick<SubjectRow, 'state'>, waker: Waker): void {
    this.#sleep = { row, waker };
  }
  /** Reads what was stored. */
  wake(): void {
    if (this.#sleep === undefined) return;
    const { waker } = this.#sleep;
    const stored = storedIn(this.#sleep);
    this.#sleep = undefined;
    restoreSubject(this, stored, waker.rules);
    waker.engine.faults.look(this, waker.rules, waker.now);
    // What was kept aside belonged to rules that are not in force any more, and whose alerts were closed then.
    if (!waker.recovering) this.orphans = undefined;
  }

  get slots(): Slots {
    if (this.#sleep !== undefined) this.wake();
    return this.#slots;
  }
  set slots(slots: Slots) {
    this.#slots = slots;
  }
  get frozen(): boolean {
    if (this.#sleep !== undefined) this.wake();
    return this.#seldom?.frozen ?? false;
  }
  set frozen(frozen: boolean) {
    if (this.#seldom || frozen) Subject.#some(this).frozen = frozen;
  }
  get nextAlert(): number {
    if (this.#sleep !== undefined) this.wake();
    return this.#nextAlert;
  }
  set nextAlert(next: number) {
    this.#nextAlert = next;
  }
  get book(): CaseBook | undefined {
    if (this.#sleep !== undefined) this.wake();
    return this.#book;
  }
  set book(book: CaseBook | undefined) {
    this.#book = book;
  }
  /** What is wrong with the watching itself, which strangers call at a gateway, and which calls of a home were not taken. */
  get findings(): SubjectFindings {
    if (this.#sleep !== undefined) this.wake();
    return this.#seldom?.findings ?? NO_FINDINGS;
  }
  set findings(findings: SubjectFindings) {
    if (this.#seldom || findings !== NO_FINDINGS) Subject.#some(this).findings = findings;
  }
  /** What people changed about the rosters; only of the subject that stands for the service. */
  get duty(): DutyBook {
    return this.#seldom?.duty ?? EMPTY_DUTY_BOOK;
  }
  set duty(duty: DutyBook) {
    if (this.#seldom || duty !== EMPTY_DUTY_BOOK) Subject.#some(this).duty = duty;
  }
  /** What people wish not to hear of; only of that subject too. */
  get silences(): readonly Silence[] {
    return this.#seldom?.silences ?? NO_SILENCES;
  }
  set silences(silences: readonly Silence[]) {
    if (this.#seldom || silences !== NO_SILENCES) Subject.#some(this).silences = silences;
  }
  /** Periods in which nobody is expected at home, as the registry has them. */
  get away(): readonly AwayPeriod[] {
    return this.#seldom?.away ?? NEVER_AWAY;
  }
  set away(away: readonly AwayPeriod[]) {
    if (this.#seldom || away.length > 0) Subject.#some(this).away = away;
  }
  /** Since when no device hangs in the home, by our clock; undefined where one does, and for gateways and areas. */
  get unwatchedSince(): number | undefined {
    return this.#seldom?.unwatchedSince;
  }
  set unwatchedSince(since: number | undefined) {
    if (this.#seldom || since !== undefined) Subject.#some(this).unwatchedSince = since;
  }
  /** When somebody was last met here, and since when that matters; undefined for homes that nobody wants visited. */
  get visits(): VisitBook | undefined {
    if (this.#sleep !== undefined) this.wake();
    return this.#seldom?.visits;
  }
  set visits(visits: VisitBook | undefined) {
    if (this.#seldom || visits) Subject.#some(this).visits = visits;
  }
  /** That a device was heard stands beside what it said, also when it is switched off since. */
  get heardOff(): HeardOff | undefined {
    if (this.#sleep !== undefined) this.wake();
    return this.#seldom?.heardOff;
  }
  set heardOff(heard: HeardOff | undefined) {
    if (this.#seldom || heard) Subject.#some(this).heardOff = heard;
  }
  /** Tests of the calls of its devices, and when one of them called; of the service itself, which homes have tests. */
  get callTests(): CallTestBook {
    if (this.#sleep !== undefined) this.wake();
    return this.#seldom?.callTests ?? NO_CALL_TESTS;
  }
  set callTests(book: CallTestBook) {
    if (this.#seldom || book !== NO_CALL_TESTS) Subject.#some(this).callTests = book;
  }
  /** What is due of it stays so, though it has fired, and waits. */
  get putOff(): PutOff | undefined {
    if (this.#sleep !== undefined) this.wake();
    return this.#seldom?.putOff;
  }
  set putOff(putOff: PutOff | undefined) {
    if (this.#seldom || putOff) Subject.#some(this).putOff = putOff;
  }
  /** Instances of rules that the present set does not know (yet): see restoreSubject. */
  get orphans(): StoredInstances | undefined {
    return this.#seldom?.orphans;
  }
  set orphans(orphans: StoredInstances | undefined) {
    if (this.#seldom || orphans) Subject.#some(this).orphans = orphans;
  }
  /** Static, for private accessors put a mark of their own into each object. */
  static #some(subject: Subject): Seldom {
    subject.#seldom ??= { ...NOTHING_SELDOM };
    return subject.#seldom;
  }
  /** The key of the queue of due-dates. */
  get key(): string {
    return this.id;
  }
  get path(): string {
    if (this.area) return this.area.path;
    if (this.#group === 'service') return servicePath(this.#registry.nodes());
    return (this.gateway ? this.#registry.gatewayPath(this.id) : this.#registry.homePath(this.id)) ?? '';
  }
  get timeZone(): string {
    if (this.#zone?.revision !== this.#registry.revision) this.#zone = zoneAsOf(this.#registry, this.path);
    return this.#zone.timeZone;
  }
  get caseBook(): CaseBook {
    this.book ??= emptyBook();
    return this.book;
  }
  get hasOpenCase(): boolean {
    return (this.book?.cases.length ?? 0) > 0;
  }
}

interface StoredSubject {
  readonly v: 1;
  readonly n: number;
  readonly r?: StoredInstances;
  readonly b?: StoredBook;
  readonly d: readonly { readonly state: StoredDeviceState; readonly r?: StoredInstances }[];
  readonly g?: Pick<RuntimeGateway, 'heardAt' | 'knownAt' | 'silent'> & {
    readonly backAt?: number;
    readonly gapFrom?: number;
  };
  readonly u?: number;
  readonly a?: { readonly knownAt: number; readonly silent?: AreaSilence; readonly outages?: AreaOutages };
  readonly f?: SubjectFindings;
  readonly w?: DutyBook;
  readonly q?: readonly Silence[];
  readonly k?: VisitBook;
  readonly h?: HeardOff;
  readonly t?: CallTestBook;
  readonly p?: PutOff;
}

/** Where the numbers of a home or gateway go on: they are never given twice. */
export interface Numbering {
  readonly nextAlert: number;
  readonly nextCase: number;
}

/** What stays of a subject that left the registry, in the form of a stored subject. */
export function storeNumbering({ nextAlert, nextCase }: Numbering): string {
  const stored: StoredSubject = { v: 1, n: nextAlert, b: { ...emptyBook(), nextCase }, d: [] };
  return JSON.stringify(stored);
}

/** The numbering within a stored subject, whether or not it was one that had left. */
export function restoreNumbering(json: string): Numbering {
  const { n, b } = JSON.parse(json) as StoredSubject;
  return { nextAlert: n, nextCase: b?.nextCase ?? 1 };
}

/** For a subject that waits for nothing. */
const NEVER_DUE = Number.MAX_SAFE_INTEGER;

/** A subject as it is stored. Its due-date may be earlier than the true one, never later: it is looked at again then. */
export function subjectRow(subject: Subject, seq: number, rules: CompiledRules): SubjectRow {
  const due = Math.floor(Math.min(subject.filedDue, NEVER_DUE));
  return { subject: subject.id, seq, state: storeSubject(subject, rules), due };
}

/** The state of a subject as JSON. Instances stand under id and kind of their rule, so that another order changes nothing. */
export function storeSubject(subject: Subject, rules: CompiledRules): string {
  const { gateway, area } = subject;
  const stored: StoredSubject = {
    v: 1,
    n: subject.nextAlert,
    ...slotsOut(subject.slots, rules),
    ...(subject.book ? { b: subject.book } : {}),
    d: subject.devices.map((device) => ({
      state: device.state.toJSON(),
      ...slotsOut(device.slots, rules),
    })),
    ...(subject.unwatchedSince === undefined ? {} : { u: subject.unwatchedSince }),
    ...(area ? { a: storedArea(area) } : {}),
    ...(gateway ? { g: storedGateway(gateway) } : {}),
    ...(subject.findings === NO_FINDINGS ? {} : { f: subject.findings }),
    ...(subject.duty === EMPTY_DUTY_BOOK ? {} : { w: subject.duty }),
    ...(subject.silences.length === 0 ? {} : { q: subject.silences }),
    ...(subject.visits ? { k: subject.visits } : {}),
    ...(subject.heardOff ? { h: subject.heardOff } : {}),
    ...(subject.callTests === NO_CALL_TESTS ? {} : { t: subject.callTests }),
    ...(subject.putOff ? { p: subject.putOff } : {}),
  };
  return JSON.stringify(stored);
}

const storedArea = ({ knownAt, silent, outages }: RuntimeArea): NonNullable<StoredSubject['a']> => ({
  knownAt,
  ...(silent ? { silent } : {}),
  ...(Object.keys(outages).length > 0 ? { outages } : {}),
});

const storedGateway = ({
  heardAt,
  knownAt,
  silent,
  backAt,
  gapFrom,
}: RuntimeGateway): NonNullable<StoredSubject['g']> => ({
  heardAt,
  knownAt,
  silent,
  ...(backAt > 0 ? { backAt, gapFrom } : {}),
});

/**
 * Fills a subject that the registry has made with its stored state. A device that is not in the registry any more
 * loses its state. Instances of rules that the present set does not have are kept aside: the set that stored them may
 * come into force later in the replay.
 */
export function restoreSubject(subject: Subject, json: string, rules: CompiledRules): void {
  const stored = JSON.parse(json) as StoredSubject;
  subject.nextAlert = stored.n;
  subject.book = stored.b && restoredBook(stored.b);
  subject.slots = slotsIn(stored.r, rules, subject, '');
  for (const { state, r } of stored.d) {
    const device = subject.devices.find(({ id }) => id === state.id);
    if (!device) continue;
    device.restore(state);
    device.slots = slotsIn(r, rules, subject, state.id);
  }
  if (subject.gateway && stored.g) Object.assign(subject.gateway, stored.g);
  // Whether a device hangs there now, the registry knows; since when none does, only the state.
  if (subject.unwatchedSince !== undefined) subject.unwatchedSince = stored.u ?? subject.unwatchedSince;
  if (subject.area && stored.a) Object.assign(subject.area, stored.a);
  subject.findings = stored.f ?? NO_FINDINGS;
  subject.duty = stored.w ?? EMPTY_DUTY_BOOK;
  subject.silences = stored.q ?? NO_SILENCES;
  if (stored.h) subject.heardOff = stored.h;
  subject.callTests = stored.t ?? NO_CALL_TESTS;
  subject.putOff = stored.p;
  // Of its class the registry knows better; since when it has one, only the state.
  if (stored.k) subject.visits = withClass(stored.k, subject.visits?.class, subject.visits?.since ?? 0);
}
