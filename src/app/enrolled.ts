import { EXPECTED_INTERVAL_MS_MAX } from '../model/expected-interval.ts';
import type { CompiledRules } from '../rules/compile.ts';

/** The devices that are enrolled and in use, as far as it matters whether the rules hear them. */
export class Enrolled {
  /** How many of each model. */
  readonly counts = new Map<string, number>();
  /** How many of each model in each home that has rules of its own: in a town those are few. */
  readonly modelsAt = new Map<string, Map<string, number>>();

  constructor({ rules }: Pick<CompiledRules, 'rules'>) {
    for (const { overrides } of rules)
      for (const home of overrides.keys()) this.modelsAt.set(home, new Map());
  }

  /** Those that are to report so seldom that nobody would miss them. */
  readonly neverMissed: string[] = [];

  /** @param intervalMs how often it is to report; undefined: its model is not there */
  expect(device: string, intervalMs: number | undefined): void {
    if (intervalMs !== undefined && intervalMs > EXPECTED_INTERVAL_MS_MAX) this.neverMissed.push(device);
  }

  add(model: string, home: string): void {
    this.counts.set(model, (this.counts.get(model) ?? 0) + 1);
    const here = this.modelsAt.get(home);
    here?.set(model, (here.get(model) ?? 0) + 1);
  }
}
