/** One stream of the service: its own connection, or a place at the one that all tabs of this browser share. */
export interface StreamSource {
  isOpen(): boolean;
  close(): void;
}

export interface StreamListener {
  opened(): void;
  /** It is over, or was never begun. Whoever wants another opens another. */
  failed(): void;
  told(type: string, data: string, id: string): void;
}

/**
 * One stream of the service for all tabs of a browser: that has six connections for a service over HTTP/1.1, and a stream
 * keeps one for as long as its page is open. Lives in a worker (stream-worker.ts). To a page it is as a stream of its own
 * would be: it goes on after what that page was told last, and is `open` only when the service has just said so.
 */
export type ToShare =
  | { readonly is: 'open'; readonly n: number; readonly whose: string; readonly after?: string }
  | { readonly is: 'close'; readonly n: number }
  /** To `there`. */
  | { readonly is: 'here'; readonly n: number };

export type FromShare =
  /** The worker lives; whether the service answers is not known yet. */
  | { readonly is: 'heard'; readonly n: number }
  | { readonly is: 'open'; readonly n: number }
  | { readonly is: 'failed'; readonly n: number }
  /** Does the page still live? One that crashed, or was killed by its phone, never said that it goes. */
  | { readonly is: 'there'; readonly n: number }
  | {
      readonly is: 'told';
      readonly n: number;
      readonly type: string;
      readonly data: string;
      readonly id: string;
    };

/** As much of the port of a page as is needed. */
export interface SharePort {
  postMessage(message: FromShare): void;
}

interface Told {
  readonly type: string;
  readonly data: string;
  readonly id: string;
}

interface Reader {
  readonly port: SharePort;
  readonly n: number;
  readonly after: string | undefined;
  isOpen: boolean;
  /** How often it was asked whether it is there, since it said something. */
  unanswered: number;
}

interface Upstream {
  source: StreamSource | undefined;
  readonly askedAt: number;
  isOpen: boolean;
}

/** What the service said so short ago stands for an answer. A page that asks later doubts it: the service is asked anew. */
const FRESH_MS = 1_000;
/** An attempt into a dead network may hang for minutes: whoever asks later begins another. */
const PATIENCE_MS = 5_000;
/** Longer than a stream is left unasked (`SLEPT_MS` of stream.ts): the computer slept. */
const OLD_MS = 135_000;
/** Told once more to a page that opens a little later than others; whoever missed more loads anew. */
const KEPT_MAX = 500;

/** A page that is busy for minutes answers all at once; until then it has missed what a page that opens anew is told. */
const UNANSWERED_MAX = 2;

type Open = (after: string | undefined, listener: StreamListener) => StreamSource;

export class StreamShare {
  readonly #open: Open;
  readonly #now: () => number;
  readonly #readers = new Map<string, Reader>();
  readonly #ports = new WeakMap<SharePort, number>();
  #portsSeen = 0;
  /** The one that tells, and the one that shall take its place. */
  #stands: Upstream | undefined;
  #next: Upstream | undefined;
  #saidAt = Number.NEGATIVE_INFINITY;
  /** As `#saidAt`, of a stream that may be over. */
  #lastAt = Number.NEGATIVE_INFINITY;
  #whose: string | undefined;
  /** The last id that was told; what came after `#keptAfter` is kept. */
  #last: string | undefined;
  #keptAfter = 0;
  #kept: Told[] = [];

  constructor(open: Open, now: () => number) {
    this.#open = open;
    this.#now = now;
  }

