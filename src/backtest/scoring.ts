import type { DeviceDefinition } from '../devices/define.ts';
import { HOUR } from '../lib/clock.ts';
import type { About, Alert } from '../model/alert.ts';
import { areaPath } from '../model/paths.ts';
import type { Registry } from '../registry/registry.ts';
import { allOrNothing, type HomeBootstrap, type Interval, neverSeen } from './bootstrap.ts';
import { byName, groupBy, quantile, round } from './numbers.ts';
import type { BlindReason, Sight } from './sight.ts';
import { explains, type Incident, mayFind, type Reads, warnsOf } from './truth.ts';

/** Figures of some alerts: those of one rule, or of all. The ones below `recall` need truth. Intervals are of 95 %. */
export interface Figures {
  readonly alerts: number;
  readonly withdrawn: number;
  /** Alerts of one home that overlap in time are one alarm: staff go once. */
  readonly alarms: number;
  readonly alarmsPer100HomeDays: number;
  /** Of the homes in which something measures what the rule looks at: all rates are of these. */
  readonly homeDays: number;
  /** Alerts that no incident of their home explains. */
  readonly falseAlerts?: number;
  readonly falsePer30HomeDays?: number;
  readonly falsePer30HomeDaysInterval?: Interval;
  /** False alerts while somebody was away, had guests and the like: by the kind of what looked like an incident. */
  readonly falseDuring?: Readonly<Record<string, number>>;
  readonly precision?: number;
  readonly precisionInterval?: Interval;
  /** Incidents that these alerts are meant to find, without those that began while such an alert was open. */
  readonly incidents?: number;
  readonly openAlready?: number;
  readonly found?: number;
  readonly recall?: number;
  readonly recallInterval?: Interval;
  readonly recallByKind?: Readonly<Record<string, number>>;
  /** Incidents that the rule cannot see, by the reason: they count neither as found nor as missed. */
  readonly unseen?: Readonly<Partial<Record<BlindReason, number>>>;
  /** Kinds of which it can see none. */
  readonly unseenKinds?: Readonly<Record<string, BlindReason>>;
  /** From the beginning of the incident to `raisedAt`, of those that were found. */
  readonly delayHours?: { readonly p50: number; readonly p90: number; readonly max: number };
  readonly delayP50Interval?: Interval;
  readonly delayP90Interval?: Interval;
}

/** An incident, and the first alert that found it. */
export interface Detection {
  readonly incident: Incident;
  readonly alert?: Alert;
  readonly delayMs?: number;
  /** An alert of the right kind was open when it began: neither found nor missed. */
  readonly openAlready: boolean;
}

export interface ScoredHome {
  readonly id: string;
  readonly days: number;
}

/** Scores alerts against what truly was. */
export class Scoring {
  readonly truth: readonly Incident[] | undefined;
  readonly #homes: readonly ScoredHome[];
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #days: readonly number[];
  readonly #incidents: ReadonlyMap<string, readonly Incident[]>;
  readonly #bootstrap: HomeBootstrap;
  readonly #registry: Registry;
  /** What the devices of a home measure. */
  readonly #measuredIn: (home: string) => Reads;
  readonly #modelOf: (device: string) => DeviceDefinition | undefined;
  /** What a rule looks at, if that can be said. */
  readonly #looksAt: (rule: string) => Reads;

  constructor(options: {
    readonly truth: readonly Incident[] | undefined;
    readonly homes: readonly ScoredHome[];
    readonly registry: Registry;
    readonly bootstrap: HomeBootstrap;
    readonly measuredIn?: (home: string) => Reads;
    readonly modelOf?: (device: string) => DeviceDefinition | undefined;
    readonly looksAt?: (rule: string) => Reads;
  }) {
    this.truth = options.truth;
    this.#homes = options.homes;
    this.#indexOf = new Map(options.homes.map(({ id }, index) => [id, index]));
    this.#days = options.homes.map(({ days }) => days);
    this.#incidents = groupBy(options.truth ?? [], ({ home }) => home);
    this.#registry = options.registry;
    this.#bootstrap = options.bootstrap;
    this.#measuredIn = options.measuredIn ?? (() => undefined);
    this.#modelOf = options.modelOf ?? (() => undefined);
    this.#looksAt = options.looksAt ?? (() => undefined);
  }

