import type { Priority } from '../model/alert.ts';
import type { Notice } from '../model/notice.ts';
import type { Locale, Text } from '../model/text.ts';
import type { ChannelContext } from './define.ts';

const PRIORITY_WORDS: Record<Priority, Text> = {
  P1: { zh: '生命危险', en: 'life at risk' },
  P2: { zh: '可能需要帮助', en: 'probably in need' },
  P3: { zh: '今日核查', en: 'check today' },
  P4: { zh: '照护维护', en: 'care and upkeep' },
};

/** Of a channel that is down nobody reads that somebody may be in need. */
const WORDS_OF_THINGS: Record<Priority, Text> = {
  P1: { zh: '紧急处理', en: 'at once' },
  P2: { zh: '尽快处理', en: 'soon' },
  P3: PRIORITY_WORDS.P3,
  P4: PRIORITY_WORDS.P4,
};

/** Nothing is to be checked of what somebody asked for: it is to be done. */
const WORDS_OF_REQUESTS: Record<Priority, Text> = {
  P1: { zh: '尽快办理', en: 'soon' },
  P2: { zh: '尽快办理', en: 'soon' },
  P3: { zh: '待办理', en: 'to be done' },
  P4: { zh: '可稍后办理', en: 'can wait' },
};

/** What the priority of a notice means. */
export function priorityWords({ content }: Notice, locale: Locale): string {
  const { priority, ofThings, ofRequest } = content;
  const words = ofThings ? WORDS_OF_THINGS : ofRequest ? WORDS_OF_REQUESTS : PRIORITY_WORDS;
  return words[priority][locale];
}

/** The priority before the words. A person who is asked whether all is well reads of no danger to life. */
export function gradeOf({ content: { event, priority } }: Notice, locale: Locale): string {
  if (event === 'resident-asked') return '';
  return locale === 'zh' ? `【${priority}】` : `[${priority}] `;
}

/** The words of a notice for a chat or a message, in lines: priority and title, what to do, where to open it. */
export function plainText(notice: Notice, { locale, link }: ChannelContext, bytesMax: number): string {
  const { title, body } = notice.content;
  const said = oneLine(`${gradeOf(notice, locale)}${title[locale]}`);
  const tail = link === undefined ? '' : `\n${link}`;
  // The address of the case must not be cut: without it the rest helps nobody.
  return cutBytes(`${said}\n${oneLine(body[locale])}`, bytesMax - Buffer.byteLength(tail)) + tail;
}

/** Names come from outside: what would break a line or colour a terminal is taken out. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();

/** At most so many bytes of UTF-8, cut between code points, with an ellipsis where something is missing. */
export function cutBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  let bytes = Buffer.byteLength('…');
  let kept = '';
  for (const point of text) {
    bytes += Buffer.byteLength(point);
    if (bytes > bytesMax) break;
    kept += point;
  }
  return `${kept}…`;
}
