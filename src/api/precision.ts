import { wilson } from '../lib/wilson.ts';
import type { Alert } from '../model/alert.ts';
import { OUTCOME_NAMES, type Outcome } from '../model/case.ts';
import { definitionOf } from '../model/case-kind.ts';
import { callsForHelp } from '../model/finding-weight.ts';
import { LIMITS } from '../model/limits.ts';
import type { NoMilder } from '../model/no-milder.ts';
import type { Text } from '../model/text.ts';
import { type Verdict, verdictOf } from '../model/verdict.ts';
import type { CaseFilter, NumberedCase, RecordStore } from '../ports/records.ts';
import type { MilderLimit } from '../ports/rule-info.ts';
import type { Service } from '../ports/service.ts';
import { casesOf } from './ledger.ts';

/** How often a rule, or what was found in a home, was right. */
export interface PrecisionFigures {
  readonly cases: number;
  readonly true: number;
  readonly false: number;
  readonly unknown: number;
  /** Cases by what was found. */
  readonly byOutcome: Partial<Record<Outcome, number>>;
  /** Of those of which it is known; with the interval of 95 %. Absent where it is known of none. */
  readonly share?: number;
  readonly low?: number;
  readonly high?: number;
}

/** A rule within a case that has an outcome: it counts once, however many alerts it raised. */
interface Finding {
  readonly case: NumberedCase;
  readonly outcome: Outcome;
  readonly rule: string;
  readonly kind: string;
  readonly said: Text;
  readonly verdict: Verdict;
  readonly alerts: readonly Alert[];
}

type Records = Pick<RecordStore, 'cases' | 'alert'>;

async function* findingsOf(records: Records, filter: CaseFilter): AsyncGenerator<Finding> {
  for await (const one of casesOf(records, filter)) {
    const { outcome } = one;
    if (outcome === undefined || definitionOf(one.kind).uncounted) continue;
    const byRule = new Map<string, Alert[]>();
    for (const id of one.alerts) {
      const alert = await records.alert(id);
      if (alert) byRule.set(alert.rule, [...(byRule.get(alert.rule) ?? []), alert]);
    }
    for (const [rule, alerts] of byRule) {
      const { about, ruleKind, title } = alerts[0] as Alert;
      yield {
        case: one,
        outcome,
        rule,
        kind: ruleKind,
        said: title,
        verdict: verdictOf(outcome, about, alerts.some(callsForHelp)),
        alerts,
      };
    }
  }
}

class Tally {
  #cases = 0;
  readonly #verdicts: Record<Verdict, number> = { true: 0, false: 0, unknown: 0 };
  readonly #outcomes = new Map<Outcome, number>();

