import type { Logger } from 'pino';
import { doubled, spread } from '../../lib/back-off.ts';
import { MINUTE, SECOND } from '../../lib/clock.ts';
import type { Timers } from '../../lib/timers.ts';
import { LIMITS } from '../../model/limits.ts';
import type { OutsideTrouble } from '../../model/outside-store.ts';
import type { HistoryPiece, OutsideStatus, TelemetryStore } from '../../ports/telemetry.ts';
import { eventLine, pointLine } from './lines.ts';
import { OutsideRefused, type OutsideStore, type WriteAnswer } from './outside-store.ts';
import type { Owed } from './owed.ts';
import type { SpoolHead } from './segment.ts';
import { reasonOf, type SetAside } from './set-aside.ts';
import type { Spool, SpoolBatch } from './spool.ts';

export interface SenderOptions {
  readonly spool: Spool;
  readonly outside: OutsideStore;
  /** The local store, out of which owed periods are sent. */
  readonly near: TelemetryStore;
  readonly setAside: SetAside;
  readonly timers: Timers;
  /** Of the wall, in epoch milliseconds. */
  readonly now: () => number;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly backoffMs?: { readonly first: number; readonly max: number };
}

export type Trouble = NonNullable<OutsideStatus['trouble']>;

/** The server does not do it now; the same is tried again. */
class NotNow extends Error {
  readonly code: OutsideTrouble;
  readonly retryAfterMs: number;
  constructor(code: OutsideTrouble, detail: string, retryAfterMs = 0) {
    super(detail);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Lines at which a batch that took too long is not made smaller any more. */
const BATCH_LINES_MIN = 50;

/**
 * Carries the spool to the outside store: one request at a time, in order, each again until it is done. What the server
 * refuses for good is found by halving, and only that is set aside. When nothing waits in the spool, periods that are
 * owed are sent out of the local store.
 */
export class Sender {
  readonly #options: SenderOptions;
  #running: Promise<void> | undefined;
  /** Something came while a round was under way, which may have looked for it already. */
  #again = false;
  #wake: (() => void) | undefined;
  #failures = 0;
  #pointsMax: number = LIMITS.outsideBatchPointsMax;
  #stopped = false;
  #rate = { since: 0, sent: 0, before: 0 };
  trouble: Trouble | undefined;
  /** The server has done something since the start. */
  reached = false;
  sent = 0;
  /** How often the server deleted what was too old, and how many readings the last time. */
  retained = { times: 0, readings: 0 };
  /** Devices whose removal is not done yet: what the server has of them does not count. */
  readonly removing = new Map<string, number>();

  constructor(options: SenderOptions) {
    this.#options = options;
    for (const entry of options.spool.unsent()) if (entry.kind === 'remove') this.willRemove(entry.device);
    for (const device of options.spool.state.removals) this.willRemove(device);
  }

  willRemove(device: string): void {
    this.removing.set(device, (this.removing.get(device) ?? 0) + 1);
  }
  #removed(device: string): void {
    this.#options.setAside.forget(device);
    const left = (this.removing.get(device) ?? 1) - 1;
    if (left > 0) this.removing.set(device, left);
    else this.removing.delete(device);
  }

  /** There is something new, if nothing is under way and no wait is on. */
  wake(): void {
    this.#again = this.#running !== undefined;
    if (this.#running || this.#wake || this.#stopped) return;
    const run = this.#run().finally(() => {
      this.#running = undefined;
    });
    this.#running = run;
    run.then(
      () => this.#again && this.wake(),
      (error: unknown) => {
        // The disk, most likely. Nothing is lost: the same batch comes again.
        this.#options.logger.error({ err: error }, 'readings could not be sent to the outside store');
        this.#pause(new NotNow('spool-failing', (error as Error).message));
      },
    );
  }

  /** Resolves when nothing is under way: all is sent, or it waits to try again. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running.catch(() => undefined);
  }

  /** Tries at once, whatever was to be waited for. */
  hurry(): void {
    this.#wake?.();
    this.#wake = undefined;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    this.#wake = undefined;
    await this.settled();
  }

