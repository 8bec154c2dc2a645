import { DAY, HOUR, MINUTE } from '../lib/clock.ts';
import type { CompiledRule, CompiledRules } from './compile.ts';
import type { Instance, RuleSubject } from './instance.ts';

/** The code of a rule kind that runs over a home: each may hold a defect that only the state of one home shows. */
export type Handler = 'onReport' | 'onTimer' | 'onHome' | 'onFindings' | 'onLeave';

/** A rule that failed here, and began anew. Part of the stored state, so that a replay and a restart say the same. */
export interface RuleFault {
  /** By our clock: the first of these times, and the last. */
  readonly since: number;
  readonly at: number;
  readonly count: number;
  readonly on: Handler;
  readonly error: string;
  /** What it remembered when it failed first, as JSON: for whoever looks for the defect. */
  readonly state?: string;
  /** How often its timers have failed, and until when they rest. */
  readonly tries: number;
  readonly until: number;
}

/** What has not failed for so long is well: a rule that is asked once a day had its turn. */
const FAULT_LASTS_MS = 2 * DAY;
/** A due-date that fails is due still. It is tried again after a minute, then after twice as long each time. */
const REST_MIN_MS = MINUTE;
const REST_MAX_MS = HOUR;
const ERROR_LENGTH_MAX = 300;
const STATE_LENGTH_MAX = 4_000;
/** Of each rule so many are written to the log whole, once a minute: what fails in all homes must not fill the disk. */
const RECENT_OF_RULE_MAX = 3;
const RECENT_EVERY_MS = MINUTE;
const HOMES_NAMED_MAX = 5;

export const isFaulty = (fault: RuleFault | undefined, now: number): fault is RuleFault =>
  fault !== undefined && now < fault.at + FAULT_LASTS_MS;

export function faultAfter(
  before: RuleFault | undefined,
  now: number,
  { on, error, state }: { readonly on: Handler; readonly error: unknown; readonly state: string | undefined },
): RuleFault {
  const known = isFaulty(before, now) ? before : undefined;
  const tries = (known?.tries ?? 0) + (on === 'onTimer' ? 1 : 0);
  const rest = Math.min(REST_MIN_MS * 2 ** (tries - 1), REST_MAX_MS);
  const kept = known ? known.state : shortened(state, STATE_LENGTH_MAX);
  return {
    since: known?.since ?? now,
    at: now,
    count: (known?.count ?? 0) + 1,
    on,
    error: shortened(messageOf(error), ERROR_LENGTH_MAX),
    ...(kept === undefined ? {} : { state: kept }),
    tries,
    until: on === 'onTimer' ? now + rest : (known?.until ?? 0),
  };
}

/** A text of its own: a piece of a long one holds all of that in memory, in as many homes as fail. */
const shortened = <T extends string | undefined>(text: T, length: number): T =>
  text === undefined || text.length <= length
    ? text
    : (JSON.parse(JSON.stringify(text.slice(0, length))) as T);

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** What a rule remembers, as JSON. A defect may have left there what is none. */
export const memoryText = (state: unknown): string | undefined =>
  safely(() => JSON.stringify(state), undefined);

/** For what is asked beside a step, where nothing can be noted of it. */
export function safely<T>(ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}

/** One failure, for the log. */
export interface FreshFault {
  readonly rule: string;
  readonly subject: string;
  readonly device: string | undefined;
  readonly on: Handler;
  readonly at: number;
  readonly error: unknown;
}

/** A rule that has failed, and where. */
export interface FaultyRule {
  readonly rule: CompiledRule;
  readonly count: number;
  /** Some of the homes, gateways or areas. */
  readonly some: readonly RuleSubject[];
  readonly since: number;
  readonly error: string;
}

/**
 * What is known of rules that fail, beside the state: what is there of it after a start follows from the states that have
 * been read. See docs/decisions/0118.
 */
