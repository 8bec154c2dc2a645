import { contentMark } from '../lib/content-mark.ts';
import type { Failure } from './errors.ts';
import type { Noun, RegistryEntry } from './registry.ts';

/** What stood in the registry when somebody decided to change it; no mark: nothing did. */
export interface ExpectedEntry {
  readonly noun: Noun;
  readonly key: string;
  /** As `entryMark` makes it. */
  readonly mark?: string | undefined;
}

/** A mark of what an entry says. Its secret is not said: to issue one is no change that a reader could have missed. */
export const entryMark = (entry: RegistryEntry): string => contentMark({ ...entry, secretHash: undefined });

/** The refusal where something else stands there by now. */
export function changedMeanwhile(
  expected: ExpectedEntry,
  entry: RegistryEntry | undefined,
): Failure | undefined {
  const mark = entry && entryMark(entry);
  if (mark === expected.mark) return undefined;
  return entryRefusal(
    expected.mark === undefined ? 'REGISTRY_ENTRY_EXISTS' : 'REGISTRY_ENTRY_CHANGED',
    expected,
    mark,
  );
}

/** Names the entry and, for whoever looks at it anew, its mark as it is now. */
export const entryRefusal = (
  code: 'REGISTRY_ENTRY_EXISTS' | 'REGISTRY_ENTRY_CHANGED',
  { noun, key }: ExpectedEntry,
  mark: string | undefined,
): Failure => ({ code, details: { noun, key, ...(mark === undefined ? {} : { etag: entityTag(mark) }) } });

/** As HTTP writes a mark (RFC 9110, 8.8.3). */
export const entityTag = (mark: string): string => `"${mark}"`;
