import type { CareState } from '../model/case.ts';
import type { CommandBody } from '../model/command.ts';
import type { Effect } from '../model/effect.ts';
import type { AwayPeriod } from '../model/registry.ts';
import type { Text } from '../model/text.ts';
import { absenceLines } from './absence.ts';
import { MISSED_QUESTION } from './absence-texts.ts';
import * as texts from './care-texts.ts';
import { type CaseBook, type Line, leaveBook, type OpenCase, systemLine, write } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { callBackDue, withDue } from './due.ts';
import { call } from './notices.ts';
import { newCase } from './opening.ts';
import { onceEach, type RecipientAddress } from './recipients.ts';

/** Between the two times that it is asked, and until nobody is asked any more; moved into the day. */
const ASK_AGAIN_MS = 12 * 3_600_000;
const ASKED_MAX = 2;
/** News that nobody has to answer stand in the list for so long. */
const NEWS_MS = 24 * 3_600_000;

/** That somebody is at home again, and by what it was seen. */
export interface SignOfReturn {
  readonly at: number;
  readonly what: 'water' | 'door' | 'motion' | 'steps' | 'visit';
  /** Of a visit: who saw them. */
  readonly by?: string;
}

/** When it is asked whether somebody is back: at the end of the period, but not at night. */
export const askAt = ({ until }: Pick<AwayPeriod, 'until'>, timeZone: string): number =>
  callBackDue(until, 0, timeZone);

/** The care case of a home that is open; there is one at the most. */
const openCare = (book: CaseBook): (OpenCase & Required<Pick<OpenCase, 'care'>>) | undefined =>
  book.cases.find((one): one is OpenCase & Required<Pick<OpenCase, 'care'>> => one.care !== undefined);

/** The period is over, or has lasted so long that nobody's word holds: whoever is responsible for the home, and who registered it, are asked whether somebody is back. */
export function askWhetherBack(book: CaseBook, period: AwayPeriod, ctx: CaseContext): Effect[] {
  const before = endCare(book, texts.ANOTHER_PERIOD, 'system', ctx);
  const title = period.until > ctx.now ? texts.STILL_AWAY_TITLE : texts.isBackTitle(period);
  return [...before, ...open(book, period, title, undefined, ctx)];
}

/**
 * Somebody is there again while the home counts as away, or while it is asked whether they are: the question answers
 * itself, and nobody need do anything.
 */
export function noteReturn(
  book: CaseBook,
  period: AwayPeriod,
  sign: SignOfReturn,
  ctx: CaseContext,
): Effect[] {
  const news = texts.returnedText(period, sign, ctx.timeZone);
  if (openCare(book)?.care.returned === undefined && openCare(book))
    return endCare(book, news, 'system', ctx);
  const before = endCare(book, texts.ANOTHER_PERIOD, 'system', ctx);
  return [...before, ...open(book, period, texts.RETURNED_TITLE, { news }, ctx)];
}

function open(
  book: CaseBook,
  period: AwayPeriod,
  title: Text,
  told: { readonly news: Text; readonly announces?: true } | undefined,
  ctx: CaseContext,
): Effect[] {
  const one = newCase(book, 'care', { priority: 'P4', title }, ctx);
  const nextAt = told ? ctx.now + NEWS_MS : askedAgainAt(ctx);
  const announces = told?.announces ? { announces: true as const } : {};
  one.care = { period, asked: 1, nextAt, ...(told ? { returned: true } : {}), ...announces };
  const asks = period.until > ctx.now ? texts.stillAwayText : texts.askedText;
  const news = told?.news ?? asks(period, ctx.timeZone);
  const said = tellOf(one, 'case-opened', 'case-opened', news, ctx);
  one.told = ctx.now;
  const lines = [systemLine(ctx.now, 'opened', news), systemLine(ctx.now, 'notice', said.told)];
  return [write(one, one.case, lines, { by: 'system', at: ctx.now }, 'opened'), ...said.notices];
}

const askedAgainAt = ({ now, timeZone }: CaseContext): number => callBackDue(now, ASK_AGAIN_MS, timeZone);

/** Those whom the policy names for care, and whoever registered the period. */
function tellOf(
  one: OpenCase,
  event: 'case-opened' | 'case-escalated',
  name: string,
  news: Text,
  ctx: CaseContext,
): { readonly told: Text; readonly notices: Effect[] } {
  // Where it is also asked whether somebody is back, that is still to be answered.
  const asksNothing = one.care?.returned === true;
  const also = one.care?.announces ? [] : waysToRegistrant(one.care?.period, ctx);
  const { told, notices } = call(one, one.case, { event, name, news, asksNothing }, ctx, (ways) =>
    onceEach([...ways, ...also]),
  );
  return { told, notices: notices.map((notice) => ({ type: 'notice', notice }) as const) };
}

