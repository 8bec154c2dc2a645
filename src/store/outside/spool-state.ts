import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Owed } from './owed.ts';

/** What the spool remembers beside its segments. */
export interface SpoolState {
  readonly v: 1;
  /** The segment that is being sent, and the bytes of it that are done. */
  readonly sent: { readonly segment: number; readonly offset: number };
  /** The input up to which everything was in the spool or is owed. */
  readonly lastSeq: number;
  /** Oldest first. */
  readonly owed: readonly Owed[];
  /** Devices to be removed before anything else, because the entries that say so had to go. */
  readonly removals: readonly string[];
  /** Readings that the server has, as last counted. */
  readonly outsidePoints: number;
  /** Segments from this number on say how far the inputs go: those before were numbered by records that are gone. */
  readonly numberedFrom?: number;
}

export const FRESH: SpoolState = {
  v: 1,
  sent: { segment: 0, offset: 0 },
  lastSeq: 0,
  owed: [],
  removals: [],
  outsidePoints: 0,
};
const STATE = 'state.json';

/** Whether there is a spool in this folder. */
export const isSpool = (dir: string): boolean => existsSync(join(dir, STATE));

export function readState(dir: string): SpoolState | undefined {
  let text: string;
  try {
    text = readFileSync(join(dir, STATE), 'utf8');
  } catch {
    return undefined;
  }
  const state = JSON.parse(text) as SpoolState;
  if (state.v !== 1) throw new Error(`the spool has version ${String(state.v)}; this one knows 1`);
  return state;
}

/** `durably`: it is on disk when this returns. @throws what the disk says; then the file is as it was */
export function writeState(dir: string, state: SpoolState, durably: boolean): void {
  const file = join(dir, STATE);
  writeFileSync(`${file}.partial`, JSON.stringify(state), { mode: 0o600 });
  if (durably) syncPath(`${file}.partial`);
  renameSync(`${file}.partial`, file);
  if (durably) syncPath(dir);
}

export function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