  async #run(): Promise<void> {
    const { spool } = this.#options;
    while (!this.#stopped) {
      try {
        const [removal] = spool.state.removals;
        const batch = spool.next(this.#pointsMax);
        if (removal !== undefined) await this.#removeFirst(removal);
        else if (batch) await this.#batch(batch);
        else if (spool.state.owed[0]) await this.#owed(spool.state.owed[0]);
        else return;
        this.#isWell();
      } catch (error) {
        if (!(error instanceof NotNow)) throw error;
        this.#pause(error);
        return;
      }
    }
  }

  #isWell(): void {
    if (this.trouble) this.#options.logger.info('the outside store takes readings again');
    this.trouble = undefined;
    this.reached = true;
    this.#failures = 0;
  }

  #pause(reason: NotNow): void {
    const { now, random, timers, logger, backoffMs } = this.#options;
    const { first, max } = backoffMs ?? {
      first: LIMITS.outsideBackoffMsFirst,
      max: LIMITS.outsideBackoffMsMax,
    };
    const long = doubled(this.#failures++, first, max);
    const asked = Math.min(reason.retryAfterMs, LIMITS.outsideRetryAfterMsMax);
    const wait = Math.round(Math.max(asked, spread(long, random())));
    const detail = reason.message.slice(0, LIMITS.outsideDetailCharsMax);
    if (this.trouble?.code !== reason.code)
      logger.warn(
        { code: reason.code, detail },
        'the outside store takes no readings; they wait in the spool',
      );
    const since = this.trouble?.since ?? now();
    this.trouble = { code: reason.code, detail, since, nextTryAt: now() + wait };
    if (this.#stopped) return;
    const cancel = timers.after(wait, () => {
      this.#wake = undefined;
      this.wake();
    });
    this.#wake = cancel;
  }

  async #removeFirst(device: string): Promise<void> {
    const { spool } = this.#options;
    const gone = await this.#ask(`remove ${device}`, () => this.#options.outside.removeDevice(device));
    const { removals, outsidePoints } = spool.state;
    spool.remember({ removals: removals.slice(1), outsidePoints: Math.max(0, outsidePoints - gone) });
    this.#removed(device);
  }

  async #batch(batch: SpoolBatch): Promise<void> {
    const { spool, outside } = this.#options;
    const [first] = batch.entries as [SpoolHead];
    if (first.kind === 'lines') {
      const points = batch.entries.reduce((sum, head) => sum + (head.kind === 'lines' ? head.points : 0), 0);
      const stored = await this.#lines(batch.text);
      this.#count(points);
      spool.done(batch, { outsidePoints: spool.state.outsidePoints + stored });
      return;
    }
    const gone = await this.#ask(JSON.stringify(first), () =>
      first.kind === 'remove' ? outside.removeDevice(first.device) : outside.retain(first.cutoffs),
    );
    spool.done(batch, { outsidePoints: Math.max(0, spool.state.outsidePoints - gone) });
    if (first.kind === 'remove') this.#removed(first.device);
    else this.retained = { times: this.retained.times + 1, readings: gone };
  }

  /** Some devices of the period, together: a request of one reading each would take all day. */
  async #owed(owed: Owed): Promise<void> {
    const { spool, near } = this.#options;
    let [text, points, stored, after] = ['', 0, 0, owed.after];
    for (const device of await near.devices(owed.after, OWED_DEVICES)) {
      for await (const piece of near.history(device, owed)) {
        text += linesOf(device, piece);
        points += sizeOf(piece);
        if (points < this.#pointsMax) continue;
        stored += await this.#lines(text);
        this.#count(points);
        [text, points] = ['', 0];
        if (this.#stopped) return;
      }
      after = device;
    }
    if (text !== '') stored += await this.#lines(text);
    this.#count(points);
    const [now, ...others] = spool.state.owed;
    // It has become another period meanwhile, because more of the spool had to give way.
    if (now?.from !== owed.from || now.to !== owed.to) return;
    const rest = after === owed.after ? others : [{ ...owed, after }, ...others];
    spool.remember({ owed: rest, outsidePoints: spool.state.outsidePoints + stored });
  }

  /** In requests of no more lines than the server is quick with. @returns readings stored, events left out */
  async #lines(text: string): Promise<number> {
    let stored = 0;
    for (const piece of piecesOf(text, this.#pointsMax)) stored += await this.#request(piece);
    return stored;
  }

  /** Sends lines until the server has all that it will ever take of them. @returns readings stored, events left out */
  async #request(text: string): Promise<number> {
    const { outside, setAside } = this.#options;
    const answer = await outside.write(text);
    if (answer.ok) return readingsIn(text);
    if (answer.problem !== 'refused' && answer.problem !== 'too-large') {
      if (answer.problem === 'slow') this.#pointsMax = Math.max(BATCH_LINES_MIN, this.#pointsMax >> 1);
      throw new NotNow(answer.problem, answer.detail, answer.retryAfterMs);
    }
    const reason = answer.problem === 'too-large' ? 'too-large' : reasonOf(answer.detail);
    const dropped = droppedOf(answer);
    // All others are stored, and which these are is plain from their time.
    if (reason === 'beyond-retention-policy' && dropped !== undefined) {
      setAside.add(reason, answer.detail, undefined, dropped);
      return Math.max(0, readingsIn(text) - dropped);
    }
    const lines = text.split('\n').filter((line) => line !== '');
    if (lines.length <= 1) {
      setAside.add(reason, answer.detail, lines[0]);
      return 0;
    }
    const middle = lines.length >> 1;
    const first = await this.#request(`${lines.slice(0, middle).join('\n')}\n`);
    return first + (await this.#request(`${lines.slice(middle).join('\n')}\n`));
  }

  /** What the server will never do is set aside like a reading: the rest of the spool shall not wait for it. */
  async #ask(what: string, call: () => Promise<number>): Promise<number> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof OutsideRefused) {
        this.#options.logger.error({ err: error, what }, 'the outside store refuses to delete');
        this.#options.setAside.add('refused-otherwise', error.message, what);
        return 0;
      }
      throw new NotNow('away', (error as Error).message);
    }
  }

  #count(points: number): void {
    const now = this.#options.now();
    this.sent += points;
    // A batch that was made smaller because the server was slow grows again.
    this.#pointsMax = Math.min(LIMITS.outsideBatchPointsMax, Math.ceil(this.#pointsMax * 1.1));
    const elapsed = now - this.#rate.since;
    if (elapsed > MINUTE) {
      const before = this.#rate.since === 0 ? 0 : (this.#rate.sent * SECOND) / elapsed;
      this.#rate = { since: now, sent: points, before };
    } else this.#rate = { ...this.#rate, sent: this.#rate.sent + points };
  }

  /** Readings and events a second, lately. */
  get perSecond(): number {
    const elapsed = this.#options.now() - this.#rate.since;
    if (this.#rate.since === 0 || elapsed > 2 * MINUTE) return 0;
    return elapsed < SECOND ? this.#rate.before : (this.#rate.sent * SECOND) / elapsed;
  }
}

const OWED_DEVICES = 50;

function* piecesOf(text: string, linesMax: number): Generator<string> {
  let begin = 0;
  for (let lines = 0, at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (++lines < linesMax) continue;
    yield text.slice(begin, at + 1);
    begin = at + 1;
    lines = 0;
  }
  if (begin < text.length) yield text.slice(begin);
}

const readingsIn = (text: string): number => {
  let count = 0;
  for (let at = 0; at < text.length; at = text.indexOf('\n', at) + 1) {
    if (!text.startsWith('event,', at)) count++;
    if (text.indexOf('\n', at) < 0) break;
  }
  return count;
};

const droppedOf = (answer: Exclude<WriteAnswer, { ok: true }>): number | undefined =>
  answer.problem === 'refused' ? answer.dropped : undefined;

const sizeOf = (piece: HistoryPiece): number =>
  'points' in piece ? piece.points.length : piece.events.length;

const linesOf = (device: string, piece: HistoryPiece): string =>
  'points' in piece
    ? piece.points.map((point) => pointLine(device, piece.metric, point)).join('')
    : piece.events.map(({ at, event }) => eventLine(device, event, at)).join('');
