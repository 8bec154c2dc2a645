import { instantOfLocal, localDay, localMinute } from '../lib/local-time.ts';
import { BY_DAY } from '../model/by-day.ts';
import type { Case } from '../model/case.ts';
import { CASE_TARGETS, type CaseDueDates, type CaseTarget, type CaseTargets } from '../model/case-targets.ts';

/** What is owed from when somebody took a case until it is resolved. */
const WORK = ['contact', 'onSite', 'resolve'] as const satisfies readonly CaseTarget[];
/** Which instant of a case says that a target was met. */
const MET = {
  contact: 'contactAt',
  onSite: 'onSiteAt',
} as const satisfies Partial<Record<CaseTarget, keyof Case>>;

/** What is promised of a case that is opened at `from`: as if somebody took it at the last moment. */
export const promisedFrom = (targets: CaseTargets, from: number): CaseDueDates => ({
  acknowledge: from + targets.acknowledge,
  ...workFrom(targets, from + targets.acknowledge),
});

/** The later steps, each from when somebody took the case. */
function workFrom(targets: CaseTargets, from: number): CaseDueDates {
  const due: { [T in CaseTarget]?: number } = {};
  for (const target of WORK) {
    const ms = targets[target];
    if (ms !== undefined) due[target] = from + ms;
  }
  return due;
}

/** Of each the nearer one: who was given a time never gets more of it because something got worse. */
export function nearerOf(a: CaseDueDates, b: CaseDueDates): CaseDueDates {
  const all = CASE_TARGETS.flatMap((target) => {
    const due = Math.min(a[target] ?? Number.POSITIVE_INFINITY, b[target] ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(due) ? [[target, due] as const] : [];
  });
  return Object.fromEntries(all);
}

/** What is due of a case in the state that it is in; of cases of before only the next instant is known. */
export const dueOf = ({ due, status, dueAt }: Case): CaseDueDates =>
  due ?? (status === 'open' ? { acknowledge: dueAt } : { resolve: dueAt });

/** What is due of a case that nobody has. */
export const dueWhenOpen = (targets: CaseTargets, now: number): CaseDueDates => ({
  acknowledge: now + targets.acknowledge,
});

/** What is due of a case that somebody takes now, without what has been done already. */
export const dueWhenTaken = (targets: CaseTargets, now: number): CaseDueDates => workFrom(targets, now);

/** The case with what is left to do, and the next of it as its due-date. */
export function withDue(current: Case, due: CaseDueDates): Case {
  const left = CASE_TARGETS.flatMap((target) => {
    const at = due[target];
    // What was done before the case was reopened is owed again.
    const met =
      target === 'contact' || target === 'onSite' ? (current.round ?? current)[MET[target]] : undefined;
    return at === undefined || met !== undefined ? [] : [[target, at] as const];
  });
  const next = Math.min(...left.map(([, at]) => at));
  return {
    ...current,
    due: Object.fromEntries(left),
    dueAt: Number.isFinite(next) ? next : current.dueAt,
  };
}

/** The next thing that is due; undefined where nothing is. */
export function nextTarget(current: Case): CaseTarget | undefined {
  const due = dueOf(current);
  return CASE_TARGETS.find((target) => due[target] === current.dueAt);
}

/** Until when the person is to be called back, moved out of the night into the next morning on the clocks of the home. */
export function callBackDue(resolvedAt: number, withinMs: number, timeZone: string): number {
  const due = resolvedAt + withinMs;
  const minute = localMinute(due, timeZone);
  if (minute >= BY_DAY.from && minute < BY_DAY.to) return due;
  const day = localDay(due, timeZone) + (minute < BY_DAY.from ? 0 : 1);
  return instantOfLocal(day, BY_DAY.morning, timeZone);
}
