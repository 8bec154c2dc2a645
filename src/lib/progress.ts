/** Where progress is written: stderr, or what a test puts in its place. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** What is being done, as the first word of the line. */
  readonly label: string;
  /** What is counted: `messages`. */
  readonly unit: string;
  readonly stream?: ProgressStream;
  /** Of the line itself, as label and unit are; English if absent. */
  readonly language?: keyof typeof WORDS;
}

/** How a line is put together in one language. */
interface ProgressWords {
  readonly colon: string;
  /** What one of a unit is called, of which the name for many is given. */
  single(unit: string): string;
  readonly comma: string;
  duration(seconds: number): string;
  perSecond(rate: string): string;
  left(time: string): string;
  took(counted: string, time: string, rate: string): string;
}

const ENGLISH: ProgressWords = {
  colon: ': ',
  single: (unit) => unit.replace(/s\b/, ''),
  comma: ', ',
  duration: (seconds) => duration(seconds),
  perSecond: (rate) => `${rate}/s`,
  left: (time) => `${time} left`,
  took: (counted, time, rate) => `${counted} in ${time} (${rate})`,
};
const CHINESE: ProgressWords = {
  colon: '：',
  single: (unit) => unit,
  comma: '，',
  duration: (seconds) => duration(seconds, '秒', '分', '小时'),
  perSecond: (rate) => `每秒 ${rate}`,
  left: (time) => `还需 ${time}`,
  took: (counted, time, rate) => `${counted}，用时 ${time}（${rate}）`,
};
const WORDS = { zh: CHINESE, en: ENGLISH };

const REDRAW_MS = 250;
/** Where nobody watches, a line now and then is enough. */
const LINE_MS = 10_000;

/** One line about long work: how far, how fast, how long still. On a terminal it is drawn over and over. */
export class Progress {
  readonly #label: string;
  readonly #unit: string;
  readonly #stream: ProgressStream;
  readonly #words: ProgressWords;
  readonly #startedAt = performance.now();
  #shownAt = performance.now();
  #drawn = false;

  constructor({ label, unit, stream = process.stderr, language = 'en' }: ProgressOptions) {
    this.#label = label;
    this.#unit = unit;
    this.#stream = stream;
    this.#words = WORDS[language];
  }

  /** @param share how much of the work is done, 0 to 1; undefined when nobody knows. */
  update(done: number, share?: number, remark = ''): void {
    const now = performance.now();
    if (now - this.#shownAt < (this.#stream.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.#shownAt = now;
    this.#show(this.#line(done, share, remark));
  }

  /** The last line, which stays. */
  end(done: number, remark = ''): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const words = this.#words;
    const took = words.took(this.#counted(done), words.duration(seconds), this.#rate(done, seconds));
    this.#show([`${this.#label}${words.colon}${took}`, remark].filter(Boolean).join(words.comma));
    if (this.#stream.isTTY) this.#stream.write('\n');
    this.#drawn = false;
  }

  /** Leaves a terminal as it was: what comes next says how it ended. */
  clear(): void {
    if (this.#drawn && this.#stream.isTTY) this.#stream.write('\r\u001b[K');
    this.#drawn = false;
  }

  #line(done: number, share: number | undefined, remark: string): string {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const words = this.#words;
    const parts = [this.#counted(done), this.#rate(done, seconds)];
    if (share !== undefined) {
      // What was read ahead is not done: only the last line says that all is.
      parts.unshift(`${Math.min(99, Math.floor(100 * share))} %`);
      if (share > 0.001 && share < 1) parts.push(words.left(words.duration((seconds / share) * (1 - share))));
    }
    if (remark) parts.push(remark);
    return `${this.#label}${words.colon}${parts.join(words.comma)}`;
  }

  #counted(done: number): string {
    return `${grouped(done)} ${done === 1 ? this.#words.single(this.#unit) : this.#unit}`;
  }

  #rate(done: number, seconds: number): string {
    return this.#words.perSecond(grouped(Math.round(done / Math.max(0.001, seconds))));
  }

  #show(line: string): void {
    if (this.#stream.isTTY) this.#stream.write(`${this.#drawn ? '\r' : ''}\u001b[K${line}`);
    else this.#stream.write(`${line}\n`);
    this.#drawn = true;
  }
}

const grouped = (count: number): string => count.toLocaleString('en-US');

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number, s = 's', min = 'min', h = 'h'): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} ${s}`;
  if (whole < 3600) return `${Math.floor(whole / 60)} ${min} ${whole % 60} ${s}`;
  return `${Math.floor(whole / 3600)} ${h} ${Math.floor((whole % 3600) / 60)} ${min}`;
}
