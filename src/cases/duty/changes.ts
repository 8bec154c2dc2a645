import { fail, ok, type Result } from '../../lib/result.ts';
import type { Command } from '../../model/command.ts';
import type { Failure } from '../../model/errors.ts';
import { LIMITS } from '../../model/limits.ts';
import type { DutyBook, Swap } from '../../model/roster.ts';
import type { Duty, DutyRegistry } from './on-duty.ts';
import { serving } from './shift-plan.ts';

export type DutyCommand = Extract<Command, { type: `roster.${string}` }>;

interface Asked {
  readonly by: string;
  readonly now: number;
  readonly registry: DutyRegistry;
  /** It was taken once, and is taken again as a journal is read: whom it names was there then, whatever became of them. */
  readonly isAgain?: boolean;
}

/** The book as the command wants it, or why it may not be so. What is long over is forgotten by the way. */
export function dutyChange(duty: Duty, command: DutyCommand, asked: Asked): Result<DutyBook, Failure> {
  const { now } = asked;
  const book = withoutThePast(duty.book, now);
  switch (command.type) {
    case 'roster.swap':
      return swap(duty, book, command, asked);
    case 'roster.undo-swap':
      return undoSwap(book, command);
    case 'roster.leave':
      return takeLeave(book, command, asked);
    case 'roster.return':
      return endLeave(book, command);
    case 'roster.note':
      return addNote(duty, book, command, asked);
  }
}

/** Nobody asks who swapped last winter; time lines say whom they called. */
function withoutThePast({ swaps, leave, notes }: DutyBook, now: number): DutyBook {
  const since = now - LIMITS.dutyKeptMs;
  return {
    swaps: swaps.filter(({ date }) => Date.parse(`${date}T00:00:00Z`) > since),
    leave: leave.filter(({ until }) => until > since),
    notes: notes.filter(({ at }) => at > since),
  };
}

function swap(
  duty: Duty,
  book: DutyBook,
  { roster: id, replacements }: Extract<DutyCommand, { type: 'roster.swap' }>,
  { by, now, registry, isAgain = false }: Asked,
): Result<DutyBook, Failure> {
  const roster = duty.roster(id);
  if (!roster) return fail({ code: 'ROSTER_NOT_FOUND', details: { roster: id } });
  const plan = duty.planOf(roster, registry);
  let swaps: readonly Swap[] = book.swaps;
  for (const { shift, date, from, to } of replacements) {
    const planned = plan.on(shift, date);
    if (!planned) return fail({ code: 'SHIFT_NOT_FOUND', details: { shift, date } });
    if (planned.until <= now) return fail({ code: 'SHIFT_OVER', details: { shift, date } });
    if (!isAgain && !registry.staffMember(to))
      return fail({ code: 'STAFF_NOT_FOUND', details: { staff: to } });
    const people = serving(
      planned,
      swaps.filter(({ roster: of }) => of === id),
    );
    if (!people.includes(from)) return fail({ code: 'NOT_ON_SHIFT', details: { staff: from, shift, date } });
    if (people.includes(to)) return fail({ code: 'ON_SHIFT_ALREADY', details: { staff: to, shift, date } });
    swaps = [...swaps, { roster: id, shift, date, from, to, by, at: now }];
  }
  if (swaps.length > LIMITS.dutySwapsMax) return full('swaps', LIMITS.dutySwapsMax);
  return ok({ ...book, swaps });
}

/** All swaps of a shift are taken back: half of a chain of them would mean something that nobody asked for. */
function undoSwap(
  book: DutyBook,
  { roster, shift, date }: Extract<DutyCommand, { type: 'roster.undo-swap' }>,
): Result<DutyBook, Failure> {
  const left = book.swaps.filter((one) => one.roster !== roster || one.shift !== shift || one.date !== date);
  if (left.length === book.swaps.length) return fail({ code: 'SWAP_NOT_FOUND', details: { shift, date } });
  return ok({ ...book, swaps: left });
}

function takeLeave(
  book: DutyBook,
  { staff, from, until, note }: Extract<DutyCommand, { type: 'roster.leave' }>,
  { by, now, registry, isAgain = false }: Asked,
): Result<DutyBook, Failure> {
  if (!isAgain && !registry.staffMember(staff)) return fail({ code: 'STAFF_NOT_FOUND', details: { staff } });
  if (until <= now || until <= from) return fail({ code: 'LEAVE_OVER' });
  const others = book.leave.filter((one) => one.staff !== staff || one.from !== from);
  if (others.length >= LIMITS.dutyLeaveMax) return full('leave', LIMITS.dutyLeaveMax);
  return ok({ ...book, leave: [...others, { staff, from, until, note, by, at: now }] });
}

/** A period that has not begun is taken back; one that has ends at `at`. */
function endLeave(
  book: DutyBook,
  { staff, from, at }: Extract<DutyCommand, { type: 'roster.return' }>,
): Result<DutyBook, Failure> {
  const period = book.leave.find((one) => one.staff === staff && one.from === from && one.until > at);
  if (!period) return fail({ code: 'LEAVE_NOT_FOUND', details: { staff } });
  const others = book.leave.filter((one) => one !== period);
  return ok({ ...book, leave: from < at ? [...others, { ...period, until: at }] : others });
}

/** A tenth of all: of a shift some ten people write. */
const NOTES_OF_ONE_MAX = LIMITS.dutyNotesMax / 10;

function addNote(
  duty: Duty,
  book: DutyBook,
  { roster, text }: Extract<DutyCommand, { type: 'roster.note' }>,
  { by, now }: Asked,
): Result<DutyBook, Failure> {
  if (!duty.roster(roster)) return fail({ code: 'ROSTER_NOT_FOUND', details: { roster } });
  // The oldest words make room: what matters for longer than so many notes belongs elsewhere. First one's own, so that nobody who writes
  // much pushes out what others wrote.
  const own = book.notes.filter((note) => note.by === by);
  const oldest = own.length >= NOTES_OF_ONE_MAX ? own[0] : undefined;
  const others = book.notes.filter((note) => note !== oldest);
  const notes = [...others, { roster, at: now, by, text }].slice(-LIMITS.dutyNotesMax);
  return ok({ ...book, notes });
}

const full = (what: string, max: number): Result<DutyBook, Failure> =>
  fail({ code: 'ROSTER_FULL', details: { what, max } });
