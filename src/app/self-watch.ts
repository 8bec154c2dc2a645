import type { Logger } from 'pino';
import { type Clock, DAY, HOUR, MINUTE, SECOND } from '../lib/clock.ts';
import { shortLocal } from '../lib/local-time.ts';
import type { Command, CommandReply } from '../model/command.ts';
import type { Absence } from '../model/effect.ts';
import {
  SERVICE_FINDING_NAMES,
  type ServiceFindingName,
  type ServiceFindingValues,
} from '../model/service-finding.ts';
import { isSilenceActive } from '../model/silence.ts';
import type { CertificateInUse } from '../ports/broker.ts';
import type { PushDoor } from '../ports/push.ts';
import type { OutsideStatus } from '../ports/telemetry.ts';
import type { AlertDraft } from '../rules/instance.ts';
import { callWithoutRuleFact } from './call-without-rule.ts';
import type { CaseAudit } from './case-audit.ts';
import { certificateFact } from './certificate-end.ts';
import type { ChannelWatch } from './channel-watch.ts';
import { apartText, type ClockWitness, type SlowClock } from './clock-witness.ts';
import type { Core } from './core.ts';
import { type DiskRoom, isDiskLow, sizeText } from './disk-room.ts';
import { faultyRulesFact, logFaults } from './faulty-rules.ts';
import { putOffFact } from './put-off.ts';
import type { ReachWatch } from './reach-watch.ts';
import type { RosterWatch } from './roster-watch.ts';
import { isLatched } from './service-finding.ts';
import { silencedFact } from './silenced-people.ts';
import type { TimerAudit } from './timer-audit.ts';
import { unjudgedFact } from './unjudged.ts';
import { unmodelledFact } from './unmodelled.ts';

export interface SelfWatchOptions {
  readonly core: Core;
  readonly clock: Clock;
  readonly audit: Pick<TimerAudit, 'lastFound'>;
  readonly rosters: Pick<RosterWatch, 'factOf'>;
  readonly reach: Pick<ReachWatch, 'factOf'>;
  readonly caseAudit: Pick<CaseAudit, 'lastFound'>;
  /** What is wrong with the channels. */
  readonly channels: Pick<ChannelWatch, 'down' | 'failing' | 'unproven'>;
  /** Since when nothing is heard, because the outside broker is away; undefined while it is there. */
  readonly deafSince: () => number | undefined;
  /** Does another program put us out at the outside broker, again and again? */
  readonly hasRival?: () => boolean;
  /** When an outside broker last threw away what waited for us. */
  readonly sessionLost?: () => { readonly from: number; readonly until: number } | undefined;
  /** Platforms whose pushes are refused, because their gateway is not there. */
  readonly pushes?: () => ReturnType<PushDoor['missing']>;
  /** Whether the clocks of devices say that ours is slow, or fast. */
  readonly ownClock?: Pick<ClockWitness, 'slow' | 'fast'>;
  /** How it stands with a store outside, where there is one. */
  readonly outside?: (() => OutsideStatus | undefined) | undefined;
  /** What is free on the disk of the data. */
  readonly disk?: () => DiskRoom | undefined;
  /** Those that devices and people are shown, or that an outside broker shows us. */
  readonly certificates?: () => readonly CertificateInUse[];
  readonly submit: (command: Command) => Promise<CommandReply>;
  readonly logger: Logger;
  /** How long the outside broker may be away, in milliseconds, before that is a finding. */
  readonly brokerAwayMs: number;
  /** How late the rules may be, in milliseconds of the wall. */
  readonly behindMs: number;
  /** For how long the service may have been away before that is told; absent: for ever. */
  readonly unattendedMs?: number;
  /** Our clock was slow, and has been put right: nobody was away. */
  readonly wasPutRight?: (absence: Absence) => boolean;
}

/** What is so now: since when, and its figures. */
interface Fact {
  readonly since: number;
  readonly values: ServiceFindingValues;
}

/** A finding that began at some lateness has ended when a tenth of it is left: it does not come and go at the limit. */
const ENDS_AT_SHARE = 0.1;
const HOMES_NAMED_MAX = 5;
/** A restart of the server is nothing that anybody has to look into. */
const READINGS_WAIT_MS = 30 * MINUTE;
const CASES_NAMED_MAX = 5;
/** While people's "resolved" keeps a finding still, it is said again this often that it is so. */
const SAY_AGAIN_MS = 10 * MINUTE;
/** Figures of what goes on are put right no sooner than after this long. */
const COUNTED_AGAIN_MS = MINUTE;
/** Of very many homes others are named each time. */
const NAMED_AGAIN_MS = HOUR;
const COUNTED_AGAIN: ReadonlySet<ServiceFindingName> = new Set(['nobody-to-tell', 'rule-failed']);

