import type { Alert, Priority } from '../model/alert.ts';
import type { Case } from '../model/case.ts';
import { definitionOf } from '../model/case-kind.ts';
import type { Notice, NoticeContent } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import { askText, newsText, withoutSignIn } from './ask-text.ts';
import { isAskedByPeople } from './asked.ts';
import type { AwaitedNotices } from './awaited.ts';
import type { OpenCase } from './case-book.ts';
import { type CaseContext, discreetPlace } from './context.ts';
import { callBackDue, nextTarget } from './due.ts';
import { heedingCalls, withoutSilences } from './headline.ts';
import type { LadderStep } from './ladder.ts';
import { drillText, silencedText } from './mark-texts.ts';
import { bareFinding, noticeParts } from './notice-parts.ts';
import { ownWays } from './owner.ts';
import { isGrave, type RecipientAddress, together, wayOf, withinLimit } from './recipients.ts';
import { hush } from './silencing.ts';
import { ARE_YOU_WELL, ASKED_BY, assigneeToldText, titleText, toldText, unreachedText } from './texts.ts';
import { noteTold } from './told-ways.ts';

/** What happened to a case that people should hear of. */
export interface Announcement {
  readonly event: 'case-opened' | 'case-raised';
  /** The alert that gave the reason. */
  readonly alert: Pick<Alert, 'id' | 'version' | 'title'>;
  /** What is new, in two or three words. */
  readonly news: Text;
  /** Of those who hear of such a case, and of whoever has it, who hears this. */
  readonly only?: readonly RecipientAddress[];
  /** Who is told instead of those that the policy names, because none of them was reached; and the name of that step. */
  readonly to?: readonly RecipientAddress[];
  readonly step?: string;
}

/** A call that no new alert gave the reason for: nobody took the case, whoever did is late, it is asked of somebody. */
export interface Call {
  readonly event: Exclude<NoticeContent['event'], 'case-acknowledged' | 'case-resolved' | 'test'>;
  /** The name of this call within the case: no two have the same. */
  readonly name: string;
  readonly news: Text;
  /** Nobody need do anything. */
  readonly asksNothing?: boolean;
  /** The step of the ladder whose people are called. */
  readonly step?: LadderStep;
  /** Or these. */
  readonly to?: readonly RecipientAddress[];
}

/**
 * The notices of such a call, to those of its step, to those it names, or to those who hear of such a case first. `pick`
 * says who of them is called now, and is told when it is delivered.
 */
export function call(
  open: OpenCase,
  current: Case,
  { event, name, news, asksNothing, step, to }: Call,
  silenced: CaseContext,
  pick: (told: readonly RecipientAddress[], at: number) => readonly RecipientAddress[] = (told) => told,
): { readonly told: Text; readonly notices: readonly Notice[] } {
  // What one person asks of another no silence is about.
  const ctx = event === 'case-assigned' ? withoutSilences(silenced) : heedingCalls(open, silenced);
  // To ask how it went is nobody's emergency, however grave the case was.
  const priority = event === 'case-call-back' ? CALL_BACK_PRIORITY : current.priority;
  const at = deliveredAt(current, priority, event, ctx);
  const those = (): readonly RecipientAddress[] =>
    (event === 'case-raised' ? withOwner : withThoseTold)(
      open,
      current,
      ctx.recipients(current, step, at),
      ctx,
    );
  const wanted = pick(to ?? those(), at);
  const { kept, told } = saidOf(open, current, { wanted, isAll: !to }, ctx, (ways, over) =>
    to ? assigneeToldText(ways, over) : toldText(ways, over, isGrave(current.priority)),
  );
  const finding = bareFinding(current.title, ctx.subject, open.findings);
  const content: NoticeContent = marked(current, {
    event,
    title: titleText(discreetPlace(ctx.subject), finding),
    // A question after an absence is answered, not taken: it says by itself what is asked.
    body:
      asksNothing || current.kind === 'care'
        ? newsText(news)
        : askText(current, news, Math.max(0, current.dueAt - ctx.now), nextTarget(current)),
    priority,
    ...anewOf(open),
    ...aboutWhat(current),
    parts: noticeParts(ctx.subject, finding, ctx.now),
  });
  const alert = current.alerts.at(-1) ?? '';
  const notices = noticesTo(kept, current, name, { alert, content }, ctx);
  if (isSeenThrough(event, current)) awaitCall(open, current, kept, notices, ctx);
  return { told, notices };
}

/** It has to be seen whether it reaches anybody. */
const isWatched = (current: Case): boolean => isGrave(current.priority) || isAskedByPeople(current);

/**
 * Calls of which it has to be seen whether they reach anybody. That is so of news as well: that the person has said that they need help
 * goes to whoever has the case alone, and what a silence kept back to those who have heard of nothing yet. Who is asked by another to take
 * a case is not all that there is, nor whoever is to call back.
 */
