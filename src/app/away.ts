import { askAt, askedPeriod, askWhetherBack, endCare, isAsking, type SignOfReturn } from '../cases/care.ts';
import { ANOTHER_PERIOD, ENDED_BY_HAND } from '../cases/care-texts.ts';
import { noteAway } from '../cases/words.ts';
import { DAY, HOUR } from '../lib/clock.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import type { Command } from '../model/command.ts';
import { newestAt } from '../model/counter-block.ts';
import type { Failure } from '../model/errors.ts';
import { AWAY_PERIODS_MAX, type AwayPeriod, type Home, type RegistryEntry } from '../model/registry.ts';
import { isFrontDoor } from '../rules/sensor-log.ts';
import { lastDraw, stepLitres } from '../rules/water-flow.ts';
import type { Core } from './core.ts';
import type { RuntimeDevice } from './runtime.ts';
import { contextOf, type Outcome } from './settle.ts';
import type { Subject } from './subject.ts';

type AwayCommand = Extract<Command, { type: 'home.away' | 'home.back' }>;

/** The entry of the home as the command wants it. */
export function homeWithAway(core: Core, command: AwayCommand, by: string): Result<Home, Failure> {
  const home = core.registry.home(command.home);
  if (!home) return fail({ code: 'HOME_NOT_FOUND', details: { home: command.home } });
  const periods = home.away ?? [];
  if (command.type === 'home.away') {
    if (command.period.until <= core.now) return fail({ code: 'AWAY_OVER' });
    return ok(withPeriod(home, { ...command.period, by }));
  }
  const period = periods.find(({ from, until }) => from === command.from && until > core.now);
  if (!period) return fail({ code: 'AWAY_NOT_FOUND' });
  const others = periods.filter((each) => each !== period);
  const ended = period.from < command.at ? [{ ...period, until: Math.min(period.until, command.at) }] : [];
  return ok({ ...home, away: [...others, ...ended].sort((a, b) => a.from - b.from) });
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

/** Where a period of absence is over it is asked whether somebody is back, once for each, unless another goes on. */
export function askAfterAbsence(core: Core, subject: Subject, now: number, out: Outcome): void {
  const { away, timeZone } = subject;
  if (away.length === 0) return;
  const asked = subject.book?.askedUntil ?? 0;
  const over = away.filter((period) => period.until > asked && askAt(period, timeZone) <= now);
  const last = over.reduce<AwayPeriod | undefined>(
    (latest, one) => (latest && latest.until >= one.until ? latest : one),
    undefined,
  );
  if (!last) return;
  setAsked(subject, last.until);
  core.markChanged(subject);
  const goesOn = away.some(({ from, until }) => from <= now && now < until);
  if (goesOn || now - askAt(last, timeZone) > ASK_WITHIN_MS) return;
  out.add(askWhetherBack(subject.caseBook, last, contextOf(core, subject, now)));
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
  { answer, days }: Pick<Extract<Command, { type: 'home.answer' }>, 'answer' | 'days'>,
  by: string,
  now: number,
): AwayPeriod | undefined {
  switch (answer) {
    case 'back':
      return undefined;
    case 'extend':
      return { ...asked, until: now + days * DAY, by };
    case 'moved':
    case 'deceased':
      return { from: now, until: now + EMPTY_MS, kind: answer, by };
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
  if (subject.away.length === 0) return undefined;
  const { now } = core;
  const lasting = subject.away.find(({ from, until }) => from <= now && now < until);
  const period = lasting ?? (isAsking(subject.book) ? askedPeriod(subject.book) : undefined);
  if (!period || period.kind === 'visitors') return undefined;
  // What was seen before somebody answered has been told already.
  const sign = signSince(device, Math.max(period.from + LEAVING_MS, subject.book?.askedUntil ?? 0));
  return sign && { period, sign };
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
    const before = core.registry.home(entry.id)?.away ?? [];
    const after = entry.away ?? [];
    const lasts = ({ until }: AwayPeriod): boolean => until > core.now;
    const gone = before.filter((period) => lasts(period) && !after.some((each) => isSame(each, period)));
    const come = after.filter((period) => lasts(period) && !before.some((each) => isSame(each, period)));
    const { timeZone } = subject;
    const context = contextOf(core, subject);
    const changes = [
      // One that was moved is told as it is now.
      ...gone
        .filter(({ from }) => !come.some((each) => each.from === from))
        .map((period) => ({ period, ends: true })),
      ...come.map((period) => ({ period, ends: false })),
    ];
    for (const change of changes) out.add(noteAway(subject.caseBook, { ...change, timeZone }, by, context));
    if (changes.length > 0) core.markChanged(subject);
  }
}

const isSame = (a: AwayPeriod, b: AwayPeriod): boolean =>
  a.from === b.from && a.until === b.until && a.kind === b.kind && a.note === b.note;
