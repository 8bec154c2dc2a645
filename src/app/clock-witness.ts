import { duration } from '../cases/texts.ts';
import { type Clock, DAY, MINUTE } from '../lib/clock.ts';
import type { Effect } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Text } from '../model/text.ts';
import type { SequencedReport } from '../ports/telemetry.ts';

/** For how long a device is a witness after what it said last: a meter speaks once an hour. */
const WITNESS_MS = 120 * MINUTE;
/** Clocks of devices that are right agree with each other within this. */
export const LIKE_MS = 5 * MINUTE;
/** A device that says when it measured, and did so this shortly before it came, agrees with our clock. */
export const FRESH_MS = 2 * MINUTE;
/** What lies further back may be by its clock, or by ours. */
export const BEHIND_FROM_MS = 10 * MINUTE;
/** A clock that is wrong by a constant is so by nearly the same twice; what waited somewhere is not. */
const SAME_LAG_MS = MINUTE;
/** So many agree with each other by chance as good as never; fewer have to say so for a while, and nobody otherwise. */
const WITNESSES = 3;
const FEW_SAY_SO_MS = 30 * MINUTE;

export interface SlowClock {
  readonly since: number;
  /** By how much, as the devices have it, in milliseconds. */
  readonly ms: number;
  readonly devices: number;
}

/** Our clock is not that of the devices. */
export interface ClockApart extends SlowClock {
  /** How far the devices are ahead of the clock of the machine: the same while ours catches up with it. */
  readonly offset: number;
}

interface Apart {
  readonly since: number;
  readonly at: number;
  /** How far it is ahead of the clock of the machine, in milliseconds. */
  readonly offset: number;
}

/**
 * Whether our own clock is wrong. A reading that is ahead of it by more than a clock may be is refused, for device clocks
 * lie; but when several devices are ahead by a like amount, and no more of them agree with us, then it is most likely ours.
 * The same for devices that are behind by a like amount, where they agreed with us before: who was always late may have a
 * long way. Measured by the clock of the machine: while ours catches up with it at half speed, devices that are right are
 * apart from ours by less and less. In memory: whoever is apart is so again with its next messages.
 */
export class ClockWitness {
  readonly #apart = new Map<string, Apart>();
  readonly #agrees = new Map<string, number>();
  /** Devices that agreed with us, and were behind with their last message. */
  readonly #lags = new Map<string, Apart>();
  readonly #clock: Pick<Clock, 'aheadMs'>;

  constructor(clock: Pick<Clock, 'aheadMs'> = {}) {
    this.#clock = clock;
  }

