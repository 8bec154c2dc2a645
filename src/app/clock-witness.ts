import { MINUTE } from '../lib/clock.ts';
import type { Effect } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Text } from '../model/text.ts';
import type { SequencedReport } from '../ports/telemetry.ts';

/** For how long a device is a witness after what it said last: a meter speaks once an hour. */
const WITNESS_MS = 120 * MINUTE;
/** Clocks of devices that are right agree with each other within this. */
const LIKE_MS = 5 * MINUTE;
/** A device that says when it measured, and did so this shortly before it came, agrees with our clock. */
const FRESH_MS = 2 * MINUTE;
/** So many agree with each other by chance as good as never; fewer have to say so for a while, and nobody otherwise. */
const WITNESSES = 3;
const FEW_SAY_SO_MS = 30 * MINUTE;

export interface SlowClock {
  readonly since: number;
  /** By how much, as the devices have it, in milliseconds. */
  readonly ms: number;
  readonly devices: number;
}

interface Ahead {
  readonly since: number;
  readonly at: number;
  readonly ms: number;
}

/**
 * Whether our own clock is slow. A reading that is ahead of it by more than a clock may be is refused, for device clocks lie;
 * but when several devices are ahead by a like amount, and no more of them agree with us, then it is ours that is wrong,
 * and everything that is measured is refused. In memory: whoever is ahead is so again with its next message.
 */
export class ClockWitness {
  readonly #ahead = new Map<string, Ahead>();
  readonly #agrees = new Map<string, number>();

  committed({ effects, reports }: { effects: readonly Effect[]; reports: readonly SequencedReport[] }): void {
    for (const effect of effects) {
      if (effect.type !== 'rejection') continue;
      const { device, aheadMs, at } = effect.rejection;
      if (device !== undefined && aheadMs !== undefined) this.#isAhead(device, at, aheadMs);
    }
    // While nobody is ahead one of a batch is asked: there are enough of them.
    for (const { report } of this.#ahead.size > 0 ? reports : reports.slice(0, 1)) {
      if (report.clock !== 'device' || report.readings.length === 0) continue;
      let newest = 0;
      for (const { at } of report.readings) if (at > newest) newest = at;
      if (newest < report.receivedAt - FRESH_MS) continue;
      this.#ahead.delete(report.device);
      note(this.#agrees, report.device, report.receivedAt);
    }
  }

  /** Undefined: there is no reason to think so. */
  slow(now: number): SlowClock | undefined {
    for (const [device, { at }] of this.#ahead) if (now - at > WITNESS_MS) this.#ahead.delete(device);
    if (this.#ahead.size === 0) return undefined;
    let agreeing = 0;
    for (const at of this.#agrees.values()) if (now - at <= WITNESS_MS) agreeing++;
    const alike = likeEachOther([...this.#ahead.values()]);
    const since = Math.min(...alike.map((one) => one.since));
    const isSaid =
      alike.length >= WITNESSES ? alike.length > agreeing : agreeing === 0 && now - since >= FEW_SAY_SO_MS;
    const ms = alike[alike.length >> 1]?.ms ?? 0;
    return isSaid ? { since, ms, devices: alike.length } : undefined;
  }

  #isAhead(device: string, at: number, ms: number): void {
    const before = this.#ahead.get(device);
    // Of what came in one message the newest value says how far its clock is ahead.
    if (before?.at === at && before.ms >= ms) return;
    this.#agrees.delete(device);
    note(this.#ahead, device, { since: before?.since ?? at, at, ms });
  }
}

/** The largest group of those that are ahead by nearly the same, the smallest first. */
function likeEachOther(all: Ahead[]): readonly Ahead[] {
  all.sort((a, b) => a.ms - b.ms);
  let best: readonly Ahead[] = [];
  for (let from = 0, to = 0; to < all.length; to++) {
    while ((all[to] as Ahead).ms - (all[from] as Ahead).ms > LIKE_MS) from++;
    if (to - from + 1 > best.length) best = all.slice(from, to + 1);
  }
  return best;
}

/** Put anew, so that the first of the map is the one that was heard longest ago. */
function note<T>(map: Map<string, T>, device: string, value: T): void {
  map.delete(device);
  map.set(device, value);
  const [oldest] = map.keys();
  if (map.size > LIMITS.clockWitnessesMax && oldest !== undefined) map.delete(oldest);
}

export function slowClockText({ ms, devices }: Pick<SlowClock, 'ms' | 'devices'>): Text {
  const minutes = Math.round(ms / MINUTE);
  return {
    zh: `${devices} 台设备的时间都比本机快约 ${minutes} 分钟，其读数因此被拒收（clock-future）：多半是本机时钟慢了`,
    en: `the clocks of ${devices === 1 ? '1 device is' : `${devices} devices are`} ahead of ours by about ${minutes} minutes, and their readings are refused (clock-future): most likely ours is slow`,
  };
}
