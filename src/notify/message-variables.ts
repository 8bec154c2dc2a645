import type { Notice } from '../model/notice.ts';
import type { Locale } from '../model/text.ts';

/** The blanks of an approved text. */
export const VARIABLES = ['community', 'place', 'person', 'event', 'time'] as const;
export type Variable = (typeof VARIABLES)[number];

/**
 * Code points of each. Vendors take 1 to 35 in a variable of a notification and some 12 from those who are not a company
 * (Aliyun, template rules; Tencent, code 1036 of the send errors); a text of more than 70 in all is billed as two. English
 * says less in a code point.
 */
const LENGTHS: Readonly<Record<Locale, Readonly<Record<Variable, number>>>> = {
  zh: { community: 10, place: 12, person: 8, event: 10, time: 5 },
  en: { community: 20, place: 24, person: 12, event: 30, time: 5 },
};

/** What stands where nothing is known: vendors refuse an empty variable. */
const UNKNOWN: Readonly<Record<Locale, string>> = { zh: '无', en: 'none' };
/** Where it stands for several notices at once. */
const SEVERAL: Readonly<Record<Locale, string>> = { zh: '多处', en: 'several' };
const DRILL: Readonly<Record<Locale, string>> = { zh: '演练', en: 'DRILL' };

/** The values of all blanks: short, of harmless characters, never empty. */
export function messageVariables(notice: Notice, locale: Locale): Readonly<Record<Variable, string>> {
  const lengths = LENGTHS[locale];
  const { parts, title, event } = notice.content;
  const nothing = (event === 'test' ? DRILL : event === 'digest' ? SEVERAL : UNKNOWN)[locale];
  const said = (text: string, length: number): string => cutPoints(harmless(text), length) || nothing;
  return {
    community: said(parts?.community ?? '', lengths.community),
    place: shortPlace(harmless(apart(parts?.place[locale] ?? '')), lengths.place) || nothing,
    person: said(parts?.person[locale] ?? '', lengths.person),
    event: said(parts?.event[locale] ?? title[locale], lengths.event),
    time: /^\d\d:\d\d$/.test(parts?.time ?? '') ? (parts?.time as string) : nothing,
  };
}

/** All but letters, digits and the plain signs of a sentence: brackets, marks and emoji are signs of advertising. */
const FOREIGN = /[^\p{Script=Han}\p{Script=Latin}0-9 ,.:、()-]+/gu;
const LINK = /[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)*\.\p{L}[\p{L}0-9-]*/gu;
const ADDRESS = /\d+(?:\.\d+){2,}/g;
/** Seven digits or more, also with blanks and hyphens between: that is how filters see a telephone number. */
const NUMBER = /\d(?:[ -]*\d){6,}/g;

/** Without what a vendor or a filter takes for a link, an address, a telephone number, or a sign of advertising. */
export function harmless(text: string): string {
  let left = text.normalize('NFKC').replace(/[a-z]+:\/\/\S*/gi, ' ');
  for (let before = ''; before !== left; ) {
    before = left;
    left = left.replace(FOREIGN, ' ').replace(LINK, ' ').replace(ADDRESS, ' ').replace(NUMBER, ' ');
  }
  return left.replace(/ {2,}/g, ' ').trim();
}

/** `12-10-1502` is a door and looks like a telephone number. */
const apart = (place: string): string => place.normalize('NFKC').replace(/(\d)-(?=\d)/g, '$1、');

/** At most so many code points; never half a character. */
function cutPoints(text: string, max: number): string {
  return [...text].slice(0, max).join('').trimEnd();
}

/** A number with what it counts, or what stands before the first. */
const GROUPS = /\p{N}+[^\p{N}]*|[^\p{N}]+/gu;

/**
 * A place that is too long loses its beginning, because the door is at the end, and loses it in whole groups: `12号楼` of
 * `112号楼` would be another house. Less is said rather than something wrong.
 */
export function shortPlace(text: string, max: number): string {
  const short = [...text].length <= max ? text : text.replace(/号楼/gu, '栋');
  const groups = short.match(GROUPS) ?? [];
  while (groups.length > 1 && [...groups.join('')].length > max) groups.shift();
  const left = groups.join('').replace(/^[ ,，、·-]+/u, '');
  // One group alone that is too long cannot be cut at its beginning or end without becoming another number.
  return [...left].length <= max ? left : cutPoints(left.replace(/\p{N}+/gu, ''), max);
}
