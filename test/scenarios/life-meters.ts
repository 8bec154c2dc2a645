import { HOUR } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { chosen, HOMES, type Of } from './life-happenings.ts';
import type { LifeOracle } from './life-oracle.ts';
import { commanded } from './life-people.ts';
import type { LifeTruth } from './life-truth.ts';
import type { Story } from './story.ts';

interface Surroundings {
  readonly asleep: boolean;
  readonly gateways: readonly string[];
}

/** What becomes of the water of homes and of their meters, there and in the registry. */
export class LifeMeters {
  readonly #story: Story;
  readonly #truth: LifeTruth;
  readonly #absences: LifeOracle['absences'];
  /** Whether the service is down, and the gateways that there are. */
  readonly #around: () => Surroundings;

  constructor(story: Story, { truth, absences }: LifeOracle, around: () => Surroundings) {
    this.#story = story;
    this.#truth = truth;
    this.#absences = absences;
    this.#around = around;
  }

  water(what: Of<'water'>, home: string, pick: number): string {
    const meter = this.#truth.meterOf(home);
    const truth = this.#truth.of(home);
    const { now } = this.#story;
    switch (what) {
      case 'still':
        if (truth.still === undefined && truth.unheard === undefined)
          this.#absences.drawn(home, Math.max(truth.drawnFrom, truth.anew, truth.back?.at ?? 0));
        meter.standsStill();
        truth.still ??= now;
        return '';
      case 'draws':
        meter.lives();
        if (truth.still !== undefined) truth.drawnFrom = now;
        truth.still = undefined;
        return '';
      case 'mute':
        meter.dies();
        truth.dead = true;
        truth.keptFrom = undefined;
        return '';
      case 'speaks':
        meter.revives();
        truth.dead = false;
        return '';
      case 'keeps':
        meter.keeps();
        if (!truth.keeps && !truth.dead && !truth.lies) truth.keptFrom = now;
        truth.keeps = true;
        return '';
      case 'brings':
      case 'bringsUnordered':
        return this.#brings(home, what === 'bringsUnordered');
      case 'lies':
        meter.clockIsBehind(chosen([-3, 3, 8, 30] as const, pick) * HOUR);
        truth.lies = true;
        truth.keptFrom = undefined;
        return '';
      case 'isRight':
        meter.clockIsBehind(0);
        truth.lies = false;
        return '';
      case 'newRegister':
        meter.litres = 1_000;
        this.#truth.anew(truth);
        return '';
    }
  }

  /** The power or the water of the whole building fails, and comes back. */
  building(what: Of<'building'>, here: string, pick: number): void {
    const effect = {
      outage: 'mute',
      outageEnds: 'speaks',
      outageEndsButHere: 'speaks',
      cut: 'still',
      cutEnds: 'draws',
      cutEndsButHere: 'draws',
    } as const;
    for (const home of HOMES)
      if (home !== here || !what.endsWith('ButHere')) this.water(effect[what], home, pick);
  }

  devices(what: Of<'meters'>, home: string, pick: number): string {
    const story = this.#story;
    const truth = this.#truth.of(home);
    switch (what) {
      case 'exchange':
        this.#truth.anew(truth);
        if (pick % 2) this.#truth.meterOf(home).litres = 1_000;
        return commanded(
          story,
          { type: 'device.exchange', device: `${truth.meter}-meter`, at: story.now },
          '周敏',
        );
      case 'removeMeter': {
        const answer = story.register([], [{ noun: 'device', key: `${truth.meter}-meter` }]);
        if (answer === 'ok') this.leaves(home);
        return answer;
      }
      case 'returnMeter':
        return truth.gone ? this.rehome(home, truth.gateway) : 'there';
      case 'rehome':
        return truth.gone ? 'gone' : this.rehome(home, chosen([undefined, ...this.#around().gateways], pick));
      case 'meterOff':
      case 'meterOn':
        return truth.gone ? 'gone' : this.#switch(home, what === 'meterOff');
      case 'mixUp':
        return this.#mixUp(home, chosen(HOMES, pick));
    }
  }

  /** The meter of a home is put behind a gateway, or by itself; there as well as in the registry. */
  rehome(home: string, to: string | undefined): string {
    const gateway = to !== undefined && this.#around().gateways.includes(to) ? to : undefined;
    const truth = this.#truth.of(home);
    const answer = this.#story.register([entryOf({ ...truth, gateway }, home)]);
    if (answer !== 'ok') return answer;
    this.#truth.goesThrough(home, gateway);
    truth.gone = false;
    this.#truth.anew(truth);
    return `${gateway} ok`;
  }

  leaves(home: string): void {
    const truth = this.#truth.of(home);
    truth.gone = true;
    truth.off = false;
    truth.keeps = false;
    this.#truth.meterOf(home).sendsKept();
  }

  #switch(home: string, off: boolean): string {
    const truth = this.#truth.of(home);
    const answer = this.#story.register([entryOf({ ...truth, off }, home)]);
    if (answer !== 'ok') return answer;
    if (truth.off !== off) this.#truth.anew(truth);
    truth.off = off;
    return answer;
  }

  /** Two meters had been mixed up on mounting, and are put right in the registry. */
  #mixUp(home: string, other: string): string {
    const [one, two] = [this.#truth.of(home), this.#truth.of(other)];
    if (one === two || one.gone || two.gone) return 'none';
    const answer = this.#story.register([entryOf(one, other), entryOf(two, home)]);
    if (answer === 'ok') this.#truth.exchange(home, other);
    return `${other} ${answer}`;
  }

  /** It reaches somebody again, with all that it measured since. */
  #brings(home: string, unordered: boolean): string {
    const truth = this.#truth.of(home);
    if (!truth.keeps) return 'none';
    truth.keeps = false;
    const { gateway: by, unheard = this.#story.now, keptFrom = Number.POSITIVE_INFINITY } = truth;
    const isTaken = !this.#around().asleep && (by === undefined || this.#truth.speaks(by));
    this.#truth.meterOf(home).sendsKept(unordered);
    if (keptFrom > unheard || !isTaken) return 'lost';
    truth.broughtAt = this.#story.now;
    return 'all';
  }
}

const entryOf = (
  { meter, off, gateway }: { meter: string; off: boolean; gateway: string | undefined },
  home: string,
): object => ({
  ...{ noun: 'device', id: `${meter}-meter`, model: 'water-meter', home, enrolledAt: T0 },
  ...(gateway === undefined ? {} : { gateway }),
  ...(off ? { disabled: true } : {}),
});
