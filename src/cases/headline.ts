import type { Alert, Priority } from '../model/alert.ts';
import type { Case } from '../model/case.ts';
import { definitionOf } from '../model/case-kind.ts';
import { callsForHelp, findingWeight, isUntrue } from '../model/finding-weight.ts';
import { LIMITS } from '../model/limits.ts';
import type { Text } from '../model/text.ts';
import type { CaseBook, OpenCase } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { eventOf } from './notice-parts.ts';
import { titleText, withCallOver } from './texts.ts';

/** One finding of a case, as far as its title may have to tell of it. */
export interface CaseFinding {
  readonly id: string;
  readonly priority: Priority;
  /** Without the place. */
  readonly title: Text;
  /** It turned out not to have been so. */
  readonly untrue?: true;
  /** Somebody called for help; and whether that is over. */
  readonly call?: 'on' | 'over';
}

/** The case under the title of what matters most in it now. What was found before stands in the time line. */
export function withHeadline(
  book: CaseBook,
  open: OpenCase,
  current: Case,
  alert: Pick<Alert, 'id' | 'about' | 'priority' | 'title' | 'clearReason' | 'evidence'>,
  isNew: boolean,
  ctx: CaseContext,
): Case {
  const before = open.findings ?? ofBefore(open.case, ctx);
  const known = before.find(({ id }) => id === alert.id);
  const others = before.filter((one) => one !== known);
  const finding: CaseFinding = {
    id: alert.id,
    priority: alert.priority,
    title: alert.title,
    ...(isUntrue(alert.clearReason) ? { untrue: true as const } : {}),
    ...(callsForHelp(alert) ? { call: alert.clearReason === undefined ? 'on' : 'over' } : {}),
  };
  // The newest stands first, and sorting keeps the order of those that weigh the same.
  const all = known && !isNew ? before.map((one) => (one === known ? finding : one)) : [finding, ...others];
  open.findings = byWeight(all, current, book.standing).slice(0, LIMITS.caseFindingsMax);
  const [was, headline] = [headlineOf(before), headlineOf(open.findings)];
  if (!headline || (was && was.id === headline.id && was.title.zh === headline.title.zh)) return current;
  return { ...current, title: titleText(ctx.subject.place, headline.title) };
}

/**
 * What a case is called after: its first finding. People were told of a call under its name: where that is over, and another
 * finding stands in its place, they read what has become of it.
 */
function headlineOf(findings: readonly CaseFinding[]): Pick<CaseFinding, 'id' | 'title'> | undefined {
  const [first, ...others] = findings;
  const over = others.find(({ call, untrue }) => call === 'over' && !untrue);
  if (!first || first.call || !over) return first;
  return { id: first.id, title: withCallOver(first.title, over.title) };
}

/** Has somebody called for help, over or not, and is it not known to be untrue? */
export const isCalledFor = ({ findings = [] }: Pick<OpenCase, 'findings'>): boolean =>
  findings.some(({ call, untrue }) => call !== undefined && !untrue);

/**
 * What holds for this case: where somebody calls for help, says that they need it, or asks for something, a silence needs a reason
 * of its own to hold that back.
 */
export const heedingCalls = (open: OpenCase, ctx: CaseContext): CaseContext =>
  isCalledFor(open) || open.needsHelp !== undefined || definitionOf(open.case.kind).asked
    ? withoutSilences(ctx)
    : ctx;

/** As if nobody had silenced anything, but for what says why it holds back calls. */
export const withoutSilences = (ctx: CaseContext): CaseContext => ctx.whereCalled ?? ctx;

function byWeight(all: readonly CaseFinding[], { kind }: Case, standing: readonly string[]): CaseFinding[] {
  const about = kind === 'technical' ? 'device' : 'person';
  const weight = ({ id, priority, untrue, call }: CaseFinding): number =>
    findingWeight({
      about,
      priority,
      stands: standing.includes(id),
      untrue: untrue ?? false,
      calls: call !== undefined,
    });
  return [...all].sort((a, b) => weight(a) - weight(b));
}

/** Of a case that an earlier version opened its title is known, and that it was as grave as the case. */
function ofBefore({ alerts, priority, title }: Case, { subject }: CaseContext): readonly CaseFinding[] {
  const [id] = alerts;
  return id === undefined ? [] : [{ id, priority, title: eventOf(title, subject) }];
}
