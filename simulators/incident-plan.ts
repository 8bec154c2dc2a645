import { DAY, HOUR } from '../src/lib/clock.ts';
import { type Random, seededRandom } from '../src/lib/random.ts';
import { TextError } from '../src/model/text.ts';
import { type Calendar, localCalendar } from './calendar.ts';
import type { Community, SimulatedHome } from './community.ts';
import type { Disturbance, IncidentDefinition, Incidents } from './incident.ts';
import { rfc3339 } from './report.ts';

/** An incident that will happen: in one home, or in all homes behind a gateway. */
export interface PlannedIncident {
  readonly kind: string;
  readonly homes: readonly string[];
  /** Set where the incident is the gateway's. */
  readonly gateway?: string;
  readonly from: number;
  readonly to: number;
  readonly disturbance: Disturbance;
}

/** An incident that somebody asks for: `at` names a home or a gateway. */
export interface AskedIncident {
  readonly kind: string;
  readonly at: string;
  readonly from: number;
  /** When it ends; the incident's own length if absent. */
  readonly to?: number;
}

/** A truth line as it stands in the file. */
export interface TruthLine {
  readonly home: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  /** The one that it happened to, where it was one of several in the home. */
  readonly device?: string;
}

export interface PlanOptions {
  readonly incidents: Incidents;
  readonly community: Community;
  readonly seed: number | string;
  readonly start: number;
  readonly until: number;
  /** Times a year in one home, or behind one gateway, by kind. */
  readonly rates: ReadonlyMap<string, number>;
  readonly asked?: readonly AskedIncident[];
  /** No random incident begins before it: the service first has to see how people live. */
  readonly settledAt?: number;
}

const YEAR = 365 * DAY;
/** Between two incidents of one home life is as usual for so long, so that each can be told from the other. */
const REST = 18 * HOUR;

/** What an incident was asked for in a place that does not exist, or that has nothing to show it. */
export class PlanError extends TextError {}

/**
 * Decides what happens where and when, from the seed. A home has one random incident at a time, and none while its
 * gateway is dead, so that a truth line always stands for something that could be seen. What was asked for happens in
 * any case. In order of time. @throws PlanError if an asked incident cannot happen where it was asked for.
 */
export function planIncidents(options: PlanOptions): PlannedIncident[] {
  const { community, seed } = options;
  const planner = new Planner(options);
  for (const asked of options.asked ?? []) planner.ask(asked);
  for (const gateway of planner.gateways.keys())
    planner.drawFor('gateway', gateway, seededRandom(`${seed}/plan/${gateway}`));
  for (const home of community.homes)
    planner.drawFor('home', home.id, seededRandom(`${seed}/plan/${home.id}`));
  return planner.planned.sort((a, b) => a.from - b.from || compare(a.homes[0] ?? '', b.homes[0] ?? ''));
}

/** One line a home and incident, in order of time; ends no later than the simulation. */
export function truthLines(planned: readonly PlannedIncident[], until: number): TruthLine[] {
  return planned.flatMap(({ homes, kind, from, to }) =>
    homes.map((home) => ({ home, kind, from: rfc3339(from), to: rfc3339(Math.min(to, until)) })),
  );
}

class Planner {
  readonly planned: PlannedIncident[] = [];
  /** Homes whose meter speaks through the gateway. */
  readonly gateways = new Map<string, SimulatedHome[]>();
  readonly #homes = new Map<string, SimulatedHome>();
  readonly #byHome = new Map<string, PlannedIncident[]>();
  readonly #options: PlanOptions;
  readonly #calendars = new Map<string, Calendar>();

  constructor(options: PlanOptions) {
    this.#options = options;
    for (const home of options.community.homes) {
      this.#homes.set(home.id, home);
      const { gateway } = home.meter;
      if (!gateway) continue;
      const behind = this.gateways.get(gateway);
      if (behind) behind.push(home);
      else this.gateways.set(gateway, [home]);
    }
  }

  ask({ kind, at, from, to }: AskedIncident): void {
    const definition = this.#options.incidents.get(kind);
    if (!definition)
      throw new PlanError({
        zh: `没有事件 “${kind}”：${[...this.#options.incidents.keys()].join('、')}`,
        en: `there is no incident "${kind}": ${[...this.#options.incidents.keys()].join(', ')}`,
      });
    const homes = this.#place(definition, at);
    if (from < this.#options.start || from >= this.#options.until)
      throw new PlanError({
        zh: `${at} 的 ${kind} 定在 ${rfc3339(from)}，不在模拟的时间内`,
        en: `${kind} at ${at} is asked for ${rfc3339(from)}, outside the simulated time`,
      });
    if (to !== undefined && to <= from)
      throw new PlanError({
        zh: `${at} 的 ${kind} 的结束早于开始`,
        en: `${kind} at ${at} would end before it begins`,
      });
    this.#add(
      definition,
      at,
      homes,
      from,
      seededRandom(`${this.#options.seed}/asked/${kind}/${at}/${from}`),
      to,
    );
  }

