import { DAY, HOUR, MINUTE } from '../../src/lib/clock.ts';
import { type Random, seededRandom } from '../../src/lib/random.ts';
import { type Calendar, localCalendar } from '../calendar.ts';
import type { ListedCase } from './api.ts';
import { looksAfter, type StaffPerson, shareOfTime } from './people.ts';

/** What somebody does next about a case. */
export type Deed =
  | { readonly what: 'take' | 'take-over' | 'answer' | 'call-back' | 'strike-off' | Step }
  | { readonly what: 'assign'; readonly to: string };
/** What whoever has a case does, one after the other. */
export type Step = 'call' | 'call-contact' | 'note' | 'set-out' | 'arrive' | 'resolve';

/** A deed, and when this person comes to it. */
export interface Intent {
  readonly at: number;
  readonly deed: Deed;
}

/** What somebody remembers of a case that they have, or have called back about. */
export interface Memory {
  /** How often it had been reopened then. */
  readonly round: number;
  readonly done: readonly Step[];
  /** When they last did something about it. */
  readonly at: number;
  readonly noAnswer?: boolean;
}

export interface Habits {
  readonly seed: number | string;
  readonly colleagues: readonly StaffPerson[];
  readonly timeZone: string;
  /** How much later this case is looked at, so that somebody else may be first; 0: at once. */
  readonly leave: (one: ListedCase) => number;
}

/** Nobody waits for less than this, however near the date that the case shows. */
const WINDOW_MIN = 20 * MINUTE;
/** Whoever is in time goes at once where it is grave, and within hours elsewhere, however far away the date. */
const AT_ONCE = 90 * MINUTE;
const SOON = 4 * HOUR;
const ASSIGNED_SHARE = 0.5;
/** Minutes of the local day. */
const MORNING = 8 * 60;
const EVENING = 20 * 60;
const UNREACHED_MAX = 2;

/** When the round of the case began that it is in. */
const roundFrom = ({ rounds, openedAt }: ListedCase): number => rounds?.at(-1)?.reopenedAt ?? openedAt;
export const roundNumber = ({ reopened = 0 }: ListedCase): number => reopened;

const isUrgent = ({ kind, priority }: ListedCase): boolean =>
  kind === 'safety' && (priority === 'P1' || priority === 'P2');

/**
 * What this person does next about a case, and when. They go by what anybody reads there: how grave it is, until when
 * something is due, and who has it. Rules they know none. The same case, person and seed give the same answer.
 */
export class NextDeed {
  readonly #habits: Habits;
  readonly #calendar: Calendar;

  constructor(habits: Habits) {
    this.#habits = habits;
    this.#calendar = localCalendar(habits.timeZone);
  }

  of(person: StaffPerson, one: ListedCase, memory: Memory | undefined): Intent | undefined {
    if (one.kind === 'drill' || !looksAfter(person, one.path)) return undefined;
    const known = memory?.round === roundNumber(one) ? memory : undefined;
    const intent = this.#next(person, one, known);
    if (!intent || (isUrgent(one) && one.status !== 'resolved')) return intent;
    return { ...intent, at: this.#byDay(intent.at, this.#random(one, `${person.id}/morning`)) };
  }

  #next(person: StaffPerson, one: ListedCase, memory: Memory | undefined): Intent | undefined {
    if (one.status === 'open') return this.#takes(person, one);
    if (one.status === 'resolved') return this.#callsBack(person, one, memory);
    if (one.status !== 'acknowledged') return undefined;
    if (one.assignedToAccount === person.id)
      return this.#within(person, one, 'take-over', one.acknowledgedAt ?? one.openedAt, 4 * HOUR);
    const isMine = one.acknowledgedByAccount === person.id && one.assignedToAccount === undefined;
    return isMine ? this.#goesOn(person, one, memory) : undefined;
  }

