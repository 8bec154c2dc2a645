import { createHash } from 'node:crypto';
import { type Clock, DAY, SECOND } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import type { Staff } from '../model/registry.ts';
import type { LaneProblem, LaneStats, Proof } from '../notify/lane.ts';
import type { ConfiguredChannel } from '../notify/load.ts';
import type { RecordStore } from '../ports/records.ts';
import { reachesPeople } from './people-channels.ts';

export interface ChannelWatchOptions {
  readonly records: Pick<RecordStore, 'meta' | 'saveMeta'>;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  readonly staff: () => Iterable<Pick<Staff, 'channels'>>;
  readonly clock: Clock;
  readonly wall: Clock;
  /** How long the connection of a channel may be lost, in milliseconds of the wall. */
  readonly awayMs: number;
  /** How long a provider may give nothing but failures, by the clock of the service, in milliseconds. */
  readonly failingMs: number;
  /** After how many days without a proof a channel counts as unproven. */
  readonly provenDays: number;
}

/** What is known of a channel over restarts: since when it is configured, and what last proved that it works. */
interface Known extends Proof {
  readonly since: number;
  /** Of one with a problem: how it is configured, as a hash. What was put right in the file may work again. */
  readonly config?: string;
}

const fingerprint = (channel: ConfiguredChannel | undefined): string =>
  createHash('sha256')
    .update(JSON.stringify(channel?.config) ?? '')
    .digest('hex')
    .slice(0, FINGERPRINT_LENGTH);
const FINGERPRINT_LENGTH = 16;

/** Whoever was refused for how the channel is configured has to change that. Without a change the refusal holds over restarts. */
function withoutMended({ problem, config, ...known }: Known, channel: ConfiguredChannel | undefined): Known {
  return problem && config === fingerprint(channel) ? { ...known, problem, config } : known;
}

/** What is wrong with channels: since when, and which. */
export interface ChannelFact {
  readonly since: number;
  readonly values: { readonly channels: string; readonly detail: string; readonly key?: string };
}

export const PROOFS_KEY = 'channels.proven';
const SAVE_EVERY_MS = 30 * SECOND;

/**
 * Whether channels work, as far as anybody can know: what a provider refuses, what is not connected, and what nothing has
 * proven for so long that it may have stopped working without anybody noticing.
 */
export class ChannelWatch {
  readonly #options: ChannelWatchOptions;
  readonly #known: Map<string, Known>;
  #stats: () => readonly LaneStats[] = () => [];
  #saved: string;
  #savedAt = 0;

  private constructor(options: ChannelWatchOptions, stored: string) {
    this.#options = options;
    this.#saved = stored;
    this.#known = new Map(Object.entries(JSON.parse(stored) as Record<string, Known>));
    const now = options.clock.now();
    for (const [id, channel] of options.channels)
      this.#known.set(id, withoutMended(this.#known.get(id) ?? { since: now }, channel));
  }

  static async from(options: ChannelWatchOptions): Promise<ChannelWatch> {
    return new ChannelWatch(options, (await options.records.meta(PROOFS_KEY)) ?? '{}');
  }

  /** What was proven before this start. */
  get proofs(): ReadonlyMap<string, Proof> {
    return this.#known;
  }

  /** Where the present state of the channels is asked. */
  looksAt(stats: () => readonly LaneStats[]): void {
    this.#stats = stats;
  }

