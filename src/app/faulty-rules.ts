import type { Logger } from 'pino';
import { MINUTE } from '../lib/clock.ts';
import type { ServiceFindingValues } from '../model/service-finding.ts';
import type { Text } from '../model/text.ts';
import type { Faults, FaultyRule } from '../rules/faults.ts';
import type { Core } from './core.ts';
import { isLatched, type ServiceFindingState } from './service-finding.ts';

/** After a start states are read one by one: until then nobody knows that a rule has failed there. */
const STATES_READ_MS = 2 * MINUTE;

/** The rules that have failed somewhere lately and begun anew, in the order of the set. */
export const faultyRules = (core: Core): readonly FaultyRule[] =>
  core.engine.faults.faulty(core.rules, core.now, (subject) => core.subject(subject.id) === subject);

/** What technicians are told: which rules fail, where, and by which error. Of a rule on trial nobody is told anything. */
export function faultyRulesFact(
  core: Core,
  known: ServiceFindingState | undefined,
  startedAt: number,
  now: number,
): { readonly since: number; readonly values: ServiceFindingValues } | undefined {
  const faulty = faultyRules(core).filter(({ rule }) => !rule.shadow);
  const [first] = faulty;
  const open = known?.open;
  const told = String(open?.evidence.values['key'] ?? known?.key ?? '');
  if (!first) {
    if (now - startedAt >= STATES_READ_MS) return undefined;
    if (open) return { since: open.since, values: open.evidence.values as ServiceFindingValues };
    return isLatched(known, { key: told }, now) ? { since: now, values: { key: told } } : undefined;
  }
  const rules = faulty.map(({ rule }) => rule.id);
  // What is left of what was told is no news.
  const key = rules.every((id) => told.split(' ').includes(id)) ? told : rules.join(' ');
  return {
    since: Math.min(...faulty.map(({ since }) => since)),
    values: {
      rules: rules.join(', '),
      count: countOf(faulty),
      homes: homesOf(faulty),
      detail: first.error,
      key,
    },
  };
}

/** What `/readyz` says of it. */
export function faultyRulesText(faulty: readonly FaultyRule[]): Text | undefined {
  const [first] = faulty;
  if (!first) return undefined;
  const rules = faulty.map(({ rule }) => rule.id);
  const [count, homes] = [countOf(faulty), homesOf(faulty)];
  return {
    zh: `规则 ${rules.join('、')} 在 ${count} 处运行出错，已从头开始，在那里可能漏报：${homes}（${first.error}）`,
    en: `${rules.join(', ')} failed in ${count} and began anew, and may find nothing there: ${homes} (${first.error})`,
  };
}

const countOf = (faulty: readonly FaultyRule[]): number => faulty.reduce((sum, { count }) => sum + count, 0);

const homesOf = (faulty: readonly FaultyRule[]): string =>
  [...new Set(faulty.flatMap(({ some }) => some.map(({ id }) => id)))].sort().join(', ');

/** With the place in the code, for whoever has to mend it. Of very many in a row the first are enough. */
export function logFaults(faults: Faults, logger: Logger, now: number): void {
  for (const { error, at, ...where } of faults.takeRecent(now))
    logger.error({ err: error, at: new Date(at), ...where }, 'a rule failed, and begins anew there');
}
