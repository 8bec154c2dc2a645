import { PublishFrame } from './frames.ts';
import type { Backlog, Subscriber } from './subscriber.ts';

type Qos = 0 | 1;

/** A level of the topic filters that have wildcards. */
interface Level {
  readonly children: Map<string, Level>;
  /** Who subscribed to the filter that ends here, and with which QoS. */
  readonly subscribers: Map<Subscriber, Qos>;
}

interface Retained {
  readonly payload: Uint8Array;
  readonly qos: Qos;
}

/**
 * Who gets what: subscriptions, retained messages, and the delivery to each subscriber's own queue. Nobody waits for
 * anybody. A subscriber whose filters overlap gets a message once, with the highest QoS granted (MQTT 3.1.1, 3.3.5).
 */
export class FanOut {
  readonly #retainedMax: number;
  /** Filters without wildcards: all that devices ever have, so a message costs one look-up however many there are. */
  readonly #plain = new Map<string, Map<Subscriber, Qos>>();
  readonly #wild: Level = newLevel();
  readonly #filters = new Map<Subscriber, Set<string>>();
  readonly #retained = new Map<string, Retained>();
  #wildCount = 0;

  constructor(retainedMax: number) {
    this.#retainedMax = retainedMax;
  }

  get retainedCount(): number {
    return this.#retained.size;
  }

