import { DAY, HOUR } from '../../src/lib/clock.ts';
import { chosen, type Of } from './life-happenings.ts';
import { commanded } from './life-people.ts';
import type { Story } from './story.ts';

interface Period {
  readonly from: number;
  until: number;
  readonly kind: 'hospital' | 'travel' | 'visitors';
}

/** Whoever leaves is still packing for so long. */
const LEAVING_MS = 6 * HOUR;
/** In a day in which somebody lives in a home water is drawn there. */
const LIVED_IN_MS = 30 * HOUR;

/** Who is away, by what people said of it and by what was seen: what nobody draws then is missed by nobody. */
export class LifeAbsences {
  readonly #story: Story;
  readonly #periods = new Map<string, Period[]>();
  /** When something was last said of it: what was seen before is known already. */
  readonly #saidAt = new Map<string, number>();

  constructor(story: Story) {
    this.#story = story;
  }

  /** Until when the home counts as away, of what has begun; 0: it never did. Guests draw water: where nobody does, it is missed. */
  until(home: string): number {
    const begun = this.#of(home).filter(({ from, kind }) => from <= this.#story.now && kind !== 'visitors');
    return Math.max(0, ...begun.map(({ until }) => until));
  }

  happens(
    what: Extract<Of<'home'>, 'away' | 'back' | 'answer' | 'visit'>,
    home: string,
    pick: number,
  ): string {
    if (what === 'visit') return this.#visit(home, pick);
    const { now } = this.#story;
    const answer =
      what === 'away'
        ? this.#leaves(home, pick)
        : what === 'back'
          ? this.#isBack(home)
          : this.#answers(home, pick);
    if (answer === 'ok') this.#saidAt.set(home, now);
    return answer;
  }

  /** Nobody remembers of a home that is not there any more. */
  forget(home: string): void {
    this.#periods.delete(home);
  }

  /** Somebody saw whoever lives there, and does not say that it was elsewhere. */
  seen(home: string, at: number, atHome?: boolean): void {
    for (const one of this.#lasting(home)) {
      if (one.kind === 'visitors') continue;
      const isPacking = at <= Math.max(one.from + LEAVING_MS, this.#saidAt.get(home) ?? 0);
      if (atHome ? at > one.from : !isPacking) one.until = this.#story.now;
    }
  }

  /** Water was drawn there since then, and heard of: whoever was away is back. Guests draw it too. */
  drawn(home: string, since: number): void {
    const { now } = this.#story;
    for (const one of this.#lasting(home)) {
      const known = Math.max(since, one.from, this.#saidAt.get(home) ?? 0);
      if (one.kind !== 'visitors' && now - known > LIVED_IN_MS) one.until = now;
    }
  }

  #leaves(home: string, pick: number): string {
    const { now } = this.#story;
    const period = {
      from: now - (pick % 3) * HOUR,
      until: now + chosen([1, 9, 40, 300] as const, pick >> 2) * HOUR,
      kind: chosen(['hospital', 'travel', 'visitors'] as const, pick),
    };
    const answer = commanded(this.#story, { type: 'home.away', home, period }, '周敏');
    const others = this.#of(home).filter(({ from }) => from !== period.from);
    if (answer === 'ok') this.#periods.set(home, [...others, period]);
    return answer;
  }

  #isBack(home: string): string {
    const { now } = this.#story;
    const last = this.#lasting(home).at(-1);
    if (!last) return 'none';
    const answer = commanded(this.#story, { type: 'home.back', home, from: last.from, at: now }, '周敏');
    if (answer === 'ok') last.until = now;
    return answer;
  }

  #answers(home: string, pick: number): string {
    const { now } = this.#story;
    const said = pick % 3 ? 'back' : 'extend';
    const answer = commanded(this.#story, { type: 'home.answer', home, answer: said, days: 1 }, '周敏');
    if (answer !== 'ok' || said === 'back') return answer;
    for (const one of this.#of(home)) one.until = Math.max(one.until, now + DAY);
    return answer;
  }

  #visit(home: string, pick: number): string {
    const { now } = this.#story;
    const result = chosen(['seen', 'seen', 'spoken', 'not-met'] as const, pick);
    const elsewhere = chosen([undefined, true, false] as const, pick >> 2);
    const at = now - chosen([0, 0, 1, 39] as const, pick >> 4) * HOUR;
    const visit = { home, at, by: '周敏', result, ...(elsewhere === undefined ? {} : { elsewhere }) };
    const told = { type: 'home.visits', visits: [visit], source: 'console' } as const;
    const answer = commanded(this.#story, told, '周敏');
    if (answer === 'ok' && result === 'seen' && !elsewhere) this.seen(home, at, elsewhere === false);
    return `${result} ${elsewhere} ${answer}`;
  }

  #of(home: string): Period[] {
    return this.#periods.get(home) ?? [];
  }

  #lasting(home: string): Period[] {
    const { now } = this.#story;
    return this.#of(home).filter(({ from, until }) => from <= now && now < until);
  }
}