/**
 * How far the clock of the rules is behind the machine's, in milliseconds of the wall. Negative: ahead of it, because
 * the machine's clock was set back.
 */
export const ruleClockLagMs = (core: Core, clock: Clock): number =>
  (clock.now() - core.now) / clock.speed - (clock.aheadMs?.() ?? 0);

/**
 * The watcher is watched, and its failures are told to people like those of devices: rules that are late, timers and cases
 * that were forgotten, an outside broker that is away. It looks, and hands what it sees to the core as an input; what is open
 * stands in the core, so that a restart neither forgets it nor tells it twice.
 */
export class SelfWatch {
  readonly #options: SelfWatchOptions;
  readonly #underWay = new Set<ServiceFindingName>();
  /** When it was said last, and of what. */
  readonly #said = new Map<ServiceFindingName, { readonly at: number; readonly key: unknown }>();
  #workingOffSince: number | undefined;
  #startedAt: number | undefined;
  readonly #countedAt = new Map<ServiceFindingName, number>();

  constructor(options: SelfWatchOptions) {
    this.#options = options;
  }

  /** Cheap; to be called as often as the clock is looked at. */
  look(): void {
    const { core, clock, logger } = this.#options;
    const now = clock.now();
    this.#startedAt ??= now;
    logFaults(core.engine.faults, logger, now);
    this.#workingOffSince = core.behind ? (this.#workingOffSince ?? now) : undefined;
    for (const finding of SERVICE_FINDING_NAMES) {
      if (this.#underWay.has(finding)) continue;
      const known = core.service.findings[finding];
      const fact = this.#factOf(finding, known?.open !== undefined, now);
      if (fact === undefined) {
        if (known) this.#say({ type: 'service.finding', finding, state: 'ended', since: now, values: {} });
      } else if (known?.open && isOtherNews(known.open.evidence.values, fact.values)) {
        // It ends, and begins anew with the next look: people hear of what has come to it.
        this.#say({ type: 'service.finding', finding, state: 'ended', since: now, values: {} });
      } else if (known?.open && this.#isRecount(finding, known.open, fact, now)) {
        this.#countedAt.set(finding, now);
        this.#say({ type: 'service.finding', finding, state: 'counts', ...fact });
      } else if (known?.key !== undefined && isLatched(known, fact.values, now)) {
        // People have said that they know.
      } else if (!known?.open && !this.#saidLately(finding, fact, now)) {
        this.#said.set(finding, { at: now, key: fact.values['key'] });
        this.#say({ type: 'service.finding', finding, state: 'begins', ...fact });
      }
    }
  }

  /** Homes without anybody grow in number while the places stay the same, and so do those in which a rule fails. A registry that is being filled is counted once a minute. */
  #isRecount(finding: ServiceFindingName, open: AlertDraft, { values }: Fact, now: number): boolean {
    const since = now - (this.#countedAt.get(finding) ?? Number.NEGATIVE_INFINITY);
    if (!COUNTED_AGAIN.has(finding) || since < COUNTED_AGAIN_MS) return false;
    const before = open.evidence.values;
    const differs = (name: string): boolean => before[name] !== values[name];
    return differs('count') || differs('placesZh') || (differs('homes') && since >= NAMED_AGAIN_MS);
  }

  #saidLately(finding: ServiceFindingName, { values }: Fact, now: number): boolean {
    const said = this.#said.get(finding);
    return said !== undefined && said.key === values['key'] && now - said.at < SAY_AGAIN_MS;
  }

