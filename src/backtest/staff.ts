import { DAY, HOUR } from '../lib/clock.ts';
import { zoneOffset } from '../lib/local-time.ts';
import type { Notice } from '../model/notice.ts';
import type { Registry } from '../registry/registry.ts';
import { byName, countBy, groupBy, round } from './numbers.ts';

/** From ten in the evening to six in the morning people are woken. */
export const NIGHT_FROM_HOUR = 22;
export const NIGHT_TO_HOUR = 6;

export function isNight(at: number, timeZone: string): boolean {
  return isNightHour(hourOf(at + zoneOffset(at, timeZone)));
}

const hourOf = (wallMs: number): number => Math.floor((wallMs % DAY) / HOUR);
const isNightHour = (hour: number): boolean => hour >= NIGHT_FROM_HOUR || hour < NIGHT_TO_HOUR;

/** How many people are listed by name; the others are in the sums. */
const PEOPLE_MAX = 200;

/** What staff would have been sent. */
export interface StaffFigures {
  readonly total: number;
  readonly byChannel: Readonly<Record<string, number>>;
  readonly byRole: Readonly<Record<string, number>>;
  /** Sent to people (staff and contacts), not to screens, groups and programs. */
  readonly toPeople: number;
  /** Of these, between 22:00 and 06:00 on the clocks of the home. */
  readonly atNight: number;
  /** With truth: of those at night, for alerts that no incident explains: woken for nothing. */
  readonly atNightForNothing?: number;
  /** Nights (of one person) with at least one notice; with truth also those with only such as were for nothing. */
  readonly nightsBroken: number;
  readonly nightsBrokenForNothing?: number;
  readonly people: readonly PersonFigures[];
  readonly peopleNotListed: number;
}

export interface PersonFigures {
  readonly id: string;
  readonly role: string;
  readonly notices: number;
  readonly perDay: number;
  /** The most on one day. */
  readonly mostOnOneDay: number;
  readonly atNight: number;
  readonly atNightForNothing?: number;
}

/** One notice to a person, seen from their bed. */
interface Ring {
  readonly person: string;
  readonly role: string;
  /** Day on the clocks of the home, counted in whole days. */
  readonly day: number;
  /** The night that it falls into, by the day on which that began; undefined by day. */
  readonly night: number | undefined;
  readonly forNothing: boolean;
}

/** Of the notices because of one rule: all, those to people (staff and contacts), and of these those at night. */
export type NoticeCounts = Pick<StaffFigures, 'total' | 'toPeople' | 'atNight'>;

export function noticeCounts(notices: readonly Notice[], registry: Registry): NoticeCounts {
  const toPeople = notices.filter(isToPerson);
  const atNight = toPeople.filter(({ createdAt, path }) => isNight(createdAt, registry.timeZone(path)));
  return { total: notices.length, toPeople: toPeople.length, atNight: atNight.length };
}

const isToPerson = ({ recipient }: Notice): boolean => recipient.kind !== 'channel';

export interface StaffOptions {
  readonly notices: readonly Notice[];
  readonly registry: Registry;
  readonly days: number;
  /** Which alerts no incident explains; undefined without truth. */
  readonly isFalse?: (alertId: string) => boolean;
}

export function staffFigures({ notices, registry, days, isFalse }: StaffOptions): StaffFigures {
  const rings = notices.filter(isToPerson).map((notice) => ringOf(notice, registry, isFalse));
  const people = [...groupBy(rings, ({ person }) => person)].map(([id, own]) =>
    personOf(id, own, days, isFalse !== undefined),
  );
  people.sort((a, b) => b.notices - a.notices || (a.id < b.id ? -1 : 1));
  const night = rings.filter((ring) => ring.night !== undefined);
  const nights = [...groupBy(night, ({ person, night: of }) => `${of} ${person}`).values()];
  return {
    total: notices.length,
    byChannel: countBy(notices, ({ channel }) => channel),
    byRole: countBy(notices, ({ recipient }) => recipient.role),
    toPeople: rings.length,
    atNight: night.length,
    nightsBroken: nights.length,
    ...(isFalse
      ? {
          atNightForNothing: night.filter(({ forNothing }) => forNothing).length,
          nightsBrokenForNothing: nights.filter((all) => all.every(({ forNothing }) => forNothing)).length,
        }
      : {}),
    people: people.slice(0, PEOPLE_MAX),
    peopleNotListed: Math.max(0, people.length - PEOPLE_MAX),
  };
}

function ringOf(
  notice: Notice,
  registry: Registry,
  isFalse: ((alertId: string) => boolean) | undefined,
): Ring {
  const wall = notice.createdAt + zoneOffset(notice.createdAt, registry.timeZone(notice.path));
  const hour = hourOf(wall);
  const day = Math.floor(wall / DAY);
  return {
    person: notice.recipient.id,
    role: notice.recipient.role,
    day,
    night: isNightHour(hour) ? (hour < NIGHT_TO_HOUR ? day - 1 : day) : undefined,
    forNothing: isFalse?.(notice.alert) ?? false,
  };
}

function personOf(id: string, rings: readonly Ring[], days: number, truth: boolean): PersonFigures {
  const night = rings.filter((ring) => ring.night !== undefined);
  const byDay = byName(countBy(rings, ({ day }) => String(day)));
  return {
    id,
    role: rings[0]?.role ?? '',
    notices: rings.length,
    perDay: round(days === 0 ? 0 : rings.length / days, 3),
    mostOnOneDay: Math.max(...Object.values(byDay)),
    atNight: night.length,
    ...(truth ? { atNightForNothing: night.filter(({ forNothing }) => forNothing).length } : {}),
  };
}
