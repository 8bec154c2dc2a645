import type { Device } from '../model/registry.ts';
import { isCovered, isEverywhere } from './access.ts';

/**
 * From when on somebody may see what a device has measured: before it came to its home it was in others, and how the people there live is
 * for those who may see where they are.
 */
export function seenSince(
  { homeSince, homesBefore = [] }: Pick<Device, 'homeSince' | 'homesBefore'>,
  visible: readonly string[],
): number {
  if (homeSince === undefined || isEverywhere(visible)) return Number.NEGATIVE_INFINITY;
  let since = homeSince;
  for (const { path, from = Number.NEGATIVE_INFINITY } of homesBefore.toReversed()) {
    if (path === '' || !isCovered(visible, path)) return since;
    since = from;
  }
  return since;
}

/** The part of a period that is told, and what is said of the other; cut where a step ends. */
export function seenPeriod(
  { from, to }: { readonly from: number; readonly to: number },
  since: number,
  stepMs = 1,
): { readonly from: number; readonly to: number; readonly hidden?: { from: number; to: number } } {
  if (from >= since) return { from, to };
  const begin = Math.min(to, from + Math.ceil((since - from) / stepMs) * stepMs);
  return { from: begin, to, hidden: { from, to: begin } };
}
