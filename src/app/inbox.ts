import { BoundedQueue } from '../lib/bounded-queue.ts';
import type { CommandInput } from '../model/command.ts';
import type { Refusal, TickInput } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message, PayloadPlace } from '../model/message.ts';
import type { InboundMessage } from '../ports/broker.ts';
import { concernsFew } from './concerns-few.ts';

export type Item =
  | {
      readonly kind: 'rejected';
      readonly message: Message;
      readonly device: string | undefined;
      readonly refusal: Refusal;
      /** Where somebody calls for help in it: called when that is on disk. */
      readonly done?: (() => void) | undefined;
    }
  | { readonly kind: 'message'; readonly inbound: InboundMessage }
  | { readonly kind: 'input'; readonly input: CommandInput | TickInput };

/** A command that concerns every home: it must not come before what is due for some. */
export const concernsAll = (item: Item): boolean =>
  item.kind === 'input' && item.input.kind === 'command' && !concernsFew(item.input.command);

/** Messages of those in need that a batch takes before it takes the others. */
const IN_NEED_MAX = 256;
/** Where fewer wait nobody is looked for: all of them are in the next batch, some milliseconds later. */
const LOOKED_THROUGH_FROM = 32;
/**
 * Connections that were held are read again when the inbox is filled less than this: not for each message that fits, and
 * not for thousands of them either, which are taken apart in one turn while a call for help waits to be read.
 */
const RESUME_SHARE = 0.95;
// Bytes, which are found in half the time that a text takes: a full inbox is looked through message by message.
/** How an event stands in the native format. */
const EVENT_KEY = Buffer.from('"event"');
/** How an alarm stands in the frames of watches that are text. */
const RAW_TOPIC_END = '/raw';
const RAW_ALARMS = ['*AL', 'AP10'].map((mark) => Buffer.from(mark));

const viewOf = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Whether somebody seems to call for help in these bytes: messages of any kind, or pieces of such. */
export function callsForHelp(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  return view.includes(EVENT_KEY) || RAW_ALARMS.some((mark) => view.includes(mark));
}

/**
 * Whether an event stands in a part of some bytes. Messages that were read at once lie in one piece, which is looked
 * through once for all of them.
 */
class EventFinder {
  #bytes: Uint8Array | undefined;
  /** From here on the first one stands there; below 0: there is none. */
  #from = 0;
  #at = -1;

  standsIn({ bytes, from, to }: PayloadPlace): boolean {
    if (bytes !== this.#bytes || from < this.#from || (this.#at >= 0 && this.#at < from)) {
      this.#bytes = bytes;
      this.#from = from;
      this.#at = viewOf(bytes).indexOf(EVENT_KEY, from);
    }
    return this.#at >= 0 && this.#at + EVENT_KEY.length <= to;
  }
}
const events = new EventFinder();

/** Only a hint, and cheap: a payload that looks like an event and is none goes first for nothing. */
function isCall(message: Message): boolean {
  const { topic, within } = message;
  if (topic.endsWith(RAW_TOPIC_END)) return callsForHelp(message.payload);
  return within ? events.standsIn(within) : viewOf(message.payload).includes(EVENT_KEY);
}

const tellsOfCall = ({ refusal }: Extract<Item, { kind: 'rejected' }>): boolean =>
  (refusal.calls ?? refusal.strangers) !== undefined;

/** What waits for the loop, in the order of its coming; but a connection with a call for help goes before the others. */
export class Inbox {
  readonly max: number;
  readonly bytesMax: number = LIMITS.inboxBytesMax;
  readonly #items: BoundedQueue<Item>;
  /** Clients with an event among the messages that wait. */
  readonly #inNeed = new Set<string>();
  /** A word of people on a case is among what waits: it goes ahead as well. */
  #peopleWait = false;
  #bytes = 0;
  readonly #waitingForRoom: (() => void)[] = [];
  readonly #waitingAhead: (() => void)[] = [];

  constructor(max: number = LIMITS.inboxLengthMax, reserve: number = LIMITS.inboxReserve) {
    this.max = max;
    this.#items = new BoundedQueue(max + reserve);
  }

  get length(): number {
    return this.#items.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How full it is: 1 where nothing more is read. */
  get filled(): number {
    return Math.max(this.length / this.max, this.#bytes / this.bytesMax);
  }

  get #hasRoom(): boolean {
    return this.length < this.max && this.#bytes < this.bytesMax;
  }

  /** Is there nothing left in reserve either? */
  get #isFull(): boolean {
    return this.#items.full || this.#bytes >= this.bytesMax + LIMITS.inboxReserveBytes;
  }

