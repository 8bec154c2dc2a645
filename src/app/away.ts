import {
  askAt,
  askedPeriod,
  askWhetherBack,
  endCare,
  isAsking,
  type SignOfReturn,
  tellRegistered,
} from '../cases/care.ts';
import { ANOTHER_PERIOD, ENDED_BY_HAND } from '../cases/care-texts.ts';
import { noteAway } from '../cases/words.ts';
import { DAY, HOUR } from '../lib/clock.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import { isLongAbsence } from '../model/absence.ts';
import { isAbsence } from '../model/away-kinds.ts';
import type { Command } from '../model/command.ts';
import { newestAt } from '../model/counter-block.ts';
import type { Failure } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import { AWAY_PERIODS_MAX, type AwayPeriod, type Home, type RegistryEntry } from '../model/registry.ts';
import { isFrontDoor } from '../rules/sensor-log.ts';
import { lastDraw, stepLitres } from '../rules/water-flow.ts';
import { reviewedBy } from './away-due.ts';
import { awayChanges, isSame } from './away-log.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

type AwayCommand = Extract<Command, { type: 'home.away' | 'home.back' }>;

/** Is it registered already, just so? Whoever presses a button twice on a bad line says one thing. */
export const isRegistered = ({ registry, now }: Core, command: AwayCommand): boolean =>
  command.type === 'home.away' &&
  command.period.until > now &&
  (registry.home(command.home)?.away ?? []).some((period) => isSame(period, command.period));

/** The entry of the home as the command wants it. */
export function homeWithAway(core: Core, command: AwayCommand, by: string): Result<Home, Failure> {
  const home = core.registry.home(command.home);
  if (!home) return fail({ code: 'HOME_NOT_FOUND', details: { home: command.home } });
  if (command.type === 'home.away') {
    if (command.period.until <= core.now) return fail({ code: 'AWAY_OVER' });
    const tooLong = awayTooLong([command.period], core.now);
    return tooLong ? fail(tooLong) : ok(withPeriod(home, apart(home, { ...command.period, by }, core.now)));
  }
  const without = withoutPeriod(home, command.from, core.now, command.at);
  return without ? ok(without) : fail({ code: 'AWAY_NOT_FOUND' });
}

/**
 * The page of the family knows minutes: two of them who register something in the same one have not put right what the other said. What
 * staff register at the instant of another period takes its place, as ever.
 */
function apart(home: Home, period: AwayPeriod, now: number): AwayPeriod {
  const others = (home.away ?? []).filter(({ by, until }) => by !== period.by && until > now);
  let { from } = period;
  while (period.via && others.some((one) => one.from === from)) from++;
  return { ...period, from };
}

/** Whoever may put a registry entry is an operator; that whoever registers a long absence is one, the API sees to. */
export function awayTooLong(fresh: readonly AwayPeriod[], now: number): Failure | undefined {
  const isRefused = fresh.some((period) => {
    const { from, until, note = '' } = period;
    if (from - now > LIMITS.awayDaysMax * DAY) return true;
    if (!isLongAbsence(period, now)) return false;
    return (
      until - Math.max(from, now) > LIMITS.awayLongDaysMax * DAY ||
      note.trim().length < LIMITS.awayNoteLengthMin
    );
  });
  return isRefused ? { code: 'AWAY_TOO_LONG' } : undefined;
}

/** The absences that these entries register anew, by their home. */
export function absencesIn(core: Core, put: readonly RegistryEntry[]): Map<string, AwayPeriod[]> {
  const found = new Map<string, AwayPeriod[]>();
  for (const entry of put) {
    if (entry.noun !== 'home' || !entry.away) continue;
    const changes = awayChanges(core.registry.home(entry.id)?.away, entry.away, core.now);
    const fresh = changes.filter(({ change, period }) => change === 'registered' && period.until > core.now);
    if (fresh.length > 0)
      found.set(
        entry.id,
        fresh.map(({ period }) => period),
      );
  }
  return found;
}

