import { SERVICE_SUBJECT } from '../../model/service-finding.ts';
import type { NumberedCase } from '../../ports/records.ts';
import { leadingAlert } from '../cases/leading-alert.ts';
import type { HomeDetail } from '../state/answers.ts';
import { backgrounds, namesAlong } from '../state/places.ts';
import { locale, pick, t } from '../text/translate.ts';

/** "3栋2单元501", "3-2-501": what somebody needs to find the door, without the community that they work in anyway. */
export const shortPlace = (home: HomeDetail): string => nearPlace(home);

/** The same of anything that knows its way down the tree and its home. */
export function nearPlace(home: Pick<HomeDetail, 'places' | 'home'>): string {
  const near = home.places
    .filter((one) => one.level === 'building' || one.level === 'unit')
    .map((one) => one.name);
  return joined([...near, home.home.name]);
}

/** Names that end in a Chinese word need nothing between them; numbers do. */
const joined = (names: readonly string[]): string =>
  names.reduce((all, name) => (/\p{Script=Han}$/u.test(all) ? all + name : `${all}-${name}`));

/** The whole way down from the community. */
export function fullPlace(home: HomeDetail): string {
  return [...home.places.map((one) => one.name), home.home.name].join(' › ');
}

/** Where the case is, as far as it is known already. */
export function placeOf(one: NumberedCase): string | undefined {
  const home = backgrounds.value.get(one.id)?.home;
  if (home) return shortPlace(home);
  if (one.home !== '') return toldIn(one)?.place;
  const names = namesAlong(one.path).filter(
    (node) => node.level !== 'sub-district' && node.level !== 'community',
  );
  return names.length > 0 ? joined(names.map((node) => node.name)) : undefined;
}

export function residentsOf(one: NumberedCase): string | undefined {
  if (one.home === '') return t(one.subject === SERVICE_SUBJECT ? 'list.serviceCase' : 'list.areaCase');
  const residents = backgrounds.value.get(one.id)?.home?.residents ?? [];
  const [first] = residents;
  if (!first) return backgrounds.value.has(one.id) ? undefined : toldIn(one)?.who;
  return residents.length === 1
    ? first.name
    : `${first.name} ${t('list.residents.more', { n: namedOf(residents.length) })}`;
}

/** 「等 2 人」 counts the one who is named, "and 1 more" does not. */
const namedOf = (all: number): number => (locale.value === 'zh' ? all : all - 1);

/** What the title of a case says of where it is, who lives there and what was found: enough until the home is fetched. */
function toldIn(one: NumberedCase): { place: string; who?: string; what: string } | undefined {
  const [, head = '', what = ''] = /^(.+?)(?:：|: )(.+)$/.exec(pick(one.title)) ?? [];
  const [place = '', who] = head.includes(' · ') ? head.split(' · ') : head.split(/ (.*)/);
  if (place === '') return undefined;
  return { place, what, ...(who ? { who } : {}) };
}

/** What is the matter, in one sentence with the numbers in it. */
export function sentenceOf(one: NumberedCase): string {
  const alert = leadingAlert(backgrounds.value.get(one.id)?.alerts ?? []);
  if (alert) return pick(alert.evidence.text);
  return (one.home === '' ? undefined : toldIn(one)?.what) ?? pick(one.title);
}
