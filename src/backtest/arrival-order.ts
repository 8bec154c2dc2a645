import type { MessageBlock } from '../../simulators/message-block.ts';
import type { KnownTopic } from '../../simulators/topic-cache.ts';

/** Messages of one block, from a place until another (excluded), in order of arrival. */
interface Run {
  readonly block: MessageBlock;
  readonly from: number;
  to: number;
}

/** Messages in the order in which they are to be taken: of each the block, and its place there. */
export interface Arrivals {
  readonly blocks: readonly MessageBlock[];
  readonly places: readonly number[];
}

const NONE: Arrivals = { blocks: [], places: [] };

/**
 * Puts messages into the order of their arrival where a recording has them shuffled (several files, several writers).
 * Messages that arrived in the same millisecond come in the order of their topics and bytes, so that the result depends
 * on what is in the recording and not on how it was written.
 */
export class ArrivalOrder {
  readonly #windowMs: number;
  /** In order of arrival. Of a recording that is in order itself, one run for each block. */
  #waiting: Run[] = [];
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

  /** Takes the message in this place of the block. */
  push(block: MessageBlock, place: number): void {
    const receivedAt = block.receivedAt[place] as number;
    const { newest } = this;
    this.pass(receivedAt);
    if (receivedAt >= newest) this.#putBehind(this.#waiting.length, block, place);
    else this.#insert(receivedAt, block, place);
  }

  /** Puts it behind all that arrived no later. */
  #insert(receivedAt: number, block: MessageBlock, place: number): void {
    const waiting = this.#waiting;
    const count = firstFrom(0, waiting.length, (i) => {
      const run = waiting[i] as Run;
      return (run.block.receivedAt[run.from] as number) > receivedAt;
    });
    const before = waiting[count - 1];
    const split = before ? firstLater(before, receivedAt) : 0;
    if (before && split < before.to) {
      waiting.splice(count, 0, { block: before.block, from: split, to: before.to });
      before.to = split;
    }
    this.#putBehind(count, block, place);
  }

  /** Puts it behind the first `count` runs. */
  #putBehind(count: number, block: MessageBlock, place: number): void {
    const before = this.#waiting[count - 1];
    if (before && before.block === block && before.to === place) before.to++;
    else this.#waiting.splice(count, 0, { block, from: place, to: place + 1 });
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
  ready(reached = Number.POSITIVE_INFINITY): Arrivals {
    return this.#take(Math.min(this.newest, reached) - this.#windowMs);
  }

  rest(): Arrivals {
    return this.#take(Number.POSITIVE_INFINITY);
  }

  #take(before: number): Arrivals {
    if (before > this.#reached) this.#reached = before;
    if (this.#earliest < before) this.begin ??= this.#earliest;
    const waiting = this.#waiting;
    const [blocks, places]: [MessageBlock[], number[]] = [[], []];
    let runs = 0;
    for (; runs < waiting.length; runs++) {
      const { block, from, to } = waiting[runs] as Run;
      let place = from;
      for (; place < to && (block.receivedAt[place] as number) < before; place++) {
        blocks.push(block);
        places.push(place);
      }
      if (place === to) continue;
      if (place > from) waiting[runs] = { block, from: place, to };
      break;
    }
    if (runs > 0) this.#waiting = waiting.slice(runs);
    if (places.length === 0) return NONE;
    sortTies(blocks, places);
    return { blocks, places };
  }
}

/** The first place of the run whose message arrived later than that; its end, if none did. */
const firstLater = ({ block, from, to }: Run, receivedAt: number): number =>
  firstFrom(from, to, (place) => (block.receivedAt[place] as number) > receivedAt);

/** The first number from `low` on for which that holds, where it holds for all behind it; `high` if for none. */
function firstFrom(low: number, high: number, holds: (number: number) => boolean): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

function sortTies(blocks: MessageBlock[], places: number[]): void {
  let from = 0;
  for (let to = 1; to <= places.length; to++) {
    if (to < places.length && arrivedAt(blocks, places, to) === arrivedAt(blocks, places, from)) continue;
    if (to - from === 2) sortPair(blocks, places, from);
    else if (to - from > 2) sortTie(blocks, places, from, to);
    from = to;
  }
}

const arrivedAt = (blocks: readonly MessageBlock[], places: readonly number[], i: number): number =>
  (blocks[i] as MessageBlock).receivedAt[places[i] as number] as number;

/** Two devices of one home: nearly every tie is one. */
function sortPair(blocks: MessageBlock[], places: number[], first: number): void {
  if (compare(blocks, places, first, first + 1) <= 0) return;
  const [block, place] = [blocks[first] as MessageBlock, places[first] as number];
  blocks[first] = blocks[first + 1] as MessageBlock;
  places[first] = places[first + 1] as number;
  blocks[first + 1] = block;
  places[first + 1] = place;
}

function sortTie(blocks: MessageBlock[], places: number[], from: number, to: number): void {
  const order = Array.from({ length: to - from }, (_, i) => from + i);
  order.sort((a, b) => compare(blocks, places, a, b));
  const [blocksOf, placesOf] = [order.map((i) => blocks[i]), order.map((i) => places[i])];
  for (let i = from; i < to; i++) {
    blocks[i] = blocksOf[i - from] as MessageBlock;
    places[i] = placesOf[i - from] as number;
  }
}

/** By topic, then by what was said. */
function compare(blocks: readonly MessageBlock[], places: readonly number[], i: number, j: number): number {
  const [a, b] = [blocks[i] as MessageBlock, blocks[j] as MessageBlock];
  const [placeA, placeB] = [places[i] as number, places[j] as number];
  const topicA = (a.topic[placeA] as KnownTopic).text;
  const topicB = (b.topic[placeB] as KnownTopic).text;
  if (topicA !== topicB) return topicA < topicB ? -1 : 1;
  return Buffer.compare(a.payload(placeA), b.payload(placeB));
}
