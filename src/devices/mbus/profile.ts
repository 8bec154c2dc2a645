import { DAY, HOUR, MINUTE } from '../../lib/clock.ts';
import { zonedInstant } from '../local-instant.ts';
import type { WallClock } from './dates.ts';
import { numberOf, signedLe, unsignedLe } from './records.ts';

/** One value of a log, before its scale. */
export interface ProfileEntry {
  readonly value: number;
  readonly at: number;
}

export interface ProfileBase {
  readonly value: number;
  readonly clock: WallClock;
  readonly timeZone: string;
  /** Does the profile run back from the base (inverse), or forward? */
  readonly newestFirst: boolean;
}

export type IncrementMode = 'absolute' | 'increments' | 'decrements' | 'differences';
const MODES: readonly IncrementMode[] = ['absolute', 'increments', 'decrements', 'differences'];

/** How a compact profile is told: EN 13757-3, annex F. */
export interface Spacing {
  readonly mode: IncrementMode;
  /** Low half of a DIF: how each value is coded. */
  readonly coding: number;
  /** Between two values; months are not all of one length. */
  readonly step:
    | { readonly ms: number }
    | { readonly days: number }
    | { readonly months: number }
    | undefined;
}

export function spacingOf(data: Uint8Array): Spacing | undefined {
  const [control, value] = data;
  if (control === undefined || value === undefined) return undefined;
  const mode = MODES[control >> 6] ?? 'absolute';
  return { mode, coding: control & 0x0f, step: stepOf((control >> 4) & 3, value) };
}

const CALENDAR = 254;
function stepOf(unit: number, value: number): Spacing['step'] {
  if (value >= 1 && value <= 250) {
    if (unit === 3) return { days: value };
    return { ms: value * [1000, MINUTE, HOUR][unit]! };
  }
  if (value !== CALENDAR || unit === 0) return undefined;
  return { months: [0, 6, 3, 1][unit]! };
}

const BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 2,
  3: 3,
  4: 4,
  6: 6,
  9: 1,
  10: 2,
  11: 3,
  12: 4,
  14: 6,
};

/**
 * The values of a profile beside its base, in the order in which they stand. Differences end where one is missing:
 * nothing is known beyond it.
 */
export function profileEntries(data: Uint8Array, spacing: Spacing, base: ProfileBase): ProfileEntry[] {
  const size = BYTES[spacing.coding];
  const entries: ProfileEntry[] = [];
  if (size === undefined || !spacing.step) return entries;
  const direction = base.newestFirst ? -1 : 1;
  let value = base.value;
  for (let i = 1; 2 + i * size <= data.length; i++) {
    const raw = element(data.subarray(2 + (i - 1) * size, 2 + i * size), spacing);
    const at = instantAt(base, spacing.step, direction * i);
    if (spacing.mode === 'absolute') {
      if (raw !== undefined && at !== undefined) entries.push({ value: raw, at });
      continue;
    }
    if (raw === undefined || at === undefined) break;
    value += direction * (spacing.mode === 'decrements' ? -raw : raw);
    entries.push({ value, at });
  }
  return entries;
}

function element(data: Uint8Array, { coding, mode }: Spacing): number | undefined {
  if (coding >= 9) return numberOf({ coding, data });
  if (mode === 'absolute' || mode === 'differences') return signedLe(data);
  const value = unsignedLe(data);
  return value === 2 ** (8 * data.length) - 1 ? undefined : value;
}

/** Hours pass evenly; days and months go by the calendar where the meter hangs. */
function instantAt(
  { clock, timeZone }: ProfileBase,
  step: NonNullable<Spacing['step']>,
  count: number,
): number | undefined {
  const { year, month, day, hour, minute, second } = clock;
  if ('ms' in step) {
    const start = zonedInstant(timeZone, year, month, day, hour, minute, second);
    return start === undefined ? undefined : start + count * step.ms;
  }
  let days = Date.UTC(year, month - 1, day);
  if ('days' in step) days += count * step.days * DAY;
  else {
    const first = new Date(Date.UTC(year, month - 1 + count * step.months, 1));
    const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
    days = first.getTime() + (Math.min(day, last) - 1) * DAY;
  }
  const date = new Date(days);
  return zonedInstant(
    timeZone,
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    hour,
    minute,
    second,
  );
}
