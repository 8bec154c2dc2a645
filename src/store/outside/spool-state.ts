import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTSIDE_INSTANT_MAX, OUTSIDE_INSTANT_MIN } from './outside-store.ts';
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
const EVERYTHING: Owed = { from: OUTSIDE_INSTANT_MIN, to: OUTSIDE_INSTANT_MAX, after: '' };

/** Whether there is a spool in this folder. */
export const isSpool = (dir: string): boolean => existsSync(join(dir, STATE));

/**
 * What is remembered, if there is a spool. It is not waited for at each writing, so that a power cut may leave nothing of it: then all
 * that is here is owed, for what comes twice changes nothing.
 * @throws if it was written by a later version
 */
export function readState(dir: string): SpoolState | undefined {
  const text = textOf(dir);
  if (text === undefined) return undefined;
  const state = parsed(text);
  if (state === undefined) return { ...FRESH, owed: [EVERYTHING] };
  if (state.v !== 1) throw new Error(`the spool has version ${String(state.v)}; this one knows 1`);
  return state;
}

/** Whether it is there and cannot be read. */
export function isStateLost(dir: string): boolean {
  const text = textOf(dir);
  return text !== undefined && parsed(text) === undefined;
}

function textOf(dir: string): string | undefined {
  try {
    return readFileSync(join(dir, STATE), 'utf8');
  } catch {
    return undefined;
  }
}

function parsed(text: string): SpoolState | undefined {
  try {
    return (JSON.parse(text) as SpoolState | null) ?? undefined;
  } catch {
    return undefined;
  }
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