export class Faults {
  /** Whoever tries rules wants to see the defect; a service goes on without the rule in that home. */
  readonly contained: boolean;
  /** How often each rule failed, since the start. */
  readonly counts = new Map<string, number>();
  readonly #recent = new Map<string, FreshFault[]>();
  #takenAt = Number.NEGATIVE_INFINITY;
  /** By rule, when it last failed where: those that failed longest ago first, as far as they failed since the start. */
  readonly #where = new Map<string, Map<RuleSubject, number>>();

  constructor(contained: boolean) {
    this.contained = contained;
  }

  /** @throws unless such a failure is contained */
  note(rule: CompiledRule, subject: RuleSubject, fresh: Omit<FreshFault, 'rule' | 'subject'>): void {
    const { id } = rule;
    const { on, device, at, error } = fresh;
    if (!this.contained) {
      const where = [subject.id, ...(device === undefined ? [] : [device])].join(', ');
      const when = new Date(at).toISOString();
      throw new Error(`rule ${id} (${rule.kind.kind}) failed in ${on} at ${where}, ${when}`, {
        cause: error,
      });
    }
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
    const recent = this.#recent.get(id) ?? [];
    if (recent.length < RECENT_OF_RULE_MAX)
      this.#recent.set(id, [...recent, { rule: id, subject: subject.id, ...fresh }]);
    this.#set(id, subject, at);
  }

  /** What has come to it since it gave something last, a minute ago or more. */
  takeRecent(now: number): readonly FreshFault[] {
    if (this.#recent.size === 0 || now < this.#takenAt + RECENT_EVERY_MS) return NONE;
    const recent = [...this.#recent.values()].flat();
    this.#recent.clear();
    this.#takenAt = now;
    return recent;
  }

  /** Makes it agree with what the subject remembers: after its state was read, or rules of it have ended. */
  look(subject: RuleSubject, { rules }: CompiledRules, now: number): void {
    for (const homes of this.#where.values()) homes.delete(subject);
    for (const { place, fault } of remembered(subject))
      if (isFaulty(fault, now)) this.#set((rules[place] as CompiledRule).id, subject, fault.at);
  }

  #set(rule: string, subject: RuleSubject, at: number): void {
    const homes = this.#where.get(rule) ?? new Map<RuleSubject, number>();
    this.#where.set(rule, homes);
    const before = homes.get(subject) ?? 0;
    homes.delete(subject);
    homes.set(subject, Math.max(before, at));
  }

  /**
   * The rules that have failed lately, in the order of the set. Cheap: of many homes the first few are looked at.
   *
   * @param isThere whether a home is in the registry still
   */
  faulty(
    { rules }: CompiledRules,
    now: number,
    isThere: (subject: RuleSubject) => boolean,
  ): readonly FaultyRule[] {
    if (this.#where.size === 0) return NONE;
    return rules.flatMap((rule, place) => {
      const homes = this.#where.get(rule.id);
      const some: RuleSubject[] = [];
      let first: RuleFault | undefined;
      for (const subject of homes?.keys() ?? NONE) {
        if (some.length === HOMES_NAMED_MAX) break;
        const fault = isThere(subject) ? faultAt(subject, place, now) : undefined;
        if (!fault) homes?.delete(subject);
        else {
          some.push(subject);
          if (!first || fault.since < first.since) first = fault;
        }
      }
      if (!first || !homes) return [];
      return { rule, count: homes.size, some, since: first.since, error: first.error };
    });
  }
}

const NONE: readonly never[] = [];

/** In what a subject and its devices remember. */
function* remembered(subject: RuleSubject): Generator<Instance> {
  yield* subject.slots;
  for (const { slots } of subject.devices) yield* slots;
}

function faultAt(subject: RuleSubject, place: number, now: number): RuleFault | undefined {
  for (const instance of remembered(subject))
    if (instance.place === place && isFaulty(instance.fault, now)) return instance.fault;
  return undefined;
}
