import { MINUTE } from '../lib/clock.ts';
import type { Case } from '../model/case.ts';
import { type CaseMark, isOnTheWay, markedAt, newestMarks } from '../model/case-marks.ts';
import type { Command } from '../model/command.ts';
import { ERRORS } from '../model/errors.ts';
import type { Notice } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import type { ReplyResult } from '../ports/channel-reply.ts';
import type { LinkRefusal, NoticeDoor, NoticePress } from '../ports/notice-door.ts';
import { isOwner, readerOf } from './channel-replies.ts';
import type { NoticeDoorOptions } from './notice-links.ts';
import { noLongerTheirs } from './theirs.ts';

/** Somebody is on the way, or there, since it was taken. */
export const hasSetOut = (of: Case): boolean =>
  isOnTheWay(of) || (of.onSiteAt ?? 0) >= (of.acknowledgedAt ?? 0);

/** As long as the console offers it. */
const UNDO_MS = 15 * MINUTE;

/** What was said last since it was taken, while it is so new that it may have been a slip of the finger. */
export function undoOf(of: Case, now: number): CaseMark | undefined {
  const [mark] = newestMarks(of);
  return mark !== undefined && now - (markedAt(of, mark) ?? 0) < UNDO_MS ? mark : undefined;
}

/** What whoever has it said last of how far they are, and when. */
export function markOf(of: Case): { readonly what: CaseMark; readonly at: number } | undefined {
  const [what] = newestMarks(of);
  const at = what && markedAt(of, what);
  return what === undefined || at === undefined ? undefined : { what, at };
}

/** How a case stands, for telling whether a press is of what its page showed. */
export const stateOf = (of: Case): string =>
  [of.status, of.acknowledgedAt ?? 0, ...newestMarks(of)].join('.');

const CHANGED: Text = {
  zh: '这一下没有记录：情况已有变化，请看过再点',
  en: 'This tap was not taken: it stands otherwise by now. Look, and tap again',
};
export const CHANGED_MEANWHILE = { ok: false, refusal: 'case-refused', text: CHANGED } as const;
const UNDONE: Text = { zh: '已撤回', en: 'Taken back' };
const THERE_NOTED: Text = { zh: '已记录：您已到现场', en: 'Noted: you are there' };
const FINE_NOTED: Text = {
  zh: '已记录，谢谢。工作人员仍会确认',
  en: 'Noted, thank you. The staff will still make sure',
};
const HELP_NOTED: Text = {
  zh: '已转告，正在通知工作人员',
  en: 'Passed on: the staff are being called',
};

type Tap = NoticePress | 'undo' | 'arrived';

export interface NoticeDeeds extends Pick<NoticeDoor, 'arrived' | 'undo' | 'spoke'> {
  isOther(notice: Notice, kind: Tap, saw: string | undefined): Promise<boolean>;
}

/** What whoever got a notice says of its case over the link, beside what they could say over a channel. */
export function noticeDeeds(
  { records, registry, take, submit, clock }: Omit<NoticeDoorOptions, 'secret'>,
  noticeOf: (token: string) => Promise<Notice | LinkRefusal>,
): NoticeDeeds {
  /** The page showed the case otherwise: whoever has it by now did not say this of it. */
  const isOther = async (notice: Notice, kind: Tap, saw: string | undefined) => {
    if (saw === undefined || notice.case === '' || kind === 'acknowledge') return false;
    const found = await records.case(notice.case);
    if (!found || !isOwner(found, readerOf(notice, registry()))) return false;
    return stateOf(found) !== saw && !(kind === 'on-the-way' && isOnTheWay(found));
  };
  /** Which of the staff they are, where they are. */
  const staffOf = (notice: Notice): { staff?: string } => {
    const { staff } = readerOf(notice, registry());
    return staff === undefined ? {} : { staff };
  };
  /** What goes to the case in the name of whoever got the notice, while they may. */
  const say = async (notice: Notice, command: Command, text: Text): Promise<ReplyResult> => {
    const gone = noLongerTheirs(notice, registry(), await records.case(notice.case));
    if (gone) return { ok: false, refusal: 'not-theirs', text: gone };
    await take({ kind: 'seen', channel: notice.channel, at: clock.now(), about: { notice: notice.id } });
    const reply = await submit(command, readerOf(notice, registry()).name);
    return reply.ok
      ? { ok: true, text }
      : { ok: false, refusal: 'case-refused', text: ERRORS[reply.failure.code] };
  };
  return {
    isOther,
    async arrived(token, saw) {
      const notice = await noticeOf(token);
      if (typeof notice === 'string') return notice;
      if (await isOther(notice, 'arrived', saw)) return CHANGED_MEANWHILE;
      const found = notice.case === '' ? undefined : await records.case(notice.case);
      // Somebody took it over since the page was shown, or it is over: what the page shows now says so.
      if (!isOwner(found, readerOf(notice, registry()))) return CHANGED_MEANWHILE;
      const step = { type: 'case.step', case: notice.case, step: 'on-site', note: '' } as const;
      return say(notice, { ...step, ...staffOf(notice) }, THERE_NOTED);
    },
    async undo(token, saw) {
      const notice = await noticeOf(token);
      if (typeof notice === 'string') return notice;
      if (await isOther(notice, 'undo', saw)) return CHANGED_MEANWHILE;
      return say(notice, { type: 'case.withdraw-step', case: notice.case, ...staffOf(notice) }, UNDONE);
    },
    async spoke(token, well) {
      const notice = await noticeOf(token);
      if (typeof notice === 'string') return notice;
      const { case: id, recipient } = notice;
      if (recipient.kind !== 'contact' || id === '') return 'unknown';
      const hasIt = isOwner(await records.case(id), readerOf(notice, registry()));
      // Who has it has thereby reached the person. Of anybody else it is a word that stops no call; and who needs help waits for nobody.
      if (well && hasIt) {
        const whom = { kind: 'resident' } as const;
        return say(notice, { type: 'case.step', case: id, step: 'call-fine', whom, note: '' }, FINE_NOTED);
      }
      const command = { type: 'case.confirm', case: id, well, note: '', contact: true } as const;
      return say(notice, command, well ? FINE_NOTED : HELP_NOTED);
    },
  };
}
