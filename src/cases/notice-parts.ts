import { shortTime } from '../lib/local-time.ts';
import type { NoticeParts } from '../model/notice.ts';
import type { Text } from '../model/text.ts';
import { type CaseSubject, discreetName, discreetPlace } from './context.ts';
import { titleText } from './texts.ts';

/** Where the service was written for; a subject says its own zone. */
const ZONE = 'Asia/Shanghai';

/** The parts of a discreet title: the surname and no given name, as in a group. */
export function noticeParts(subject: CaseSubject, event: Text, now: number): NoticeParts {
  // Of several people in a home the first is named: there is room for one.
  const person = discreetName(subject.residents?.[0] ?? '');
  return {
    community: subject.community ?? '',
    place: subject.spot ?? discreetPlace(subject),
    person,
    event,
    time: shortTime(now, subject.timeZone ?? ZONE),
  };
}

/** What a title is made of beside what was found. */
export type Titled = Pick<CaseSubject, 'place' | 'residents'>;

/**
 * What a case is called after, without the place: never with the name of a resident, whatever the registry has come to say of
 * the place since the title was made.
 */
export function bareFinding(title: Text, subject: Titled, findings: readonly { title: Text }[] = []): Text {
  const bare = eventOf(title, subject);
  if (bare.zh !== title.zh && bare.en !== title.en) return bare;
  return findings[0]?.title ?? { zh: afterColon(title.zh, '：'), en: afterColon(title.en, ': ') };
}

const afterColon = (title: string, colon: string): string => title.slice(title.lastIndexOf(colon) + 1).trim();

/** What was found, of a title that says also where; the whole of it where it does not begin with the place. */
export function eventOf(title: Text, subject: Titled): Text {
  const bare = { zh: '', en: '' };
  const heads = [titleText(subject.place, bare), titleText(discreetPlace(subject), bare)];
  const without = (locale: keyof Text): string => {
    const head = heads.map((one) => one[locale]).find((one) => title[locale].startsWith(one));
    return head === undefined ? title[locale] : title[locale].slice(head.length);
  };
  return { zh: without('zh'), en: without('en') };
}
