import { accountsWith } from '../../model/case.ts';
import type { Effect } from '../../model/effect.ts';
import type { Notice } from '../../model/notice.ts';
import { entryKey, type Noun, type RegistryEntry } from '../../model/registry.ts';
import type { Rejection } from '../../model/rejection.ts';
import type { VisitLine } from '../../model/visit.ts';
import type { StreamEvent } from '../../ports/records.ts';
import { alertRow, caseRow, noticeRow, placeOf, rejectionRow, rejectionsToKeep } from './rows.ts';
import type { RecordTables } from './schema.ts';
import {
  alertTold,
  type CaseKey,
  caseTold,
  countRejections,
  type EffectOf,
  isLater,
  mayMove,
  noticeTold,
  otherTold,
  registryTold,
  removalTold,
  savedNoticeAt,
  type Told,
} from './told.ts';
import { visitRow } from './visits.ts';

/**
 * What a batch changes, worked out before anything is written, for an engine that is a round trip away: it is asked
 * once what it knows and told once what it shall hold. What SqliteCommit does row by row, and to the same end.
 */

/** The numbers given last. Only the one owner of the records gives any, so that there are no gaps. */
export interface Numbers {
  readonly case: number;
  readonly event: number;
  readonly rejection: number;
}

/** What has to be known of the tables before a batch can be planned. */
export interface Asked {
  readonly alerts: readonly string[];
  readonly cases: readonly string[];
  readonly notices: readonly string[];
  readonly registry: readonly (readonly [noun: Noun, key: string])[];
}

/** What the tables said. Planning writes down here what it changes, for the effects that follow. */
export interface Known {
  /** Versions. */
  readonly alerts: Map<string, number>;
  readonly cases: Map<string, CaseKey>;
  readonly notices: Set<string>;
  /** By `registryKey`. */
  readonly registry: Map<string, RegistryEntry>;
}

type Rows<T extends keyof RecordTables> = Map<string, RecordTables[T] | Record<string, unknown>>;

/** Rows that the tables shall hold, by their keys; a row stands once, as it is at the end of the batch. */
export interface Plan {
  readonly alerts: Rows<'alerts'>;
  readonly cases: Rows<'cases'>;
  readonly case_entries: Rows<'case_entries'>;
  readonly notices: Rows<'notices'>;
  readonly visits: Rows<'visits'>;
  readonly registry: Rows<'registry'>;
  readonly registryGone: Map<string, Gone>;
  readonly rejections: readonly Record<string, unknown>[];
  readonly rejection_counts: readonly RecordTables['rejection_counts'][];
  readonly events: readonly StreamEvent[];
  readonly numbers: Numbers;
}

/** An entry that was removed; of a device, where it was. */
type Gone = Pick<Extract<Effect, { type: 'registry-remove' }>, 'noun' | 'key' | 'left'>;

export const registryKey = (noun: Noun, key: string): string => `${noun} ${key}`;

/** What to ask before this batch is planned. */
export function askedOf(effects: readonly Effect[]): Asked {
  const asked = {
    alerts: new Set<string>(),
    cases: new Set<string>(),
    notices: new Set<string>(),
    registry: new Map<string, readonly [Noun, string]>(),
  };
  const entry = (noun: Noun, key: string): void => {
    asked.registry.set(registryKey(noun, key), [noun, key]);
  };
  for (const effect of effects) {
    if (effect.type === 'alert') asked.alerts.add(effect.alert.id);
    else if (effect.type === 'case') asked.cases.add(effect.case.id);
    else if (effect.type === 'notice') asked.notices.add(effect.notice.id);
    else if (effect.type === 'registry-remove') entry(effect.noun, effect.key);
    else if (effect.type === 'registry-put') {
      const place = placeOf(effect.entry);
      if ('home' in place) entry('home', place.home);
      if (mayMove(effect.entry)) entry(effect.entry.noun, entryKey(effect.entry));
    }
  }
  return {
    alerts: [...asked.alerts],
    cases: [...asked.cases],
    notices: [...asked.notices],
    registry: [...asked.registry.values()],
  };
}

/** Homes on which known entries hang and that are not known themselves: to be asked for in their turn. */
export function homesOf(known: ReadonlyMap<string, RegistryEntry>): readonly (readonly [Noun, string])[] {
  const homes = new Map<string, readonly [Noun, string]>();
  for (const entry of known.values()) {
    const place = placeOf(entry);
    if ('home' in place && !known.has(registryKey('home', place.home)))
      homes.set(place.home, ['home', place.home]);
  }
  return [...homes.values()];
}

export function planBatch(effects: readonly Effect[], at: number, known: Known, numbers: Numbers): Plan {
  return new Planning(known, numbers).batch(effects, at);
}

/** Notices as they are now, and the events that say so. */
export function planNotices(notices: readonly Notice[], numbers: Numbers): Plan {
  const known = { alerts: new Map(), cases: new Map(), notices: new Set<string>(), registry: new Map() };
  return new Planning(known, numbers).notices(notices);
}