  /** Draws all random incidents of one place: every kind at its own rate, then those that fit beside one another. */
  drawFor(scope: 'home' | 'gateway', at: string, random: Random): void {
    const { incidents, rates, start, until } = this.#options;
    const drawn: { definition: IncidentDefinition; from: number }[] = [];
    for (const definition of incidents.values()) {
      const perYear = rates.get(definition.kind) ?? 0;
      if ((definition.needs === 'gateway') !== (scope === 'gateway') || perYear <= 0) continue;
      if (scope === 'home' && !this.#has(definition, this.#homes.get(at)!)) continue;
      const own = random.fork(definition.kind);
      const earliest = this.#options.settledAt ?? start;
      for (
        let day = start + own.exponential(YEAR / perYear);
        day < until;
        day += own.exponential(YEAR / perYear)
      ) {
        const from = this.#onset(definition, at, day, own);
        if (from >= earliest && from < until) drawn.push({ definition, from });
      }
    }
    drawn.sort((a, b) => a.from - b.from || compare(a.definition.kind, b.definition.kind));
    for (const { definition, from } of drawn) {
      const homes = this.#place(definition, at);
      const own = random.fork(`${definition.kind}/${from}`);
      this.#add(definition, at, homes, from, own, undefined, true);
    }
  }

  /** An instant within the hours of the definition, on the local day of the given one; whole seconds. */
  #onset({ hours }: IncidentDefinition, at: string, day: number, random: Random): number {
    const home = this.#homes.get(at) ?? this.gateways.get(at)?.[0];
    const calendar = this.#calendar(home?.timeZone ?? 'UTC');
    const minute = random.between(hours[0] * 60, hours[1] * 60);
    return Math.floor(calendar.at(calendar.dayOf(day), minute) / 1000) * 1000;
  }

  #add(
    definition: IncidentDefinition,
    at: string,
    homes: readonly SimulatedHome[],
    from: number,
    random: Random,
    end?: number,
    mustFit = false,
  ): void {
    const to = end ?? from + Math.round(definition.lasts(random) / 1000) * 1000;
    if (mustFit && !homes.every(({ id }) => this.#isFree(id, from, to))) return;
    const incident: PlannedIncident = {
      kind: definition.kind,
      homes: homes.map(({ id }) => id),
      ...(definition.needs === 'gateway' ? { gateway: at } : {}),
      from,
      to,
      disturbance: definition.happen({ from, to, random }),
    };
    this.planned.push(incident);
    for (const { id } of homes) {
      const before = this.#byHome.get(id);
      if (before) before.push(incident);
      else this.#byHome.set(id, [incident]);
    }
  }

  #isFree(home: string, from: number, to: number): boolean {
    return (this.#byHome.get(home) ?? []).every(
      (other) => from >= other.to + REST || to + REST <= other.from,
    );
  }

  #place(definition: IncidentDefinition, at: string): readonly SimulatedHome[] {
    if (definition.needs === 'gateway') {
      const homes = this.gateways.get(at);
      if (!homes)
        throw new PlanError({
          zh: `${definition.kind}：没有网关 “${at}”`,
          en: `${definition.kind}: there is no gateway "${at}"`,
        });
      return homes;
    }
    const home = this.#homes.get(at);
    if (!home)
      throw new PlanError({
        zh: `${definition.kind}：没有住户 “${at}”`,
        en: `${definition.kind}: there is no home "${at}"`,
      });
    if (!this.#has(definition, home))
      throw new PlanError({
        zh: `${definition.kind}：住户 “${at}” 没有 ${definition.needs}`,
        en: `${definition.kind}: the home "${at}" has no ${definition.needs}`,
      });
    return [home];
  }

  #has({ needs }: IncidentDefinition, home: SimulatedHome): boolean {
    if (needs === 'wristband') return home.band !== undefined;
    return needs === 'water-meter' || home.sensors !== undefined;
  }

  #calendar(timeZone: string): Calendar {
    let calendar = this.#calendars.get(timeZone);
    if (!calendar) {
      calendar = localCalendar(timeZone);
      this.#calendars.set(timeZone, calendar);
    }
    return calendar;
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
