import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Clock } from '../../src/lib/clock.ts';

/** A machine that stalls for longer does not make the clock leap: that much of the wall counts at once. */
const STEP_MS_MAX = 10;

/**
 * A scaled clock, as the demo has it, that two processes share, and that waits for the fleet: it never runs past the
 * next message that has to be sent. A slow machine makes the day longer, and nobody in it silent. What it shows stands
 * in a file, in the memory of the system: eight bytes, which are read and written at once.
 */
export class HeldClock implements Clock {
  readonly file: string;
  readonly speed: number;
  readonly #handle: number;
  readonly #now = new BigInt64Array(1);
  #wallAt = performance.now();
  #unspentMs = 0;

  constructor(file: string, speed: number) {
    this.file = file;
    this.speed = speed;
    closeSync(openSync(file, 'a'));
    this.#handle = openSync(file, 'r+');
  }

  static at(file: string, origin: number, speed: number): HeldClock {
    const clock = new HeldClock(file, speed);
    clock.#show(origin);
    return clock;
  }

  now(): number {
    readSync(this.#handle, this.#now, 0, 8, 0);
    return Number(this.#now[0]);
  }

  #show(instant: number): void {
    this.#now[0] = BigInt(instant);
    writeSync(this.#handle, this.#now, 0, 8, 0);
  }

  close(): void {
    closeSync(this.#handle);
  }

  /** What has passed until now is not spent: after a pause it goes on from where it stood. */
  resume(): void {
    this.#wallAt = performance.now();
    this.#unspentMs = 0;
  }

  /** Lets time pass up to this instant, at this clock's speed. For the one process that moves it. */
  async runTo(instant: number): Promise<void> {
    while (!this.#step(instant)) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  #step(instant: number): boolean {
    const wall = performance.now();
    this.#unspentMs = Math.min(STEP_MS_MAX, this.#unspentMs + wall - this.#wallAt);
    this.#wallAt = wall;
    const now = this.now();
    const left = Math.max(0, instant - now);
    const passed = Math.min(left, Math.floor(this.#unspentMs * this.speed));
    this.#unspentMs -= passed / this.speed;
    if (passed > 0) this.#show(now + passed);
    return passed === left;
  }
}
