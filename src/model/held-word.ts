import { MINUTE } from '../lib/clock.ts';

/**
 * What a device said of a state that holds until its next word (worn, charging). The changes are kept for a while, so
 * that a reading that comes late is judged by what was so when it was measured.
 */
export interface HeldWord {
  value: number;
  /** When it was last said. */
  at: number;
  /** Since when it is so, and the changes before, oldest first; absent in what version 0.1 stored. */
  changes?: { value: number; at: number }[];
}

/** Two words of a step counter no further apart than this say that somebody walks now. */
export const WALKS_NOW_MS = 20 * MINUTE;

/** A meter that writes power down beside its last gasp writes what it measured before. */
export const LAST_GASP_MS = 5 * MINUTE;

const CHANGES_MAX = 8;

/** Takes a word in, wherever in time it belongs. Changes `held` in place. */
export function withWord(held: HeldWord | undefined, value: number, at: number): HeldWord {
  if (!held) return { value, at, changes: [{ value, at }] };
  if (at >= held.at && value === held.value) {
    held.at = at;
    return held;
  }
  held.changes ??= [{ value: held.value, at: held.at }];
  if (at >= held.at) {
    held.changes.push({ value, at });
    held.value = value;
    held.at = at;
  } else insertLate(held, held.changes, value, at);
  if (held.changes.length > CHANGES_MAX) held.changes.splice(0, held.changes.length - CHANGES_MAX);
  return held;
}

/** A word from before the last one: it holds up to the next one that is known. */
function insertLate(
  held: HeldWord,
  changes: { value: number; at: number }[],
  value: number,
  at: number,
): void {
  let index = changes.length;
  while (index > 0 && (changes[index - 1] as { at: number }).at > at) index--;
  if (changes[index - 1]?.value === value) return;
  const next = changes[index];
  if (next === undefined) changes.push({ value, at }, { value: held.value, at: held.at });
  else if (next.value === value) next.at = at;
  else changes.splice(index, 0, { value, at });
}

/** What was so at this instant; undefined: nothing was said by then, or it is too long ago. */
export function wordAt(held: HeldWord | undefined, at: number): number | undefined {
  if (!held) return undefined;
  if (at >= held.at) return held.value;
  const { changes } = held;
  if (!changes) return undefined;
  for (let index = changes.length - 1; index >= 0; index--) {
    const change = changes[index] as { value: number; at: number };
    if (change.at <= at) return change.value;
  }
  return undefined;
}

/** Since when the last word is so. */
export const heldSince = ({ at, changes }: HeldWord): number => changes?.at(-1)?.at ?? at;
