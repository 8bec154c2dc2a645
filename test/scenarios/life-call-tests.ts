import { MINUTE } from '../../src/lib/clock.ts';
import { chosen, type OwnOf } from './life-happenings.ts';
import { commanded } from './life-people.ts';
import type { Story } from './story.ts';

interface Test {
  readonly home: string;
  readonly call: 'press' | 'fall';
  readonly from: number;
  readonly until: number;
}

/** A call as its band says it: when, and undefined where it says nothing of that. */
interface Said {
  readonly call: 'press' | 'fall';
  readonly at: number | undefined;
}

/** Whoever says "it was real" of a test is believed for so long. */
const REAL_MS = 30 * MINUTE;
/** No clock that is right says more than this before now. */
const DATED_MS = 24 * 60 * MINUTE;

/** Tests of calls as who makes them sees them: one call answers, and whatever else calls is meant. */
export class LifeCallTests {
  readonly #story: Story;
  readonly #open = new Map<string, Test>();
  readonly #heard = new Map<string, { readonly home: string; readonly at: number }>();
  #number = 0;

  constructor(story: Story) {
    this.#story = story;
  }

  /** @param tells that somebody said of an answer: it was real */
  happens(
    what: Exclude<OwnOf<'callTests'>, 'isTested'>,
    band: string,
    home: string | undefined,
    pick: number,
    tells: () => void,
  ): string {
    const device = `${band}-band`;
    if (what === 'testReal') return this.#wasReal(band, home, tells);
    if (what === 'testEnds') {
      const answer = commanded(this.#story, { type: 'call-test.end', device }, '吴强');
      if (answer === 'ok') this.#open.delete(band);
      return answer;
    }
    return this.begins(band, home, pick % 3 === 0 ? 'fall' : 'press', pick);
  }

  begins(band: string, home: string | undefined, call: Test['call'], pick: number): string {
    if (home === undefined) return 'none';
    const device = `${band}-band`;
    const minutes = chosen([1, 5, 15] as const, pick);
    const id = `t${++this.#number}`;
    const said = { device, home, id, minutes, call: call === 'fall' ? 'fall' : 'sos' };
    const answer = commanded(this.#story, { type: 'call-test.begin', ...said }, '老陈');
    const { now } = this.#story;
    if (answer === 'ok') this.#open.set(band, { home, call, from: now, until: now + minutes * MINUTE });
    return `${call} ${minutes} ${answer}`;
  }

  /** Does this call answer a test? Each call that does not is meant, and ends the tests of its home. */
  answers(band: string, home: string | undefined, { call, at }: Said, listeningSince: number): boolean {
    const { now } = this.#story;
    const test = this.#open.get(band);
    const mayHaveWaited = at === undefined && test !== undefined && listeningSince > test.from;
    // One that its clock dates long ago or long hence is of when it came.
    const isBefore = at !== undefined && test !== undefined && at < test.from && at > now - DATED_MS;
    const isIt = test?.call === call && test.home === home && now < test.until;
    if (!isIt || isBefore || mayHaveWaited) {
      this.called(home);
      return false;
    }
    this.#open.delete(band);
    this.#heard.delete(band);
    this.#heard.set(band, { home: test.home, at: now });
    return true;
  }

  /** Somebody of the home calls in earnest. */
  called(home: string | undefined): void {
    for (const [band, test] of this.#open) if (test.home === home) this.#open.delete(band);
  }

  /** The band whose call answered a test last, if one did. */
  get heardLast(): string | undefined {
    return [...this.#heard.keys()].at(-1);
  }

  #wasReal(band: string, home: string | undefined, tells: () => void): string {
    const answer = commanded(this.#story, { type: 'call-test.real', device: `${band}-band` }, '吴强');
    const heard = this.#heard.get(band);
    const isMeant = heard && heard.home === home && this.#story.now - heard.at <= REAL_MS;
    if (answer !== 'ok') return answer;
    if (isMeant) {
      tells();
      this.called(home);
    }
    this.#heard.delete(band);
    return answer;
  }
}