  #takes(person: StaffPerson, one: ListedCase): Intent | undefined {
    const rank = rankOf(person, one);
    if (rank === undefined) return undefined;
    const random = this.#random(one, `${person.id}/take`);
    const from = roundFrom(one) + this.#habits.leave(one);
    const window = Math.max(WINDOW_MIN, (one.promised?.acknowledge ?? one.dueAt) - roundFrom(one));
    const asks = one.kind === 'request' ? this.#asksWhom(person, one) : undefined;
    if (asks) return { at: from + random.between(0.1, 0.4) * window, deed: { what: 'assign', to: asks } };
    const share = shareOfTime(person.pace, random) + rank * 1.1;
    return { at: from + share * window, deed: { what: one.kind === 'care' ? 'answer' : 'take' } };
  }

  /** Of some requests the committee says who is to see to them. */
  #asksWhom(person: StaffPerson, one: ListedCase): string | undefined {
    if (person.role !== 'committee' || !this.#random(one, 'assigned').chance(ASSIGNED_SHARE))
      return undefined;
    return this.#habits.colleagues.find(
      (other) => other.role === 'grid-worker' && looksAfter(other, one.path),
    )?.id;
  }

  #goesOn(person: StaffPerson, one: ListedCase, memory: Memory | undefined): Intent | undefined {
    const { done = [], at = one.acknowledgedAt ?? one.openedAt } = memory ?? {};
    const step = this.stepsOf(one, memory).find((each) => !done.includes(each));
    if (!step) return undefined;
    const until = dueOf(one, step) ?? one.dueAt;
    const isSlow = step === 'resolve' && !done.includes('arrive') && !isUrgent(one);
    return this.#within(person, one, step, at, until - at, isSlow ? DAY : isUrgent(one) ? AT_ONCE : SOON);
  }

  /** What has to be done, as whoever has it sees it: who answers the telephone in a small matter need not be visited. */
  stepsOf(one: ListedCase, memory: Pick<Memory, 'noAnswer'> | undefined): readonly Step[] {
    const random = this.#random(one, 'steps');
    if (one.kind === 'technical')
      return one.priority === 'P4'
        ? [...random.pick<Step[]>([['arrive'], ['note'], []]), 'resolve']
        : ['set-out', 'arrive', 'resolve'];
    if (one.kind === 'request')
      return [
        ...random.pick<Step[]>([['note'], ['arrive'], ['note', 'arrive'], ['set-out', 'arrive']]),
        'resolve',
      ];
    const note: Step[] = random.chance(0.3) ? ['note'] : [];
    if (memory?.noAnswer) return ['call', 'call-contact', ...note, 'set-out', 'arrive', 'resolve'];
    return isUrgent(one) ? ['call', ...note, 'set-out', 'arrive', 'resolve'] : ['call', 'resolve'];
  }

  #callsBack(person: StaffPerson, one: ListedCase, memory: Memory | undefined): Intent | undefined {
    const callers = this.#habits.colleagues.filter((each) => mayCallBack(each, one));
    if (!callers.some(({ id }) => id === person.id)) return undefined;
    const chosen = this.#random(one, 'caller').pick(callers).id === person.id;
    if (!chosen && person.role !== 'committee') return undefined;
    const { unreached = 0, resolvedAt = one.openedAt } = one;
    const from = Math.max(resolvedAt, memory?.at ?? 0);
    const until = one.promised?.callBack ?? one.dueAt;
    const random = this.#random(one, `${person.id}/call-back/${unreached}`);
    const share = shareOfTime(person.pace, random) + (chosen ? 0 : 1.5);
    const window = Math.max(2 * HOUR, Math.min(DAY, until - from));
    // A night may come between.
    const at = from + (share < 1 ? share / 2 : share) * window;
    if (unreached < UNREACHED_MAX) return { at, deed: { what: 'call-back' } };
    return person.permission === 'operator' ? { at, deed: { what: 'strike-off' } } : undefined;
  }

  #within(
    person: StaffPerson,
    one: ListedCase,
    what: 'take-over' | Step,
    from: number,
    window: number,
    soon = window,
  ): Intent {
    const share = shareOfTime(person.pace, this.#random(one, `${person.id}/${what}`));
    const time = Math.max(WINDOW_MIN, share < 1 ? Math.min(window, soon) : window);
    return { at: from + share * time, deed: { what } };
  }

  /** What is not urgent waits for the morning. */
  #byDay(at: number, random: Random): number {
    const day = this.#calendar.dayOf(at);
    const minute = (at - this.#calendar.at(day, 0)) / MINUTE;
    if (minute >= MORNING && minute < EVENING) return at;
    return this.#calendar.at(minute < MORNING ? day : day + 1, MORNING) + random.between(0, 90) * MINUTE;
  }

  #random(one: ListedCase, what: string): Random {
    return seededRandom(`${this.#habits.seed}/${one.id}/${roundNumber(one)}/${what}`);
  }
}

const dueOf = ({ due }: ListedCase, step: Step): number | undefined => {
  if (step === 'call' || step === 'call-contact') return due?.contact;
  return step === 'set-out' || step === 'arrive' ? (due?.onSite ?? due?.contact) : due?.resolve;
};

/** 0: it is theirs in the first place; those above come when it has lain too long. */
function rankOf({ role }: StaffPerson, one: ListedCase): number | undefined {
  if (role === (one.kind === 'technical' ? 'technician' : 'grid-worker')) return 0;
  if (role === 'committee') return 1;
  return role === 'sub-district-duty' && isUrgent(one) ? 2 : undefined;
}

/** Not whoever resolved it or was there; and not whom a complaint may be about. */
function mayCallBack(person: StaffPerson, one: ListedCase): boolean {
  if (person.role === 'technician' || !looksAfter(person, one.path)) return false;
  if (person.role === 'grid-worker' && one.category === 'complaint') return false;
  return (
    one.resolvedByAccount !== person.id &&
    one.resolvedBy !== person.name &&
    !(one.contactMadeBy ?? '').includes(person.name)
  );
}