  #say(command: Extract<Command, { type: 'service.finding' }>): void {
    const { submit, logger } = this.#options;
    const { finding, state, values } = command;
    this.#underWay.add(finding);
    if (state === 'begins') logger.error({ finding, ...values }, 'the watching itself is not well');
    else if (state === 'counts')
      logger.warn({ finding, ...values }, 'the figures of a finding are others now');
    else {
      this.#said.delete(finding);
      logger.info({ finding }, 'this is well again');
    }
    const done = (): void => void this.#underWay.delete(finding);
    submit(command).then(done, (error: unknown) => {
      done();
      logger.error({ err: error, finding }, 'a finding about the service could not be stored');
    });
  }

  #factOf(finding: ServiceFindingName, isOpen: boolean, now: number): Fact | undefined {
    const { core, clock, audit, caseAudit, deafSince, brokerAwayMs, behindMs } = this.#options;
    const limit = isOpen ? behindMs * ENDS_AT_SHARE : behindMs;
    const lag = ruleClockLagMs(core, clock);
    switch (finding) {
      case 'broker-away': {
        const since = deafSince();
        if (since === undefined || (!isOpen && now - since < brokerAwayMs)) return undefined;
        return { since, values: { minutes: Math.floor((now - since) / MINUTE) } };
      }
      case 'client-id-shared':
        return this.#options.hasRival?.() ? { since: now, values: {} } : undefined;
      case 'session-lost':
        return sessionLostFact(core, this.#options.sessionLost?.(), now);
      case 'push-refused':
        return pushFact(this.#options.pushes?.() ?? []);
      case 'evaluation-behind': {
        const workedOff = (now - (this.#workingOffSince ?? now)) / clock.speed;
        // What came due while nobody watched is not late by our own doing: that is told as what it is.
        const back = (now - lastAbsenceEnd(core, clock)) / clock.speed;
        const late = Math.max(Math.min(lag, back), workedOff);
        return late < limit ? undefined : lateBy(late, now - late * clock.speed);
      }
      case 'clock-set-back':
        return -lag < limit ? undefined : setBackBy(-lag, now);
      case 'clock-slow':
        return offBy(this.#options.ownClock?.slow(now));
      case 'clock-fast':
        return offBy(this.#options.ownClock?.fast(now));
      case 'unattended':
        return this.#unattended(now);
      case 'model-missing': {
        const values = unmodelledFact(core);
        return values && { since: now, values };
      }
      case 'channel-down':
        return this.#options.channels.down();
      case 'channel-failing':
        return this.#options.channels.failing();
      case 'channel-unproven':
        return this.#options.channels.unproven();
      case 'timers-missing': {
        const { lastFound } = audit;
        if (lastFound.length === 0) return undefined;
        const homes = lastFound.slice(0, HOMES_NAMED_MAX).join(', ');
        return { since: now, values: { count: lastFound.length, homes } };
      }
      case 'timers-stuck':
        return putOffFact(core, core.service.findings[finding]?.open, this.#startedAt ?? now, now);
      case 'rule-failed':
        return faultyRulesFact(core, core.service.findings[finding], this.#startedAt ?? now, now);
      case 'roster-gap':
      case 'roster-empty':
      case 'roster-faulty':
        return this.#options.rosters.factOf(finding);
      case 'trial-ending':
        return trialEnding(core, now);
      case 'calls-silenced':
      case 'alerts-silenced':
        return silencedFact(core, finding === 'calls-silenced', core.service.findings[finding], now);
      case 'call-without-rule':
        return callWithoutRuleFact(core, core.service.findings[finding]?.open);
      case 'unjudged':
        return unjudgedFact(core, core.service.findings[finding]?.open, now, clock.speed);
      case 'nobody-to-tell':
        return this.#options.reach.factOf(core.service.findings[finding]?.open);
      case 'readings-waiting':
      case 'readings-given-up':
        return outsideFact(finding, isOpen, this.#options.outside?.(), now);
      case 'disk-low':
        return diskFact(this.#options.disk?.(), isOpen, now);
      case 'certificate-ends':
        return this.#certificate(now);
      case 'cases-forgotten': {
        const { lastFound } = caseAudit;
        if (lastFound.length === 0) return undefined;
        const cases = lastFound.slice(0, CASES_NAMED_MAX).join(', ');
        return { since: now, values: { count: lastFound.length, cases } };
      }
    }
  }

  #certificate(now: number): Fact | undefined {
    const { core, certificates, deafSince } = this.#options;
    const zone = core.registry.timeZone(core.service.path);
    const known = core.service.findings['certificate-ends'];
    return certificateFact(certificates?.() ?? [], now, zone, known, deafSince() !== undefined);
  }

  #unattended(now: number): Fact | undefined {
    const { core, unattendedMs = Number.POSITIVE_INFINITY, wasPutRight } = this.#options;
    const { absence, registry, service } = core;
    if (!absence || registry.counts.homes === 0 || wasPutRight?.(absence)) return undefined;
    const { from, until } = absence;
    if (until - from < unattendedMs || now - until > UNATTENDED_STANDS_MS) return undefined;
    const zone = registry.timeZone(service.path);
    const { zh: forZh, en: forEn } = apartText(until - from);
    const when = { from: shortLocal(from, zone), until: shortLocal(until, zone) };
    return { since: from, values: { ...when, forZh, forEn, key: `${from}-${until}` } };
  }
}

/** When we were last back from a time that nobody lived through. The loop may not have taken in yet that the machine slept. */
const lastAbsenceEnd = ({ absence }: Core, clock: Clock): number =>
  Math.max(absence?.until ?? Number.NEGATIVE_INFINITY, clock.lastLeap?.()?.until ?? Number.NEGATIVE_INFINITY);

/** A finding that says what it is about is told anew when that changes. */
const isOtherNews = (
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): boolean => now['key'] !== undefined && before['key'] !== now['key'];

/** People who will be told from then on should know it, and be ready. */
const TRIAL_TOLD_MS = 3 * DAY;

function trialEnding({ service, registry }: Core, now: number): Fact | undefined {
  const ending = service.silences.filter(
    (one) => one.mode === 'log-only' && isSilenceActive(one, now) && one.until - now <= TRIAL_TOLD_MS,
  );
  const [first] = ending;
  if (!first) return undefined;
  const { node = '', until, by, reason } = first;
  const name = registry.node(node)?.name ?? node;
  const last = shortLocal(until, registry.timeZone(node));
  return {
    since: now,
    values: { node: name, until: last, by, reason, key: ending.map(({ id }) => id).join(' ') },
  };
}

/** It has happened, and is over: as long as it takes to tell it. Whoever may have called then has to be asked by people. */
const SESSION_LOST_TOLD_MS = 10 * MINUTE;

function sessionLostFact(
  { registry }: Core,
  lost: { readonly from: number; readonly until: number } | undefined,
  now: number,
): Fact | undefined {
  if (!lost || now - lost.until > SESSION_LOST_TOLD_MS) return undefined;
  const { from, until } = lost;
  const zone = registry.timeZone('');
  return {
    since: Math.min(from, now),
    values: { from: shortLocal(from, zone), until: shortLocal(until, zone), key: from },
  };
}

/** Another platform is news. */
function pushFact(missing: ReturnType<PushDoor['missing']>): Fact | undefined {
  if (missing.length === 0) return undefined;
  const accounts = missing.map(({ name }) => name).join(', ');
  const gateways = [...new Set(missing.map(({ gateway }) => gateway))].join(', ');
  return {
    since: Math.min(...missing.map(({ since }) => since)),
    values: { accounts, gateways, key: accounts },
  };
}

function outsideFact(
  finding: 'readings-waiting' | 'readings-given-up',
  isOpen: boolean,
  status: OutsideStatus | undefined,
  now: number,
): Fact | undefined {
  const trouble = status?.trouble;
  if (!trouble) return undefined;
  const since = Math.min(trouble.since, now);
  if (finding === 'readings-waiting') {
    if (!isOpen && now - since < READINGS_WAIT_MS) return undefined;
    const { points: waiting } = status.waiting;
    return {
      since,
      values: { minutes: Math.floor((now - since) / MINUTE), waiting, trouble: trouble.code },
    };
  }
  const count = Object.values(status.givenUp).reduce((sum, n) => sum + n, 0);
  return count === 0 ? undefined : { since: now, values: { count } };
}

function diskFact(room: DiskRoom | undefined, isOpen: boolean, now: number): Fact | undefined {
  if (!room || !isDiskLow(room, isOpen)) return undefined;
  return { since: now, values: { free: sizeText(room.free), total: sizeText(room.total) } };
}

/** For so long after we are back it stands that we were away. People who resolve it do not hear of it again. */
const UNATTENDED_STANDS_MS = 12 * HOUR;

/** By how much our clock is wrong, as devices have it. */
function offBy(apart: SlowClock | undefined): Fact | undefined {
  if (!apart) return undefined;
  const { since, ms, devices } = apart;
  const { zh: byZh, en: byEn } = apartText(ms);
  return { since, values: { minutes: Math.round(ms / MINUTE), count: devices, byZh, byEn } };
}

/** Beyond a week ours waits for it no more: see `wallClock`. */
function setBackBy(ms: number, since: number): Fact {
  const { values } = lateBy(ms, since);
  const days = Math.floor(ms / DAY);
  return { since, values: days < 7 ? values : { ...values, days } };
}

const lateBy = (ms: number, since: number): Fact => ({
  since: Math.round(since),
  values: { seconds: Math.round(ms / SECOND) },
});
