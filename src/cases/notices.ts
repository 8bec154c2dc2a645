import type { Alert } from '../model/alert.ts';
import type { Case } from '../model/case.ts';
import type { Notice, NoticeContent } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import type { AwaitedNotices } from './awaited.ts';
import { type CaseContext, discreetPlace } from './context.ts';
import type { LadderStep } from './ladder.ts';
import { eventOf, noticeParts } from './notice-parts.ts';
import { isGrave, type RecipientAddress, wayOf, withinLimit } from './recipients.ts';
import {
  ARE_YOU_WELL,
  ASKED_BY,
  askText,
  assigneeToldText,
  titleText,
  toldText,
  unreachedText,
} from './texts.ts';

/** What happened to a case that people should hear of. */
export interface Announcement {
  readonly event: 'case-opened' | 'case-raised';
  /** The alert that gave the reason. */
  readonly alert: Pick<Alert, 'id' | 'version' | 'title'>;
  /** What is new, in two or three words. */
  readonly news: Text;
  /** Who is told instead of those that the policy names, because none of them was reached; and the name of that step. */
  readonly to?: readonly RecipientAddress[];
  readonly step?: string;
}

/** A call that no new alert gave the reason for: nobody took the case, whoever did is late, it is asked of somebody. */
export interface Call {
  readonly event: Exclude<
    NoticeContent['event'],
    'case-opened' | 'case-acknowledged' | 'case-resolved' | 'test'
  >;
  /** The name of this call within the case: no two have the same. */
  readonly name: string;
  readonly news: Text;
  /** The step of the ladder whose people are called. */
  readonly step?: LadderStep;
  /** Or these. */
  readonly to?: readonly RecipientAddress[];
}

/**
 * The notices of such a call, to those of its step, to those it names, or to those who hear of such a case first. `pick`
 * says who of them is called now.
 */
export function call(
  current: Case,
  { event, name, news, step, to }: Call,
  ctx: CaseContext,
  pick: (told: readonly RecipientAddress[]) => readonly RecipientAddress[] = (told) => told,
): { readonly told: Text; readonly notices: readonly Notice[] } {
  // To ask how it went is nobody's emergency, however grave the case was.
  const priority = event === 'case-call-back' ? CALL_BACK_PRIORITY : current.priority;
  const { kept, left } = withinLimit(pick(to ?? ctx.recipients(current.priority, current.kind, step)));
  const content: NoticeContent = {
    event,
    title: discreetTitle(current, ctx),
    body: askText(current, news, Math.max(0, current.dueAt - ctx.now)),
    priority,
    parts: noticeParts(ctx.subject, eventOf(current.title, ctx.subject), ctx.now),
  };
  const alert = current.alerts.at(-1) ?? '';
  return {
    told: to ? assigneeToldText(kept, left) : toldText(kept, left, isGrave(current.priority)),
    notices: noticesTo(kept, current, name, { alert, content, now: ctx.now }),
  };
}

const CALL_BACK_PRIORITY = 'P3';

/** The title of the case as a group may see it. */
function discreetTitle(current: Case, ctx: CaseContext): Text {
  const [place, discreet] = [ctx.subject.place, discreetPlace(ctx.subject)];
  return {
    zh: current.title.zh.replace(place.zh, discreet.zh),
    en: current.title.en.replace(place.en, discreet.en),
  };
}

/**
 * The notices of one step, and the line that says who is told. The line is always exactly one, whoever is told: a
 * restart under another policy must not number the entries differently.
 */
export function announce(
  current: Case,
  { event, alert, news, to, step: named }: Announcement,
  ctx: CaseContext,
): {
  readonly told: Text;
  readonly notices: readonly Notice[];
  /** Of whom it has to be seen whether one of them gets it. */
  readonly awaited: AwaitedNotices | undefined;
} {
  const { kept, left } = withinLimit(to ?? ctx.recipients(current.priority, current.kind));
  const content: NoticeContent = {
    event,
    title: titleText(discreetPlace(ctx.subject), alert.title),
    body: askText(current, news, Math.max(0, current.dueAt - ctx.now)),
    priority: current.priority,
    parts: noticeParts(ctx.subject, alert.title, ctx.now),
  };
  const step = named ?? (event === 'case-opened' ? event : `${event}.${alert.id}.v${alert.version}`);
  const notices = noticesTo(kept, current, step, { alert: alert.id, content, now: ctx.now });
  const told = to ? unreachedText(kept, left) : toldText(kept, left, isGrave(current.priority));
  // The fallback is the last resort already.
  const isLast = to !== undefined || !isGrave(current.priority) || kept.some(({ fallback }) => fallback);
  const people = kept.flatMap((one, i) =>
    one.screen || isLast || isAsked(one) ? [] : [{ id: notices[i]?.id ?? '', way: wayOf(one) }],
  );
  const awaited =
    people.length === 0
      ? undefined
      : {
          left: people.map(({ id }) => id),
          ways: people.map(({ way }) => way),
          alert: { id: alert.id, version: alert.version, title: alert.title },
        };
  return { told, notices, awaited };
}

/** Residents are asked whether all is well: whoever does not answer is no reason to give up on others, but to go on. */
const isAsked = ({ recipient }: RecipientAddress): boolean => recipient.kind === 'resident';

const askedContent = ({ priority }: NoticeContent): NoticeContent => ({
  event: 'resident-asked',
  title: ASKED_BY,
  body: ARE_YOU_WELL,
  priority,
});

function noticesTo(
  told: readonly RecipientAddress[],
  current: Case,
  step: string,
  { alert, content, now }: { alert: string; content: NoticeContent; now: number },
): readonly Notice[] {
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
      content: isAsked(one) ? askedContent(content) : content,
      createdAt: now,
      state: 'queued',
      attempts: 0,
      nextAttemptAt: now,
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
