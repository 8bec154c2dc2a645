import { assert } from '../../lib/result.ts';
import { LIMITS } from '../../model/limits.ts';
import { SESSION_PROBLEMS, type SessionProblem } from '../../model/session-problem.ts';
import { shortAnswer } from '../attempt.ts';
import type { Answer, SessionHost, SessionState } from '../define.ts';

/** One connection to a provider, from its opening to its end. It never comes back: a new one is opened. */
export interface Link {
  /** Ends it in good manners. Nothing is reported any more. Resolves when it is gone. */
  close(): Promise<void>;
}

export interface LinkEnd {
  readonly problem: SessionProblem;
  /** What the provider or the socket said. Without secrets. */
  readonly detail: string;
}

/** What a link reports. */
export interface LinkEvents {
  /** It is let in and can be used. */
  up(): void;
  /** It has ended, or never came up. */
  down(end: LinkEnd): void;
  /** Something went wrong that does not end it. */
  trouble(problem: SessionProblem, detail: string): void;
}

interface Pause {
  readonly firstMs: number;
  readonly maxMs: number;
  /** A notice that wants to go out may shorten the pause to this; never, if absent. */
  readonly hastenedMs?: number;
}
const network = (): Pause => ({
  firstMs: LIMITS.sessionPauseMsFirst,
  maxMs: LIMITS.sessionPauseMsMax,
  hastenedMs: 2 * LIMITS.sessionPauseMsFirst,
});
/** Trying again soon changes nothing and is counted against us. */
const refused = (): Pause => ({
  firstMs: LIMITS.sessionRefusedPauseMsFirst,
  maxMs: LIMITS.sessionRefusedPauseMsMax,
});

function pauseAfter(problem: SessionProblem): Pause {
  switch (problem) {
    case 'refused':
    case 'too-often':
    case 'too-many':
      return refused();
    case 'displaced':
      // We would displace the other, and it us, for ever. But somebody in need is worth a fight a minute.
      return { ...refused(), hastenedMs: LIMITS.sessionRefusedPauseMsFirst };
    default:
      return network();
  }
}

/**
 * Keeps one link to a provider: opens it, limits the time until it is usable, opens another after it has ended, with
 * growing and spread pauses, and knows what went wrong how often. Nothing it is told by a link can throw out of it.
 */
export class KeptLink<L extends Link> {
  readonly #host: SessionHost;
  readonly #open: (events: LinkEvents) => L;
  readonly #problems: Partial<Record<SessionProblem, number>> = {};
  #link: L | undefined;
  #up = false;
  #since: number;
  #problem: (LinkEnd & { readonly at: number }) | undefined;
  #failures = 0;
  #pause = network();
  #waiting = false;
  #closed = false;
  #cancelTimer: () => void = () => {};
  readonly #watchers = new Set<() => void>();

  constructor(host: SessionHost, open: (events: LinkEvents) => L) {
    this.#host = host;
    this.#open = open;
    this.#since = host.now();
    this.#connect();
  }

