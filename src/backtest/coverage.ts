import { HOUR, MINUTE } from '../lib/clock.ts';
import type { Report } from '../model/message.ts';

interface Watched {
  readonly id: string;
  readonly intervalMs: number;
  readonly subject: { readonly id: string };
}

interface Device {
  readonly home: string;
  readonly firstAt: number;
  readonly patienceMs: number;
  newestAt: number;
  measuredMs: number;
}

/** How long each home was watched, and for which share of that time its devices said something. Event time. */
export class Coverage {
  readonly #devices = new Map<string, Device>();
  #to = 0;

  take(device: Watched, report: Report): void {
    let known = this.#devices.get(report.device);
    for (const { at } of report.readings) {
      if (!known) {
        const patienceMs = 2 * device.intervalMs + 30 * MINUTE;
        known = { home: device.subject.id, firstAt: at, newestAt: at, measuredMs: 0, patienceMs };
        this.#devices.set(device.id, known);
      } else if (at > known.newestAt) {
        known.measuredMs += Math.min(at - known.newestAt, known.patienceMs);
        known.newestAt = at;
      }
    }
  }

  finish(to: number): void {
    this.#to = to;
  }

  /** Home-days from the first reading of each home to its last. */
  get homeDays(): number {
    const spans = new Map<string, { from: number; to: number }>();
    for (const { home, firstAt, newestAt } of this.#devices.values()) {
      const span = spans.get(home);
      spans.set(home, {
        from: Math.min(span?.from ?? firstAt, firstAt),
        to: Math.max(span?.to ?? newestAt, newestAt),
      });
    }
    let total = 0;
    for (const { from, to } of spans.values()) total += Math.min(to, this.#to) - from;
    return total / (24 * HOUR);
  }

  get homes(): number {
    return new Set([...this.#devices.values()].map(({ home }) => home)).size;
  }

  /** Share of the time between each device's first and last reading for which it was heard. */
  get measuredShare(): number {
    let measured = 0;
    let watched = 0;
    for (const { firstAt, newestAt, measuredMs } of this.#devices.values()) {
      measured += measuredMs;
      watched += newestAt - firstAt;
    }
    return watched === 0 ? 0 : measured / watched;
  }
}
