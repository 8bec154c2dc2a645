import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SimulationOptions } from '../../simulators/simulation.ts';

/** What the process of the fleet is given. */
export interface FleetPlan {
  readonly simulation: Omit<SimulationOptions, 'ask' | 'secret' | 'hash'>;
  readonly url: string;
  /** Of the clock that it moves. */
  readonly clockFile: string;
  readonly speed: number;
  /** Beyond so many messages without an acknowledgement the clock waits. */
  readonly inFlightMax: number;
  /** Instants at which everything stands until `goOn`; before the first message it stands as well. */
  readonly pauses: readonly number[];
}

const PROGRAM = fileURLToPath(new URL('./fleet-process.ts', import.meta.url));

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

/**
 * The fleet, in a process of its own: with a heap of its own, and with as many open files as the service, since each
 * connection is one on either side.
 */
export class FleetProcess {
  readonly #process: ChildProcess;
  readonly #said: FleetWords[] = [];

  constructor(plan: FleetPlan) {
    this.#process = fork(PROGRAM, [JSON.stringify(plan)], { execArgv: [] });
    this.#process.on('message', (words: FleetWords) => this.#said.push(words));
  }

  /** The next pause, or the end. @throws when the process ended before it. */
  async next(): Promise<FleetWords> {
    if (this.#said.length === 0)
      await Promise.race([
        once(this.#process, 'message'),
        once(this.#process, 'exit').then(([code]) => {
          if (this.#said.length === 0) throw new Error(`the fleet ended with code ${code}`);
        }),
      ]);
    return this.#said.shift()!;
  }

  goOn(): void {
    this.#process.send('go on');
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill();
    await once(this.#process, 'exit');
  }
}
