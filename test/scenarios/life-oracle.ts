import { HOUR, MINUTE } from '../../src/lib/clock.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { Case } from '../../src/model/case.ts';
import { LifeAbsences } from './life-absences.ts';
import { LifeRules } from './life-rules.ts';
import { LifeSilences } from './life-silences.ts';
import { LifeTruth } from './life-truth.ts';
import { type Story, timeText } from './story.ts';

/**
 * What somebody waits for: a press, a fall, a call in words or over somebody else's gateway, one of a device that is switched off,
 * one that answered a test and was meant; that others hear of a case that is nobody's any more. And what is missed: water, a
 * meter, all that hangs in a home.
 */
export type Sign =
  | 'press'
  | 'fall'
  | 'crisis'
  | 'words'
  | 'foreign'
  | 'off'
  | 'tested'
  | 'anew'
  | 'dry'
  | 'mute'
  | 'bare';
type Awaited = Exclude<Sign, 'dry' | 'mute' | 'bare'>;

/** Somebody called; they wait until somebody else was told. */
interface Waiting {
  readonly home: string;
  readonly sign: Awaited;
  readonly at: number;
  /** For how long the service had been awake by then: nobody is heard by one that is down. */
  readonly awake: number;
}

/** A call is told at once; a fall when its wearer has had time to cancel, a minute under the longest rule here. */
const HEARD_WITHIN_MS: Readonly<Record<Awaited, number>> = {
  press: MINUTE,
  fall: 2 * MINUTE,
  words: MINUTE,
  foreign: MINUTE,
  off: MINUTE,
  tested: MINUTE,
  anew: MINUTE,
  crisis: 5 * MINUTE,
};
const DRY_WITHIN_MS = 33 * HOUR;
/** Presses within this time are one call, of which people have just heard. */
const ONE_CALL_MS = 5 * MINUTE;
/** People resolved what goes on: it is said again after this. */
const REARM_MS = 12 * HOUR;
/** Of a crisis; and of a call that somebody brought who may not speak for the device, which may be forged. */
const RESTS_MS: Partial<Readonly<Record<Sign, number>>> = { crisis: REARM_MS, foreign: 5 * MINUTE };
/** What a meter says each hour is missed by then; after a gateway or a building, once more. */
const SILENT_WITHIN_MS = 8 * HOUR;
/** Whoever draws no water is told an hour after the meter could be read again, and after half a day of a building without water. */
const READ_WITHIN_MS = 2 * HOUR;
const OUTAGE_MS = 12 * HOUR + READ_WITHIN_MS;
/** A home in which nothing hangs. */
const BARE_WITHIN_MS = 25 * HOUR;
/** The longest pause of a ladder, with its last steps slowed down, and the longest target of whoever has it. */
const FORGOTTEN_MS: Readonly<Record<Case['status'], number>> = {
  open: 4 * HOUR,
  acknowledged: 10 * HOUR,
  resolved: 80 * HOUR,
  'struck-off': Number.POSITIVE_INFINITY,
};

/** What somebody asked for can wait, and is called each day or two; where that went on for long, more seldom. */
const REQUEST_FORGOTTEN_MS = 49 * HOUR;
const SLOWED_DOWN_MS = 10 * 24 * HOUR;

/** Says what must not be. It knows what people and devices did and what was told to whom, and nothing of how that is found. */
export class LifeOracle {
  readonly truth: LifeTruth;
  readonly #story: Story;
  #waiting: Waiting[] = [];
  #awakeMs = 0;
  #wokeAt: number;
  readonly rules: LifeRules;
  readonly silences: LifeSilences;
  readonly absences: LifeAbsences;

  constructor(story: Story, homes: readonly string[]) {
    this.#story = story;
    this.#wokeAt = story.now;
    this.truth = new LifeTruth(story, homes);
    this.rules = new LifeRules(story);
    this.silences = new LifeSilences(story);
    this.absences = new LifeAbsences(story);
  }

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Since when it has listened. */
  get wokeAt(): number {
    return this.#wokeAt;
  }