const isSeenThrough = (event: Call['event'], current: Case): boolean =>
  event !== 'case-assigned' && event !== 'case-call-back' && isWatched(current);

/** So many earlier notices of which one may still arrive: those of some three calls to a whole neighbourhood. */
const TRIED_MAX = 60;

/** Of a call too it has to be seen whether one of its people gets it: the way to them may have died since the case was opened. */
function awaitCall(
  open: OpenCase,
  current: Case,
  kept: readonly RecipientAddress[],
  notices: readonly Notice[],
  ctx: CaseContext,
): void {
  const before = open.awaited;
  const awaited = awaitedOf(kept, notices, before?.alert ?? findingOf(current, ctx));
  if (!awaited) return;
  const tried = [...(before?.tried ?? []), ...(before?.left ?? [])].slice(-TRIED_MAX);
  open.awaited = tried.length > 0 ? { ...awaited, tried } : awaited;
}

/** What a case is about, where no single alert is what is told. */
export const findingOf = (
  { id, version, title }: Case,
  { subject }: CaseContext,
): AwaitedNotices['alert'] => ({
  id,
  version,
  title: bareFinding(title, subject),
});

/** Of whom it has to be seen; undefined where nobody is told but screens, residents and the fallback, which is the last resort already. */
function awaitedOf(
  kept: readonly RecipientAddress[],
  notices: readonly Notice[],
  alert: AwaitedNotices['alert'],
): AwaitedNotices | undefined {
  const people = kept.flatMap((one, i) =>
    one.screen || one.fallback || isAsked(one) ? [] : [{ id: notices[i]?.id ?? '', way: wayOf(one) }],
  );
  if (people.length === 0) return undefined;
  return { left: people.map(({ id }) => id), ways: people.map(({ way }) => way), alert };
}

/**
 * Where nobody is left who would be told by right (the home has moved to a place without staff, whoever was there has gone), those
 * who know of the case hear on.
 */
function withThoseTold(
  { toldTo = [] }: OpenCase,
  _: Case,
  wanted: readonly RecipientAddress[],
  ctx: CaseContext,
): readonly RecipientAddress[] {
  const lost = wanted.some(({ fallback }) => fallback) && wanted.every((way) => way.fallback || way.screen);
  if (!lost || toldTo.length === 0) return wanted;
  const known = new Set(wanted.map(wayOf));
  const isOf = (way: RecipientAddress): boolean =>
    way.recipient.kind !== 'channel' && !known.has(wayOf(way)) && (ctx.isConfigured?.(way.channel) ?? true);
  const told = (ctx.waysToTold?.(toldTo) ?? []).filter(isOf);
  return told.length > 0 ? together(wanted, told) : wanted;
}

/** Whoever has it has set out for what they were told: that there is more now they hear as well, wherever they stand in the policy. */
function withOwner(
  open: OpenCase,
  current: Case,
  wanted: readonly RecipientAddress[],
  ctx: CaseContext,
): readonly RecipientAddress[] {
  const owner = current.status === 'acknowledged' ? ownWays(open, current, ctx) : [];
  return together(withThoseTold(open, current, wanted, ctx), owner);
}

const CALL_BACK_PRIORITY = 'P3';

const anewOf = ({ calledAnew }: OpenCase): Pick<NoticeContent, 'anew'> =>
  calledAnew ? { anew: calledAnew.times } : {};

const aboutWhat = ({ kind }: Case): Pick<NoticeContent, 'ofThings' | 'ofRequest'> => {
  if (kind === 'technical') return { ofThings: true };
  return kind === 'request' ? { ofRequest: true } : {};
};

/**
 * Who is told in the end, and the line that says so: silences are taken out, and noted with the case. `isAll`: all who are to hear of
 * it are among those who are wanted, and not only some of them.
 */
function saidOf(
  open: OpenCase,
  current: Case,
  { wanted, isAll }: { readonly wanted: readonly RecipientAddress[]; readonly isAll: boolean },
  ctx: CaseContext,
  lineOf: (kept: readonly RecipientAddress[], left: number) => Text,
): { readonly kept: readonly RecipientAddress[]; readonly told: Text } {
  const { told, silence, held } = hush(wanted, current, ctx);
  const { kept, left } = withinLimit(told);
  noteTold(open, kept);
  if (!silence) {
    if (isAll) {
      delete open.silenced;
      delete open.silencedNews;
    }
    return { kept, told: lineOf(kept, left) };
  }
  open.silenced = silence;
  if (current.status === 'acknowledged') open.silencedNews = true;
  for (const [id, count] of held) ctx.held?.(id, count);
  const line = kept.length > 0 ? lineOf(kept, left) : undefined;
  return { kept, told: silencedText(silence, line, ctx.timeZone) };
}

