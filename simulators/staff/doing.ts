import { DAY, HOUR } from '../../src/lib/clock.ts';
import { type Random, seededRandom } from '../../src/lib/random.ts';
import type { Locale } from '../../src/model/text.ts';
import type { Asked, ReadCase } from './api.ts';
import type { Doors, Meeting } from './door.ts';
import type { Deed, Memory, Step } from './next-deed.ts';
import { roundNumber } from './next-deed.ts';
import type { StaffPerson } from './people.ts';
import { DECLARED_ABSENT, NOBODY_ANSWERS, NOT_SATISFIED, REPAIRED, SOLVED, UNDER_WAY } from './words.ts';

/** Who does something, about what, at which instant. */
export interface Moment {
  readonly person: StaffPerson;
  readonly read: ReadCase;
  readonly memory: Memory | undefined;
  readonly now: number;
}

/** What is asked of the service for a deed, one after the other, and what the person remembers of it. */
export interface Doing {
  readonly asks: readonly Pick<Asked, 'path' | 'body'>[];
  readonly memory?: Memory;
}

/** Whoever has asked for a repair waits for it, but not longer. */
const REPAIR_AWAITED_MS = 2 * DAY;
const NOT_SATISFIED_SHARE = 0.08;
const NOT_REACHED_SHARE = 0.12;

/** Turns what somebody does into what they say to the service. What they find is as it is at that home at that instant. */
export class Doings {
  readonly #doors: Doors;
  readonly #seed: number | string;
  readonly #locale: Locale;

  constructor(doors: Doors, seed: number | string, locale: Locale) {
    this.#doors = doors;
    this.#seed = seed;
    this.#locale = locale;
  }

  of(deed: Deed, moment: Moment): Doing {
    const { id, version: expectedVersion } = moment.read.case;
    const path = `/cases/${encodeURIComponent(id)}`;
    switch (deed.what) {
      case 'take':
        return { asks: [{ path: `${path}/acknowledge`, body: { expectedVersion } }], memory: next(moment) };
      case 'take-over':
        return {
          asks: [{ path: `${path}/acknowledge`, body: { expectedVersion, takeOver: true } }],
          memory: next(moment),
        };
      case 'assign':
        return {
          asks: [{ path: `${path}/assign`, body: { expectedVersion, to: { kind: 'user', id: deed.to } } }],
        };
      case 'answer':
        return this.#answers(moment);
      case 'call-back':
        return { asks: [{ path: `${path}/call-back`, body: this.#callBack(moment) }], memory: next(moment) };
      case 'strike-off':
        return {
          asks: [
            { path: `${path}/strike-off`, body: { expectedVersion, reason: NOBODY_ANSWERS[this.#locale] } },
          ],
        };
      default:
        return this.#step(deed.what, path, moment);
    }
  }

  #step(step: Step, path: string, moment: Moment): Doing {
    const { read, now } = moment;
    const { id, version: expectedVersion, kind, openedAt, home, subject } = read.case;
    const met = this.#doors.meet(home === '' ? subject : home, kind, openedAt, now);
    const random = seededRandom(`${this.#seed}/${id}/${roundNumber(read.case)}/${step}`);
    const memory = next(moment, step, met);
    const steps = `${path}/steps`;
    if (step === 'resolve')
      return isAwaited(met, moment)
        ? { asks: [] }
        : { asks: this.#resolves(path, moment, met, random), memory };
    if (step === 'note')
      return {
        asks: [{ path: `${path}/notes`, body: { text: random.pick(UNDER_WAY)[this.#locale] } }],
        memory,
      };
    if (step === 'call') {
      const whom = { kind: 'resident' };
      return { asks: [{ path: steps, body: { expectedVersion, step: `call-${met.phone}`, whom } }], memory };
    }
    if (step === 'call-contact') {
      const contact = read.home?.contacts[0];
      // Family that knows of them says so; family that does not asks to go and look.
      const said = met.seen ? 'call-needs-help' : 'call-fine';
      const whom = { kind: 'contact', id: contact?.id };
      return { asks: contact ? [{ path: steps, body: { expectedVersion, step: said, whom } }] : [], memory };
    }
    const where = step === 'arrive' ? 'on-site' : 'on-the-way';
    return { asks: [{ path: steps, body: { expectedVersion, step: where } }], memory };
  }

  #resolves(path: string, { person, read, memory, now }: Moment, met: Meeting, random: Random) {
    const { version: expectedVersion, kind, category, home } = read.case;
    const resolve = `${path}/resolve`;
    if (kind === 'request') {
      const note = random.pick(SOLVED[category ?? 'other'])[this.#locale];
      return [{ path: resolve, body: { expectedVersion, outcome: 'done', note } }];
    }
    const said = { expectedVersion, outcome: met.outcome, note: met.note[this.#locale] };
    const isRepaired = met.outcome === 'device' && (met.until ?? now) <= now;
    if (kind === 'technical' && isRepaired)
      return [{ path: resolve, body: { ...said, outcome: 'repaired', note: REPAIRED[this.#locale] } }];
    if (kind === 'technical') return [{ path: resolve, body: said }];
    const contact = met.seen && memory?.done.includes('arrive') ? 'seen' : 'spoken';
    const asks = [{ path: resolve, body: { ...said, contactMadeBy: person.name, contact } }];
    if (met.absence === undefined || met.until === undefined || met.until < now + HOUR) return asks;
    const note = DECLARED_ABSENT[this.#locale];
    const until = Math.min(met.until, now + 30 * DAY);
    const body = { kind: met.absence, from: now, until, note };
    return [...asks, { path: `/homes/${encodeURIComponent(home)}/away`, body }];
  }

  /** Is somebody back? Nobody is asked where that is not the question. */
  #answers({ read, now }: Moment): Doing {
    const { home } = read.case;
    if (read.care !== 'asks') return { asks: [] };
    const met = this.#doors.meet(home, 'care', now, now);
    const isAway = met.absence !== undefined && (met.until ?? 0) > now;
    const body = isAway ? { answer: 'extend', days: 2 } : { answer: 'back' };
    return { asks: [{ path: `/homes/${encodeURIComponent(home)}/away-answer`, body }] };
  }

  #callBack({ read }: Moment): Record<string, unknown> {
    const { id, version: expectedVersion, unreached = 0 } = read.case;
    const random = seededRandom(`${this.#seed}/${id}/${roundNumber(read.case)}/heard/${unreached}`);
    if (random.chance(NOT_REACHED_SHARE)) return { expectedVersion, result: 'not-reached' };
    // Who came a second time has settled it.
    if (roundNumber(read.case) > 0 || !random.chance(NOT_SATISFIED_SHARE))
      return { expectedVersion, result: 'satisfied' };
    return { expectedVersion, result: 'not-satisfied', note: random.pick(NOT_SATISFIED)[this.#locale] };
  }
}

const isAwaited = ({ outcome, until = 0 }: Meeting, { read, memory, now }: Moment): boolean =>
  read.case.kind === 'technical' &&
  outcome === 'device' &&
  until > now &&
  now < (memory?.at ?? 0) + REPAIR_AWAITED_MS;

function next({ read, memory, now }: Moment, step?: Step, met?: Meeting): Memory {
  const round = roundNumber(read.case);
  const known = memory?.round === round ? memory : undefined;
  const done = [...(known?.done ?? []), ...(step ? [step] : [])];
  const noAnswer = known?.noAnswer || (step === 'call' && met?.phone === 'no-answer');
  return { round, done, at: now, ...(noAnswer ? { noAnswer } : {}) };
}