  hear(port: SharePort, said: ToShare): void {
    const key = this.#keyOf(port, said.n);
    if (said.is === 'close') {
      this.#readers.delete(key);
      if (this.#readers.size === 0) this.#rest();
      return;
    }
    if (said.is === 'here') {
      const reader = this.#readers.get(key);
      if (reader) reader.unanswered = 0;
      // It was frozen, and its place given up: it opens anew, after what it was told last.
      else port.postMessage({ is: 'failed', n: said.n });
      return;
    }
    port.postMessage({ is: 'heard', n: said.n });
    if (said.whose !== this.#whose || !this.#goesOn(said.after)) this.#beginFor(said.whose);
    const reader: Reader = { port, n: said.n, after: said.after, isOpen: false, unanswered: 0 };
    this.#readers.set(key, reader);
    if (this.#stands && this.#isWithin(FRESH_MS, this.#saidAt)) this.#admit(reader);
    else if (!this.#next || !this.#isWithin(PATIENCE_MS, this.#next.askedAt)) this.#renew(said.after);
  }

  /** Now and then: who does not answer has no place any more, and without readers there is no connection to the service. */
  ask(): void {
    if (this.#readers.size === 0) return;
    for (const [key, reader] of this.#readers) {
      if (reader.unanswered >= UNANSWERED_MAX) this.#readers.delete(key);
      else {
        reader.unanswered += 1;
        reader.port.postMessage({ is: 'there', n: reader.n });
      }
    }
    if (this.#readers.size === 0) this.#rest();
  }

  /**
   * Does it serve a page to go on where the last one was told something? One that begins from now would hear what happened in a
   * night as if it were news, over what it has just loaded.
   */
  #goesOn(after: string | undefined): boolean {
    const last = this.#last;
    if (last === undefined) return true;
    if (this.#readers.size > 0) return after !== undefined || this.#isWithin(OLD_MS, this.#lastAt);
    return after !== undefined && Number(after) <= Number(last);
  }

  /** By the wall, which a computer that slept knows of; one that was set back makes nothing fresh. */
  #isWithin(ms: number, since: number): boolean {
    const gone = this.#now() - since;
    return gone >= 0 && gone <= ms;
  }

  #keyOf(port: SharePort, n: number): string {
    const known = this.#ports.get(port) ?? ++this.#portsSeen;
    this.#ports.set(port, known);
    return `${known}.${n}`;
  }

  /** For somebody else, or for the same with other rights, or from now on: nothing that was told before is theirs to hear. */
  #beginFor(whose: string): void {
    this.#fail();
    this.#whose = whose;
    this.#last = undefined;
    this.#kept = [];
  }

  /** Asks the service; what stands tells on until it answers. */
  #renew(after: string | undefined): void {
    this.#next?.source?.close();
    const mine: Upstream = { source: undefined, askedAt: this.#now(), isOpen: false };
    this.#next = mine;
    const goOn = this.#last ?? after;
    if (this.#last === undefined && after !== undefined) this.#beginAt(after);
    mine.source = this.#open(goOn, {
      opened: () => {
        mine.isOpen = true;
        this.#standing(mine);
      },
      failed: () => this.#lost(mine),
      told: (type, data, id) => this.#told(mine, { type, data, id }),
    });
  }

  #beginAt(id: string): void {
    this.#last = id;
    this.#keptAfter = Number(id);
    this.#kept = [];
  }

  /** It is open, and we know from which id on it tells. */
  #standing(mine: Upstream): void {
    if (this.#next !== mine || this.#last === undefined) return;
    this.#stands?.source?.close();
    this.#stands = mine;
    this.#next = undefined;
    this.#heard();
    for (const reader of this.#readers.values()) if (!reader.isOpen) this.#admit(reader);
  }

  #lost(lost: Upstream): void {
    if (this.#next === lost || (this.#stands === lost && !this.#next)) this.#fail();
    else if (this.#stands === lost) this.#stands = undefined;
  }

  #told(from: Upstream, said: Told): void {
    if (from !== this.#stands && from !== this.#next) return;
    if (said.type === 'hello') {
      this.#beginAt(said.id);
      this.#standing(from);
      return;
    }
    this.#heard();
    if (said.type === 'reset') {
      if (from === this.#next) this.#standing(from);
      this.#beginAt(said.id);
      this.#tell(said);
      return;
    }
    // While an old and a new connection overlap both may bring the same.
    if (said.id !== '' && this.#last !== undefined && Number(said.id) <= Number(this.#last)) return;
    if (said.id !== '') this.#keep(said);
    this.#tell(said);
  }

  #heard(): void {
    this.#saidAt = this.#now();
    this.#lastAt = this.#saidAt;
  }

  #keep(said: Told): void {
    this.#last = said.id;
    this.#kept.push(said);
    if (this.#kept.length <= KEPT_MAX) return;
    this.#keptAfter = Number(this.#kept.shift()?.id);
  }

  #tell(said: Told): void {
    for (const { port, n, isOpen } of this.#readers.values())
      if (isOpen) port.postMessage({ is: 'told', n, ...said });
  }

  #admit(reader: Reader): void {
    const { port, n, after } = reader;
    reader.isOpen = true;
    port.postMessage({ is: 'open', n });
    for (const said of this.#missedAfter(after)) port.postMessage({ is: 'told', n, ...said });
  }

  /** As the service would: on after what was told last, or from now on, or all anew. */
  #missedAfter(after: string | undefined): readonly Told[] {
    const id = this.#last ?? '';
    if (after === undefined) return [{ type: 'hello', data: '{}', id }];
    if (Number(after) < this.#keptAfter || Number(after) > Number(id))
      return [{ type: 'reset', data: '{}', id }];
    return this.#kept.filter((one) => Number(one.id) > Number(after));
  }

  /** All pages are told: each asks who is signed in, and opens anew. */
  #fail(): void {
    const told = [...this.#readers.values()];
    this.#readers.clear();
    this.#closeAll();
    for (const { port, n } of told) port.postMessage({ is: 'failed', n });
  }

  /** No page listens any more. */
  #rest(): void {
    this.#closeAll();
    this.#kept = [];
    this.#keptAfter = Number(this.#last ?? 0);
  }

  #closeAll(): void {
    for (const one of [this.#stands, this.#next]) one?.source?.close();
    this.#stands = undefined;
    this.#next = undefined;
    this.#saidAt = Number.NEGATIVE_INFINITY;
  }
}
