import { vi } from 'vitest';

/**
 * What the state of the console finds of a browser, as far as it touches it: a window that tells of its network, a page that
 * is looked at or not, streams, and a service that answers when the test says so. Nothing of ours is in it.
 */
export class TestStream extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static readonly all: TestStream[] = [];
  readonly url: string;
  readyState = TestStream.CONNECTING;
  onopen: (() => void) | undefined;
  onerror: (() => void) | undefined;

  constructor(url: string) {
    super();
    this.url = url;
    TestStream.all.push(this);
  }

  /** That still take one of the few connections that a browser has for a service. */
  static standing(): readonly TestStream[] {
    return TestStream.all.filter(({ readyState }) => readyState !== TestStream.CLOSED);
  }

  static newest(): TestStream {
    const [newest] = TestStream.all.slice(-1);
    if (!newest) throw new Error('no stream was opened');
    return newest;
  }

  close(): void {
    this.readyState = TestStream.CLOSED;
  }

  open(): void {
    this.readyState = TestStream.OPEN;
    this.onopen?.();
  }

  fail(): void {
    this.onerror?.();
  }

  tell(type: string, id: number, body: object = {}): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(body), lastEventId: String(id) }));
  }
}

export interface Around {
  readonly window: EventTarget;
  readonly document: EventTarget;
  /** What was asked for under addresses that begin so and has no answer yet, the oldest first. */
  readonly asked: (start: string) => readonly string[];
  /** Answers the oldest question whose address begins so. */
  readonly answer: (start: string, body: object, status?: number) => Promise<void>;
  /** Says no to what is still asked for, so that nobody waits in a test that comes after; timers are as they were. */
  readonly end: () => Promise<void>;
}

/** Until its `end`, with timers that stand still. */
export function browserAround(): Around {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    now: Date.UTC(2026, 2, 1, 19, 0),
  });
  TestStream.all.length = 0;
  const window = Object.assign(new EventTarget(), { scrollY: 0 });
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible', hidden: false });
  const waiting: { readonly address: string; readonly resolve: (of: Response) => void }[] = [];
  const fetchIt = (address: string): Promise<Response> =>
    new Promise((resolve) => waiting.push({ address: address.replace('/api/v1', ''), resolve }));
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', document);
  vi.stubGlobal('EventSource', TestStream);
  vi.stubGlobal('fetch', fetchIt);
  const asked = (start: string) =>
    waiting.map(({ address }) => address).filter((address) => address.startsWith(start));
  const answer = async (start: string, body: object, status = 200) => {
    const at = waiting.findIndex(({ address }) => address.startsWith(start));
    if (at < 0) throw new Error(`nobody asked for ${start}, but for ${asked('').join(' ')}`);
    const [question] = waiting.splice(at, 1);
    question?.resolve(Response.json(body, { status }));
    await settled();
  };
  const end = async () => {
    while (waiting.length > 0) await answer('', {}, 404);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
  return { window, document, asked, answer, end };
}

/** All that follows from what has happened, at this instant. */
export const settled = () => vi.advanceTimersByTimeAsync(0);
