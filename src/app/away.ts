import { noteAway } from '../cases/words.ts';
import { fail, ok, type Result } from '../lib/result.ts';
import type { Command } from '../model/command.ts';
import type { Failure } from '../model/errors.ts';
import { AWAY_PERIODS_MAX, type AwayPeriod, type Home, type RegistryEntry } from '../model/registry.ts';
import type { Core } from './core.ts';
import { contextOf, type Outcome } from './settle.ts';

type AwayCommand = Extract<Command, { type: 'home.away' | 'home.back' }>;

/** The entry of the home as the command wants it. */
export function homeWithAway(core: Core, command: AwayCommand): Result<Home, Failure> {
  const home = core.registry.home(command.home);
  if (!home) return fail({ code: 'HOME_NOT_FOUND', details: { home: command.home } });
  const periods = home.away ?? [];
  if (command.type === 'home.away') {
    if (command.period.until <= core.now) return fail({ code: 'AWAY_OVER' });
    const others = periods.filter(({ from }) => from !== command.period.from);
    const away = [...others, command.period].sort((a, b) => a.from - b.from);
    return ok({ ...home, away: away.slice(-AWAY_PERIODS_MAX) });
  }
  const period = periods.find(({ from, until }) => from === command.from && until > core.now);
  if (!period) return fail({ code: 'AWAY_NOT_FOUND' });
  const others = periods.filter((each) => each !== period);
  const ended = period.from < command.at ? [{ ...period, until: Math.min(period.until, command.at) }] : [];
  return ok({ ...home, away: [...others, ...ended].sort((a, b) => a.from - b.from) });
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
