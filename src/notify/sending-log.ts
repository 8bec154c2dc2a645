import { setImmediate as pause } from 'node:timers/promises';
import type { RecordStore } from '../ports/records.ts';

const KEY = 'outbox.sending';

/**
 * Which notices are being sent at this moment, written before they are. After a crash it tells which of those that still
 * wait may have reached their provider already: they are sent again, since once too often is better than never, and that
 * is counted. One write serves all that begin in one turn of the event loop.
 */
export class SendingLog {
  readonly #records: Pick<RecordStore, 'meta' | 'saveMeta'>;
  readonly #sending = new Set<string>();
  #doubtful: Promise<Set<string>> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  /** Notices sent again of which nobody knows whether their provider had them. */
  repeated = 0;

  constructor(records: Pick<RecordStore, 'meta' | 'saveMeta'>) {
    this.#records = records;
  }

  /** Resolves when it is on disk that this one is being sent, or cannot be written: it is sent all the same. */
  async begin(id: string): Promise<void> {
    this.#doubtful ??= this.#read();
    const doubtful = await this.#doubtful;
    if (doubtful.delete(id)) this.repeated++;
    this.#sending.add(id);
    await this.#write();
  }

  /** Its result is on disk, or it is known that it was not sent. */
  end(id: string): void {
    this.#sending.delete(id);
  }

  /** What is left at the end was cut short. */
  close(): Promise<void> {
    return this.#write();
  }

  async #read(): Promise<Set<string>> {
    try {
      return new Set(JSON.parse((await this.#records.meta(KEY)) ?? '[]') as string[]);
    } catch {
      return new Set();
    }
  }

  /** Shared by all that ask before it begins, which it does in the next turn: an alert goes out over several channels. */
  #write(): Promise<void> {
    this.#next ??= this.#writing.then(async () => {
      await pause();
      this.#next = undefined;
      const doubtful = this.#doubtful ? await this.#doubtful : new Set<string>();
      await this.#records.saveMeta(KEY, JSON.stringify([...this.#sending, ...doubtful])).catch(() => {});
    });
    this.#writing = this.#next;
    return this.#next;
  }
}