class Planning {
  readonly #known: Known;
  readonly #events: StreamEvent[] = [];
  readonly #rejections: Record<string, unknown>[] = [];
  readonly #plan = {
    alerts: new Map() as Rows<'alerts'>,
    cases: new Map() as Rows<'cases'>,
    case_entries: new Map() as Rows<'case_entries'>,
    notices: new Map() as Rows<'notices'>,
    visits: new Map() as Rows<'visits'>,
    registry: new Map() as Rows<'registry'>,
    registryGone: new Map<string, Gone>(),
  };
  readonly #numbers: { case: number; event: number; rejection: number };
  #counts: RecordTables['rejection_counts'][] = [];

  constructor(known: Known, numbers: Numbers) {
    this.#known = known;
    this.#numbers = { ...numbers };
  }

  batch(effects: readonly Effect[], at: number): Plan {
    const rejections: Rejection[] = [];
    for (const effect of effects) {
      if (effect.type === 'rejection') rejections.push(effect.rejection);
      else if (effect.type === 'registry-put')
        for (const told of this.#put(effect.entry)) this.#tell(at, told);
      else this.#tell(at, this.#effect(effect));
    }
    this.#counts = countRejections(rejections);
    for (const rejection of rejectionsToKeep(rejections))
      this.#rejections.push({ id: ++this.#numbers.rejection, ...rejectionRow(rejection) });
    return this.#done();
  }

  notices(notices: readonly Notice[]): Plan {
    for (const notice of notices) {
      const row = noticeRow(notice);
      this.#plan.notices.set(notice.id, row);
      this.#tell(savedNoticeAt(notice), noticeTold(notice, row.doc));
    }
    return this.#done();
  }

  #done(): Plan {
    return {
      ...this.#plan,
      rejections: this.#rejections,
      rejection_counts: this.#counts,
      events: this.#events,
      numbers: this.#numbers,
    };
  }

  #tell(at: number, told: Told | undefined): void {
    if (told) this.#events.push({ id: ++this.#numbers.event, at, ...told });
  }

  #effect(effect: Exclude<Effect, { type: 'registry-put' }>): Told | undefined {
    switch (effect.type) {
      case 'alert':
        return this.#alert(effect);
      case 'case':
        return this.#case(effect);
      case 'notice':
        return this.#notice(effect.notice);
      case 'visit':
        return this.#visit(effect.line);
      case 'registry-remove':
        return this.#remove(effect);
      default:
        return otherTold(effect);
    }
  }

  #alert({ change, alert }: EffectOf<'alert'>): Told | undefined {
    const { alerts } = this.#known;
    if (alert.version <= (alerts.get(alert.id) ?? Number.NEGATIVE_INFINITY)) return undefined;
    alerts.set(alert.id, alert.version);
    const row = alertRow(alert);
    this.#plan.alerts.set(alert.id, row);
    return alertTold(change, alert, row.doc);
  }

  #case(effect: EffectOf<'case'>): Told | undefined {
    const { case: of, entries } = effect;
    const lines = entries.map((entry) => JSON.stringify(entry));
    entries.forEach(({ n }, i) => {
      const key = `${of.id} ${n}`;
      if (!this.#plan.case_entries.has(key))
        this.#plan.case_entries.set(key, { case_id: of.id, n, doc: lines[i] });
    });
    const known = this.#known.cases.get(of.id);
    if (known && !isLater(of, known)) return undefined;
    const number = known?.number ?? ++this.#numbers.case;
    this.#known.cases.set(of.id, {
      number,
      version: of.version,
      entries: of.entries,
      accounts: accountsWith(of),
    });
    const row = caseRow(of);
    this.#plan.cases.set(of.id, { number, ...row });
    return caseTold(effect, number, row.doc, lines, known);
  }

  /** The first of a name stands: what became of it since is saved by whoever sends it. */
  #notice(notice: Notice): Told | undefined {
    if (this.#known.notices.has(notice.id)) return undefined;
    this.#known.notices.add(notice.id);
    const row = noticeRow(notice);
    this.#plan.notices.set(notice.id, row);
    return noticeTold(notice, row.doc);
  }

  /** The first of a name stands, until it is withdrawn. */
  #visit(line: VisitLine): undefined {
    const key = `${line.home} ${line.at} ${line.kind} ${line.by}`;
    const before = this.#plan.visits.get(key) as RecordTables['visits'] | undefined;
    const row = visitRow(line);
    if (!before || row.version > before.version) this.#plan.visits.set(key, row);
  }

  /** What has moved away is told where it was as well: who may see only that place would go on showing it. */
  #put(entry: RegistryEntry): readonly Told[] {
    const key = entryKey(entry);
    const doc = JSON.stringify(entry);
    const place = registryKey(entry.noun, key);
    const before = mayMove(entry) ? this.#known.registry.get(place) : undefined;
    const from = before && this.#pathOf(before);
    this.#known.registry.set(place, entry);
    this.#plan.registry.set(place, { noun: entry.noun, key, doc });
    this.#plan.registryGone.delete(place);
    const path = this.#pathOf(entry);
    const told = registryTold(entry, doc, path);
    return from === undefined || from === path ? [told] : [removalTold(entry.noun, key, from), told];
  }

  #remove({ noun, key, left }: Gone): Told {
    const place = registryKey(noun, key);
    const entry = this.#known.registry.get(place);
    const path = entry ? this.#pathOf(entry) : '';
    this.#known.registry.delete(place);
    this.#plan.registry.delete(place);
    this.#plan.registryGone.set(place, { noun, key, left });
    if (noun === 'home')
      for (const [name, row] of this.#plan.visits) if (row['home'] === key) this.#plan.visits.delete(name);
    return removalTold(noun, key, path);
  }

  /** The node by which rights are decided; empty, and so for the uppermost only, if the home is gone already. */
  #pathOf(entry: RegistryEntry): string {
    const place = placeOf(entry);
    if ('path' in place) return place.path;
    const home = this.#known.registry.get(registryKey('home', place.home));
    return home ? this.#pathOf(home) : '';
  }
}
