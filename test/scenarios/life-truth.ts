import { HOUR } from '../../src/lib/clock.ts';
import type { Story } from './story.ts';
import type { HomeInStory } from './story-home.ts';

/** What is so in a home, whoever knows of it. */
interface Truth {
  /** Since when nobody has drawn water; and since when somebody does as people do. */
  still: number | undefined;
  drawnFrom: number;
  /** Which meter hangs there, by the home in which it hung first: two may have been mixed up. */
  meter: string;
  /** The meter says nothing; it keeps what it measures for later; it dates it so that nobody can use it. */
  dead: boolean;
  keeps: boolean;
  lies: boolean;
  /** It does not stand in the registry: its home does not, or it was taken off. */
  gone: boolean;
  /** It stands in the registry, and is switched off there. */
  off: boolean;
  gateway: string | undefined;
  /** Since when nothing usable reaches anybody. */
  unheard: number | undefined;
  /** When it could be heard again, and since when it had not been. */
  back: { readonly at: number; readonly after: number } | undefined;
  /** Since when nothing hangs in the home or is worn there that is switched on. */
  bare: number | undefined;
  /** Nothing that was before says anything about now: the service was away, something was exchanged, rules are others. */
  anew: number;
  /** When it was last so that the meter of another home was not heard either: a building is more than one home. */
  sharedAt: number;
  /** Since when it has kept all that it measured; a dead meter measures nothing. */
  keptFrom: number | undefined;
  /** When it last brought what it had kept. */
  broughtAt: number;
}

/** What is so in the homes and with their gateways, by what happens to them alone: no rule is asked. */
export class LifeTruth {
  readonly #story: Story;
  readonly #homes: ReadonlyMap<string, Truth>;
  readonly #down = new Set<string>();
  readonly #shut = new Set<string>();

  constructor(story: Story, homes: readonly string[]) {
    this.#story = story;
    const nothing = { still: undefined, dead: false, keeps: false, lies: false, gone: false, off: false };
    const begin = {
      back: undefined,
      keptFrom: undefined,
      gateway: undefined,
      unheard: undefined,
      bare: undefined,
      anew: story.now,
      drawnFrom: story.now,
      sharedAt: 0,
      broughtAt: 0,
    };
    this.#homes = new Map(homes.map((home) => [home, { ...nothing, ...begin, meter: home }]));
  }

  of(home: string): Truth {
    const truth = this.#homes.get(home);
    if (!truth) throw new Error(`no home ${home}`);
    return truth;
  }

  get each(): Iterable<[string, Truth]> {
    return this.#homes;
  }

  meterOf(home: string): HomeInStory['meter'] {
    return this.#story.home(this.of(home).meter).meter;
  }

  /** Two meters hang where the other one is thought to be: what is so with a meter goes along, how people live does not. */
  exchange(one: string, other: string): void {
    const [a, b] = [this.of(one), this.of(other)];
    const ofMeter = ({ meter, dead, keeps, lies, off, gateway, back, broughtAt }: Truth): Partial<Truth> => ({
      ...{ meter, dead, keeps, lies, off, gateway, back, broughtAt },
      ...{ unheard: undefined, keptFrom: undefined },
    });
    const [of, ofOther] = [ofMeter(a), ofMeter(b)];
    Object.assign(a, ofOther);
    Object.assign(b, of);
    for (const home of [one, other]) {
      this.anew(this.of(home));
      if (this.of(home).still === undefined) this.meterOf(home).lives();
      else this.meterOf(home).standsStill();
    }
  }

  /** A gateway has no power, or power again; or the broker shuts it out, for it was switched off in the registry. */
  gateway(id: string, what: 'dies' | 'returns' | 'off' | 'on'): void {
    if (what === 'dies') this.#down.add(id);
    else if (what === 'returns') this.#down.delete(id);
    else if (what === 'off') this.#shut.add(id);
    else this.#shut.delete(id);
    if (this.speaks(id)) this.#story.gatewayReturns(id);
    else this.#story.gatewayDies(id);
  }

  speaks(gateway: string): boolean {
    return !this.#down.has(gateway) && !this.#shut.has(gateway);
  }

  /** The meter of a home hangs behind this gateway, or speaks for itself. */
  goesThrough(home: string, gateway: string | undefined): void {
    this.of(home).gateway = gateway;
    this.meterOf(home).goesThrough(gateway);
  }

  /** After something has happened. `bandIn`: a band that is switched on is worn in this home. */
  settle(bandIn: (home: string) => boolean): void {
    for (const [home, truth] of this.#homes) {
      const isBare =
        (truth.gone || truth.off) && !bandIn(home) && this.#story.core.registry.home(home) !== undefined;
      if (!isBare) truth.bare = undefined;
      else truth.bare ??= this.#story.now;
      const { dead, keeps, lies, gone, off, gateway } = truth;
      const isMute = dead || keeps || lies || gone || off;
      const isHeard = !isMute && (gateway === undefined || this.speaks(gateway));
      if (!isHeard) truth.unheard ??= this.#unheardSince(truth);
      else if (truth.unheard !== undefined) {
        truth.back = { at: this.#story.now, after: truth.unheard };
        truth.unheard = undefined;
        // What it brings along is as good as if it had come in time.
        if (truth.broughtAt < this.#story.now) this.anew(truth);
      }
    }
  }

  /** Now; or since before, where it was back for less than it takes to say something. */
  #unheardSince({ back, broughtAt }: Truth): number {
    const { now } = this.#story;
    const hourOf = (at: number): number => Math.floor(at / HOUR);
    const saidNothing = back !== undefined && hourOf(back.at) === hourOf(now) && broughtAt < back.at;
    return saidNothing ? back.after : now;
  }

  noteShared(): void {
    const silent = [...this.#homes.values()].filter(
      ({ unheard, gone, off }) => unheard !== undefined && !gone && !off,
    );
    if (silent.length > 1) for (const truth of silent) truth.sharedAt = this.#story.now;
  }

  anew(truth: Truth): void {
    truth.anew = this.#story.now;
  }

  allAnew(): void {
    for (const truth of this.#homes.values()) this.anew(truth);
  }
}
