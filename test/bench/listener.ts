import { Worker } from 'node:worker_threads';
import type { Site } from './site.ts';

/** What to listen to: the stream of a service, or what a broker has for a subscriber. */
export type Listening =
  | Pick<Site, 'streamUrl' | 'authorization'>
  | { readonly port: number; readonly filter: string };

export type Heard =
  | { readonly kind: 'ready' | 'message'; readonly at: number }
  | { readonly kind: 'alert'; readonly at: number; readonly home: string; readonly change: string };

/** Milliseconds on a clock that all threads of this process share. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * Listens in a thread of its own, and says when each word arrived there. The thread that publishes sleeps for a quarter
 * of a millisecond at a time, which no reader of a service does: what arrived meanwhile it sees up to as much later.
 */
export class Listener {
  readonly #thread: Worker;

  private constructor(thread: Worker) {
    this.#thread = thread;
  }

  static async open(listening: Listening, hear: (heard: Heard) => void): Promise<Listener> {
    const thread = new Worker(new URL('./children/listener.ts', import.meta.url), { workerData: listening });
    await new Promise<void>((resolve, reject) => {
      thread.on('error', reject);
      thread.on('message', (heard: Heard) => {
        if (heard.kind === 'ready') resolve();
        else hear(heard);
      });
    });
    thread.unref();
    return new Listener(thread);
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}
