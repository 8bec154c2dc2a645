import type { RecordedMessage } from '../../simulators/recording.ts';

/**
 * Puts messages into the order of their arrival where a recording has them shuffled (several files, several writers).
 * Messages that arrived in the same millisecond come in the order of their topics and bytes, so that the result depends
 * on what is in the recording and not on how it was written.
 */
export class ArrivalOrder {
  readonly #windowMs: number;
  /** In order of arrival, but for the newest that was pushed. */
  #waiting: RecordedMessage[] = [];
  #earliest = Number.POSITIVE_INFINITY;
  /** Up to when all was given out. */
  #reached = Number.NEGATIVE_INFINITY;
  /** When the newest message arrived, whether it was pushed or passed over. */
  newest = Number.NEGATIVE_INFINITY;
  /** When the first message arrived, once that is certain. */
  begin: number | undefined;
  /** Messages that came out of order by more than the window. */
  beyondWindow = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  push(message: RecordedMessage): void {
    const { receivedAt } = message;
    const { newest } = this;
    this.pass(receivedAt);
    if (receivedAt >= newest) {
      this.#waiting.push(message);
      return;
    }
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#waiting[middle] as RecordedMessage).receivedAt <= receivedAt) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, message);
  }

  /** A message that is not wanted: it only says how late it is. */
  pass(receivedAt: number): void {
    if (receivedAt < this.#reached) this.beyondWindow++;
    if (receivedAt > this.newest) this.newest = receivedAt;
    if (receivedAt < this.#earliest) this.#earliest = receivedAt;
  }

  /**
   * What no message within the window can precede any more.
   *
   * @param reached up to where every file has been read, where there are several: one may be far behind the newest
   */
  ready(reached = Number.POSITIVE_INFINITY): RecordedMessage[] {
    return this.#take(Math.min(this.newest, reached) - this.#windowMs);
  }

  rest(): RecordedMessage[] {
    return this.#take(Number.POSITIVE_INFINITY);
  }

  #take(before: number): RecordedMessage[] {
    if (before > this.#reached) this.#reached = before;
    if (this.#earliest < before) this.begin ??= this.#earliest;
    let count = 0;
    while (count < this.#waiting.length && (this.#waiting[count] as RecordedMessage).receivedAt < before)
      count++;
    if (count === 0) return [];
    const taken = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return sortTies(taken);
  }
}

function sortTies(messages: RecordedMessage[]): RecordedMessage[] {
  for (let i = 1; i < messages.length; i++) {
    if ((messages[i] as RecordedMessage).receivedAt === (messages[i - 1] as RecordedMessage).receivedAt) {
      return messages.sort(
        (a, b) =>
          a.receivedAt - b.receivedAt || compare(a.topic, b.topic) || Buffer.compare(a.payload, b.payload),
      );
    }
  }
  return messages;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