  /** None for a client that never subscribed. */
  filterCount(subscriber: Subscriber | undefined): number {
    return (subscriber && this.#filters.get(subscriber)?.size) ?? 0;
  }

  /** Subscribes and sends what is retained under the filter. */
  subscribe(subscriber: Subscriber, filter: string, qos: Qos): void {
    const filters = this.#filters.get(subscriber) ?? new Set();
    this.#filters.set(subscriber, filters);
    const known = filters.has(filter);
    filters.add(filter);
    if (isWild(filter)) {
      if (!known) this.#wildCount++;
      this.#levelOf(filter).subscribers.set(subscriber, qos);
    } else {
      const subscribers = this.#plain.get(filter) ?? new Map<Subscriber, Qos>();
      this.#plain.set(filter, subscribers.set(subscriber, qos));
    }
    const backlog = this.#retainedUnder(filter, qos);
    if (backlog) subscriber.offerBacklog(backlog);
  }

  unsubscribe(subscriber: Subscriber, filter: string): void {
    if (!this.#filters.get(subscriber)?.delete(filter)) return;
    if (isWild(filter)) {
      this.#wildCount--;
      cut(this.#wild, filter.split('/'), 0, subscriber);
    } else {
      const subscribers = this.#plain.get(filter);
      subscribers?.delete(subscriber);
      if (subscribers?.size === 0) this.#plain.delete(filter);
    }
  }

  remove(subscriber: Subscriber): void {
    for (const filter of [...(this.#filters.get(subscriber) ?? [])]) this.unsubscribe(subscriber, filter);
    this.#filters.delete(subscriber);
  }

  /** Whether anybody might listen: what is asked for each reading, so it costs next to nothing when nobody does. */
  heard(topic: string): boolean {
    return this.#wildCount > 0 || this.#plain.has(topic);
  }

  /** Hands the message to each subscriber's queue. */
  publish(topic: string, payload: Uint8Array, qos: Qos): void {
    const plain = this.#plain.get(topic);
    if (!plain && this.#wildCount === 0) return;
    const found = this.#wildCount === 0 ? plain : this.#matches(topic, plain);
    if (!found || found.size === 0) return;
    const frames: [PublishFrame?, PublishFrame?] = [];
    for (const [subscriber, granted] of found) {
      const given = granted < qos ? granted : qos;
      frames[given] ??= new PublishFrame(topic, payload, given, false);
      subscriber.offer(frames[given], given);
    }
  }

  /**
   * Keeps the message for those who subscribe later; an empty payload clears the topic. False when there is no room
   * for another topic. Retained messages live in memory: after a restart they come anew with the devices.
   */
  retain(topic: string, payload: Uint8Array, qos: Qos): boolean {
    if (payload.length === 0) {
      this.#retained.delete(topic);
      return true;
    }
    if (this.#retained.size >= this.#retainedMax && !this.#retained.has(topic)) return false;
    this.#retained.set(topic, { payload: Uint8Array.from(payload), qos });
    return true;
  }

  #matches(topic: string, plain: Map<Subscriber, Qos> | undefined): Map<Subscriber, Qos> {
    const found = new Map(plain);
    // A filter that begins with a wildcard does not match topics of the server (MQTT 3.1.1, 4.7.2).
    collect(this.#wild, topic.split('/'), 0, topic.startsWith('$'), found);
    return found;
  }

  #levelOf(filter: string): Level {
    let level = this.#wild;
    for (const word of filter.split('/')) {
      const next = level.children.get(word) ?? newLevel();
      level.children.set(word, next);
      level = next;
    }
    return level;
  }

  #retainedUnder(filter: string, granted: Qos): Backlog | undefined {
    const frameOf = (topic: string, { payload, qos }: Retained) => {
      const given = granted < qos ? granted : qos;
      return { frame: new PublishFrame(topic, payload, given, true), qos: given };
    };
    if (!isWild(filter)) {
      const one = this.#retained.get(filter);
      return one && [frameOf(filter, one)].values();
    }
    return this.#retainedMatches(filter.split('/'), frameOf);
  }

  /** One topic a step, so that the subscriber decides how fast it goes; topics that do not match are steps too. */
  *#retainedMatches(
    words: readonly string[],
    frameOf: (topic: string, one: Retained) => { frame: PublishFrame; qos: Qos },
  ): Generator<{ frame: PublishFrame; qos: Qos } | undefined> {
    for (const [topic, one] of this.#retained) {
      yield matchesFilter(words, topic) ? frameOf(topic, one) : undefined;
    }
  }
}

function newLevel(): Level {
  return { children: new Map(), subscribers: new Map() };
}

function isWild(filter: string): boolean {
  return filter.includes('#') || filter.includes('+');
}

function collect(
  level: Level,
  words: readonly string[],
  at: number,
  ofServer: boolean,
  found: Map<Subscriber, Qos>,
): void {
  const wildcards = !(ofServer && at === 0);
  const rest = wildcards ? level.children.get('#') : undefined;
  if (rest) add(rest, found);
  const word = words[at];
  if (word === undefined) {
    add(level, found);
    return;
  }
  const same = level.children.get(word);
  if (same) collect(same, words, at + 1, ofServer, found);
  const any = wildcards ? level.children.get('+') : undefined;
  if (any) collect(any, words, at + 1, ofServer, found);
}

function add(level: Level, found: Map<Subscriber, Qos>): void {
  for (const [subscriber, qos] of level.subscribers) {
    if ((found.get(subscriber) ?? -1) < qos) found.set(subscriber, qos);
  }
}

/** Removes the subscriber and every level that is empty then; true when this level is empty. */
function cut(level: Level, words: readonly string[], at: number, subscriber: Subscriber): boolean {
  const word = words[at];
  if (word === undefined) level.subscribers.delete(subscriber);
  else {
    const child = level.children.get(word);
    if (child && cut(child, words, at + 1, subscriber)) level.children.delete(word);
  }
  return level.children.size === 0 && level.subscribers.size === 0;
}

/** Whether a topic matches a filter, given in words. */
function matchesFilter(filter: readonly string[], topic: string): boolean {
  const words = topic.split('/');
  if (topic.startsWith('$') && (filter[0] === '#' || filter[0] === '+')) return false;
  for (let i = 0; i < filter.length; i++) {
    if (filter[i] === '#') return true;
    if (words[i] === undefined || (filter[i] !== '+' && filter[i] !== words[i])) return false;
  }
  return filter.length === words.length;
}
