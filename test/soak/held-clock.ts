import type { Clock } from '../../src/lib/clock.ts';

/** A machine that stalls for longer does not make the clock leap: that much of the wall counts at once. */
const STEP_MS_MAX = 10;

/**
 * A scaled clock, as the demo has it, that two threads share, and that waits for the fleet: it never runs past the next
 * message that has to be sent. A slow machine makes the day longer, and nobody in it silent.
 */
export class HeldClock implements Clock {
  readonly memory: SharedArrayBuffer;
  readonly speed: number;
  readonly #now: BigInt64Array;
  #wallAt = performance.now();
  #unspentMs = 0;

  constructor(memory: SharedArrayBuffer, speed: number) {
    this.memory = memory;
    this.speed = speed;
    this.#now = new BigInt64Array(memory);
  }

  static at(origin: number, speed: number): HeldClock {
    const clock = new HeldClock(new SharedArrayBuffer(8), speed);
    Atomics.store(clock.#now, 0, BigInt(origin));
    return clock;
  }

  now(): number {
    return Number(Atomics.load(this.#now, 0));
  }

  /** What has passed until now is not spent: after a pause it goes on from where it stood. */
  resume(): void {
    this.#wallAt = performance.now();
    this.#unspentMs = 0;
  }

  /** Lets time pass up to this instant, at this clock's speed. For the one thread that moves it. */
  async runTo(instant: number): Promise<void> {
    while (!this.#step(instant)) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  #step(instant: number): boolean {
    const wall = performance.now();
    this.#unspentMs = Math.min(STEP_MS_MAX, this.#unspentMs + wall - this.#wallAt);
    this.#wallAt = wall;
    const left = Math.max(0, instant - this.now());
    const passed = Math.min(left, Math.floor(this.#unspentMs * this.speed));
    this.#unspentMs -= passed / this.speed;
    Atomics.add(this.#now, 0, BigInt(passed));
    return passed === left;
  }
}
