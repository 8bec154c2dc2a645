import { createHash } from 'node:crypto';
import type { CaseNews, Notice } from '../../model/notice.ts';
import type { Locale } from '../../model/text.ts';
import type { ChannelContext } from '../define.ts';
import { gradeOf, oneLine } from '../message-text.ts';

/** What a card says: place, surname and event; no more, because groups are leaky. */
export interface CardWords {
  readonly title: string;
  readonly body: string;
  /** Where the case can be opened, behind the login. */
  readonly link?: string;
  /** Is somebody still asked to come? */
  readonly open: boolean;
  /** It asks the person whom it is about whether all is well. */
  readonly asksResident?: true;
}

/** The words of a notice, in the language of the channel. */
export function cardWords(notice: Notice, { locale, link }: ChannelContext): CardWords {
  return {
    title: titleOf(notice, locale),
    body: oneLine(notice.content.body[locale]),
    ...(link === undefined ? {} : { link }),
    open: asksForHands(notice),
    ...(notice.content.event === 'resident-asked' ? { asksResident: true } : {}),
  };
}

/** The words of the same card when its case was taken or resolved; its buttons stay where others are needed all the same. */
export const newsWords = (notice: Notice, news: CaseNews, context: ChannelContext): CardWords => ({
  ...cardWords(notice, context),
  body: oneLine(news.text[context.locale]),
  open: news.wanted === true && asksForHands(notice),
});

const titleOf = (notice: Notice, locale: Locale): string =>
  oneLine(`${gradeOf(notice, locale)}${notice.content.title[locale]}`);

/** Relatives are told; the case is taken by staff. What is settled needs nobody, and a digest is of many cases. */
function asksForHands({ recipient, content: { event } }: Notice): boolean {
  return recipient.kind !== 'contact' && !QUIET.has(event);
}
const QUIET: ReadonlySet<Notice['content']['event']> = new Set([
  'case-acknowledged',
  'case-resolved',
  'digest',
]);

/** At most so many characters, cut between code points. */
export function cutChars(text: string, charsMax: number): string {
  const points = [...text];
  return points.length <= charsMax ? text : `${points.slice(0, charsMax - 1).join('')}…`;
}

/** The same for the same notice, always: by it the provider knows a repeat. 43 letters, digits, `-` and `_`. */
export const idempotencyKey = (notice: string): string =>
  createHash('sha256').update(notice).digest('base64url');
