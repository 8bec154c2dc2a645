import type { Logger } from 'pino';
import { CaseAudit } from '../../src/app/case-audit.ts';
import { TimerAudit } from '../../src/app/timer-audit.ts';
import { liveBytes, residentBytes } from './measures.ts';
import type { SoakedService } from './service.ts';

/** How it stands with the service while the clock stands. */
export interface Look {
  readonly at: number;
  readonly liveBytes: number;
  readonly residentBytes: number;
  /** How far the rules are behind the clock, in milliseconds of the clock. */
  readonly behindMs: number;
  /** When the rules and the cases want to be asked next, at the earliest: what lies behind us was not done. */
  readonly nextDueAt: number;
  readonly timersMissing: number;
  readonly casesForgotten: number;
  readonly openCases: number;
}

/** Looks at everything once what is due has been done. The clock must stand. */
export async function look(service: SoakedService, logger: Logger): Promise<Look> {
  const { core, loop, clock } = service;
  await new Promise<void>((resolve) => {
    const looking = setInterval(() => {
      if (core.now < clock.now() || core.behind) return;
      clearInterval(looking);
      resolve();
    }, 50);
  });
  await loop.drained();
  const { timers, cases } = await wholeAudits(service, logger);
  const subjects = [...core.subjects.values(), ...core.groups.values()];
  return {
    at: clock.now(),
    liveBytes: liveBytes(),
    residentBytes: residentBytes(),
    behindMs: clock.now() - core.now,
    nextDueAt: core.due.nextDue,
    timersMissing: timers.counts.missing,
    casesForgotten: cases.counts.forgotten,
    openCases: subjects.reduce((sum, { book }) => sum + (book?.cases.length ?? 0), 0),
  };
}

/** Audits of our own, that go through everything now: the service's take their time between its batches. */
async function wholeAudits(
  { core, service }: SoakedService,
  logger: Logger,
): Promise<{ timers: TimerAudit; cases: CaseAudit }> {
  const timers = new TimerAudit(core, logger);
  const cases = new CaseAudit(core, service.records, logger);
  // The first round of the timers is an empty one: it only makes the list of whom to look at.
  for (let wall = 0; timers.counts.rounds < 2; wall += 1_000) await timers.work(wall);
  for (let wall = 0; cases.counts.rounds < 1; wall += 1_000) await cases.work(wall);
  return { timers, cases };
}
