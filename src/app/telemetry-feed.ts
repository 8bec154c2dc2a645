import { setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Effect } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import { deviceOfErasure, ERASURES_OWED, erasureOwed } from '../model/owed-erasures.ts';
import { type JournalRow, type RecordStore, RecordsAway, type Recovery } from '../ports/records.ts';
import type { OutsideStatus, SequencedReport, TelemetryStore } from '../ports/telemetry.ts';
import { readAcceptedReports } from './journal.ts';
import { untilDone } from './until-done.ts';
import { inWholeInstants } from './whole-instants.ts';

/** What the telemetry store takes of a batch. */
interface Handed {
  readonly reports: readonly SequencedReport[];
  readonly lastSeq: number;
  readonly effects: readonly Effect[];
}

/** Where it stands that the readings of a removed device are still there. */
export interface OwedErasures {
  readonly records: Pick<RecordStore, 'metaUnder' | 'removeMeta'>;
  readonly isEnrolled: (device: string) => boolean;
}

/**
 * Hands committed readings on to the telemetry store, in the order of their numbers. After a start it first has to hand
 * over again what the journal holds and the store does not: that takes seconds with many homes, so the service works
 * meanwhile, and what comes waits here, up to a limit.
 */
export class TelemetryFeed {
  readonly #telemetry: TelemetryStore;
  readonly #logger: Logger;
  #waiting: Handed[] = [];
  #waitingReports = 0;
  #caughtUp: Promise<void> | undefined;
  readonly #owed: OwedErasures | undefined;
  #isEnding = false;
  /** Not said for each batch again. */
  #isFailing = false;
  /** Devices that were removed, and whose readings could not be erased yet. */
  readonly #unerased = new Set<string>();

  constructor(telemetry: TelemetryStore, logger: Logger, owed?: OwedErasures) {
    this.#telemetry = telemetry;
    this.#logger = logger;
    this.#owed = owed;
  }