  /** How far our clock reads ahead of the machine. */
  get aheadOfMachine(): number {
    return Math.round(this.#clock.aheadMs?.() ?? 0);
  }

  committed({ effects, reports }: { effects: readonly Effect[]; reports: readonly SequencedReport[] }): void {
    for (const effect of effects) {
      if (effect.type !== 'rejection') continue;
      const { device, aheadMs, at } = effect.rejection;
      if (device !== undefined && aheadMs !== undefined) this.isApart(device, at, aheadMs);
    }
    // While nobody is apart one of a batch is asked: there are enough of them.
    for (const { report } of this.#apart.size > 0 ? reports : reports.slice(0, 1)) {
      if (report.clock !== 'device' || report.readings.length === 0) continue;
      let newest = 0;
      for (const { at } of report.readings) if (at > newest) newest = at;
      if (newest < report.receivedAt - FRESH_MS) continue;
      this.#apart.delete(report.device);
      note(this.#agrees, report.device, report.receivedAt);
    }
  }

  /** Our clock is slow. Undefined: there is no reason to think so. */
  slow(now: number): SlowClock | undefined {
    const apart = this.apart(now);
    return apart && apart.ms > 0 ? apart : undefined;
  }

  /** Our clock is fast, and the machine's as well: that it was set back, and ours goes on, is known without devices. */
  fast(now: number): SlowClock | undefined {
    const apart = this.apart(now);
    return apart && apart.ms < 0 && apart.offset < -LIKE_MS ? { ...apart, ms: -apart.ms } : undefined;
  }

  /** Our clock is slow or fast: `ms` says by how much devices are ahead of it. */
  apart(now: number): ClockApart | undefined {
    for (const known of [this.#apart, this.#lags])
      for (const [device, { at }] of known) if (now - at > WITNESS_MS) known.delete(device);
    if (this.#apart.size === 0) return undefined;
    let agreeing = 0;
    for (const at of this.#agrees.values()) if (now - at <= WITNESS_MS) agreeing++;
    const alike = likeEachOther([...this.#apart.values()]);
    const since = Math.min(...alike.map((one) => one.since));
    const isSaid =
      alike.length >= WITNESSES ? alike.length > agreeing : agreeing === 0 && now - since >= FEW_SAY_SO_MS;
    const offset = alike[alike.length >> 1]?.offset ?? 0;
    if (!isSaid) return undefined;
    return { since, ms: offset - this.aheadOfMachine, offset, devices: alike.length };
  }

  isAmongThem(device: string): boolean {
    return this.#apart.has(device);
  }

  /** @param ms how far the newest that it brings is ahead of our clock */
  isApart(device: string, at: number, ms: number, since = at): void {
    const offset = ms + this.aheadOfMachine;
    const before = this.#apart.get(device);
    // Of what came in one message the newest value says how far its clock is ahead.
    if (before?.at === at && before.offset >= offset) return;
    this.#agrees.delete(device);
    note(this.#apart, device, { since: before?.since ?? since, at, offset });
  }

  /**
   * What a device brings lies further back than it used to. It is its clock, or ours, where that was so with its last
   * message by the same amount, and it has spoken sooner than it is late: what waits somewhere comes at once, or later and later.
   *
   * @param agreed whether its message before that was of its time
   */
  lags(device: string, at: number, ms: number, agreed: boolean): void {
    const offset = ms + this.aheadOfMachine;
    const before = this.#lags.get(device);
    const isConstant = before && Math.abs(before.offset - offset) <= SAME_LAG_MS && at - before.at < -ms;
    if (before && isConstant && at > before.at) this.isApart(device, at, ms, before.since);
    const isKept = before || (agreed && this.#lags.size < LIMITS.clockWitnessesMax);
    if (isKept) note(this.#lags, device, { since: isConstant ? before.since : at, at, offset });
  }

  /** Our clock has leapt: who was apart from it need not be so any more. */
  beginAnew(): void {
    for (const known of [this.#apart, this.#agrees, this.#lags]) known.clear();
  }
}

/** The largest group of those that are apart by nearly the same, the smallest first. */
function likeEachOther(all: Apart[]): readonly Apart[] {
  all.sort((a, b) => a.offset - b.offset);
  let best: readonly Apart[] = [];
  for (let from = 0, to = 0; to < all.length; to++) {
    while ((all[to] as Apart).offset - (all[from] as Apart).offset > LIKE_MS) from++;
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

/** Hours, or days where it is many of them. */
export function apartText(ms: number): Text {
  if (ms < 2 * DAY) return duration(ms);
  const days = Math.round(ms / DAY);
  return { zh: `${days} 天`, en: `${days} days` };
}

/** What the status of the service says of its clock. */
export function clockText({ ms, devices }: Pick<SlowClock, 'ms' | 'devices'>, is: 'slow' | 'fast'): Text {
  const { zh, en } = apartText(ms);
  const are = devices === 1 ? '1 device is' : `${devices} devices are`;
  return is === 'slow'
    ? {
        zh: `${devices} 台设备的时间都比本机快约 ${zh}：多半是本机时钟慢了，其读数暂按到达时间计`,
        en: `the clocks of ${are} ahead of ours by about ${en}: most likely ours is slow, and what they measure is dated by its arrival`,
      }
    : {
        zh: `${devices} 台设备的时间都比本机慢约 ${zh}，而此前一致：多半是本机时钟快了，其读数暂按到达时间计`,
        en: `the clocks of ${are} behind ours by about ${en}, and were not before: most likely ours is fast, and what they measure is dated by its arrival`,
      };
}
