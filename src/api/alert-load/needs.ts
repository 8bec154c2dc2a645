import { wilson } from '../../lib/wilson.ts';
import type { Alert } from '../../model/alert.ts';
import { MISSED_WITHIN_MS } from '../../model/alert-load.ts';
import type { Outcome } from '../../model/case.ts';
import { roundsOf } from '../../model/case-rounds.ts';
import { callsForHelp } from '../../model/finding-weight.ts';
import { HELP_ASKED_RULE, isFoundInNeed } from '../../model/help-asked.ts';
import { LIMITS } from '../../model/limits.ts';
import { verdictOf } from '../../model/verdict.ts';
import type { NumberedCase, RecordStore } from '../../ports/records.ts';

/** Somebody who was found in need. */
export interface FoundCase {
  readonly id: string;
  readonly number: number;
  readonly home: string;
  readonly openedAt: number;
  readonly outcome?: Outcome;
  /** Something about the person had been raised within the day before. */
  readonly raisedBefore: boolean;
}

/** Who was in need, as far as it is known, and how it came to be known. */
export interface NeedFigures {
  /** Cases about people whose outcome says that there was need. */
  readonly confirmed: number;
  /** Of these: a device raised first; somebody told of it, and nothing had been raised. */
  readonly byDevice: number;
  readonly byWord: number;
  /** Found in need, and nothing had been raised within the day before; or something had. Not where it turned out that there was no need. */
  readonly missed: number;
  readonly foundRaised: number;
  /** `byDevice` of all of which it is known, those that were missed among them; with the interval of 95 %. */
  readonly share?: number;
  readonly low?: number;
  readonly high?: number;
  /** Times that somebody was on site in a case about a person. */
  readonly onSite: number;
  /** Cases about people that turned out to be an absence that nobody had registered, of those of which it is known. */
  readonly unregisteredAway: number;
  readonly known: number;
  readonly found: readonly FoundCase[];
}

/** What the alerts of a case say of a person. */
interface OfPerson {
  /** The first that a device raised. */
  device?: number;
  /** The first that somebody entered. */
  word?: Alert;
  found: boolean;
  calls: boolean;
}

export class Needs {
  readonly #people = new Map<string, OfPerson>();
  readonly #records: Pick<RecordStore, 'alerts'>;
  readonly #found: FoundCase[] = [];
  #confirmed = 0;
  #byDevice = 0;
  #byWord = 0;
  #missed = 0;
  #foundRaised = 0;
  #onSite = 0;
  #away = 0;
  #known = 0;

  constructor(records: Pick<RecordStore, 'alerts'>) {
    this.#records = records;
  }

  /** Takes alerts with the newest first. */
  add(alert: Alert): void {
    if (alert.about !== 'person') return;
    const of = this.#people.get(alert.case) ?? { found: false, calls: false };
    this.#people.set(alert.case, of);
    of.calls ||= callsForHelp(alert);
    of.found ||= isFoundInNeed(alert);
    if (alert.rule === HELP_ASKED_RULE) of.word = alert;
    else of.device = alert.raisedAt;
  }

  async count(one: NumberedCase): Promise<void> {
    const of = this.#people.get(one.id);
    if (!of || one.kind !== 'safety') return;
    const { outcome } = one;
    this.#onSite += roundsOf(one).filter(({ onSiteAt }) => onSiteAt !== undefined).length;
    const verdict = outcome === undefined ? undefined : verdictOf(outcome, 'person', of.calls);
    if (verdict === 'true' || verdict === 'false') this.#known++;
    if (outcome === 'away') this.#away++;
    if (verdict === 'true') this.#confirmed++;
    const isFound = of.found && verdict !== 'false';
    if (!isFound && verdict !== 'true') return;
    const raisedBefore = await this.#wasRaised(of);
    if (isFound) this.#addFound(one, raisedBefore);
    if (verdict !== 'true') return;
    if (raisedBefore) this.#byDevice++;
    else if (!isFound) this.#byWord++;
  }

  #addFound({ id, number, home, openedAt, outcome }: NumberedCase, raisedBefore: boolean): void {
    if (raisedBefore) this.#foundRaised++;
    else this.#missed++;
    const of = { id, number, home, openedAt, raisedBefore };
    this.#found.push(outcome === undefined ? of : { ...of, outcome });
  }

  /** Something about the person, before anybody told of it: in this case, or in another of the home that may be over, wherever that stood. */
  async #wasRaised({ device, word }: OfPerson): Promise<boolean> {
    if (word === undefined || (device !== undefined && device <= word.raisedAt)) return true;
    const { home, raisedAt } = word;
    const filter = { paths: [''], home, about: 'person', raisedTo: raisedAt } as const;
    const { items } = await this.#records.alerts(filter, { limit: LIMITS.caseAlertsMax });
    return items.some(
      ({ rule, clearedAt = raisedAt }) =>
        rule !== HELP_ASKED_RULE && clearedAt >= raisedAt - MISSED_WITHIN_MS,
    );
  }

  figures(): NeedFigures {
    const of = this.#byDevice + this.#byWord + this.#missed;
    return {
      confirmed: this.#confirmed,
      byDevice: this.#byDevice,
      byWord: this.#byWord,
      missed: this.#missed,
      foundRaised: this.#foundRaised,
      ...wilson(this.#byDevice, of),
      onSite: this.#onSite,
      unregisteredAway: this.#away,
      known: this.#known,
      found: this.#found,
    };
  }
}
