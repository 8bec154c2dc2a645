/**
 * Time is a port. Nothing inside the core asks what time it is; the shell asks one of these and writes the answer
 * into the input. Instants are epoch milliseconds (UTC), durations milliseconds.
 */
export interface Clock {
  /** Now, in epoch milliseconds. Never goes backwards within one clock. */
  now(): number;
  /** How many milliseconds of this clock pass in one millisecond of the wall: 1 in production. */
  readonly speed: number;
  /** How far it reads ahead of the machine, because that was set back. */
  aheadMs?(): number;
  /** What is stored says that it was this late already: an earlier instant is the machine's mistake, now or then. */
  notBefore?(at: number): void;
  /** Over which time it last leapt that this process did not live through: the machine slept, or was set forward. */
  lastLeap?(): Leap | undefined;
}

/** The last instant that was read before it, and the first after it, in epoch milliseconds. */
export interface Leap {
  readonly from: number;
  readonly until: number;
}

/** A machine that was away for less is taken for a slow one. */
const LEAP_MS = 5 * 60_000;
/** A machine that is behind by more than this does not know what time it is: to wait for it would halve all time for years. */
const CATCH_UP_MS_MAX = 7 * 86_400_000;

/**
 * The machine's clock, held monotonic. When the system time steps back it goes on at half speed until the machine has
 * caught up: whoever waits for a time limit waits longer, but not for ever. Where it is behind by more than a week it goes on
 * at full speed, by its own time.
 */
export function wallClock(
  machine: () => number = Date.now,
  steady: () => number = () => performance.now(),
): Clock {
  let last = 0;
  let leap: Leap | undefined;
  let steadyAt = steady();
  return {
    speed: 1,
    now() {
      const at = steady();
      const read = machine();
      if (last > 0 && read - last > at - steadyAt + LEAP_MS) leap = { from: Math.floor(last), until: read };
      const passed = at - steadyAt;
      last = Math.max(read, last + (last - read > CATCH_UP_MS_MAX ? passed : passed / 2));
      steadyAt = at;
      return Math.floor(last);
    },
    notBefore(at) {
      last = Math.max(this.now(), at);
    },
    lastLeap: () => leap,
    aheadMs: () => Math.max(0, last - machine()),
  };
}

/**
 * A clock that reads `origin` when the wall reads `anchor` (now, if absent) and runs `speed` times as fast as the wall.
 * Until then it stands at `origin`. Two processes with the same three numbers agree. Used by the demo, by `simulate` and by `replay`.
 */
export function scaledClock({
  origin,
  speed,
  anchor,
}: {
  origin: number;
  speed: number;
  anchor?: number;
}): Clock {
  const startedAt = anchor ?? Date.now();
  const wall = wallClock();
  return { speed, now: () => Math.floor(origin + Math.max(0, wall.now() - startedAt) * speed) };
}

/**
 * Milliseconds of a clock that nobody sets: for how long something lasts, and not for when it was. A machine that is set right,
 * forward or back, makes nobody late or early by it.
 */
export const steadyNow = (): number => performance.now();

/** A clock that moves only when it is told to. For tests and for replaying a recording. */
export class ManualClock implements Clock {
  readonly speed = 1;
  #now: number;

  constructor(origin: number) {
    this.#now = origin;
  }

  now(): number {
    return this.#now;
  }

  /** @throws RangeError if `at` lies before the present instant of this clock. */
  set(at: number): void {
    if (at < this.#now) throw new RangeError('a clock does not travel back in time');
    this.#now = at;
  }

  advance(ms: number): void {
    this.set(this.#now + ms);
  }
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