  /** Notes what was proven. Cheap; to be called often: it is stored twice a minute at most. */
  async keep(atOnce = false): Promise<void> {
    const { records, channels, wall } = this.#options;
    const now = wall.now();
    const stats = this.#stats();
    if (!atOnce && now - this.#savedAt < SAVE_EVERY_MS && !stats.some((one) => this.#isOtherNow(one))) return;
    this.#savedAt = now;
    for (const { id, lastAcceptedAt, lastDeliveredAt, lastSeenAt, failing, problem } of stats) {
      const known = this.#known.get(id);
      if (!known || !channels.has(id)) continue;
      this.#known.set(id, {
        since: known.since,
        ...(lastAcceptedAt === undefined ? {} : { lastAcceptedAt }),
        ...(lastDeliveredAt === undefined ? {} : { lastDeliveredAt }),
        ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
        ...(failing === undefined ? {} : { failing }),
        ...(problem === undefined ? {} : { problem, config: fingerprint(channels.get(id)) }),
      });
    }
    for (const id of this.#known.keys()) if (!channels.has(id)) this.#known.delete(id);
    const text = JSON.stringify(Object.fromEntries(this.#known));
    if (text === this.#saved) return;
    await records.saveMeta(PROOFS_KEY, text);
    this.#saved = text;
  }

  /** A channel is refused, or works again: a finding begins or ends with it, which must not be undone by a restart. */
  #isOtherNow({ id, problem }: LaneStats): boolean {
    const known = this.#known.get(id);
    return known !== undefined && isRefused(known.problem) !== isRefused(problem);
  }

  /** Channels over which nobody is reached, and that waiting does not mend. */
  down(): ChannelFact | undefined {
    return factOf(this.#down());
  }

  /** Channels whose provider has given nothing but failures for long, or keeps a P1 or P2 from people. */
  failing(): ChannelFact | undefined {
    const { clock, failingMs } = this.#options;
    const found = this.#stats().flatMap(({ id, failing }) => {
      if (!failing || failing.attempts < LIMITS.failingAttemptsMin) return [];
      const isLong = clock.now() - failing.since >= failingMs;
      return isLong || failing.grave ? [{ id, since: failing.since, detail: failing.detail }] : [];
    });
    const fact = factOf(found);
    // Another channel is news.
    return fact && { ...fact, values: { ...fact.values, key: fact.values.channels } };
  }

  /** Their names: who can be told over nothing else cannot be told at present. */
  get downNames(): string[] {
    return this.#down().map(({ id }) => id);
  }

  #down(): Fault[] {
    const { wall, clock, awayMs } = this.#options;
    return this.#stats().flatMap(({ id, problem, session }) => {
      if (isRefused(problem)) return [{ id, since: problem.at, detail: problem.detail || problem.failure }];
      const lostMs = session && !session.connected ? wall.now() - session.since : 0;
      if (lostMs < awayMs || !session) return [];
      return [{ id, since: Math.round(clock.now() - lostMs * clock.speed), detail: session.detail }];
    });
  }

  /** Channels to people over which nothing is known to have come for too long. */
  unproven(): ChannelFact | undefined {
    const { channels, clock, provenDays, staff } = this.#options;
    const people = [...staff()];
    const found = this.#stats().flatMap(({ id, ...stats }) => {
      const known = this.#known.get(id);
      const channel = channels.get(id);
      if (!known || !channel || !reachesPeople(channel, people)) return [];
      const since = Math.max(known.since, provenAt(stats) ?? 0);
      return clock.now() - since < provenDays * DAY ? [] : [{ id, since, detail: `${provenDays}` }];
    });
    return factOf(found);
  }
}

const isRefused = (problem: LaneStats['problem']): problem is LaneProblem =>
  problem?.failure === 'channel-misconfigured' || problem?.failure === 'channel-unknown';

/** When a channel was last proven to take, bring or show something. */
export const provenAt = ({ lastAcceptedAt, lastDeliveredAt, lastSeenAt }: Proof): number | undefined => {
  const all = [lastAcceptedAt, lastDeliveredAt, lastSeenAt].filter((at) => at !== undefined);
  return all.length === 0 ? undefined : Math.max(...all);
};

interface Fault {
  readonly id: string;
  readonly since: number;
  readonly detail: string;
}

function factOf(found: readonly Fault[]): ChannelFact | undefined {
  if (found.length === 0) return undefined;
  return {
    since: Math.min(...found.map(({ since }) => since)),
    values: { channels: found.map(({ id }) => id).join(', '), detail: found[0]?.detail ?? '' },
  };
}