/** A drill says so in whatever is read, shown or spoken. */
function marked({ kind }: Case, content: NoticeContent): NoticeContent {
  if (kind !== 'drill') return content;
  // What stands in an SMS or is spoken is the finding alone, and that says it by itself.
  return { ...content, drill: true, title: drillText(content.title), body: drillText(content.body) };
}

/**
 * The notices of one step, and the line that says who is told. The line is always exactly one, whoever is told: a
 * restart under another policy must not number the entries differently.
 */
export function announce(
  open: OpenCase,
  current: Case,
  { event, alert, news, only, to, step: named }: Announcement,
  silenced: CaseContext,
): {
  readonly told: Text;
  readonly notices: readonly Notice[];
  /** Of whom it has to be seen whether one of them gets it. */
  readonly awaited: AwaitedNotices | undefined;
} {
  const ctx = heedingCalls(open, silenced);
  const at = deliveredAt(current, current.priority, event, ctx);
  const wanted = to ?? only ?? withOwner(open, current, ctx.recipients(current, undefined, at), ctx);
  const isWaiting = current.status === 'open' && only === undefined;
  const steps = isWaiting ? ctx.escalation(current)?.steps : undefined;
  const firstCallMs = steps?.[0]?.afterMs;
  const { kept, told } = saidOf(open, current, { wanted, isAll: !to && !only }, ctx, (ways, left) =>
    to ? unreachedText(ways, left) : toldText(ways, left, isGrave(current.priority), firstCallMs),
  );
  const content: NoticeContent = marked(current, {
    event,
    title: titleText(discreetPlace(ctx.subject), alert.title),
    body: askText(current, news, Math.max(0, current.dueAt - ctx.now), nextTarget(current)),
    priority: current.priority,
    ...anewOf(open),
    ...aboutWhat(current),
    parts: noticeParts(ctx.subject, alert.title, ctx.now),
  });
  const step = named ?? (event === 'case-opened' ? event : `${event}.${alert.id}.v${alert.version}`);
  const notices = noticesTo(kept, current, step, { alert: alert.id, content }, ctx);
  // The fallback is the last resort already.
  const isLast = to !== undefined || !isWatched(current) || kept.some(({ fallback }) => fallback);
  const { id, version, title } = alert;
  const awaited = isLast ? undefined : awaitedOf(kept, notices, { id, version, title });
  return { told, notices, awaited };
}

/** Residents are asked whether all is well: whoever does not answer is no reason to give up on others, but to go on. */
const isAsked = ({ recipient }: RecipientAddress): boolean => recipient.kind === 'resident';

const askedContent = (current: Case, { priority }: NoticeContent): NoticeContent =>
  marked(current, { event: 'resident-asked', title: ASKED_BY, body: ARE_YOU_WELL, priority });

function contentFor(one: RecipientAddress, current: Case, content: NoticeContent): NoticeContent {
  if (isAsked(one)) return askedContent(current, content);
  return one.recipient.kind === 'contact' ? { ...content, body: withoutSignIn(content.body) } : content;
}

/**
 * When such a notice goes out. Care, upkeep and requests are tasks of a list: nobody is woken for them, and it is told to who is on
 * duty then. What a person asks of another is told at once.
 */
export function deliveredAt(
  { kind }: Pick<Case, 'kind'>,
  priority: Priority,
  event: NoticeContent['event'],
  { now, timeZone }: Pick<CaseContext, 'now' | 'timeZone'>,
): number {
  const isOfList = priority === 'P4' || definitionOf(kind).asked === true;
  return isOfList && kind !== 'drill' && event !== 'case-assigned' ? callBackDue(now, 0, timeZone) : now;
}

function noticesTo(
  told: readonly RecipientAddress[],
  current: Case,
  step: string,
  { alert, content }: { alert: string; content: NoticeContent },
  ctx: CaseContext,
): readonly Notice[] {
  const { now } = ctx;
  const at = deliveredAt(current, content.priority, content.event, ctx);
  const ids = noticeIds(`${current.id}.${step}`, told);
  return told.map(
    (one, i): Notice => ({
      id: ids[i] as string,
      case: current.id,
      alert,
      home: current.home,
      path: current.path,
      recipient: one.recipient,
      channel: one.channel,
      address: one.address,
      content: contentFor(one, current, content),
      createdAt: now,
      state: 'queued',
      attempts: 0,
      nextAttemptAt: one.screen ? now : at,
    }),
  );
}

/**
 * `<step>.<kind>:<recipient>.<channel>`: the same step gives the same ids, so that a replay doubles nothing. A second
 * address of one person on one channel gets a number.
 */
function noticeIds(step: string, told: readonly RecipientAddress[]): string[] {
  const used = new Map<string, number>();
  return told.map(({ recipient, channel }) => {
    const id = `${step}.${recipient.kind}:${recipient.id}.${channel}`;
    const times = (used.get(id) ?? 0) + 1;
    used.set(id, times);
    return times === 1 ? id : `${id}.${times}`;
  });
}
