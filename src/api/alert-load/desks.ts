import { HOUR } from '../../lib/clock.ts';
import { crowding, lengthWithin, type Stretch } from '../../lib/crowding.ts';
import { quantileOfCounts } from '../../lib/quantile.ts';
import { visitAll, visitEach } from '../../lib/unhurried.ts';
import { type Desk, LOAD_MARKS } from '../../model/alert-load.ts';
import { covers, parentPath } from '../../model/paths.ts';
import type { RegistryView } from '../../ports/service.ts';
import { isCovered } from '../access.ts';
import type { Attendance } from './attendance.ts';

/** How many alerts came to whoever sat at a desk. All but `alerts` is absent where no hour is known. */
export interface LoadOfDesk {
  readonly alerts: number;
  readonly perHour?: {
    readonly mean: number;
    readonly p95: number;
    /** The hour with most, and when it began. */
    readonly max: number;
    readonly maxAt?: number;
    /** Shares of the hours with more than is acceptable, and with more than can be managed. */
    readonly overAcceptable: number;
    readonly overMax: number;
  };
  readonly flood?: { readonly share: number; readonly count: number; readonly longestMs: number };
}

export interface DeskFigures extends LoadOfDesk {
  /** Its node; empty: all that was asked for. */
  readonly path: string;
  readonly homes: number;
  /** A part of it alone was asked for, or may be seen. */
  readonly partial: boolean;
}

/** The instants at which alerts came to one desk. */
interface At {
  homes: number;
  readonly times: number[];
}

export class Desks {
  readonly #desk: Desk;
  readonly #nodes: readonly string[];
  readonly #attendance: Attendance;
  readonly #at = new Map<string, At>();
  #homes = 0;
  /** Alerts of places that stand above all desks. */
  #above = 0;

  private constructor(desk: Desk, nodes: readonly string[], attendance: Attendance) {
    this.#desk = desk;
    this.#nodes = nodes;
    this.#attendance = attendance;
  }

  /** @param nodes what is asked for, as far as it may be seen */
  static async of(
    { registry, nodes }: { readonly registry: RegistryView; readonly nodes: readonly string[] },
    desk: Desk,
    attendance: Attendance,
  ): Promise<Desks> {
    const desks = new Desks(desk, nodes, attendance);
    if (desk === 'area') desks.#at.set('', { homes: 0, times: [] });
    else
      for (const { level, path } of registry.nodes())
        if (level === desk && nodes.some((node) => covers(node, path) || covers(path, node)))
          desks.#at.set(path, { homes: 0, times: [] });
    await visitAll(registry.homes(), ({ parent }) => {
      if (!isCovered(nodes, parent)) return;
      desks.#homes++;
      const at = desks.#deskOf(parent);
      if (at) at.homes++;
    });
    return desks;
  }

  get homes(): number {
    return this.#homes;
  }
  get above(): number {
    return this.#above;
  }

  #deskOf(path: string): At | undefined {
    if (this.#desk === 'area') return this.#at.get('');
    for (let of = path; of !== ''; of = parentPath(of)) {
      const at = this.#at.get(of);
      if (at) return at;
    }
    return undefined;
  }

  add({ path, raisedAt }: { readonly path: string; readonly raisedAt: number }): void {
    const at = this.#deskOf(path);
    if (at) at.times.push(this.#attendance.heardAt(raisedAt));
    else this.#above++;
  }

  /**
   * Those with most floods first, then those with most alerts. A desk of nobody, to which nothing came, is none.
   *
   * @param attendance of the hours that count
   */
  async figures(
    attendance: Attendance,
  ): Promise<{ total: LoadOfDesk & { desks: number }; desks: DeskFigures[] }> {
    const hours = [...attendance.stretches()];
    const total = new DeskTally(hours);
    const desks: DeskFigures[] = [];
    await visitEach(this.#at, ([path, { homes, times }]) => {
      if (homes === 0 && times.length === 0) return;
      const own = new DeskTally(hours);
      const sorted = Float64Array.from(times).sort();
      for (const tally of [own, total]) tally.add(sorted, attendance);
      desks.push({ path, homes, partial: !this.#isWhole(path), ...own.figures() });
    });
    const flooded = ({ flood }: LoadOfDesk): number => flood?.share ?? 0;
    desks.sort((a, b) => flooded(b) - flooded(a) || b.alerts - a.alerts || (a.path < b.path ? -1 : 1));
    return { total: { desks: desks.length, ...total.figures() }, desks };
  }

  #isWhole(path: string): boolean {
    return this.#desk === 'area' || this.#nodes.some((node) => covers(node, path));
  }
}

/** Hours of one desk, or of several together: then each hour of each desk is one. */
class DeskTally {
  readonly #hours: readonly Stretch[];
  #desks = 0;
  #alerts = 0;
  /** Alerts of an hour of a desk, where there were any. */
  readonly #counts: number[] = [];
  #max = 0;
  #maxAt: number | undefined;
  #floodMs = 0;
  #floods = 0;
  #longestMs = 0;

  constructor(hours: readonly Stretch[]) {
    this.#hours = hours;
  }

  add(sorted: Float64Array, attendance: Attendance): void {
    this.#desks++;
    this.#alerts += sorted.length;
    const counts = new Map<number, number>();
    for (const at of sorted) {
      const hour = attendance.hourOf(at);
      if (hour !== undefined) counts.set(hour, (counts.get(hour) ?? 0) + 1);
    }
    for (const [hour, count] of counts) {
      this.#counts.push(count);
      if (count > this.#max) [this.#max, this.#maxAt] = [count, hour * HOUR];
    }
    for (const flood of crowding(sorted, LOAD_MARKS.floodAlerts, LOAD_MARKS.floodWithinMs)) {
      const ms = this.#hours.reduce((sum, hours) => sum + lengthWithin([flood], hours), 0);
      if (ms === 0) continue;
      this.#floods++;
      this.#floodMs += ms;
      this.#longestMs = Math.max(this.#longestMs, ms);
    }
  }

  figures(): LoadOfDesk {
    const alerts = this.#alerts;
    const all = this.#desks * this.#hours.reduce((sum, { from, to }) => sum + (to - from) / HOUR, 0);
    if (all === 0) return { alerts };
    const over = (mark: number): number => this.#counts.filter((count) => count > mark).length / all;
    return {
      alerts,
      perHour: {
        mean: this.#counts.reduce((sum, count) => sum + count, 0) / all,
        p95: quantileOfCounts(this.#counts, all, 0.95) ?? 0,
        max: this.#max,
        ...(this.#maxAt === undefined ? {} : { maxAt: this.#maxAt }),
        overAcceptable: over(LOAD_MARKS.perHourAcceptable),
        overMax: over(LOAD_MARKS.perHourMax),
      },
      flood: { share: this.#floodMs / (all * HOUR), count: this.#floods, longestMs: this.#longestMs },
    };
  }
}
