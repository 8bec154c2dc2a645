import { setImmediate as pause } from 'node:timers/promises';
import { quantile } from '../lib/quantile.ts';
import { PRIORITIES, type Priority } from '../model/alert.ts';
import { CASE_STATUSES, type CaseStatus, OUTCOME_NAMES, type Outcome } from '../model/case.ts';
import { CASE_KINDS, type CaseKind, definitionOf } from '../model/case-kind.ts';
import { type JudgedRound, roundsOf } from '../model/case-rounds.ts';
import { CASE_TARGETS, type CaseTarget } from '../model/case-targets.ts';
import { LIMITS } from '../model/limits.ts';
import { REQUEST_CATEGORIES, type RequestCategory } from '../model/request-category.ts';
import type { CaseFilter, NumberedCase, RecordStore } from '../ports/records.ts';

/** What became of the call-back of a round: what was said, or it was struck off without one. */
export const CALL_BACK_FATES = ['satisfied', 'not-satisfied', 'none'] as const;
type CallBackFate = (typeof CALL_BACK_FATES)[number];

/** How one target was kept over many cases; each round of a case that was reopened counts for itself. */
export interface TargetFigures {
  /** Rounds in which it was done. */
  readonly done: number;
  /** Rounds in which it was done, or should have been by now. */
  readonly owed: number;
  /** Of these, in time. */
  readonly within: number;
  /** How long it took where it was done: half of them no longer than this, and nine of ten, in milliseconds. */
  readonly p50Ms?: number;
  readonly p90Ms?: number;
}

export interface LedgerFigures {
  readonly cases: number;
  /** There are more than a ledger takes: the newest were counted. */
  readonly truncated: boolean;
  readonly byStatus: Readonly<Record<CaseStatus, number>>;
  readonly byPriority: Readonly<Record<Priority, number>>;
  readonly byKind: Readonly<Record<CaseKind, number>>;
  /** Of requests, which alone have one. */
  readonly byCategory: Readonly<Record<RequestCategory, number>>;
  /** Of those that have one. */
  readonly byOutcome: Readonly<Record<Outcome, number>>;
  /** Cases that were reopened at least once. */
  readonly reopened: number;
  /** What those said who were called back, and how often it was left at that nobody was. */
  readonly callBacks: Readonly<Record<CallBackFate, number>>;
  readonly targets: KeptTargets;
  /** Of what people asked for, which has days where the rest of its priority has hours. It stands in no figure of `targets`. */
  readonly requestTargets: KeptTargets;
}

type KeptTargets = Readonly<Record<Priority, Readonly<Record<CaseTarget, TargetFigures>>>>;

/**
 * All cases of a filter, the newest first, page by page: between two pages others have their turn. To wait for the store is no turn: one in
 * this process answers before anything else is done.
 */
export async function* casesOf(
  records: Pick<RecordStore, 'cases'>,
  filter: CaseFilter,
  max: number = LIMITS.ledgerCasesMax,
): AsyncGenerator<NumberedCase> {
  let cursor: string | undefined;
  let left = max;
  do {
    const page = await records.cases(
      { ...filter, order: 'newest' },
      { limit: Math.min(left, LIMITS.pageLengthMax), ...(cursor === undefined ? {} : { cursor }) },
    );
    // A drill is looked at where somebody asks for drills, and counted nowhere.
    for (const one of page.items)
      if (filter.kind === one.kind || !definitionOf(one.kind).uncounted) yield one;
    left -= page.items.length;
    cursor = page.next;
    if (cursor !== undefined) await pause();
  } while (cursor !== undefined && left > 0);
}

