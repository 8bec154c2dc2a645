import cron from 'node-cron';
import type { Logger } from 'pino';
import { allGaps, rosterFaults } from '../cases/duty/gaps.ts';
import { type Clock, DAY, SECOND } from '../lib/clock.ts';
import { shortLocal } from '../lib/local-time.ts';
import type { RosterFault, RosterGap } from '../model/roster.ts';
import { GAP_REASONS, ROSTER_FAULTS } from '../model/roster-words.ts';
import type { ServiceFindingName, ServiceFindingValues } from '../model/service-finding.ts';
import type { RosterReport } from '../ports/rosters.ts';
import type { Core } from './core.ts';

/** A registry that is being imported changes a thousand times: its gaps are looked for once. */
const SETTLES_MS = SECOND;
/** While a registry changes, at most one part in so many of the time is spent on looking. */
const SHARE = 50;
/** What was found so long ago is looked for again, also where no cron can say so: in a demo a day lasts half a minute. */
const OLD_MS = DAY / 4;
const PEOPLE_NAMED_MAX = 6;

export type RosterFindingName = Extract<ServiceFindingName, `roster-${string}`>;

/**
 * Looks ahead for times in which nobody on a roster could be called. At the start, whenever rosters, people or policy
 * have changed, and each day by the clock: a gap is found by whoever makes the roster, not by whoever falls into it.
 */
export class RosterWatch {
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #logger: Logger | undefined;
  readonly #down: () => readonly string[];
  #report: RosterReport | undefined;
  /** How long the last look took, in milliseconds of the wall. */
  #tookMs = 0;
  #seen:
    | { readonly duty: unknown; readonly revision: number; readonly policy: unknown; readonly down: string }
    | undefined;

  /** @param down channels over which nobody is reached at present, though they are configured */
  constructor(core: Core, clock: Clock, logger?: Logger, down: () => readonly string[] = () => []) {
    this.#core = core;
    this.#clock = clock;
    this.#logger = logger;
    this.#down = down;
  }

  /** What was found, looked for anew where that is old or something has changed since. Cheap where it is not. */
  get report(): RosterReport {
    const { service, registry, policy } = this.#core;
    const now = this.#clock.now();
    const seen = this.#seen;
    const known = this.#report;
    if (!known || !seen || now - known.at >= OLD_MS || now < known.at) return this.look();
    const hasChanged =
      seen.duty !== service.duty ||
      seen.policy !== policy ||
      seen.revision !== registry.revision ||
      seen.down !== this.#down().join();
    const atLeast = seen.duty === service.duty ? Math.max(SETTLES_MS, this.#tookMs * SHARE) : 0;
    const isSettled = now - known.at >= atLeast;
    return hasChanged && isSettled ? this.look() : known;
  }

  /** Looks for gaps now. */
  look(): RosterReport {
    const { duty, registry, policy, service } = this.#core;
    const down = this.#down();
    const channels = new Set([...this.#core.channels].filter((channel) => !down.includes(channel)));
    const startedAt = performance.now();
    const from = this.#clock.now();
    const until = from + duty.rosters.file.lookAheadDays * DAY;
    const gaps = allGaps(duty, { from, until }, registry, channels);
    const faults = rosterFaults(duty, policy, { from, until }, registry, channels);
    this.#seen = { duty: service.duty, revision: registry.revision, policy, down: down.join() };
    this.#report = { at: from, until, gaps, faults };
    this.#tookMs = Math.ceil(performance.now() - startedAt);
    return this.#report;
  }

  /** Each day at the time that the file says, in this zone. */
  schedule(timeZone: string): { stop(): Promise<void> } {
    const task = cron.schedule(
      this.#core.duty.rosters.file.lookAt,
      () => {
        const { gaps, faults } = this.look();
        this.#logger?.info({ gaps: gaps.length, faults: faults.length }, 'the rosters were looked through');
      },
      { timezone: timeZone, noOverlap: true, name: 'rosters' },
    );
    return {
      async stop() {
        await task.destroy();
      },
    };
  }

  /** What is so now, as a finding about the service; undefined: all is well. */
  factOf(
    finding: RosterFindingName,
  ): { readonly since: number; readonly values: ServiceFindingValues } | undefined {
    const { gaps, faults, at } = this.report;
    // What begins where somebody began to look is open, however short a time ago that was.
    const now = Math.max(this.#clock.now(), at);
    const left = gaps.filter(({ until }) => until > now);
    if (finding === 'roster-faulty') return faults.length > 0 ? faultFact(faults, now) : undefined;
    const open = left.filter(({ from }) => from <= now);
    if (finding === 'roster-empty') return open.length > 0 ? this.#gapFact(open, now) : undefined;
    const ahead = left.filter(({ from }) => from > now);
    return ahead.length > 0 ? this.#gapFact(ahead, now) : undefined;
  }

  #gapFact(gaps: readonly RosterGap[], now: number) {
    const [first] = gaps as readonly [RosterGap];
    const { duty, registry } = this.#core;
    const roster = duty.roster(first.roster);
    const zone = registry.timeZone(roster?.node ?? '');
    return {
      since: now,
      values: {
        count: gaps.length,
        roster: roster?.name ?? first.roster,
        from: shortLocal(first.from, zone),
        until: shortLocal(first.until, zone),
        reasonZh: GAP_REASONS[first.reason].zh,
        reasonEn: GAP_REASONS[first.reason].en,
        planned: first.planned
          .slice(0, PEOPLE_NAMED_MAX)
          .map((id) => registry.staffMember(id)?.name ?? id)
          .join(', '),
        key: kinds(gaps.map(({ roster: of, reason }) => `${of}:${reason}`)),
      },
    };
  }
}

function faultFact(faults: readonly RosterFault[], now: number) {
  const [{ fault, where, what }] = faults as readonly [RosterFault];
  return {
    since: now,
    values: {
      count: faults.length,
      where,
      what,
      reasonZh: ROSTER_FAULTS[fault].zh,
      reasonEn: ROSTER_FAULTS[fault].en,
      key: kinds(faults.map((each) => `${each.fault}:${each.where}:${each.what}`)),
    },
  };
}

/** What a finding is about: it is told anew when that changes, not when its figures do. */
const kinds = (names: readonly string[]): string => [...new Set(names)].sort().join(' ').slice(0, 1_000);
