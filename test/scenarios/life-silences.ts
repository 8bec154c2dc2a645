import { HOUR } from '../../src/lib/clock.ts';
import { chosen, type Of } from './life-happenings.ts';
import { commanded } from './life-people.ts';
import type { Story } from './story.ts';

/** What may be held back: a call of somebody, what was measured or what people entered. */
export type Holdable = 'call' | 'measured';

interface Silence {
  readonly id: string;
  readonly from: number;
  until: number;
  readonly home: string | undefined;
  readonly holdsCalls: boolean;
}

/** Who wished to hear nothing, of what and until when: what was held back meanwhile is told when that is over. */
export class LifeSilences {
  readonly #story: Story;
  readonly #all: Silence[] = [];

  constructor(story: Story) {
    this.#story = story;
  }

  happens(what: Of<'silences'>, home: string, pick: number): string {
    if (what === 'silenceEnds') return this.#ends(pick);
    const { now } = this.#story;
    const id = `s${this.#all.length + 1}`;
    const holdsCalls = what !== 'silence';
    const scopes = [{ home }, { node: 'haitang/g1' }, { rule: 'B1' }, { rule: 'V1' }, { channel: 'robot' }];
    const scope = what === 'trial' ? { node: 'haitang/g1' } : chosen(scopes, pick);
    const how = {
      silence: {},
      silenceOfCalls: { includesP1: '消防演习' },
      trial: { mode: 'log-only', testers: pick % 2 ? ['zhou'] : [] },
    }[what];
    const until = now + chosen([1, 5, 20] as const, pick >> 2) * HOUR;
    const begun = { type: 'silence.begin', id, until, reason: '检修', ...scope, ...how } as const;
    const answer = commanded(this.#story, begun, '周敏');
    const of = 'home' in scope ? scope.home : undefined;
    if (answer === 'ok') this.#all.push({ id, from: now, until, home: of, holdsCalls });
    return `${id} ${JSON.stringify(scope)} ${answer}`;
  }

  /** Until when something of this home that began then may have been held back; 0: it was not. */
  heldUntil(home: string, what: Holdable, since: number): number {
    const { now } = this.#story;
    let held = 0;
    for (const one of this.#all) {
      const isAbout =
        (one.home === undefined || one.home === home) && (what === 'measured' || one.holdsCalls);
      if (isAbout && one.until > since) held = Math.max(held, Math.min(one.until, now));
    }
    return held;
  }

  #ends(pick: number): string {
    const { now } = this.#story;
    const live = this.#all.filter(({ until }) => until > now);
    const one = chosen(live, pick);
    if (live.length === 0 || !one) return 'none';
    const answer = commanded(this.#story, { type: 'silence.end', id: one.id }, '吴强');
    if (answer === 'ok') one.until = now;
    return `${one.id} ${answer}`;
  }
}
