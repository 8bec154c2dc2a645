import type { Logger } from 'pino';
import { recordRetention, type ServiceConfig } from '../config/service-schema.ts';
import { type Clock, DAY, MINUTE, SECOND } from '../lib/clock.ts';
import { wallTimers } from '../lib/timers.ts';
import type { Broker, CertificateInUse } from '../ports/broker.ts';
import type { RecordStore } from '../ports/records.ts';
import type { Service } from '../ports/service.ts';
import type { OutsideStatus, TelemetryStore } from '../ports/telemetry.ts';
import { DEFAULT_TIME_ZONE } from '../registry/registry.ts';
import { type RetentionPolicy, scheduleRetention } from '../store/retention.ts';
import type { CaseAudit } from './case-audit.ts';
import type { ChannelWatch } from './channel-watch.ts';
import type { ClockWitness } from './clock-witness.ts';
import type { ConfigSinceStart } from './config-since-start.ts';
import type { Core } from './core.ts';
import type { Dating } from './dating.ts';
import type { DiskRoom } from './disk-room.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Listening } from './listening.ts';
import type { Parts } from './load.ts';
import type { Loop } from './loop.ts';
import type { ReachWatch } from './reach-watch.ts';
import type { RosterWatch } from './roster-watch.ts';
import { watchRules } from './rules-watch.ts';
import { SelfWatch } from './self-watch.ts';
import { collectSpareHeap } from './spare-heap.ts';
import type { TimerAudit } from './timer-audit.ts';
import { WatchRecord } from './watch-record.ts';
import { homeStates } from './watch-summaries.ts';

export interface HousekeepingOptions {
  readonly parts: Parts;
  readonly core: Core;
  readonly loop: Loop;
  readonly listening: Listening;
  readonly audit: TimerAudit;
  readonly rosters: RosterWatch;
  readonly reach: ReachWatch;
  readonly caseAudit: CaseAudit;
  readonly clockWitness: ClockWitness;
  readonly dating: Dating;
  readonly broker: Broker;
  readonly disk: () => DiskRoom | undefined;
  /** Those that devices and people are shown, or that an outside broker shows us. */
  readonly certificates: () => readonly CertificateInUse[];
  /** Files of the configuration that were changed, and wait for a restart. */
  readonly sinceStart: ConfigSinceStart;
  readonly records: RecordStore;
  readonly telemetry: TelemetryStore;
  readonly outbox: { wake(): void };
  readonly channelWatch: ChannelWatch;
  readonly service: Service;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Fine enough for a 30 second window of the wearer; an idle tick costs a comparison. */
const TICK_MS = 200;
/** How long a changed file is not spoken of in the log. */
const CONFIG_LOOK_MS = 10_000;

/** Everything that runs by the wall's clock: ticks, the watch over ourselves, retention, the rule file, the heartbeat to an outside monitor. */
export function startHousekeeping(options: HousekeepingOptions): { look(): void; stop(): Promise<void> } {
  const { loop, listening, broker, clock, logger } = options;
  let connected = broker.stats().connected;
  const { selfWatch: limits } = options.parts.loaded.config;
  const selfWatch = new SelfWatch({
    core: options.core,
    clock,
    audit: options.audit,
    rosters: options.rosters,
    reach: options.reach,
    caseAudit: options.caseAudit,
    channels: options.channelWatch,
    deafSince: () => listening.deafSince,
    hasRival: () => broker.stats().hasRival === true,
    sessionLost: () => broker.stats().sessionLost,
    pushes: () => options.service.push.missing(),
    ownClock: options.clockWitness,
    wasPutRight: (absence) => options.dating.wasPutRight(absence),
    outside: options.telemetry.outside && (() => (options.telemetry.outside as () => OutsideStatus)()),
    disk: options.disk,
    certificates: options.certificates,
    submit: (command) => loop.submit(command, 'system'),
    logger,
    brokerAwayMs: limits.brokerAwayMinutes * MINUTE,
    behindMs: limits.behindSeconds * SECOND,
    unattendedMs: limits.unattendedMinutes * MINUTE,
  });
  const watchRecord = new WatchRecord({
    records: options.records,
    clock,
    homes: () => options.core.registry.homes(),
    stateOf: homeStates(options.core, options.parts.kinds, options.reach),
    isListening: () => listening.deafSince === undefined,
    isReady: () => !options.core.behind && options.core.registry.isRead,
    logger,
  });
  const look = (): void => {
    const now = broker.stats().connected;
    // Back on an outside broker: what was silent meanwhile was not silent, we were deaf.
    if (!now) listening.pauses();
    else if (connected) loop.tick();
    else listening.begins();
    if (now) listening.goesOn();
    connected = now;
    options.dating.look();
    loop.receiveAgain();
    selfWatch.look();
    watchRecord.look();
    options.channelWatch.keep().catch((error: unknown) => {
      logger.warn({ err: error }, 'what was proven of the channels could not be stored');
    });
    options.outbox.wake();
  };
  const ticking = setInterval(look, TICK_MS);
  const retention = scheduleRetention({
    records: options.records,
    telemetry: options.telemetry,
    clock,
    logger,
    timeZone: DEFAULT_TIME_ZONE,
    cron: options.parts.loaded.config.retention.schedule,
    policy: retentionPolicy(options.parts.loaded.config),
  });
  const rosters = options.rosters.schedule(DEFAULT_TIME_ZONE);
  const watcher = watchRules(options.parts.rulesFile, () => {
    options.service.reloadRules().then(
      (result) => {
        // What came into force is said by whoever read it: a person may have been faster than this.
        if (!result.ok)
          logger.error(
            { problem: options.service.health().checks['rules']?.detail.en },
            'the rule file has mistakes; the old rules stay in force',
          );
      },
      (error: unknown) => logger.error({ err: error }, 'the rule file could not be read'),
    );
  });
  const looking = setInterval(() => void options.sinceStart.look(), CONFIG_LOOK_MS).unref();
  const spareHeapStays = collectSpareHeap();
  const { heartbeat: monitor } = options.parts.loaded.config;
  const heartbeat =
    monitor &&
    startHeartbeat({ ...monitor, health: () => options.service.health(), timers: wallTimers, logger });
  return {
    look,
    async stop() {
      heartbeat?.stop();
      spareHeapStays();
      clearInterval(ticking);
      clearInterval(looking);
      watcher.stop();
      await rosters.stop();
      await retention.stop();
      await watchRecord.ends();
      await listening.ends();
    },
  };
}

function retentionPolicy(config: ServiceConfig): RetentionPolicy {
  const { default: otherwise, ...byMetric } = config.retention.telemetry;
  const kept = Object.entries(byMetric).flatMap(([metric, days]) =>
    days === undefined ? [] : [[metric, days * DAY] as const],
  );
  return {
    telemetry: { ...Object.fromEntries(kept), default: otherwise * DAY },
    records: recordRetention(config),
  };
}
