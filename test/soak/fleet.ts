import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SimulationOptions } from '../../simulators/simulation.ts';

/** What the thread of the fleet is given. */
export interface FleetPlan {
  readonly simulation: Omit<SimulationOptions, 'ask' | 'secret' | 'hash'>;
  readonly url: string;
  /** Of the clock that it moves. */
  readonly memory: SharedArrayBuffer;
  readonly speed: number;
  /** Beyond so many messages without an acknowledgement the clock waits. */
  readonly inFlightMax: number;
  /** Instants at which everything stands until `goOn`; before the first message it stands as well. */
  readonly pauses: readonly number[];
}

/** What the fleet sent, and what became of it. */
export interface FleetOutcome {
  /** Reports, and the readings and events in them. */
  readonly messages: number;
  readonly readings: number;
  readonly events: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly dropped: number;
  readonly reconnects: number;
  readonly refused: number;
}

export type FleetWords = { readonly pausedAt: number } | { readonly ended: FleetOutcome };

/** The fleet, in a thread with a heap of its own. */
export class FleetThread {
  readonly #worker: Worker;
  readonly #said: FleetWords[] = [];

  constructor(plan: FleetPlan) {
    this.#worker = new Worker(new URL('./fleet-thread.ts', import.meta.url), { workerData: plan });
    this.#worker.on('message', (words: FleetWords) => this.#said.push(words));
  }

  /** The next pause, or the end. @throws what ended the thread before. */
  async next(): Promise<FleetWords> {
    if (this.#said.length === 0) await once(this.#worker, 'message');
    return this.#said.shift()!;
  }

  goOn(): void {
    this.#worker.postMessage('go on');
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