  /** Hands over what stands in the journal from after `sealedSeq` up to and including `lastSeq`, once `begin` resolves. */
  catchUp(
    journal: Recovery['journal'],
    sealedSeq: number,
    lastSeq: number,
    begin: Promise<void> = Promise.resolve(),
  ): void {
    this.#caughtUp = begin.then(() => this.#handOver(journal, sealedSeq, lastSeq));
    // Nothing newer may reach the store then, or it would say of what is missing that it has it: the next start tries again.
    this.#caughtUp.catch((error: unknown) => {
      if (this.#isEnding) return;
      this.#logger.fatal({ err: error }, 'readings of before the start could not be read from the journal');
      setImmediate(() => {
        throw error;
      });
    });
  }

  /**
   * What can be handed over still is; nobody waits for records that are away: the next start does it then. To be called before the API
   * is closed, for that waits for whoever has asked for readings.
   */
  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#caughtUp?.catch(() => undefined);
  }

  /** Resolves when nothing of before waits any more. */
  async caughtUp(): Promise<void> {
    await this.#caughtUp;
  }

  /**
   * The store for whoever asks: an answer waits until the readings of before the start are in it again. They are on disk
   * all the time, but a list without them would look as if they had been lost.
   */
  reads(): TelemetryStore {
    const store = this.#telemetry;
    const whole = async <T>(ask: () => Promise<T>): Promise<T> => {
      await this.#caughtUp;
      return ask();
    };
    const caughtUp = (): Promise<void> => this.caughtUp();
    return {
      open: () => store.open(),
      close: () => store.close(),
      append: (reports, lastSeq) => store.append(reports, lastSeq),
      maintain: (now) => store.maintain(now),
      range: (query) => whole(() => store.range(query)),
      downsample: (query) => whole(() => store.downsample(query)),
      last: (devices, metrics) => whole(() => store.last(devices, metrics)),
      events: (query) => whole(() => store.events(query)),
      devices: (after, limit) => whole(() => store.devices(after, limit)),
      async *history(device, period) {
        await caughtUp();
        yield* store.history(device, period);
      },
      ...(store.outside && { outside: () => (store.outside as () => OutsideStatus)() }),
      ...(store.localFrom && { localFrom: () => (store.localFrom as () => number)() }),
      removeDevice: (device) => store.removeDevice(device),
      retain: (olderThan) => store.retain(olderThan),
      stats: () => store.stats(),
      backup: (file) => store.backup(file),
    };
  }

  /** Takes a committed batch. A promise that is not resolved at once holds back the next batch. Never rejects. */
  take(batch: Handed): Promise<void> {
    if (!this.#caughtUp) return this.#hand(batch);
    this.#waiting.push(batch);
    this.#waitingReports += batch.reports.length;
    return this.#waitingReports < LIMITS.telemetryWaitingMax ? Promise.resolve() : this.#caughtUp;
  }

  async #handOver(journal: Recovery['journal'], sealedSeq: number, lastSeq: number): Promise<void> {
    let handed = sealedSeq;
    await this.#untilThere(async () => {
      for await (const row of journal(handed)) {
        if (row.firstSeq > lastSeq) return;
        await this.#append(reportsAfter(sealedSeq, row));
        handed = row.lastSeq;
        await turn();
      }
    });
    await this.#untilThere(() => this.#eraseOwed());
    while (this.#waiting.length > 0) await this.#hand(this.#waiting.shift() as Handed);
    this.#caughtUp = undefined;
    this.#waitingReports = 0;
  }

  /** Goes on where the records were away meanwhile: readings of before the start are no reason to watch over nobody. */
  async #untilThere(work: () => Promise<void>): Promise<void> {
    await untilDone(work, (error, waitMs) => {
      if (this.#isEnding || !(error instanceof RecordsAway)) throw error;
      this.#logger.warn(
        { err: error, waitMs },
        'readings of before the start wait until the records are there again',
      );
    });
  }

  /** The store has them in memory, and the journal on disk, also where it could not make room by writing others. */
  async #append(reports: readonly SequencedReport[], lastSeq?: number): Promise<void> {
    if (reports.length === 0 && lastSeq === undefined) return;
    try {
      await this.#telemetry.append(reports, lastSeq);
      this.#isFailing = false;
    } catch (error) {
      // What is not on disk at the next start is handed over again then.
      if (!this.#isFailing)
        this.#logger.error({ err: error }, 'readings could not be handed to the telemetry store');
      this.#isFailing = true;
    }
  }

  /** What a device said goes when the device goes. */
  async #hand({ reports, lastSeq, effects }: Handed): Promise<void> {
    const gone = effects.flatMap((effect) =>
      effect.type === 'registry-remove' && effect.noun === 'device' ? [effect.key] : [],
    );
    // Before what a device of the same id may say by now.
    await this.#erase(false);
    await this.#append(reports, lastSeq);
    for (const device of gone) this.#unerased.add(device);
    await this.#erase(gone.length > 0);
  }

  /** What a crash left between the commit that removed a device and the erasing of its readings. */
  async #eraseOwed(): Promise<void> {
    const { records, isEnrolled } = this.#owed ?? {};
    for (const { key } of (await records?.metaUnder(ERASURES_OWED)) ?? []) {
      const device = deviceOfErasure(key);
      if (!isEnrolled?.(device)) this.#unerased.add(device);
      else {
        // What it says now would go with what it said then.
        this.#logger.warn(
          { device },
          'readings of before it was removed stay with a device that is enrolled again',
        );
        await records?.removeMeta(key);
      }
    }
    await this.#erase(true);
  }

  /** @param isNews a failure of which the log does not say yet */
  async #erase(isNews: boolean): Promise<void> {
    for (const device of this.#unerased)
      try {
        await this.#telemetry.removeDevice(device);
        this.#unerased.delete(device);
        await this.#owed?.records.removeMeta(erasureOwed(device));
      } catch (error) {
        if (isNews)
          this.#logger.error(
            { err: error, devices: [...this.#unerased] },
            'readings of a removed device could not be erased; it is tried again',
          );
        return;
      }
  }
}

/** What this row of the journal holds of readings that the store does not have. */
function reportsAfter(sealedSeq: number, row: JournalRow): SequencedReport[] {
  const reports: SequencedReport[] = [];
  let seq = row.firstSeq;
  for (const accepted of readAcceptedReports(row.bytes)) {
    if (accepted && seq > sealedSeq) reports.push({ seq, report: inWholeInstants(accepted) });
    seq++;
  }
  return reports;
}
