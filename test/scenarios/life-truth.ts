import { HOUR } from '../../src/lib/clock.ts';
import type { Story } from './story.ts';

/** What is so in a home, whoever knows of it. */
interface Truth {
  /** Since when nobody has drawn water. */
  still: number | undefined;
  /** The meter says nothing; it keeps what it measures for later; it dates it so that nobody can use it. */
  dead: boolean;
  keeps: boolean;
  lies: boolean;
  /** It does not stand in the registry: its home does not, or it was taken off. */
  gone: boolean;
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
    const nothing = { still: undefined, dead: false, keeps: false, lies: false, gone: false };
    const begin = {
      back: undefined,
      keptFrom: undefined,
      gateway: undefined,
      unheard: undefined,
      bare: undefined,
      anew: story.now,
      sharedAt: 0,
      broughtAt: 0,
    };
    this.#homes = new Map(homes.map((home) => [home, { ...nothing, ...begin }]));
  }

  of(home: string): Truth {
    const truth = this.#homes.get(home);
    if (!truth) throw new Error(`no home ${home}`);
    return truth;
  }

  get each(): Iterable<[string, Truth]> {
    return this.#homes;
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
    this.#story.home(home).meter.goesThrough(gateway);
  }

  /** After something has happened. `bandIn`: a band that is switched on is worn in this home. */
  settle(bandIn: (home: string) => boolean): void {
    for (const [home, truth] of this.#homes) {
      const isBare = truth.gone && !bandIn(home) && this.#story.core.registry.home(home) !== undefined;
      if (!isBare) truth.bare = undefined;
      else truth.bare ??= this.#story.now;
      const { dead, keeps, lies, gone, gateway } = truth;
      const isHeard = !dead && !keeps && !lies && !gone && (gateway === undefined || this.speaks(gateway));
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
    const silent = [...this.#homes.values()].filter(({ unheard, gone }) => unheard !== undefined && !gone);
    if (silent.length > 1) for (const truth of silent) truth.sharedAt = this.#story.now;
  }

  anew(truth: Truth): void {
    truth.anew = this.#story.now;
  }

  allAnew(): void {
    for (const truth of this.#homes.values()) this.anew(truth);
  }
}
