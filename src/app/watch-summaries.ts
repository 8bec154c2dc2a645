import type { HomeState } from '../model/watch-record.ts';
import type { Service } from '../ports/service.ts';
import { type HomeWatchSummary, NOBODY_TO_TELL } from '../ports/watch-summary.ts';
import type { RuleKinds } from '../rules/compile.ts';
import { awayBetween } from '../rules/gates.ts';
import { unjudgedIn } from '../rules/judged.ts';
import { watchesOf } from '../rules/watch.ts';
import type { Core } from './core.ts';
import type { ReachWatch } from './reach-watch.ts';
import type { Subject } from './subject.ts';
import { isBlind, watchSummary, withNobodyToTell } from './watch-summary.ts';

/** A list that goes through all homes asks for each of them, again and again: what it was told is kept for a while. */
const SUMMARY_MS = 30_000;

/** How well a home is watched at this moment. */
function summaryNow(core: Core, kinds: RuleKinds, subject: Subject, untold: boolean): HomeWatchSummary {
  const { away, devices, id } = subject;
  const isAway = awayBetween(away, core.now, core.now) !== undefined;
  const watches = watchesOf(core.engine, subject, core.now);
  const unjudged = unjudgedIn(core.rules, id, devices);
  const seen = watchSummary(watches, devices, core.now, isAway, kinds, unjudged);
  return untold ? withNobodyToTell(seen) : seen;
}

export function summaries(core: Core, kinds: RuleKinds, reach: ReachWatch): Service['watchSummary'] {
  const known = new WeakMap<
    Subject,
    { at: number; rules: unknown; away: unknown; untold: boolean; summary: HomeWatchSummary }
  >();
  return (home) => {
    const subject = core.subjects.get(home);
    if (!subject) return undefined;
    const wall = performance.now();
    const before = known.get(subject);
    const untold = reach.isUntold(home);
    const stale =
      subject.away !== before?.away ||
      core.rules !== before.rules ||
      untold !== before.untold ||
      wall - before.at > SUMMARY_MS;
    if (before && !stale) return before.summary;
    const { away } = subject;
    const summary = summaryNow(core, kinds, subject, untold);
    known.set(subject, { at: wall, rules: core.rules, away, untold, summary });
    return summary;
  };
}

/** The same as one word, of a look at all homes. Nothing is kept of it: of a city that would be some hundred megabytes. */
export function homeStates(core: Core, kinds: RuleKinds, reach: ReachWatch) {
  return (home: string): HomeState | undefined => {
    const subject = core.subjects.get(home);
    return subject && stateOf(summaryNow(core, kinds, subject, reach.isUntold(home)));
  };
}

function stateOf(summary: HomeWatchSummary): HomeState {
  if (summary.level === 'away') return 'away';
  if (summary.level !== 'unwatched') return 'watched';
  if (summary.reasons[0]?.state === NOBODY_TO_TELL) return 'untold';
  return isBlind(summary) ? 'blind' : 'unarmed';
}
