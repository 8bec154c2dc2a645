import { actions } from './en/actions.ts';
import { callTests } from './en/call-tests.ts';
import { cases } from './en/cases.ts';
import { changes } from './en/changes.ts';
import { devices } from './en/devices.ts';
import { duty } from './en/duty.ts';
import { evidence } from './en/evidence.ts';
import { homes } from './en/homes.ts';
import { imports } from './en/imports.ts';
import { ledger } from './en/ledger.ts';
import { load } from './en/load.ts';
import { notices } from './en/notices.ts';
import { people } from './en/people.ts';
import { readings } from './en/readings.ts';
import { shell } from './en/shell.ts';
import { status } from './en/status.ts';
import { takeMany } from './en/take-many.ts';
import { visits } from './en/visits.ts';
import type { Key } from './translate.ts';

/** The same words in English. A missing or a superfluous key does not compile, here or in the file of its subject. */
export const en: { readonly [K in Key]: string } = {
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
};
