import fc from 'fast-check';
import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Alert } from '../../src/model/alert.ts';
import { productRules, Story, timeText } from './story.ts';

/** For so long somebody is as they are, and their band and thermometer measure so often. */
export interface Spell {
  readonly minutes: number;
  readonly every: number;
  readonly pulse: number;
  readonly oxygen: number;
  readonly temperature: number;
  readonly systolic: number;
  readonly walks: boolean;
  readonly worn: boolean;
  /** Before it: the state is stored and restored, the service is down for half an hour, or people resolve what is open. */
  readonly before: 'nothing' | 'restart' | 'break' | 'resolved';
}

/** Some signs are as they should be for most of the time. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

export const spells = (maxLength: number): fc.Arbitrary<readonly Spell[]> =>
  fc.array(
    fc.record({
      minutes: fc.constantFrom(7, 12, 20, 40, 90, 240),
      every: fc.constantFrom(1, 5, 10, 10, 25, 60),
      pulse: mostly(72, 128, 140, 36),
      oxygen: mostly(97, 86),
      temperature: mostly(36.6, 39.4, 34.5),
      systolic: mostly(125, 82),
      walks: mostly(false, true),
      worn: mostly(true, true, false),
      before: mostly<Spell['before']>('nothing', 'restart', 'break', 'resolved'),
    }),
    { minLength: 2, maxLength, size: 'max' },
  );

/** One message of the band, and what its wearer did. */
interface Measured {
  readonly at: number;
  readonly spell: Spell;
  /** When the band last told of a walk. */
  readonly walkedAt: number;
}

/** What docs/rules.md promises of a sign that is beyond its limit. */
interface Promised {
  readonly rule: string;
  readonly isBeyond: (spell: Spell) => boolean;
  /** Told when two readings so far apart have shown it, none further from the next than this. */
  readonly heldMinutes: number;
  readonly gapMinutes: number;
  /** A single reading that nothing confirms is told after so long. */
  readonly aloneMinutes?: number;
  /** Of a device that measures once an hour: when it has been so for this long. */
  readonly seldomMinutes?: number;
  readonly restMinutes?: number;
  readonly isOfBand: boolean;
  readonly priority?: 'P1';
}

const PROMISED: readonly Promised[] = [
  {
    rule: 'V3',
    isBeyond: ({ systolic }) => systolic <= 90,
    heldMinutes: 1,
    gapMinutes: 30,
    aloneMinutes: 31,
    restMinutes: 10,
    isOfBand: true,
  },
  {
    rule: 'V4',
    isBeyond: ({ pulse }) => pulse >= 121,
    heldMinutes: 10,
    gapMinutes: 30,
    seldomMinutes: 180,
    restMinutes: 10,
    isOfBand: true,
  },
  {
    rule: 'V4',
    isBeyond: ({ pulse }) => pulse >= 131,
    heldMinutes: 10,
    gapMinutes: 30,
    restMinutes: 10,
    isOfBand: true,
    priority: 'P1',
  },
  {
    rule: 'V5',
    isBeyond: ({ pulse }) => pulse <= 40,
    heldMinutes: 10,
    gapMinutes: 30,
    seldomMinutes: 180,
    isOfBand: true,
  },
  {
    rule: 'V6',
    isBeyond: ({ oxygen }) => oxygen <= 92,
    heldMinutes: 5,
    gapMinutes: 30,
    aloneMinutes: 31,
    restMinutes: 5,
    isOfBand: true,
  },
  {
    rule: 'V7',
    isBeyond: ({ temperature }) => temperature >= 38.1 || temperature <= 35,
    heldMinutes: 15,
    gapMinutes: 60,
    aloneMinutes: 121,
    isOfBand: false,
  },
];
const RULES = new Set(PROMISED.map(({ rule }) => rule));
/** The longest time over which readings are joined: what was beyond its limit before says nothing of now. */
const LATEST_MS = 151 * MINUTE;
/** People resolved what goes on: it is said again after this. */
const REARM_MS = 12 * HOUR;