export async function ledgerFigures(cases: AsyncIterable<NumberedCase>, now: number): Promise<LedgerFigures> {
  const byStatus = zeros(CASE_STATUSES);
  const byPriority = zeros(PRIORITIES);
  const byKind = zeros(CASE_KINDS);
  const byCategory = zeros(REQUEST_CATEGORIES);
  const byOutcome = zeros(OUTCOME_NAMES);
  const [tallies, ofRequests] = [talliesByPriority(), talliesByPriority()];
  const callBacks = zeros(CALL_BACK_FATES);
  let count = 0;
  let reopened = 0;
  for await (const one of cases) {
    count++;
    byStatus[one.status]++;
    byPriority[one.priority]++;
    byKind[one.kind]++;
    if (one.category) byCategory[one.category]++;
    if (one.outcome) byOutcome[one.outcome]++;
    if (one.reopened) reopened++;
    const tally = (definitionOf(one.kind).asked ? ofRequests : tallies)[one.priority];
    for (const round of roundsOf(one)) {
      tally.add(round, now);
      const how = callBackOf(round);
      if (how) callBacks[how]++;
    }
  }
  return {
    cases: count,
    truncated: count >= LIMITS.ledgerCasesMax,
    byStatus,
    byPriority,
    byKind,
    byCategory,
    byOutcome,
    reopened,
    callBacks,
    targets: figuresOf(tallies),
    requestTargets: figuresOf(ofRequests),
  };
}

const talliesByPriority = (): Record<Priority, TargetTally> => recordOf(PRIORITIES, () => new TargetTally());
const figuresOf = (tallies: Record<Priority, TargetTally>): KeptTargets =>
  recordOf(PRIORITIES, (priority) => tallies[priority].figures());

/** When a target was met in a round; undefined: it was not. */
function metAt(round: JudgedRound, target: CaseTarget): number | undefined {
  switch (target) {
    case 'acknowledge':
      return round.takenAt;
    case 'contact':
      return round.contactAt;
    case 'onSite':
      return round.onSiteAt;
    case 'resolve':
      return round.resolvedAt;
    case 'callBack':
      return round.calledBackAt;
  }
}

/** From when the time of a target counts. */
const countsFrom = (round: JudgedRound, target: CaseTarget): number =>
  target === 'callBack' ? (round.resolvedAt ?? round.from) : round.from;

/** Was it kept? Undefined: it was not promised, is not due yet, or is not asked for any more. */
export function isWithin(round: JudgedRound, target: CaseTarget, now: number): boolean | undefined {
  const promised = round.promised?.[target];
  if (promised === undefined) return undefined;
  const met = metAt(round, target);
  if (met !== undefined) return met <= promised;
  if (target === 'callBack') {
    // Until it was struck off, or open again, somebody should have called back.
    const over = round.reopenedAt ?? round.struckOffAt;
    if (over !== undefined) return over > promised ? false : undefined;
  }
  // Nobody has to go there any more when it is resolved.
  else if (round.resolvedAt !== undefined) return undefined;
  return promised < now ? false : undefined;
}

/** Undefined: none was asked for, or it is still to come. */
function callBackOf({
  calledBackAt,
  reopenedAt,
  struckOffAt,
  promised,
}: JudgedRound): CallBackFate | undefined {
  // Who was not satisfied had it opened again.
  if (calledBackAt !== undefined) return reopenedAt === undefined ? 'satisfied' : 'not-satisfied';
  return struckOffAt !== undefined && promised?.callBack !== undefined ? 'none' : undefined;
}

class TargetTally {
  readonly #took = new Map<CaseTarget, number[]>(CASE_TARGETS.map((target) => [target, []]));
  readonly #owed = zeros(CASE_TARGETS);
  readonly #within = zeros(CASE_TARGETS);

  add(round: JudgedRound, now: number): void {
    for (const target of CASE_TARGETS) {
      const met = metAt(round, target);
      if (met !== undefined) this.#took.get(target)?.push(Math.max(0, met - countsFrom(round, target)));
      const within = isWithin(round, target, now);
      if (within === undefined) continue;
      this.#owed[target]++;
      if (within) this.#within[target]++;
    }
  }

  figures(): Record<CaseTarget, TargetFigures> {
    return recordOf(CASE_TARGETS, (target) => {
      const took = (this.#took.get(target) ?? []).sort((a, b) => a - b);
      const [p50Ms, p90Ms] = [quantile(took, 0.5), quantile(took, 0.9)];
      return {
        done: took.length,
        owed: this.#owed[target],
        within: this.#within[target],
        ...(p50Ms === undefined ? {} : { p50Ms }),
        ...(p90Ms === undefined ? {} : { p90Ms }),
      };
    });
  }
}

function recordOf<K extends string, V>(keys: readonly K[], of: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, V>;
}

const zeros = <K extends string>(keys: readonly K[]): Record<K, number> => recordOf(keys, () => 0);