  /** Whether it would be taken: what is in reserve is for those in need. */
  hasRoomFor({ message, ahead }: InboundMessage): boolean {
    if (this.#hasRoom) return true;
    return !this.#isFull && message.client !== undefined && (ahead === true || isCall(message));
  }

  /** Whether somebody calls for help among what waits. */
  get someoneCalls(): boolean {
    return this.#inNeed.size > 0;
  }

  /** False when there is no room. */
  push(item: Item): boolean {
    if (item.kind === 'message' ? !this.hasRoomFor(item.inbound) : !this.#hasRoomBeside(item)) return false;
    this.#items.push(item);
    this.#bytes += bytesOf(item);
    if (item.kind === 'message') this.#noticeNeed(item.inbound);
    else if (isOfPeople(item) && this.#isLong) this.#peopleWait = true;
    return true;
  }

  /** What is in reserve is also for a call for help that was not taken, and for the word of people on a case. */
  #hasRoomBeside(item: Exclude<Item, { kind: 'message' }>): boolean {
    if (item.kind === 'input') return this.length < this.max || (isOfPeople(item) && !this.#items.full);
    return this.#hasRoom || (tellsOfCall(item) && !this.#isFull);
  }

  *messages(): Generator<Message> {
    for (let i = 0; i < this.length; i++) {
      const item = this.#items.at(i);
      if (item?.kind === 'message') yield item.inbound.message;
    }
  }

  shift(): Item | undefined {
    const item = this.#items.shift();
    if (item) this.#bytes -= bytesOf(item);
    return item;
  }

  onRoom(resume: () => void, ahead = false): void {
    if (ahead && !this.#isFull) setImmediate(resume);
    else (ahead ? this.#waitingAhead : this.#waitingForRoom).push(resume);
  }

  /** Calls those who wait for room back, a little later, if there is some. */
  tellOfRoom(): void {
    if (!this.#isFull) for (const resume of this.#waitingAhead.splice(0)) setImmediate(resume);
    if (this.#waitingForRoom.length === 0) return;
    if (this.length > RESUME_SHARE * this.max || this.#bytes > RESUME_SHARE * this.bytesMax) return;
    for (const resume of this.#waitingForRoom.splice(0)) setImmediate(resume);
  }

  get #isLong(): boolean {
    return this.length >= Math.min(this.max / 2, LOOKED_THROUGH_FROM);
  }

  #noticeNeed({ message, ahead }: InboundMessage): void {
    const { client } = message;
    if (client === undefined || !this.#isLong) return;
    if (ahead === true || isCall(message)) this.#inNeed.add(client);
  }

  /**
   * Whoever called for help does not stand behind thousands of readings. Everything that came over the same connection
   * goes with it: the order of a connection, and with it that of its devices and of its acknowledgements, stays.
   * So do the words of people on their cases: who takes one must not wait until an upload is over.
   *
   * There is a limit, so that one who calls all the time does not silence the others.
   *
   * @param most how many messages it may be, for other reasons
   * @returns how many messages went ahead, and the instant after which they are not to be dated: they let no time pass
   *   over the heads of those who still wait
   */
  letThroughWhoIsInNeed(most: number): { ahead: number; until: number } {
    const limit = Math.min(most, IN_NEED_MAX);
    if ((this.#inNeed.size === 0 && !this.#peopleWait) || limit <= 0)
      return { ahead: 0, until: Number.POSITIVE_INFINITY };
    const isInNeed = (item: Item): boolean =>
      item.kind === 'message' ? this.#inNeed.has(item.inbound.message.client ?? '') : isOfPeople(item);
    const ahead = this.#items.bringForward(isInNeed, limit);
    // Otherwise there may be more of them, for the next batch.
    if (ahead < limit) {
      this.#inNeed.clear();
      this.#peopleWait = false;
    }
    return { ahead, until: instantOf(this.#items.at(ahead)) };
  }
}

/** A command on a case, or of a call: it changes nothing that the messages before it are judged by. */
const isOfPeople = (item: Item): boolean =>
  item.kind === 'input' && item.input.kind === 'command' && concernsFew(item.input.command);

function bytesOf(item: Item): number {
  if (item.kind === 'input') return 0;
  const message = item.kind === 'message' ? item.inbound.message : item.message;
  const { within } = message;
  // To ask for the payload would make a view of it.
  return within ? within.to - within.from : message.payload.length;
}

function instantOf(item: Item | undefined): number {
  if (!item) return Number.POSITIVE_INFINITY;
  if (item.kind === 'message') return item.inbound.message.receivedAt;
  return item.kind === 'input' ? item.input.receivedAt : item.message.receivedAt;
}
