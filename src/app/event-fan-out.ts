import { LIMITS } from '../model/limits.ts';
import { covers } from '../model/paths.ts';
import type { StreamEvent } from '../ports/records.ts';
import type { StreamReader } from '../ports/service.ts';

const isFor = ({ paths, account }: StreamReader, event: StreamEvent): boolean =>
  paths.some((path) => covers(path, event.path)) ||
  (account !== undefined && event.accounts?.includes(account) === true);

/** Hands committed events to readers. A reader that does not keep up is dropped and counted; nobody waits for it. */
export class EventFanOut {
  readonly #readers = new Set<StreamReader>();
  dropped = 0;

  get readers(): number {
    return this.#readers.size;
  }

  /** Undefined: there is no room for one more reader. */
  subscribe(reader: StreamReader): (() => void) | undefined {
    if (this.#readers.size >= LIMITS.streamReadersMax) return undefined;
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** What a commit found goes out before anything else follows from it: somebody waits for this. */
  publish(events: readonly StreamEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) this.offer(event);
    for (const reader of this.#readers) reader.flush();
  }

  /** It goes out when the work at hand is done, together with what else comes of it. */
  offer(event: StreamEvent): void {
    for (const reader of this.#readers) {
      if (!isFor(reader, event) || reader.offer(event)) continue;
      this.#readers.delete(reader);
      this.dropped++;
      reader.dropped('slow-reader');
    }
  }

  close(): void {
    for (const reader of this.#readers) reader.dropped('shutdown');
    this.#readers.clear();
  }
}