/** Somebody who wears a band and has a thermometer. Says what must not be, by docs/rules.md and what they were and did alone. */
export class WornLife {
  readonly #story = new Story({
    homes: { h1: ['band', 'thermometer'] },
    rules: productRules.filter(({ id }) => RULES.has(id)),
  });
  #steps = 1000;
  #walkedAt = 0;
  readonly #measured: Measured[] = [];
  readonly #known = new Set<string>();

  live(spells: readonly Spell[]): void {
    this.#story.until('08:00');
    for (const spell of spells) {
      this.#begin(spell);
      const until = this.#story.now + spell.minutes * MINUTE;
      for (let at = this.#story.now; at < until; at += spell.every * MINUTE) this.#measure(at, spell);
      this.#story.now = until;
    }
  }

  #begin({ before }: Spell): void {
    const story = this.#story;
    if (before === 'restart') story.restart();
    if (before === 'break') {
      story.serviceStops();
      story.now += 30 * MINUTE;
      story.serviceStarts();
    }
    if (before === 'resolved') {
      const open = story.openCase('h1');
      if (open) story.resolve(open);
    }
  }

  #measure(at: number, spell: Spell): void {
    const story = this.#story;
    story.now = at;
    story.tick();
    this.#look();
    // Who walked before its first word is not known.
    if (this.#measured.length === 0) this.#walkedAt = at;
    if (spell.walks && spell.worn) {
      const since = this.#measured.at(-1)?.at ?? at;
      this.#steps += Math.max(60, (60 * (at - since)) / MINUTE);
      this.#walkedAt = at;
    }
    story.publish('h1-band', {
      at,
      worn_bool: spell.worn ? 1 : 0,
      steps_count: Math.round(this.#steps),
      pulse_bpm: spell.pulse,
      spo2_pct: spell.oxygen,
      systolic_mmhg: spell.systolic,
      diastolic_mmhg: 60,
    });
    story.publish('h1-thermometer', { at, body_temperature_c: spell.temperature });
    this.#measured.push({ at, spell, walkedAt: this.#walkedAt });
    this.#look();
  }

  #look(): void {
    for (const promised of PROMISED) this.#lookForUntold(promised);
    for (const alert of this.#story.rawAlerts('h1')) this.#lookForUnfounded(alert);
  }

  /** The readings up to the newest that show it without a break, the newest first. */
  #run({ isBeyond, gapMinutes, restMinutes = 0, isOfBand }: Promised, gap = gapMinutes): Measured[] {
    const run: Measured[] = [];
    for (const one of this.#measured.toReversed()) {
      const { at, spell, walkedAt } = one;
      const later = run.at(-1)?.at ?? at;
      const isRested = at - walkedAt >= restMinutes * MINUTE;
      if (!isBeyond(spell) || (isOfBand && !(spell.worn && isRested)) || later - at > gap * MINUTE) break;
      run.push(one);
    }
    return run;
  }

  #lookForUntold(promised: Promised): void {
    const { rule, heldMinutes, aloneMinutes = Number.POSITIVE_INFINITY, seldomMinutes } = promised;
    const span = (run: readonly Measured[]): number => (run[0]?.at ?? 0) - (run.at(-1)?.at ?? 0);
    const run = this.#run(promised);
    const { now } = this.#story;
    const isHeld = span(run) >= heldMinutes * MINUTE;
    const isAlone = run.length > 0 && now - (run.at(-1) as Measured).at >= aloneMinutes * MINUTE;
    const isSeldom = seldomMinutes !== undefined && span(this.#run(promised, 60)) >= seldomMinutes * MINUTE;
    if (!isHeld && !isAlone && !isSeldom) return;
    const told = this.#story.rawAlerts('h1').some((alert) => {
      if (alert.rule !== rule || (promised.priority && alert.priority !== promised.priority)) return false;
      return (
        alert.clearedAt === undefined ||
        (alert.clearReason === 'resolved' && now - alert.clearedAt < REARM_MS)
      );
    });
    if (!told) this.#fail(`nobody was told of what ${rule} promises`);
  }

  #lookForUnfounded({ id, rule, raisedAt }: Alert): void {
    if (this.#known.has(id) || !RULES.has(rule)) return;
    this.#known.add(id);
    const kinds = PROMISED.filter((one) => one.rule === rule);
    // What people resolved is said again half a day later, if nothing has shown since that it is over: readings of a walk do not.
    const isSaidAgain = this.#story
      .rawAlerts('h1')
      .some(
        (one) =>
          one.rule === rule && one.clearReason === 'resolved' && raisedAt - (one.clearedAt ?? 0) <= REARM_MS,
      );
    const latestMs = isSaidAgain ? REARM_MS : LATEST_MS;
    const isFounded = this.#measured.some(
      ({ at, spell }) =>
        raisedAt - at <= latestMs &&
        kinds.some(({ isBeyond, isOfBand }) => isBeyond(spell) && (spell.worn || !isOfBand)),
    );
    if (!isFounded) this.#fail(`${rule} was raised for nothing`);
  }

  #fail(what: string): never {
    const said = this.#measured
      .slice(-30)
      .map(({ at, spell: { pulse, oxygen, temperature, systolic, walks, worn } }) =>
        [timeText(at), pulse, oxygen, temperature, systolic, walks ? 'walks' : '', worn ? '' : 'off'].join(
          ' ',
        ),
      );
    throw new Error([what, timeText(this.#story.now), ...said, ...this.#story.alerts()].join('\n'));
  }
}
