import cron, { type ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import { localDay } from '../lib/local-time.ts';
import { LIMITS } from '../model/limits.ts';
import type { Notice } from '../model/notice.ts';
import { STAFF_ROLES, type StaffRole } from '../model/registry.ts';
import { drillNotice } from '../notify/drill.ts';
import type { ConfiguredChannel } from '../notify/load.ts';
import type { RecordStore } from '../ports/records.ts';
import type { DrillReport, RegistryView } from '../ports/service.ts';

export interface DrillsOptions {
  readonly records: Pick<RecordStore, 'notice' | 'saveNotices'>;
  readonly channels: ReadonlyMap<string, ConfiguredChannel>;
  readonly registry: () => Pick<RegistryView, 'staff'>;
  readonly wake: () => void;
  readonly clock: Clock;
  readonly timeZone: string;
  readonly logger: Logger;
  /** Channels that take part; absent: all behind which people sit. */
  readonly only?: readonly string[] | undefined;
  /** Whose addresses are tried; absent: of every role. */
  readonly roles?: readonly StaffRole[] | undefined;
  /** Cron, in the time zone; undefined: only when somebody asks for it. */
  readonly schedule?: string | undefined;
}

/**
 * A drill over every channel: to each person who is registered with it, and to the channel itself where it has an address
 * of its own. It goes the way of every notice, out of the records and through the limits, so that what arrives proves the
 * way. One a day: the ids carry the day, and a drill that was begun before a restart is not begun again.
 */
export class Drills {
  readonly #options: DrillsOptions;
  readonly #task: ScheduledTask | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: DrillsOptions) {
    this.#options = options;
    const { schedule, timeZone, logger } = options;
    const run = (): void => {
      this.run().then(
        (report) => logger.info(report, 'the drill over the channels was sent'),
        (error: unknown) => logger.error({ err: error }, 'the drill over the channels could not be sent'),
      );
    };
    if (schedule !== undefined)
      this.#task = cron.schedule(schedule, run, { timezone: timeZone, noOverlap: true, name: 'drill' });
  }

  async stop(): Promise<void> {
    await this.#task?.destroy();
    await this.#running;
  }

  /** Queues the drill of today. What was queued before is not queued again. */
  run(): Promise<DrillReport> {
    const work = this.#running.then(() => this.#run());
    this.#running = work.catch(() => undefined);
    return work;
  }

  async #run(): Promise<DrillReport> {
    const { records, wake } = this.#options;
    const all = this.#notices();
    const kept = all.slice(0, LIMITS.drillNoticesMax);
    const fresh: Notice[] = [];
    for (const one of kept) if (!(await records.notice(one.id))) fresh.push(one);
    if (fresh.length > 0) await records.saveNotices(fresh);
    wake();
    const channels = [...new Set(kept.map(({ channel }) => channel))];
    return { queued: fresh.length, left: all.length - kept.length, channels };
  }

  #notices(): Notice[] {
    const { clock, timeZone } = this.#options;
    const now = clock.now();
    const day = localDay(now, timeZone);
    const ways = new Map<string, Notice>();
    for (const channel of this.#channels()) {
      const people = this.#people(channel);
      const told = people.length > 0 ? people : [{ recipient: undefined, address: '' }];
      told.forEach(({ recipient, address }, i) => {
        const notice = drillNotice(channel, address, now, recipient);
        const id = `drill.${day}.${recipient ? `staff:${recipient.id}` : 'channel'}.${channel}.${i}`;
        ways.set(`${channel}\n${address}`, { ...notice, id, nextAttemptAt: now });
      });
    }
    return [...ways.values()];
  }

  #channels(): string[] {
    const { channels, only } = this.#options;
    return [...channels.values()]
      .filter(({ id, definition }) => only?.includes(id) ?? definition.digests !== false)
      .map(({ id }) => id);
  }

  #people(channel: string): { recipient: Notice['recipient']; address: string }[] {
    const { registry, roles = STAFF_ROLES } = this.#options;
    const found: { recipient: Notice['recipient']; address: string }[] = [];
    for (const { id, name, roles: held, channels } of registry().staff()) {
      const role = held.find((one) => roles.includes(one.role))?.role;
      if (role === undefined) continue;
      for (const way of channels)
        if (way.channel === channel)
          found.push({ recipient: { kind: 'staff', id, name, role }, address: way.address });
    }
    return found;
  }
}
