import type { Migration, MigrationInfo } from 'kysely/migration';

/** A step that changes tables of an earlier version. */
export interface MigrationStep {
  readonly step: string;
  /** Which one it is of how many that are missing. */
  readonly number: number;
  readonly of: number;
}

/** Those that are missing in tables of before. A fresh store gets all of them in a moment: nobody waits for that. */
export function missingSteps(known: readonly MigrationInfo[]): string[] {
  if (!known.some(({ executedAt }) => executedAt)) return [];
  return known.filter(({ executedAt }) => !executedAt).map(({ name }) => name);
}

/** The same steps; each that is missing is told before it begins, for it may take long and nothing else says so. */
export function toldSteps(
  steps: Readonly<Record<string, Migration>>,
  missing: () => readonly string[],
  tell: (step: MigrationStep) => void,
): Record<string, Migration> {
  const told = ([step, { up }]: [string, Migration]): [string, Migration] => [
    step,
    {
      async up(db) {
        const number = missing().indexOf(step) + 1;
        if (number > 0) tell({ step, number, of: missing().length });
        await up(db);
      },
    },
  ];
  return Object.fromEntries(Object.entries(steps).map(told));
}

/** For the log of a service that starts. */
export const TELLS_STEP =
  'records of an earlier version are brought up to date, in one transaction: until the last step nothing is changed, and a start that was cut short begins anew';
