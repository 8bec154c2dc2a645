import { DAY, HOUR, MINUTE } from '../lib/clock.ts';
import { PRIORITIES, type Priority } from './alert.ts';
import { type NotifyPolicy, namesSomebody } from './notify-policy.ts';

/** Longer than this is hardly meant, in milliseconds: each is many times what the policy that comes with Shouwang says. */
const LONGEST = {
  /** Until the first people are called, where nobody takes it. */
  first: { P1: 15 * MINUTE, P2: HOUR, P3: DAY, P4: 7 * DAY },
  /** Until the last ones are called again. */
  again: { P1: HOUR, P2: 4 * HOUR, P3: 2 * DAY, P4: 7 * DAY },
  /** Until somebody has it, and from then on until it has an outcome: before that, who has it is not called again. */
  acknowledge: { P1: 15 * MINUTE, P2: HOUR, P3: DAY, P4: 7 * DAY },
  resolve: { P1: DAY, P2: DAY, P3: 7 * DAY, P4: 30 * DAY },
} as const satisfies Record<string, Record<Priority, number>>;

/** A time of the policy that leaves somebody alone for longer than can be meant. */
export interface SlowTime {
  readonly path: string;
  readonly priority: Priority;
  /** In milliseconds, as is the limit. */
  readonly ms: number;
  readonly longestMs: number;
}

interface Timed {
  readonly line: { readonly kinds: readonly string[]; readonly priorities: readonly Priority[] };
  readonly at: string;
  readonly of: keyof typeof LONGEST;
  readonly ms: number | undefined;
}

/** Times that are too long for the gravest priority of safety that they hold for. */
export function slowTimes({ escalation, targets }: NotifyPolicy): SlowTime[] {
  const times = [
    ...escalation.flatMap((line, i): Timed[] => [
      { line, at: `escalation[${i}].steps[0].after`, of: 'first', ms: line.steps[0]?.after },
      { line, at: `escalation[${i}].repeatEvery`, of: 'again', ms: line.repeatEvery },
    ]),
    ...targets.flatMap((line, i): Timed[] => [
      { line, at: `targets[${i}].acknowledge`, of: 'acknowledge', ms: line.acknowledge },
      { line, at: `targets[${i}].resolve`, of: 'resolve', ms: line.resolve },
    ]),
  ];
  return times.flatMap(({ line, at: path, of, ms }) => {
    const priority = PRIORITIES.find((one) => line.priorities.includes(one));
    if (!priority || ms === undefined || !line.kinds.includes('safety')) return [];
    const longestMs = LONGEST[of][priority];
    return ms > longestMs ? [{ path, priority, ms, longestMs }] : [];
  });
}

/** P1 and P2 of safety that no route is for: in place of those who should come first, everybody above the home is told. */
export const toldToEverybody = ({ routes }: NotifyPolicy): Priority[] =>
  (['P1', 'P2'] as const).filter(
    (priority) =>
      !routes.some(({ kinds, priorities }) => kinds.includes('safety') && priorities.includes(priority)),
  );

/** Of P1 and P2 that no route names anybody for, everybody hears at once; of these the escalation alone tells. */
const TOLD_BY_ESCALATION_AFTER: Readonly<Partial<Record<Priority, number>>> = { P3: HOUR, P4: DAY };

/** Priorities of safety of which the first person hears only by the escalation, and when, in milliseconds. */
export function lateFirst({ routes, escalation }: NotifyPolicy): { priority: Priority; ms: number }[] {
  return PRIORITIES.flatMap((priority) => {
    const longest = TOLD_BY_ESCALATION_AFTER[priority];
    const concerns = (line: { kinds: readonly string[]; priorities: readonly string[] }): boolean =>
      line.kinds.includes('safety') && line.priorities.includes(priority);
    if (longest === undefined || routes.some((route) => concerns(route) && namesSomebody(route))) return [];
    const steps = escalation.filter(concerns).flatMap((line) => line.steps.filter(namesSomebody));
    const ms = Math.min(...steps.map(({ after }) => after));
    return Number.isFinite(ms) && ms > longest ? [{ priority, ms }] : [];
  });
}

/** Priorities of safety for which no line of the escalation says what comes while nobody takes the case: nothing does. */
export const neverCalledAgain = ({ escalation }: NotifyPolicy): Priority[] =>
  PRIORITIES.filter(
    (priority) =>
      !escalation.some(({ kinds, priorities }) => kinds.includes('safety') && priorities.includes(priority)),
  );
