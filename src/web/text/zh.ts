import { actions } from './zh/actions.ts';
import { callTests } from './zh/call-tests.ts';
import { cases } from './zh/cases.ts';
import { changes } from './zh/changes.ts';
import { devices } from './zh/devices.ts';
import { duty } from './zh/duty.ts';
import { evidence } from './zh/evidence.ts';
import { homes } from './zh/homes.ts';
import { imports } from './zh/imports.ts';
import { ledger } from './zh/ledger.ts';
import { load } from './zh/load.ts';
import { notices } from './zh/notices.ts';
import { people } from './zh/people.ts';
import { readings } from './zh/readings.ts';
import { shell } from './zh/shell.ts';
import { status } from './zh/status.ts';
import { takeMany } from './zh/take-many.ts';
import { visits } from './zh/visits.ts';

/**
 * Every word of the console, in its first language, one file a subject. `{name}` is filled in by the caller;
 * `{n|one|other}` chooses a word by the number `n` and is only of use in languages that have plurals. The keys and the
 * names in braces are checked by the compiler, see translate.ts.
 */
export const zh = {
  ...shell,
  ...cases,
  ...actions,
  ...readings,
  ...evidence,
  ...homes,
  ...devices,
  ...notices,
  ...duty,
  ...people,
  ...ledger,
  ...load,
  ...status,
  ...takeMany,
  ...visits,
  ...callTests,
  ...changes,
  ...imports,
} as const;
