import { quantile } from '../../lib/quantile.ts';
import type { Alert, ClearReason } from '../../model/alert.ts';
import { lastSignBefore } from '../../model/last-sign.ts';
import type { Text } from '../../model/text.ts';

/** How long something took: half of them no longer than this, and nine of ten. */
export interface Took {
  readonly n: number;
  readonly p50Ms?: number;
  readonly p90Ms?: number;
}

export interface RuleLoad {
  readonly rule: string;
  readonly kind: string;
  readonly said: Text;
  readonly alerts: number;
  /** From when it was so until it was raised. */
  readonly delay: Took;
  /** From the last sign of life until it was raised, of rules that write that down. */
  readonly sinceSign: Took;
  /** Ended before anybody took it, of those that were taken or have ended. */
  readonly alone: { readonly n: number; readonly of: number };
}

/** Ways to end without anybody. */
const ALONE: readonly (ClearReason | undefined)[] = ['recovered', 'unmeasured', 'refuted', 'late-data'];

/** What there is to decide once it is known when its case was taken. */
interface Ended {
  readonly rule: RuleTally;
  readonly clearedAt: number | undefined;
  readonly alone: boolean;
}

export class Rules {
  readonly #rules = new Map<string, RuleTally>();
  readonly #undecided = new Map<string, Ended[]>();

  /** Takes alerts with the newest first. */
  add(alert: Alert): void {
    const rule = this.#rules.get(alert.rule) ?? new RuleTally(alert);
    this.#rules.set(alert.rule, rule);
    rule.add(alert);
    const { clearedAt, clearReason } = alert;
    const ended = { rule, clearedAt, alone: ALONE.includes(clearReason) };
    const others = this.#undecided.get(alert.case);
    if (others) others.push(ended);
    else this.#undecided.set(alert.case, [ended]);
  }

  /** Of which cases it is not known yet when they were taken. */
  cases(): readonly string[] {
    return [...this.#undecided.keys()];
  }

  /** When somebody first had this case; undefined: nobody did. */
  taken(id: string, takenAt: number | undefined): void {
    for (const { rule, clearedAt, alone } of this.#undecided.get(id) ?? []) {
      if (clearedAt === undefined && takenAt === undefined) continue;
      rule.decided++;
      if (alone && clearedAt !== undefined && (takenAt === undefined || clearedAt < takenAt)) rule.alone++;
    }
    this.#undecided.delete(id);
  }

  /** Those with most alerts first. */
  figures(): { rules: RuleLoad[]; alone: RuleLoad['alone'] } {
    const rules = [...this.#rules.values()].map((rule) => rule.figures());
    rules.sort((a, b) => b.alerts - a.alerts || (a.rule < b.rule ? -1 : 1));
    const sum = (of: 'n' | 'of') => rules.reduce((all, { alone }) => all + alone[of], 0);
    return { rules, alone: { n: sum('n'), of: sum('of') } };
  }
}

class RuleTally {
  readonly #of: Pick<RuleLoad, 'rule' | 'kind' | 'said'>;
  readonly #delays: number[] = [];
  readonly #sinceSign: number[] = [];
  decided = 0;
  alone = 0;

  constructor({ rule, ruleKind, title }: Alert) {
    this.#of = { rule, kind: ruleKind, said: title };
  }

  add(alert: Alert): void {
    this.#delays.push(Math.max(0, alert.raisedAt - alert.since));
    const sign = lastSignBefore(alert);
    if (sign !== undefined) this.#sinceSign.push(Math.max(0, alert.raisedAt - sign));
  }

  figures(): RuleLoad {
    return {
      ...this.#of,
      alerts: this.#delays.length,
      delay: tookOf(this.#delays),
      sinceSign: tookOf(this.#sinceSign),
      alone: { n: this.alone, of: this.decided },
    };
  }
}

export function tookOf(all: readonly number[]): Took {
  // As numbers alone, which is ten times as fast.
  const took = Float64Array.from(all).sort();
  const [p50Ms, p90Ms] = [quantile(took, 0.5), quantile(took, 0.9)];
  return p50Ms === undefined || p90Ms === undefined ? { n: 0 } : { n: took.length, p50Ms, p90Ms };
}