  waits(home: string, sign: Awaited): void {
    if (sign === 'crisis' && this.rules.leavesOut(sign, home)) return;
    this.#waiting.push({ home, sign, at: this.#story.now, awake: this.#awakeMs });
  }

  /** The wearer says that all is well: nobody has to come. */
  cancels(home: string | undefined): void {
    this.#waiting = this.#waiting.filter((one) => one.sign !== 'fall' || one.home !== home);
  }

  wakes(): void {
    this.#wokeAt = this.#story.now;
    this.truth.allAnew();
  }

  /** The home has left the registry: nobody who calls there may be left behind. */
  lets(home: string): void {
    const left = this.#waiting.find((one) => one.home === home && !this.#isHeard(one));
    if (left) this.fail(`${home} was let go while nobody had heard the ${left.sign} in it`);
    this.#waiting = this.#waiting.filter((one) => one.home !== home);
  }

  /** Time has passed, and the service was there. */
  look(passedMs: number): void {
    this.#awakeMs += passedMs;
    this.#waiting = this.#waiting.filter((one) => !this.#isHeard(one));
    for (const one of this.#waiting) this.#lookForUnheardCall(one);
    this.truth.noteShared();
    for (const [home] of this.truth.each) {
      this.#lookForStillWater(home);
      this.#lookForUnheard(home);
      this.#lookForBare(home);
    }
    for (const one of this.#story.rawCases()) this.#lookForForgotten(one);
  }

  /** A silence may hold back what is measured, and a call for help only where it says so. Then it is told at its end. */
  #lookForUnheardCall({ home, sign, at, awake }: Waiting): void {
    const what = sign === 'crisis' || sign === 'anew' ? 'measured' : 'call';
    const held = this.silences.heldUntil(home, what, at - ONE_CALL_MS);
    const within = HEARD_WITHIN_MS[sign];
    if (this.#awakeMs - awake <= within || this.#story.now - held <= within) return;
    this.fail(`nobody heard the ${sign} of ${home} at ${timeText(at)}`);
  }

  #isHeard({ home, sign, at }: Waiting): boolean {
    const since = sign === 'crisis' ? at - 2 * MINUTE : sign === 'anew' ? at : at - ONE_CALL_MS;
    const cases = this.#story.rawCases(home).filter(({ kind }) => kind === 'safety');
    if (cases.some(({ id }) => this.#story.staffTold(id) >= since || this.#saysNobody(id, since)))
      return true;
    // Or whoever saw it on the page has it.
    if (cases.some(({ acknowledgedAt = 0 }) => acknowledgedAt >= since && sign !== 'anew')) return true;
    if (cases.some(({ resolvedAt = 0 }) => resolvedAt >= at - (RESTS_MS[sign] ?? 0))) return true;
    // One that goes on is what people were told of already.
    return (
      sign === 'crisis' &&
      cases.some(
        ({ id, status }) => status === 'acknowledged' || (status === 'open' && this.#story.staffTold(id) > 0),
      )
    );
  }

  #saysNobody = (id: string, since: number): boolean =>
    this.#story.lines(id).some(({ at, text }) => at >= since && text.zh.includes('请立即人工处理'));

  /** Alerts about a home, the gateway of its meter or the building that it stands in, as far as they concern it. */
  #alertsOn(home: string): readonly Alert[] {
    const { gateway } = this.truth.of(home);
    const { parent = '' } = this.#story.core.registry.home(home) ?? {};
    return this.#story.rawAlerts().filter(({ subject, evidence: { values } }) => {
      if (subject === home || subject === gateway) return true;
      const unit = String(values['unit'] ?? '');
      return subject.startsWith('area~') && unit !== '' && `${parent}/`.startsWith(`${unit}/`);
    });
  }

  #lookForStillWater(home: string): void {
    const { now } = this.#story;
    const { still, anew, unheard, broughtAt } = this.truth.of(home);
    if (still === undefined || unheard !== undefined || this.rules.leavesOut('dry', home)) return;
    const since = Math.max(still, anew, this.absences.until(home));
    if (now - since < DRY_WITHIN_MS || now - broughtAt < READ_WITHIN_MS) return;
    const isMissed = this.#alertsOn(home).some(({ rule, raisedAt, clearedAt = now, clearReason }) => {
      if (/^M3-water(-x)?$/.test(rule)) return clearedAt > now - READ_WITHIN_MS && now - raisedAt < OUTAGE_MS;
      if (!/^W[01](-x)?$/.test(rule)) return false;
      return clearedAt > now - READ_WITHIN_MS - (clearReason === 'resolved' ? REARM_MS : 0);
    });
    if (!isMissed) this.fail(`nobody missed the water of ${home} since ${timeText(since)}`);
  }

  #lookForUnheard(home: string): void {
    const { now } = this.#story;
    const { unheard, anew, gone, off, meter, gateway, sharedAt } = this.truth.of(home);
    if (unheard === undefined || gone || off || this.rules.leavesOut('mute', home)) return;
    const since = Math.max(unheard, anew);
    if (now - since < SILENT_WITHIN_MS) return;
    const isMissed = this.#alertsOn(home).some((alert) => {
      const { rule, subject, device, raisedAt, clearedAt = now, clearReason } = alert;
      const isOfMeter = /^M1(-x)?$/.test(rule) && (subject === gateway || device === `${meter}-meter`);
      const isOfBuilding = /^M3(-x)?$/.test(rule) && raisedAt >= unheard && now - sharedAt < SILENT_WITHIN_MS;
      if (!isOfMeter && !isOfBuilding) return false;
      return clearedAt > now - (clearReason === 'resolved' ? REARM_MS + HOUR : SILENT_WITHIN_MS);
    });
    if (!isMissed) this.fail(`nobody missed the meter of ${home} since ${timeText(since)}`);
  }

  #lookForBare(home: string): void {
    const { now } = this.#story;
    const { bare, anew } = this.truth.of(home);
    const since = Math.max(bare ?? now, anew);
    if (this.rules.leavesOut('bare', home)) return;
    if (now - since < BARE_WITHIN_MS) return;
    const isMissed = this.#alertsOn(home).some(({ rule, clearedAt = now, clearReason }) => {
      const rest = clearReason === 'resolved' ? REARM_MS + HOUR : 0;
      return /^M4(-x)?$/.test(rule) && clearedAt >= now - rest;
    });
    if (!isMissed) this.fail(`nobody missed that nothing is in ${home} since ${timeText(since)}`);
  }

  #lookForForgotten({ id, subject, kind, priority, status, ...done }: Case): void {
    if (kind !== 'request' && (kind !== 'safety' || priority > 'P2')) return;
    const {
      openedAt,
      acknowledgedAt = 0,
      resolvedAt = 0,
      contactAt = 0,
      onSiteAt = 0,
      onTheWayAt = 0,
    } = done;
    const last = Math.max(
      openedAt,
      acknowledgedAt,
      resolvedAt,
      contactAt,
      onSiteAt,
      onTheWayAt,
      this.#wokeAt,
    );
    const held = this.silences.heldUntil(subject, priority === 'P1' ? 'call' : 'measured', last);
    const since = Math.max(last, held, this.#story.staffTold(id));
    const { now } = this.#story;
    const isSlow = now - openedAt > SLOWED_DOWN_MS;
    const ofRequest = status === 'open' && !isSlow ? REQUEST_FORGOTTEN_MS : Number.POSITIVE_INFINITY;
    if (now - since > (kind === 'request' ? ofRequest : FORGOTTEN_MS[status]) && !this.#saysNobody(id, since))
      this.fail(`${id} (${status}) is forgotten since ${timeText(since)}`);
  }

  fail(what: string): never {
    const { now } = this.#story;
    throw new Error(
      [`${what}; now ${timeText(now)}`, ...this.#story.cases(), ...this.#story.alerts()].join('\n'),
    );
  }
}