  /** The link, when it can be used. Waits while one is being opened; undefined: it is not to be had now. */
  async ready(signal: AbortSignal): Promise<L | undefined> {
    if (!this.#up) this.#hasten();
    if (!this.#up && this.#link && !signal.aborted) await this.#change(signal);
    return this.#up ? this.#link : undefined;
  }

  /** What a notice is told that finds no link. */
  refusal(): Answer {
    const { problem = 'unreachable', detail = '' } = this.#problem ?? {};
    const said = shortAnswer(`${problem}: ${SESSION_PROBLEMS[problem].en} ${detail}`);
    if (problem === 'refused') return { kind: 'refused', failure: 'channel-misconfigured', detail: said };
    return { kind: 'retry', failure: 'provider-unreachable', detail: said };
  }

  state(): SessionState {
    const { locale } = this.#host;
    const problem = this.#up ? this.#recent() : this.#problem;
    const words = problem
      ? `${SESSION_PROBLEMS[problem.problem][locale]} ${problem.detail}`
      : CONNECTED[locale];
    return {
      connected: this.#up,
      since: this.#since,
      detail: shortAnswer(words),
      ...(problem ? { problem: problem.problem } : {}),
      problems: { ...this.#problems },
    };
  }

  /** Counts and shows what went wrong without ending the link; logs when it is new. */
  trouble(problem: SessionProblem, detail: string): void {
    const isNew = this.#recent()?.problem !== problem;
    this.#problems[problem] = (this.#problems[problem] ?? 0) + 1;
    this.#problem = { problem, detail, at: this.#host.now() };
    if (isNew) {
      const fields = { channel: this.#host.channel, problem, detail: shortAnswer(detail) };
      this.#host.warn(fields, SESSION_PROBLEMS[problem].en);
    }
  }

  /** What went wrong while the link held is shown for a while, not for as long as it holds. */
  #recent(): LinkEnd | undefined {
    const at = this.#problem?.at ?? 0;
    return this.#host.now() - at < LIMITS.sessionTroubleShownMs ? this.#problem : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#up = false;
    this.#cancelTimer();
    this.#tell();
    const link = this.#link;
    this.#link = undefined;
    await link?.close();
  }

  #connect(): void {
    this.#waiting = false;
    this.#cancelTimer();
    let ended = false;
    let link: L | undefined;
    const down = (end: LinkEnd): void => {
      if (ended || this.#closed) return;
      ended = true;
      // It may already be gone; what is left of it must go too.
      void link?.close().catch(() => {});
      this.#ended(end);
    };
    this.#cancelTimer = this.#host.timers.after(LIMITS.sessionConnectMs, () =>
      down({ problem: 'no-answer', detail: `${LIMITS.sessionConnectMs / 1000} s` }),
    );
    try {
      link = this.#open({
        up: () => {
          if (!ended && !this.#closed) this.#isUp();
        },
        down,
        trouble: (problem, detail) => {
          if (!ended && !this.#closed) this.trouble(problem, detail);
        },
      });
    } catch (error) {
      down({ problem: 'unreachable', detail: (error as Error).message });
      return;
    }
    if (ended) void link.close().catch(() => {});
    else this.#link = link;
  }

  #isUp(): void {
    assert(!this.#waiting, 'a link came up that was given up');
    this.#cancelTimer();
    this.#up = true;
    this.#since = this.#host.now();
    this.#problem = undefined;
    this.#tell();
  }

  #ended(end: LinkEnd): void {
    this.#cancelTimer();
    // What held for long was no part of the trouble before it.
    if (this.#up && this.#host.now() - this.#since >= this.#pause.maxMs) this.#failures = 0;
    this.trouble(end.problem, end.detail);
    this.#up = false;
    this.#link = undefined;
    this.#since = this.#host.now();
    this.#pause = pauseAfter(end.problem);
    const { firstMs, maxMs } = this.#pause;
    const pauseMs = Math.min(firstMs * 2 ** this.#failures, maxMs) * (0.5 + this.#host.random() / 2);
    this.#failures = Math.min(this.#failures + 1, 32);
    this.#wait(pauseMs);
    this.#tell();
  }

  #wait(ms: number): void {
    this.#cancelTimer();
    this.#waiting = true;
    this.#cancelTimer = this.#host.timers.after(ms, () => this.#connect());
  }

  #hasten(): void {
    const { hastenedMs } = this.#pause;
    if (!this.#waiting || this.#closed || hastenedMs === undefined) return;
    if (this.#host.now() - this.#since >= hastenedMs) this.#connect();
  }

  #tell(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const tell of watchers) tell();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        this.#watchers.delete(done);
        resolve();
      };
      this.#watchers.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

const CONNECTED = { zh: '已连接', en: 'connected' } as const;