/** The home with this period ended at `at`, or taken back if it had not begun; undefined: none that lasts begins there. */
export function withoutPeriod(home: Home, from: number, now: number, at = now): Home | undefined {
  const periods = home.away ?? [];
  const period = periods.find((each) => each.from === from && each.until > now);
  if (!period) return undefined;
  const others = periods.filter((each) => each !== period);
  const ended = period.from < at ? [{ ...period, until: Math.min(period.until, at) }] : [];
  return { ...home, away: [...others, ...ended].sort((a, b) => a.from - b.from) };
}

/** The home with this period; one that begins at the same instant is replaced. */
export function withPeriod(home: Home, period: AwayPeriod): Home {
  const others = (home.away ?? []).filter(({ from }) => from !== period.from);
  const away = [...others, period].sort((a, b) => a.from - b.from);
  return { ...home, away: away.slice(-AWAY_PERIODS_MAX) };
}

/** Periods that ended before are not asked about (any more). */
export function setAsked({ caseBook }: Pick<Subject, 'caseBook'>, until: number): void {
  caseBook.askedUntil = Math.max(caseBook.askedUntil ?? 0, until);
}

/** An end that nobody asked about in time, because the service was down or older, is no news after so long. */
const ASK_WITHIN_MS = 2 * DAY;

/**
 * Where a period of absence is over it is asked whether somebody is back, once for each, unless another goes on.
 *
 * @param due when it was to be asked: earlier than `now` where the service was away then
 */
export function askAfterAbsence(core: Core, subject: Subject, due: number, now: number, out: Outcome): void {
  const { away, timeZone } = subject;
  if (away.length === 0) return;
  const asked = subject.book?.askedUntil ?? 0;
  const over = away.filter((period) => period.until > asked && askAt(period, timeZone) <= now);
  const last = over.reduce<AwayPeriod | undefined>(
    (latest, one) => (latest && latest.until >= one.until ? latest : one),
    undefined,
  );
  const long = away.find((period) => reviewedBy(period, now, timeZone) > asked);
  if (!last && !long) return;
  setAsked(subject, Math.max(last?.until ?? 0, long ? reviewedBy(long, now, timeZone) : 0));
  core.markChanged(subject);
  if (long && long.until > now) {
    out.add(askWhetherBack(subject.caseBook, long, contextOf(core, subject, now)));
    return;
  }
  const goesOn = away.some(({ from, until }) => from <= now && now < until);
  if (!last || goesOn || due - askAt(last, timeZone) > ASK_WITHIN_MS) return;
  out.add(askWhetherBack(subject.caseBook, last, contextOf(core, subject, now)));
}

/**
 * Whoever is responsible for a home hears at once that somebody says it is away: a link or an account may be in wrong hands,
 * and what is said keeps alarms back.
 */
export function tellOfAbsence(core: Core, home: string, period: AwayPeriod, by: string, out: Outcome): void {
  const subject = core.subjects.get(home);
  if (!subject || core.seq <= subject.savedSeq) return;
  out.add(tellRegistered(subject.caseBook, period, by, contextOf(core, subject)));
  core.markChanged(subject);
  core.file(subject);
}

/** Somebody registered or ended a period: what was asked before is answered by that. */
export function endQuestion(core: Core, command: AwayCommand, by: string, out: Outcome): void {
  const subject = core.subjects.get(command.home);
  if (!subject || core.seq <= subject.savedSeq) return;
  if (command.type === 'home.back') setAsked(subject, core.now);
  const isOver = command.type === 'home.back' || command.period.from <= core.now;
  const words = command.type === 'home.back' ? ENDED_BY_HAND : ANOTHER_PERIOD;
  if (isOver) out.add(endCare(subject.caseBook, words, by, contextOf(core, subject)));
  core.markChanged(subject);
  core.file(subject);
}

/** A home in which nobody lives any more leaves the watching for so long, then it is asked again. */
const EMPTY_MS = 90 * DAY;

/** The period that an answer leads to; undefined: there is none. */
export function answeredPeriod(
  asked: AwayPeriod,
  { answer, days, via }: Pick<Extract<Command, { type: 'home.answer' }>, 'answer' | 'days' | 'via'>,
  by: string,
  now: number,
): AwayPeriod | undefined {
  const { via: _, ...before } = asked;
  const who = { by, ...(via ? { via } : {}) };
  switch (answer) {
    case 'back':
      return undefined;
    case 'extend':
      return { ...before, until: Math.max(asked.until, now + days * DAY), ...who };
    case 'moved':
    case 'deceased':
      return { from: now, until: now + EMPTY_MS, kind: answer, ...who };
  }
}

