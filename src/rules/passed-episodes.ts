import { HOUR, MINUTE } from '../lib/clock.ts';
import type { Report } from '../model/message.ts';
import {
  courseOf,
  type Episode,
  isOver,
  type Passed,
  type Pressure,
  type PressureLimits,
} from './blood-pressure-course.ts';
import type { RuleContext } from './define.ts';
import { personOf } from './person-of-device.ts';
import { allOf } from './person-pressures.ts';

/** Further back than any reading that could still belong to the same episode. */
const AROUND_MS = 6 * HOUR;

/**
 * Episodes that a message brings whole: they were confirmed and had ended before it came, so that nobody was told while
 * they went on. A history after an outage is told as if its readings had come one by one.
 *
 * @param worthy leaves out what was measured on nobody
 */
export function passedIn(
  context: RuleContext<PressureLimits, Readonly<Record<string, Heard>>>,
  report: Report,
  worthy: (all: readonly Pressure[]) => readonly Pressure[],
): readonly Unheard[] {
  const { device, devices, open, state, params: limits } = context;
  if (!device) return NONE;
  const person = personOf(device, devices);
  const { id } = device.state;
  const news = new Set<number>();
  for (const { metric, at } of report.readings)
    if (metric === 'systolic_mmhg' || metric === 'diastolic_mmhg') news.add(at);
  const isNews = (one: Pressure): boolean => one.device === id && news.has(one.at);
  const all = worthy(allOf(person, devices));
  const newest = all.at(-1);
  if (!all.some((one) => one !== newest && isNews(one) && isOver(one, limits))) return NONE;
  const from = Math.min(...news) - AROUND_MS;
  const around = all.filter(({ at }) => at >= from);
  const { passed } = courseOf(around, limits);
  if (passed.length === 0) return NONE;
  const before = courseOf(
    around.filter((one) => !isNews(one)),
    limits,
  );
  const told = [
    ...before.passed.map(({ episode }) => episode),
    ...(before.episode?.confirmedBy ? [before.episode] : []),
  ].map(spanOf);
  if (open) told.push({ since: open.since, until: open.at });
  told.push(...heardBefore(state?.[person]));
  return passed
    .filter(({ episode }) => episode.overs.some(isNews))
    .map((one) => ({ ...one, ...spanOf(one.episode), person }))
    .filter((one) => !isRefutedAtOnce(one, limits) && !told.some((span) => overlap(span, one)));
}

const NONE: readonly Unheard[] = [];

interface Span {
  readonly since: number;
  readonly until: number;
}

/** An episode of the past that is to be told now. */
export interface Unheard extends Passed, Span {
  readonly person: string;
}

/** What is remembered of what people were told of: devices send the same history again. */
export interface Heard {
  readonly asked: number;
  /** Beginning and last reading of each, and so on. */
  readonly told?: readonly number[];
}

const NOT_FOLLOWED = -1;
/** So many episodes are remembered as told. */
const TOLD_MAX = 20;

/** Is there more to remember of somebody than what was told? */
export const isFollowed = (one: Heard | undefined): boolean =>
  one !== undefined && one.asked !== NOT_FOLLOWED;

/** The state to come, with what was told up to now. */
export function remembering<P extends Heard>(
  next: Readonly<Record<string, P | Heard>> | undefined,
  before: Readonly<Record<string, P>> | undefined,
  told: readonly (Span & { readonly person: string })[],
): Record<string, P | Heard> | undefined {
  const people = new Map<string, number[]>();
  for (const [person, one] of Object.entries(before ?? {})) if (one.told) people.set(person, [...one.told]);
  for (const { person, since, until } of told)
    people.set(person, [...(people.get(person) ?? []), since, until].slice(-2 * TOLD_MAX));
  if (people.size === 0) return next;
  const all: Record<string, P | Heard> = { ...next };
  for (const [person, spans] of people)
    all[person] = { ...(all[person] ?? { asked: NOT_FOLLOWED }), told: spans };
  return all;
}

function heardBefore({ told = [] }: Partial<Heard> = {}): Span[] {
  const spans: Span[] = [];
  for (let i = 0; i < told.length; i += 2)
    spans.push({ since: told[i] as number, until: told[i + 1] as number });
  return spans;
}

const spanOf = ({ since, overs }: Episode): Span => ({ since, until: overs.at(-1)?.at ?? since });
const overlap = (a: Span, b: Span): boolean => a.since <= b.until && b.since <= a.until;

/** A cuff has measured soon after the band that its hint was none: that is known before anybody was told of the hint. */
const isRefutedAtOnce = ({ until, at, reason }: Unheard, { trustCuffMinutes }: PressureLimits): boolean =>
  reason === 'refuted' && at - until <= trustCuffMinutes * MINUTE;
