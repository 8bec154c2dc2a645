import type { Clock, Leap } from '../lib/clock.ts';
import { MINUTE } from '../lib/clock.ts';
import type { DeviceState } from '../model/device-state.ts';
import type { Refusal } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { DeviceEvent, Message, Reading, Report } from '../model/message.ts';
import { BEHIND_FROM_MS, type ClockApart, type ClockWitness, FRESH_MS, LIKE_MS } from './clock-witness.ts';

/** What the devices' clocks are found to be off by is held on to while it is this: a repeat gets the same time as the first. */
const STICKY_MS = MINUTE;

/**
 * Dates what comes by our clock while that is not the clock of the devices: what has just been measured was measured now,
 * whoever of us is wrong. Otherwise it would be refused, or be too old to say anything of now, and nobody would be watched
 * until somebody sets a clock. What else a message brings keeps its distance to that.
 */
export class Dating {
  readonly #witness: ClockWitness;
  readonly #clock: Pick<Clock, 'now' | 'lastLeap'>;
  #leap: Leap | undefined;
  /** The end of the leap by which our clock was put right, as far as devices could tell. */
  #putRightAt: number | undefined;
  #apart: ClockApart | undefined;
  /** Refused for their clock before it was known that it is ours, oldest first. */
  #held: Message[] = [];
  #mayHandBack = false;

  constructor(witness: ClockWitness, clock: Pick<Clock, 'now' | 'lastLeap'>) {
    this.#witness = witness;
    this.#clock = clock;
    this.#leap = clock.lastLeap?.();
  }

  /** The very report, where it may be dated by its device. */
  dated(report: Report, state: Pick<DeviceState, 'heardAt' | 'measuredAt'> | undefined): Report {
    const first = report.readings[0] ?? report.events[0];
    if (first === undefined || report.clock === 'received') return report;
    const off = first.at - report.receivedAt;
    // Of nearly every report that is all that is asked.
    if (this.#apart === undefined && off <= LIMITS.clockAheadMsMax && off >= -BEHIND_FROM_MS) return report;
    const ms = newestOf(report) - report.receivedAt;
    if (ms >= -FRESH_MS && ms <= LIMITS.clockAheadMsMax) return report;
    const by = this.#shiftOf(report.device, ms);
    if (by !== undefined) return shifted(report, by);
    if (ms < -BEHIND_FROM_MS && state !== undefined)
      this.#witness.lags(report.device, report.receivedAt, ms, wasOfItsTime(state));
    return report;
  }

  /** By how much what is so far from our time is to be shifted; undefined: not at all. */
  #shiftOf(device: string, ms: number): number | undefined {
    const { aheadOfMachine } = this.#witness;
    const offset = ms + aheadOfMachine;
    const isLike = this.#apart !== undefined && Math.abs(offset - this.#apart.offset) <= LIKE_MS;
    // The machine was set back, and the device agrees with it: two clocks that say so.
    const isMachines = aheadOfMachine > LIMITS.clockAheadMsMax && Math.abs(offset) <= LIKE_MS;
    if (isLike) this.#witness.isApart(device, this.#clock.now(), ms);
    if (isMachines && !isLike) return aheadOfMachine;
    if (this.#apart === undefined) return undefined;
    if (!isLike && ms <= LIMITS.clockAheadMsMax && !this.#witness.isAmongThem(device)) return undefined;
    const by = Math.round((aheadOfMachine - this.#apart.offset) / MINUTE) * MINUTE;
    return ms + by > LIMITS.clockAheadMsMax ? undefined : by;
  }

  /** What was refused for its clock may be taken later. Not where something happened in it: that was taken. */
  hold(message: Message, { events }: Report, refusals: readonly Refusal[]): void {
    if (events.length > 0 || !refusals.some(isOfClock)) return;
    const { receivedAt, topic, payload, model, client } = message;
    // Its bytes lie among those of others, which are not to be kept for it: a copy, and `slice` of a Buffer is none.
    this.#held.push({
      receivedAt,
      topic,
      payload: new Uint8Array(payload),
      ...(model !== undefined && { model }),
      ...(client !== undefined && { client }),
    });
    if (this.#held.length > LIMITS.clockHeldMessagesMax) this.#held.shift();
  }

  /** As often as the clock is looked at. */
  look(): void {
    const leap = this.#clock.lastLeap?.();
    if (leap !== this.#leap) {
      // The clock was put right, or wrong: what was ahead of it may be of now.
      this.#leap = leap;
      if (leap && this.#apart && Math.abs(leap.until - leap.from - this.#apart.ms) <= BEHIND_FROM_MS)
        this.#putRightAt = leap.until;
      this.#witness.beginAnew();
      this.#apart = undefined;
      this.#mayHandBack = true;
    }
    const apart = this.#witness.apart(this.#clock.now());
    const isOff = apart !== undefined && Math.abs(apart.ms) > LIMITS.clockAheadMsMax;
    if (!isOff) this.#apart = undefined;
    else if (!this.#apart || Math.abs(this.#apart.offset - apart.offset) > STICKY_MS) this.#apart = apart;
    this.#mayHandBack ||= isOff && this.#held.length > 0;
  }

  /** Was that no time at all, but the one by which our clock was slow? */
  wasPutRight({ until }: Leap): boolean {
    return until === this.#putRightAt;
  }

  /** Gives what was held, in its order, to `receive`, until that has no room. Each is judged anew, once. */
  handBack(receive: (message: Message) => boolean): void {
    if (!this.#mayHandBack) return;
    const held = this.#held;
    this.#held = [];
    this.#mayHandBack = false;
    const refused = held.findIndex((message) => !receive(message));
    if (refused < 0) return;
    this.#held = held.slice(refused);
    this.#mayHandBack = true;
  }
}

const isOfClock = ({ reason }: Refusal): boolean => reason === 'clock-future' || reason === 'clock-past';

/** Its message before was measured shortly before it came. */
const wasOfItsTime = ({ heardAt, measuredAt }: Pick<DeviceState, 'heardAt' | 'measuredAt'>): boolean =>
  measuredAt > 0 && heardAt - measuredAt <= FRESH_MS;

function newestOf({ readings, events }: Report): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const { at, clock } of readings) if (clock !== 'received' && at > newest) newest = at;
  for (const { at } of events) if (at > newest) newest = at;
  return newest;
}

const shifted = (report: Report, by: number): Report => ({
  ...report,
  clock: 'received',
  shiftedMs: by,
  readings: report.readings.map((reading) => withShift(reading, by)),
  events: report.events.map((event): DeviceEvent => ({ ...event, at: event.at + by })),
});

function withShift({ metric, value, at, clock }: Reading, by: number): Reading {
  return { metric, value, at: clock === 'received' ? at : at + by };
}
