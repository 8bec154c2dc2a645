import { localTime } from '../lib/local-time.ts';
import type { NoticeParts } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import { type CaseSubject, discreetName, discreetPlace } from './context.ts';
import { titleText } from './texts.ts';

/** Where the service was written for; a subject says its own zone. */
const ZONE = 'Asia/Shanghai';

/** The parts of a discreet title: the surname and no given name, as in a group. */
export function noticeParts(subject: CaseSubject, event: Text, now: number): NoticeParts {
  const { hour, minute } = localTime(now, subject.timeZone ?? ZONE);
  const two = (n: number): string => String(n).padStart(2, '0');
  // Of several people in a home the first is named: there is room for one.
  const person = discreetName(subject.residents?.[0] ?? '');
  return {
    community: subject.community ?? '',
    place: subject.spot ?? discreetPlace(subject),
    person,
    event,
    time: `${two(hour)}:${two(minute)}`,
  };
}

/** What was found, of a title that says also where. */
export function eventOf(title: Text, subject: CaseSubject): Text {
  const bare = { zh: '', en: '' };
  const heads = [titleText(subject.place, bare), titleText(discreetPlace(subject), bare)];
  const without = (locale: keyof Text): string => {
    const head = heads.map((one) => one[locale]).find((one) => title[locale].startsWith(one));
    return head === undefined ? title[locale] : title[locale].slice(head.length);
  };
  return { zh: without('zh'), en: without('en') };
}