  add({ verdict, outcome }: Finding): void {
    this.#cases++;
    this.#verdicts[verdict]++;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  figures(): PrecisionFigures {
    const known = this.#verdicts.true + this.#verdicts.false;
    const byOutcome = OUTCOME_NAMES.flatMap((name) => {
      const count = this.#outcomes.get(name);
      return count === undefined ? [] : [[name, count] as const];
    });
    return {
      cases: this.#cases,
      ...this.#verdicts,
      byOutcome: Object.fromEntries(byOutcome),
      ...wilson(this.#verdicts.true, known),
    };
  }
}

export interface Precision {
  readonly cases: number;
  readonly truncated: boolean;
  /** Of cases about people, each once: true where one of its findings was, unknown where of none it is known. */
  readonly people: PrecisionFigures;
  /**
   * With its kind, by which people know it; a rule that bore the id before may have been of another. And as it was said last:
   * what the service finds by itself is of no rule of the set.
   */
  readonly rules: readonly ({
    readonly rule: string;
    readonly kind: string;
    readonly said: Text;
  } & PrecisionFigures)[];
  readonly homes: readonly ({ readonly home: string } & PrecisionFigures)[];
}

/** What of several findings of one case says most of it. */
const WEIGHT: Readonly<Record<Verdict, number>> = { unknown: 0, false: 1, true: 2 };

/** Per rule and per home, those with most false findings first. */
export async function precisionOf(records: Records, filter: CaseFilter): Promise<Precision> {
  const rules = new Map<string, Tally>();
  const homes = new Map<string, Tally>();
  const cases = new Set<string>();
  const ofPeople = new Map<string, Finding>();
  const kinds = new Map<string, Pick<Finding, 'kind' | 'said'>>();
  for await (const finding of findingsOf(records, filter)) {
    cases.add(finding.case.id);
    if (finding.case.kind === 'safety') {
      const other = ofPeople.get(finding.case.id);
      if (!other || WEIGHT[finding.verdict] > WEIGHT[other.verdict]) ofPeople.set(finding.case.id, finding);
    }
    if (!kinds.has(finding.rule)) kinds.set(finding.rule, finding);
    tallyIn(rules, finding.rule).add(finding);
    if (finding.case.home !== '') tallyIn(homes, finding.case.home).add(finding);
  }
  const people = new Tally();
  for (const finding of ofPeople.values()) people.add(finding);
  return {
    cases: cases.size,
    people: people.figures(),
    truncated: cases.size >= LIMITS.ledgerCasesMax,
    rules: sorted(rules).map(([rule, figures]) => {
      const { kind = '', said = { zh: rule, en: rule } } = kinds.get(rule) ?? {};
      return { rule, kind, said, ...figures };
    }),
    homes: sorted(homes)
      .slice(0, LIMITS.precisionHomesMax)
      .map(([home, figures]) => ({ home, ...figures })),
  };
}

function tallyIn(tallies: Map<string, Tally>, key: string): Tally {
  const tally = tallies.get(key) ?? new Tally();
  tallies.set(key, tally);
  return tally;
}

const sorted = (tallies: ReadonlyMap<string, Tally>): (readonly [string, PrecisionFigures])[] =>
  [...tallies]
    .map(([key, tally]) => [key, tally.figures()] as const)
    .sort(([a, x], [b, y]) => y.false - x.false || y.cases - x.cases || (a < b ? -1 : 1));

/** So many of the last cases of a rule in a home, within this time, make it one that cries wolf. */
export const WOLF = { false: 3, of: 4, withinMs: 60 * 86_400_000 } as const;

export interface Proposal {
  readonly home: string;
  readonly rule: string;
  readonly kind: string;
  readonly said: Text;
  /** The milder limit; where none is proposed, why. */
  readonly limit?: MilderLimit;
  readonly why?: NoMilder;
  /** The last cases, the newest first. */
  readonly cases: readonly {
    readonly id: string;
    readonly number: number;
    readonly openedAt: number;
    readonly outcome: Outcome;
    readonly false: boolean;
    readonly measured?: number;
  }[];
}

/** Rules that keep crying wolf in a home, with a limit just beyond what they cried of. Nothing changes by it. */
export async function proposalsOf(
  service: Pick<Service, 'milderLimit'> & { readonly records: Records },
  filter: CaseFilter,
  now: number,
): Promise<Proposal[]> {
  const recent = new Map<string, Finding[]>();
  const within = { ...filter, openedFrom: now - WOLF.withinMs };
  for await (const finding of findingsOf(service.records, within)) {
    if (finding.case.home === '') continue;
    const key = `${finding.case.home}\n${finding.rule}`;
    const known = recent.get(key) ?? [];
    if (known.length < WOLF.of) recent.set(key, [...known, finding]);
  }
  return [...recent.values()].flatMap((findings) => proposalOf(service, findings) ?? []);
}

function proposalOf(
  { milderLimit }: Pick<Service, 'milderLimit'>,
  findings: readonly Finding[],
): Proposal | undefined {
  const wrong = findings.filter(({ verdict }) => verdict === 'false');
  const [first] = findings;
  if (!first || wrong.length < WOLF.false) return undefined;
  const {
    rule,
    kind,
    said,
    case: { home },
  } = first;
  const found = milderLimit(
    home,
    rule,
    wrong.map(({ alerts }) => alerts[0] as Alert),
  );
  const limit = typeof found === 'string' ? undefined : found;
  return {
    home,
    rule,
    kind,
    said,
    ...(typeof found === 'string' ? { why: found } : { limit: found }),
    cases: findings.map(({ case: one, outcome, verdict }) => {
      const measured = limit?.measured[wrong.findIndex((each) => each.case.id === one.id)];
      return {
        id: one.id,
        number: one.number,
        openedAt: one.openedAt,
        outcome,
        false: verdict === 'false',
        ...(measured === undefined ? {} : { measured }),
      };
    }),
  };
}
