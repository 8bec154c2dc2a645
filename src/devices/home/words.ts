import type { EventName, FlagName, MetricName } from '../../model/metrics.ts';
import { strictNumber } from '../strict-number.ts';
import type { Take } from '../take.ts';

/** What a model of a home sensor tells: of the many things that its kind of source may say, these are taken. */
export interface Tells {
  readonly metrics: readonly MetricName[];
  readonly events: readonly EventName[];
}

const YES = new Set(['true', 'on', 'yes', 'open', 'wet', 'detected', 'alarm', '1']);
const NO = new Set(['false', 'off', 'no', 'closed', 'close', 'dry', 'clear', 'normal', 'none', '0']);

/** Yes or no, in the words that home automation has for it. Anything else, null among it, is not known. */
export function truthOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const word = String(value).trim().toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

/** Takes what a model tells, and lets the rest pass: it has its own model, or is of no interest. */
export class HomeTake {
  readonly take: Take;
  readonly #tells: Tells;
  at: number;

  constructor(take: Take, tells: Tells) {
    this.take = take;
    this.#tells = tells;
    this.at = take.at;
  }

  /** @param value in the unit of the metric; null and undefined: not known */
  measured(metric: MetricName, value: unknown, scale = 1): void {
    if (!this.#tells.metrics.includes(metric) || value === null || value === undefined) return;
    const number = strictNumber(value);
    if (number === undefined) this.take.reject('not-a-number', `${metric}: ${shown(value)}`);
    else this.take.reading(metric, number * scale, this.at);
  }

  /** @param value yes or no; null and undefined: not known */
  state(metric: MetricName, value: unknown, inverted = false): void {
    if (!this.#tells.metrics.includes(metric) || value === null || value === undefined) return;
    const truth = truthOf(value);
    if (truth === undefined) this.take.reject('not-a-number', `${metric}: ${shown(value)}`);
    else this.take.reading(metric, truth !== inverted, this.at);
  }

  flag(name: FlagName, value: unknown): void {
    if (this.#tells.events.includes(name)) this.take.flag(name, truthOf(value), this.at);
  }

  /** What happened is never passed over in silence: who chose a model that does not tell it must see that. */
  happened(event: EventName): void {
    if (this.#tells.events.includes(event)) this.take.event(event, this.at);
    else this.take.reject('unknown-event', `${event}: the model of this device does not tell it`);
  }
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? String(value);

/** The payload as a JSON object, or a named refusal. */
export function objectOf(payload: Uint8Array, take: Take): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    return take.refuse('malformed-json', (error as Error).message);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return take.refuse('malformed-payload', 'expected a JSON object');
  return json as Readonly<Record<string, unknown>>;
}
