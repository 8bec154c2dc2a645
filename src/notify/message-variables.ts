import type { Notice } from '../model/notice.ts';
import type { Locale, Text } from '../model/text.ts';

/** The blanks of an approved text. */
const USUAL = ['community', 'place', 'person', 'event', 'time'] as const;
/** Those that texts have where nothing else is configured. */
export const USUAL_VARIABLES: readonly Variable[] = USUAL;
/** `number` is of the case, for texts that have a blank for it. */
export const VARIABLES = [...USUAL, 'number'] as const;
export type Variable = (typeof VARIABLES)[number];

/**
 * Code points of each. Vendors take 1 to 35 in a variable of a notification and some 12 from those who are not a company
 * (Aliyun, template rules; Tencent, code 1036 of the send errors); a text of more than 70 in all is billed as two. English
 * says less in a code point.
 */
const LENGTHS: Readonly<Record<Locale, Readonly<Record<Variable, number>>>> = {
  zh: { community: 10, place: 12, person: 8, event: 10, time: 5, number: 6 },
  en: { community: 20, place: 24, person: 12, event: 30, time: 5, number: 6 },
};

/** What stands where nothing is known, because vendors refuse an empty variable: words that read well in a sentence. */
const UNKNOWN: Readonly<Record<Variable, Text>> = {
  community: { zh: '本社区', en: 'here' },
  place: { zh: '地点见系统', en: 'see console' },
  person: { zh: '住户', en: 'resident' },
  event: { zh: '新事项', en: 'new case' },
  time: { zh: '现在', en: 'now' },
  number: { zh: '见系统', en: 'see console' },
};
const EQUIPMENT: Text = { zh: '设备', en: 'equipment' };
const DRILL: Text = { zh: '演练', en: 'DRILL' };
/** Where it stands for several notices at once. */
const SEVERAL: Text = { zh: '多处', en: 'several' };

function unknown(variable: Variable, { content: { event }, home }: Notice): Text {
  if (event === 'test') return DRILL;
  if (event === 'digest') return SEVERAL;
  return variable === 'person' && home === '' ? EQUIPMENT : UNKNOWN[variable];
}

/** The values of all blanks: short, of harmless characters, never empty. */
export function messageVariables(notice: Notice, locale: Locale): Readonly<Record<Variable, string>> {
  const lengths = LENGTHS[locale];
  const { parts, title } = notice.content;
  const or = (variable: Variable, said: string): string => said || unknown(variable, notice)[locale];
  const cut = (variable: Variable, text: string): string =>
    or(variable, cutPoints(harmless(text), lengths[variable]));
  const place = harmless(apart(parts?.place[locale] ?? ''));
  return {
    community: cut('community', parts?.community ?? ''),
    place: or('place', shortPlace(place, lengths.place)),
    person: cut('person', parts?.person[locale] ?? ''),
    event: or('event', shortEvent(harmless(parts?.event[locale] ?? title[locale]), lengths.event)),
    time: or('time', /^\d\d:\d\d$/.exec(parts?.time ?? '')?.[0] ?? ''),
    number: cut('number', String(notice.content.number ?? '')),
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

/** What was found loses what stands behind it in brackets, which half of it would turn into something else, before it loses anything of its own. */
const shortEvent = (text: string, max: number): string =>
  cutPoints([...text].length <= max ? text : text.replace(/ ?\(.*$/u, ''), max);

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
