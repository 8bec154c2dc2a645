import { join } from 'node:path';

/** What lies in a data folder. */
export const dataFiles = (dir: string): { readonly records: string; readonly telemetry: string } => ({
  records: join(dir, 'records.db'),
  telemetry: join(dir, 'telemetry.db'),
});

/** What links without an account are signed with: in no backup, no archive and no export. */
export const linkKeyFile = (dir: string): string => join(dir, 'links.key');

/** Readings on their way to a store outside; see docs/operations.md. */
export const spoolFolder = (dir: string): string => join(dir, 'spool');