/** Who registers an absence is still packing: what is used so soon after its begin says nothing. */
const LEAVING_MS = 6 * HOUR;
/** A flush of a toilet or more; a tap that drips or a refrigerator that makes ice is less. */
const DRAW_LITRES = 3;

/** The period as it ended when somebody was seen. */
export const endedBy = (period: AwayPeriod, at: number): AwayPeriod => ({
  ...period,
  until: Math.min(period.until, Math.max(period.from + 1, at)),
});

/** An absence in which somebody who is seen at home has come back, and from when on what is seen tells that. */
export interface CountingAbsence {
  readonly period: AwayPeriod;
  readonly from: number;
}

/** All that last; where none does, the one of which it is asked whether it is over. That there are guests is no absence. */
export function countingAbsences(
  core: Pick<Core, 'now'>,
  subject: Pick<Subject, 'away' | 'book'>,
): readonly CountingAbsence[] {
  return absencesNow(core, subject).map((period) => countingFrom(period, subject));
}

function absencesNow(
  { now }: Pick<Core, 'now'>,
  { away, book }: Pick<Subject, 'away' | 'book'>,
): readonly AwayPeriod[] {
  if (away.length === 0) return away;
  const lasting = away.filter((period) => period.from <= now && now < period.until && isAbsence(period));
  const asked = lasting.length === 0 && isAsking(book) ? askedPeriod(book) : undefined;
  return asked && isAbsence(asked) ? [asked] : lasting;
}

/** What was seen before somebody answered has been told already. */
const countingFrom = (period: AwayPeriod, { book }: Pick<Subject, 'book'>): CountingAbsence => ({
  period,
  from: Math.max(period.from + LEAVING_MS, book?.askedUntil ?? 0),
});

/**
 * Does what this device said show that somebody is at home, in a home that counts as away or of which it is asked? Guests
 * use water: their visit ends when it was said to. A wearable travels along: its steps count only where a gateway of the
 * home heard them.
 */
export function returnSeen(
  core: Core,
  device: RuntimeDevice,
): { readonly period: AwayPeriod; readonly sign: SignOfReturn } | undefined {
  const { subject } = device;
  const [absence] = countingAbsences(core, subject);
  const sign = absence && signSince(device, absence.from);
  return sign && { period: absence.period, sign };
}

function signSince(device: RuntimeDevice, from: number): SignOfReturn | undefined {
  const { state } = device;
  const { water, movedAt, openedAt, steps } = state;
  if (water) {
    const at = lastDraw([device], newestAt(water), from, DRAW_LITRES + stepLitres(device));
    if (at > from) return { at, what: 'water' };
  }
  if (openedAt > from && isFrontDoor(device)) return { at: openedAt, what: 'door' };
  if (movedAt > from) return { at: movedAt, what: 'motion' };
  const walked = device.gatewaySubject === undefined ? 0 : (steps?.movedAt ?? 0);
  return walked > from ? { at: walked, what: 'steps' } : undefined;
}

/** Whoever works on an open case of a home sees in its time line that somebody said it is away, or back. */
export function noteAways(core: Core, put: readonly RegistryEntry[], by: string, out: Outcome): void {
  for (const entry of put) {
    const subject = entry.noun === 'home' ? core.subjects.get(entry.id) : undefined;
    if (entry.noun !== 'home' || !subject?.hasOpenCase || core.seq <= subject.savedSeq) continue;
    const changes = awayChanges(core.registry.home(entry.id)?.away, entry.away, core.now);
    const { timeZone } = subject;
    const context = contextOf(core, subject);
    for (const { change, period } of changes) {
      if (period.until <= core.now) continue;
      const told = { period, ends: change !== 'registered', timeZone };
      out.add(noteAway(subject.caseBook, told, by, context));
    }
    if (changes.length > 0) core.markChanged(subject);
  }
}