  /** The homes that an alert speaks of: those behind the gateway, or in the building or unit, if it is about an area. */
  homesOf(alert: Alert): readonly string[] {
    if (alert.home !== '') return [alert.home];
    const area = areaPath(alert.subject);
    if (area !== undefined) {
      const { unit } = alert.evidence.values;
      return [...this.#registry.homesUnder(typeof unit === 'string' ? unit : area)];
    }
    const homes = new Set<string>();
    for (const id of this.#registry.behind(alert.subject)) {
      const home = this.#registry.device(id)?.home;
      if (home !== undefined) homes.add(home);
    }
    return [...homes];
  }

  incidentsOf(home: string): readonly Incident[] {
    return this.#incidents.get(home) ?? [];
  }

  /** Is there an incident of its home that the alert is about? */
  isExplained(alert: Alert): boolean {
    return this.homesOf(alert).some((home) =>
      this.incidentsOf(home).some((incident) => this.#warns(incident, alert) || explains(incident, alert)),
    );
  }

  #warns(incident: Incident, alert: Alert): boolean {
    return warnsOf(incident, alert, this.#looksAt(alert.rule));
  }

  #blindness(sight: Sight | undefined, incident: Incident): BlindReason | undefined {
    const { home, device } = incident;
    const model = device === undefined ? undefined : this.#modelOf(device);
    return sight?.(
      incident,
      model ? new Set([...model.metrics, ...model.events]) : this.#measuredIn(home),
      model,
    );
  }

  /** Each incident that alerts about these may find, in the order of the truth, with the first alert that found it. */
  detections(alerts: readonly Alert[], abouts: readonly About[], sight?: Sight): Detection[] {
    const byHome = this.#byHome(alerts);
    return (this.truth ?? [])
      .filter(
        (incident) =>
          abouts.some((about) => mayFind({ about }, incident)) && !this.#blindness(sight, incident),
      )
      .map((incident) => {
        const here = (byHome.get(incident.home) ?? []).filter((alert) => mayFind(alert, incident));
        const { from } = incident;
        const warning = here.find((each) => this.#warns(incident, each));
        const wasOpen = here.some(
          ({ raisedAt, clearedAt = Number.POSITIVE_INFINITY }) => raisedAt < from && clearedAt > from,
        );
        const openAlready = !warning && wasOpen;
        const alert = openAlready ? undefined : (warning ?? here.find((each) => explains(incident, each)));
        return {
          incident,
          openAlready,
          ...(alert ? { alert, delayMs: Math.max(0, alert.raisedAt - from) } : {}),
        };
      });
  }

  /**
   * @param alerts in the order in which they were raised
   * @param abouts what they are about and
   * @param sight what their rule can see: decide which incidents they are meant to find
   * @param watches the homes in which it can see anything; absent: all
   */
  figures(
    alerts: readonly Alert[],
    abouts: readonly About[],
    sight?: Sight,
    watches?: (home: string) => boolean,
  ): Figures {
    const alarms = this.#alarms(alerts);
    const days = watches ? this.#homes.map(({ id, days: all }) => (watches(id) ? all : 0)) : this.#days;
    const homeDays = sumOf(days);
    const counted = {
      alerts: alerts.length,
      withdrawn: alerts.filter(({ clearReason }) => clearReason === 'late-data').length,
      alarms,
      alarmsPer100HomeDays: round(homeDays === 0 ? 0 : (100 * alarms) / homeDays, 2),
      homeDays: round(homeDays, 2),
    };
    return this.truth
      ? {
          ...counted,
          ...this.#falseFigures(alerts, days),
          ...this.#foundFigures(alerts, abouts, sight),
          ...(sight ? this.#unseenFigures(abouts, sight) : {}),
        }
      : counted;
  }

  /** @param daysOf the days of each home that count */
  #falseFigures(alerts: readonly Alert[], daysOf: readonly number[]): Partial<Figures> {
    const homeDays = sumOf(daysOf);
    const wrong = alerts.filter((alert) => !this.isExplained(alert));
    const [all, falses] = [this.#perHome(alerts), this.#perHome(wrong)];
    const rate = (weights?: Uint16Array): number | undefined => {
      const days = this.#weighted((_, index) => daysOf[index] ?? 0, weights);
      return days === 0 ? undefined : (30 * this.#weighted((_, i) => falses[i] ?? 0, weights)) / days;
    };
    const precision = (weights?: Uint16Array): number | undefined => {
      const total = this.#weighted((_, i) => all[i] ?? 0, weights);
      return total === 0 ? undefined : 1 - this.#weighted((_, i) => falses[i] ?? 0, weights) / total;
    };
    return {
      falseAlerts: wrong.length,
      falsePer30HomeDays: round(homeDays === 0 ? 0 : (30 * wrong.length) / homeDays, 3),
      ...interval(
        'falsePer30HomeDaysInterval',
        wrong.length === 0 ? neverSeen(homeDays, 30) : this.#bootstrap.interval(rate),
        3,
      ),
      falseDuring: this.#falseDuring(wrong),
      ...(alerts.length > 0 ? { precision: round(1 - wrong.length / alerts.length, 4) } : {}),
      ...interval(
        'precisionInterval',
        allOrNothing(1 - wrong.length / alerts.length, all.filter((count) => count > 0).length) ??
          this.#bootstrap.interval(precision),
        4,
      ),
    };
  }

  #falseDuring(wrong: readonly Alert[]): Record<string, number> {
    const during: Record<string, number> = {};
    for (const alert of wrong) {
      const looked = this.homesOf(alert)
        .flatMap((home) => this.incidentsOf(home))
        .find(({ from, to }) => alert.raisedAt >= from && alert.raisedAt <= to + HOUR);
      if (looked) during[looked.kind] = (during[looked.kind] ?? 0) + 1;
    }
    return byName(during);
  }

  #unseenFigures(abouts: readonly About[], sight: Sight): Partial<Figures> {
    const meant = (this.truth ?? []).filter((incident) =>
      abouts.some((about) => mayFind({ about }, incident)),
    );
    const unseen: Partial<Record<BlindReason, number>> = {};
    const kinds: Record<string, BlindReason> = {};
    const seen = new Set<string>();
    for (const incident of meant) {
      const reason = this.#blindness(sight, incident);
      if (reason === undefined) seen.add(incident.kind);
      else {
        unseen[reason] = (unseen[reason] ?? 0) + 1;
        // In one home nothing measures it, elsewhere the rule would not look: that it lacks a device can be mended.
        if (kinds[incident.kind] !== 'no-device') kinds[incident.kind] = reason;
      }
    }
    const none = Object.entries(kinds).filter(([kind]) => !seen.has(kind));
    return { unseen: byName(unseen), unseenKinds: byName(Object.fromEntries(none)) };
  }

  #foundFigures(
    alerts: readonly Alert[],
    abouts: readonly About[],
    sight: Sight | undefined,
  ): Partial<Figures> {
    const all = this.detections(alerts, abouts, sight);
    const counted = all.filter(({ openAlready }) => !openAlready);
    const found = counted
      .flatMap(({ incident, delayMs }) =>
        delayMs === undefined
          ? []
          : [{ home: this.#indexOf.get(incident.home) ?? -1, hours: delayMs / HOUR }],
      )
      .sort((a, b) => a.hours - b.hours);
    const delays = found.map(({ hours }) => hours);
    const asked = counted.map(({ incident }) => this.#indexOf.get(incident.home) ?? -1);
    const weightOf = (home: number, weights: Uint16Array): number => weights[home] ?? 0;
    const recall = (weights: Uint16Array): number | undefined => {
      let [of, hits] = [0, 0];
      for (const home of asked) of += weightOf(home, weights);
      for (const { home } of found) hits += weightOf(home, weights);
      return of === 0 ? undefined : hits / of;
    };
    const delay =
      (q: number) =>
      (weights: Uint16Array): number | undefined => {
        let total = 0;
        for (const { home } of found) total += weightOf(home, weights);
        let passed = 0;
        for (const { home, hours } of found) {
          passed += weightOf(home, weights);
          if (total > 0 && passed >= q * total - 1e-9) return hours;
        }
        return undefined;
      };
    const figureOf = (q: number): number => round(quantile(delays, q), 2);
    return {
      incidents: counted.length,
      openAlready: all.length - counted.length,
      found: delays.length,
      ...(counted.length > 0 ? { recall: round(delays.length / counted.length, 4) } : {}),
      ...interval(
        'recallInterval',
        allOrNothing(delays.length / counted.length, new Set(asked).size) ?? this.#bootstrap.interval(recall),
        4,
      ),
      recallByKind: recallByKind(counted),
      ...(delays.length > 0
        ? {
            delayHours: { p50: figureOf(0.5), p90: figureOf(0.9), max: figureOf(1) },
            ...interval('delayP50Interval', this.#bootstrap.interval(delay(0.5)), 2),
            ...interval('delayP90Interval', this.#bootstrap.interval(delay(0.9)), 2),
          }
        : {}),
    };
  }

  #byHome(alerts: readonly Alert[]): Map<string, Alert[]> {
    const byHome = new Map<string, Alert[]>();
    for (const alert of alerts)
      for (const home of this.homesOf(alert)) {
        const here = byHome.get(home);
        if (here) here.push(alert);
        else byHome.set(home, [alert]);
      }
    return byHome;
  }

  /** One for each alert, at its home; an alert about an area counts at the first home behind the gateway. */
  #perHome(alerts: readonly Alert[]): Uint32Array {
    const counts = new Uint32Array(this.#homes.length);
    for (const alert of alerts) {
      const index = this.#indexOf.get(this.homesOf(alert)[0] ?? '');
      if (index !== undefined) counts[index] = (counts[index] ?? 0) + 1;
    }
    return counts;
  }

  #weighted(figureOf: (weight: number, index: number) => number, weights?: Uint16Array): number {
    let sum = 0;
    for (let i = 0; i < this.#homes.length; i++) {
      const weight = weights ? (weights[i] ?? 0) : 1;
      if (weight > 0) sum += weight * figureOf(weight, i);
    }
    return sum;
  }

  /** @param alerts in the order in which they were raised */
  #alarms(alerts: readonly Alert[]): number {
    const until = new Map<string, number>();
    let alarms = 0;
    for (const { subject, raisedAt, clearedAt = Number.POSITIVE_INFINITY } of alerts) {
      const openUntil = until.get(subject) ?? Number.NEGATIVE_INFINITY;
      if (raisedAt > openUntil) alarms++;
      until.set(subject, Math.max(openUntil, clearedAt));
    }
    return alarms;
  }
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

function recallByKind(detections: readonly Detection[]): Record<string, number> {
  const kinds = groupBy(detections, ({ incident }) => incident.kind);
  const shares = [...kinds].map(([kind, all]): [string, number] => [
    kind,
    round(all.filter(({ alert }) => alert).length / all.length, 4),
  ]);
  return byName(Object.fromEntries(shares));
}

function interval<K extends string>(
  name: K,
  value: Interval | undefined,
  decimals: number,
): Partial<Record<K, Interval>> {
  if (!value) return {};
  return { [name]: [round(value[0], decimals), round(value[1], decimals)] } as unknown as Record<K, Interval>;
}
