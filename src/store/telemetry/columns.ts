import { type PointList, sortedPoints } from './points.ts';

/** Points of one series on their way into bytes, by time: memory that is used again and again. */
export class Columns {
  at = new Float64Array(512);
  value = new Float64Array(512);
  /** By its number, as in a PointList. */
  clock = new Uint8Array(512);
  length = 0;

  /** Makes it as long as this; what stands in it then is not defined. */
  resize(length: number): void {
    this.length = length;
    if (length <= this.at.length) return;
    this.at = new Float64Array(length * 2);
    this.value = new Float64Array(length * 2);
    this.clock = new Uint8Array(length * 2);
  }

  fill({ at, value, clock }: PointList): void {
    this.resize(at.length);
    for (let i = 0; i < at.length; i++) {
      this.at[i] = at[i] as number;
      this.value[i] = value[i] as number;
      this.clock[i] = clock[i] as number;
    }
  }

  /** From the order of their coming into that of time; of several at one instant the last stands. */
  sort(): void {
    if (this.#isGrowing()) return;
    const column = (numbers: Float64Array | Uint8Array): number[] => [...numbers.subarray(0, this.length)];
    this.fill(sortedPoints({ at: column(this.at), value: column(this.value), clock: column(this.clock) }));
  }

  #isGrowing(): boolean {
    for (let i = 1; i < this.length; i++)
      if ((this.at[i] as number) <= (this.at[i - 1] as number)) return false;
    return true;
  }
}
