import cron from 'node-cron';
import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import { DAY, HOUR } from '../lib/clock.ts';
import { LIMITS } from '../model/limits.ts';
import type { MetricName } from '../model/metrics.ts';
import type { RecordRetention, RecordStore } from '../ports/records.ts';
import type { TelemetryStore } from '../ports/telemetry.ts';

/** How long things are kept, in milliseconds. */
export interface RetentionPolicy {
  /** By metric; `default` for those that are not named, and for what devices reported as having happened. */
  readonly telemetry: Partial<Record<MetricName, number>> & { readonly default: number };
  readonly records: RecordRetention;
}

const MONTH = 30.5 * DAY;
const YEAR = 365 * DAY;

/**
 * Thirteen months of meter readings and vitals, so that a month can be compared with that of the year before; thirty
 * days of what is finer than that needs, or says where a person was; three years of what was done for people, as the
 * Network Data Security Management Regulations (article 12) ask of records of processing.
 */
export const DEFAULT_RETENTION: RetentionPolicy = {
  telemetry: {
    default: 13 * MONTH,
    flow_m3_h: 30 * DAY,
    motion_bool: 30 * DAY,
    door_open_bool: 30 * DAY,
    power_w: 30 * DAY,
    latitude_deg: 30 * DAY,
    longitude_deg: 30 * DAY,
  },
  records: {
    alertsMs: 3 * YEAR,
    casesMs: 3 * YEAR,
    photosMs: 90 * DAY,
    visitsMs: 3 * YEAR,
    rejectionsKept: LIMITS.rejectionsKeptMax,
    eventsKept: LIMITS.streamEventsKeptMax,
    rejectionsMs: 30 * DAY,
    eventsMs: 30 * DAY,
    idempotencyMs: 48 * HOUR,
  },
};

/**
 * A clock that leaps by years would have everything deleted in one night. So it is written down what the time was, and where
 * it has gone on by more than this since, nothing is deleted until it has stood for a week: by then somebody has seen it.
 */
const LEAP_MS = 8 * DAY;
const BELIEVED_AFTER_MS = 7 * DAY;
const NOTED_EVERY_MS = HOUR;
/** Under these keys of `meta`: what the time was when it was believed last, and since when it is in doubt. */
const BELIEVED_KEY = 'retention.believed';
const DOUBTED_KEY = 'retention.doubted';

type Meta = Pick<RecordStore, 'meta' | 'saveMeta'>;

/** Undefined: data may be deleted by this clock. Otherwise since when it is in doubt. */
export async function clockInDoubt(records: Meta, now: number): Promise<number | undefined> {
  const believed = Number((await records.meta(BELIEVED_KEY)) ?? now);
  const doubted = Number((await records.meta(DOUBTED_KEY)) || Number.NaN);
  if (now - believed <= LEAP_MS || now - doubted >= BELIEVED_AFTER_MS) {
    await records.saveMeta(BELIEVED_KEY, String(now));
    if (doubted > 0) await records.saveMeta(DOUBTED_KEY, '');
    return undefined;
  }
  // A clock that was set back since has not stood yet.
  if (doubted <= now) return doubted;
  await records.saveMeta(DOUBTED_KEY, String(now));
  return now;
}

export interface RetentionReport {
  /** Readings deleted. */
  readonly readings: number;
  /** Rows deleted, by table. */
  readonly records: Readonly<Record<string, number>>;
}

interface Stores {
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
}

/** Deletes what is older than the policy allows, as of `now`. */
export async function applyRetention(
  { records, telemetry }: Stores,
  policy: RetentionPolicy,
  now: number,
): Promise<RetentionReport> {
  const { default: otherwise, ...byMetric } = policy.telemetry;
  const cutoffs = Object.entries(byMetric).map(([metric, kept]) => [metric, now - kept] as const);
  const readings = await telemetry.retain({ ...Object.fromEntries(cutoffs), default: now - otherwise });
  return { readings, records: await records.retain(policy.records, now) };
}

export interface RetentionSchedule extends Stores {
  readonly policy?: RetentionPolicy;
  readonly clock: Clock;
  /** IANA zone in which the hour is meant. */
  readonly timeZone: string;
  /** When, as a cron expression in that zone; in the quiet of the night if absent. */
  readonly cron?: string;
  readonly logger?: Pick<Logger, 'info' | 'error'>;
}

export interface RetentionTask {
  /** When it runs next, by the wall's clock, in epoch milliseconds. */
  nextRunAt(): number | undefined;
  /** Ends it; resolves when a run that is under way is through, so that the stores may be closed. */
  stop(): Promise<void>;
}

/** Applies the policy once a day. */
export function scheduleRetention(schedule: RetentionSchedule): RetentionTask {
  const { policy = DEFAULT_RETENTION, clock, timeZone, logger } = schedule;
  let running: Promise<void> = Promise.resolve();
  const inDoubt = async (): Promise<boolean> => {
    const since = await clockInDoubt(schedule.records, clock.now());
    if (since === undefined) return false;
    logger?.error(
      { since: new Date(since).toISOString() },
      'the clock has leapt by more than a week: nothing is deleted for a week from then, for it may be wrong',
    );
    return true;
  };
  const note = async (): Promise<void> => {
    try {
      await clockInDoubt(schedule.records, clock.now());
    } catch (error) {
      logger?.error({ err: error }, 'what the time is could not be written down');
    }
  };
  const noting = setInterval(() => {
    running = running.then(note);
  }, NOTED_EVERY_MS);
  noting.unref();
  const run = async (): Promise<void> => {
    try {
      if (await inDoubt()) return;
      logger?.info(await applyRetention(schedule, policy, clock.now()), 'old data deleted');
    } catch (error) {
      // What was not deleted today is deleted tomorrow; but somebody should know.
      logger?.error({ err: error }, 'old data could not be deleted');
    }
  };
  const task = cron.schedule(
    schedule.cron ?? '17 3 * * *',
    () => {
      running = run();
      return running;
    },
    { timezone: timeZone, noOverlap: true, name: 'retention' },
  );
  return {
    nextRunAt: () => task.getNextRun()?.getTime(),
    async stop() {
      clearInterval(noting);
      await task.destroy();
      await running;
    },
  };
}
