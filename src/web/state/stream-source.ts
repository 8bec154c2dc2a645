import type { FromShare, StreamListener, StreamSource, ToShare } from './stream-share.ts';

/** All that the service says on a stream: src/api/stream.ts and the effects. */
const EVENTS = ['hello', 'reset', 'case', 'alert', 'notice', 'device', 'registry', 'rules'] as const;

/**
 * @param after the last id that was told; undefined: only what comes from now on.
 * @param whose who is signed in, with their rights: tabs of others share nothing with this one.
 */
export function openSource(after: string | undefined, whose: string, listener: StreamListener): StreamSource {
  return typeof SharedWorker === 'undefined'
    ? openOwn(after, listener)
    : new SharedSource(after, whose, listener);
}

/** Over a connection of its own. */
export function openOwn(after: string | undefined, { opened, failed, told }: StreamListener): StreamSource {
  const source = new EventSource(
    `/api/v1/stream${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`,
  );
  source.onopen = () => opened();
  source.onerror = () => {
    // It would go on by itself, and forget what was told: we say where to go on.
    source.close();
    failed();
  };
  for (const type of EVENTS)
    source.addEventListener(type, (event) => {
      const { data, lastEventId } = event as MessageEvent<string>;
      told(type, data, lastEventId);
    });
  return { isOpen: () => source.readyState === EventSource.OPEN, close: () => source.close() };
}

/** A worker that has died, or never began, says nothing: then this page has a connection of its own. */
const SILENT_MS = 6_000;

interface Share {
  readonly port: MessagePort;
  readonly sources: Map<number, SharedSource>;
}
let share: Share | undefined;
let opened = 0;

/** Undefined where the browser has no such worker, or forbids it. */
function joinShare(): Share | undefined {
  if (share) return share;
  try {
    const worker = new SharedWorker(new URL('./stream-worker.ts', import.meta.url), {
      type: 'module',
      name: 'stream',
    });
    const mine: Share = { port: worker.port, sources: new Map() };
    worker.onerror = () => leaveShare(mine);
    worker.port.onmessage = ({ data }: MessageEvent<FromShare>) => mine.sources.get(data.n)?.hear(data);
    window.addEventListener('pagehide', () => {
      for (const one of mine.sources.values()) one.pause();
    });
    // A page that a browser kept as it was, and shows again: its place was given up.
    window.addEventListener('pageshow', ({ persisted }) => {
      if (persisted) for (const one of [...mine.sources.values()]) one.giveUp();
    });
    share = mine;
    return mine;
  } catch {
    return undefined;
  }
}

/** Nothing more is expected of it; the next source tries again. */
function leaveShare(left: Share): void {
  if (share === left) share = undefined;
  left.port.onmessage = null;
  left.port.close();
  for (const source of [...left.sources.values()]) source.goAlone();
}

class SharedSource implements StreamSource {
  readonly #n = ++opened;
  readonly #share: Share | undefined;
  readonly #after: string | undefined;
  readonly #listener: StreamListener;
  readonly #silent: ReturnType<typeof setTimeout> | undefined;
  #state: 'opening' | 'open' | 'over' = 'opening';
  #own: StreamSource | undefined;

  constructor(after: string | undefined, whose: string, listener: StreamListener) {
    this.#after = after;
    this.#listener = listener;
    const joined = joinShare();
    this.#share = joined;
    if (joined === undefined) {
      this.goAlone();
      return;
    }
    joined.sources.set(this.#n, this);
    this.#silent = setTimeout(() => leaveShare(joined), SILENT_MS);
    this.#say({ is: 'open', n: this.#n, whose, ...(after === undefined ? {} : { after }) });
  }

  isOpen(): boolean {
    return this.#own ? this.#own.isOpen() : this.#state === 'open';
  }

  close(): void {
    this.#own?.close();
    if (this.#state !== 'over' && !this.#own) this.#say({ is: 'close', n: this.#n });
    this.#end();
  }

  /** Nobody looks at the page any more: a worker does not learn by itself that a page has gone. */
  pause(): void {
    if (!this.#own) this.#say({ is: 'close', n: this.#n });
  }

  giveUp(): void {
    if (this.#own) return;
    this.#end();
    this.#listener.failed();
  }

  hear(said: FromShare): void {
    clearTimeout(this.#silent);
    if (this.#state === 'over') return;
    if (said.is === 'there') this.#say({ is: 'here', n: this.#n });
    else if (said.is === 'told') this.#listener.told(said.type, said.data, said.id);
    else if (said.is === 'open') {
      this.#state = 'open';
      this.#listener.opened();
    } else if (said.is === 'failed') this.giveUp();
  }

  /** What was open until now has missed nothing that can be known of: its owner opens anew. What was being opened goes on by itself. */
  goAlone(): void {
    const was = this.#state;
    this.#share?.sources.delete(this.#n);
    clearTimeout(this.#silent);
    if (was === 'opening') this.#own = openOwn(this.#after, this.#listener);
    else if (was === 'open') this.giveUp();
  }

  #say(what: ToShare): void {
    this.#share?.port.postMessage(what);
  }

  #end(): void {
    this.#state = 'over';
    clearTimeout(this.#silent);
    this.#share?.sources.delete(this.#n);
  }
}