/** Who registered the period is asked at its end as well: a member of staff by name, somebody of the home over a link. */
function waysToRegistrant(period: AwayPeriod | undefined, ctx: CaseContext): readonly RecipientAddress[] {
  if (period?.by === undefined) return [];
  if (period.via) return ctx.waysToVisitor?.(period.via) ?? [];
  return ctx.assignee({ kind: 'user', name: period.by })?.ways ?? [];
}

/**
 * Somebody registered a period, staff or over a personal link. Such an account or link may be in wrong hands, and what it
 * says keeps alarms back: whoever is responsible for the home is told, and nobody need answer. Where they are being asked something,
 * it stands there.
 */
export function tellRegistered(book: CaseBook, period: AwayPeriod, by: string, ctx: CaseContext): Effect[] {
  const news = texts.registeredText(period, by, ctx.timeZone);
  const asked = openCare(book);
  if (!asked) return open(book, period, texts.registeredTitle(period), { news, announces: true }, ctx);
  const said = tellOf(asked, 'case-escalated', `registered.${period.from}.${ctx.now}`, news, ctx);
  const lines = [
    { at: ctx.now, by, type: 'note', text: news } as const,
    systemLine(ctx.now, 'notice', said.told),
  ];
  return [write(asked, asked.case, lines, { by, at: ctx.now }), ...said.notices];
}

/** It is asked a second time; then nobody is asked any more, and the case ends. The home is watched all the while. */
export function careTimers(book: CaseBook, ctx: CaseContext): Effect[] {
  const one = openCare(book);
  if (!one || one.care.nextAt > ctx.now) return [];
  const { care } = one;
  if (care.returned || care.asked >= ASKED_MAX) {
    const unanswered = care.period.until > ctx.now ? texts.REVIEW_UNANSWERED : texts.UNANSWERED;
    return endCare(book, care.returned ? texts.NEWS_OVER : unanswered, 'system', ctx);
  }
  one.care = { ...care, asked: care.asked + 1, nextAt: askedAgainAt(ctx) };
  const news = texts.askedAgainText(care.period, ctx.timeZone);
  const said = tellOf(one, 'case-escalated', `asked.${care.asked + 1}`, news, ctx);
  const lines = [
    ...absenceLines(care.nextAt, MISSED_QUESTION, ctx),
    systemLine(ctx.now, 'escalated', news),
    systemLine(ctx.now, 'notice', said.told),
  ];
  return [write(one, one.case, lines, { by: 'system', at: ctx.now }), ...said.notices];
}

/** The period that is asked about, if the question is open; undefined: nobody asks. */
export const askedPeriod = (book: CaseBook | undefined): AwayPeriod | undefined =>
  book && openCare(book)?.care.period;

/** What the open care case of a home is: a question, word of a registration that may be taken back, or mere news. */
export function careState(book: CaseBook | undefined): CareState | undefined {
  const care = book && openCare(book)?.care;
  if (!care) return undefined;
  if (care.returned === undefined) return 'asks';
  return care.announces ? 'registered' : 'news';
}

/** Is it still asked whether they are back, and not known? */
export const isAsking = (book: CaseBook | undefined): boolean => careState(book) === 'asks';

/** The question is answered: what is said stands in the time line, and the case is over. */
export const answerCare = (
  book: CaseBook,
  { answer }: Pick<CommandBody<'home.answer'>, 'answer'>,
  until: number | undefined,
  by: string,
  ctx: CaseContext,
): Effect[] => endCare(book, texts.answeredText(answer, until, ctx.timeZone), by, ctx);

/** Ends the care case of a home, if one is open, with these words. */
export function endCare(book: CaseBook, words: Text, by: string, ctx: CaseContext): Effect[] {
  const one = openCare(book);
  if (!one) return [];
  const { now } = ctx;
  const next = withDue(
    {
      ...one.case,
      status: 'struck-off',
      resolvedAt: now,
      resolvedBy: by,
      outcome: 'away',
      outcomeNote: '',
      struckOffAt: now,
      struckOffBy: by,
    },
    {},
  );
  const line: Line = { at: now, by, type: 'struck-off', text: words };
  const effect = write(one, next, [line], { by, at: now }, 'struck-off');
  leaveBook(book, one);
  return [effect];
}
