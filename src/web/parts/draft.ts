import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

const PREFIX = 'shouwang.draft.';

/** What somebody is typing, kept over an accidental reload until it is cleared. */
export function useDraft(name: string, initial = ''): Signal<string> {
  const draft = useSignal(read(name) ?? initial);
  useEffect(() => draft.subscribe((value) => writeDraft(name, value)), [name]);
  return draft;
}

function read(name: string): string | undefined {
  try {
    return sessionStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whoever signs in next on this page is not shown what somebody else was writing. */
export function forgetDrafts(): void {
  try {
    for (const name of Object.keys(sessionStorage))
      if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  } catch {
    // Storage is forbidden: there are none.
  }
}

/** Leaves a draft for a form that opens next; the empty text clears it. */
export function writeDraft(name: string, value: string): void {
  try {
    if (value === '') sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage is forbidden: the draft lives as long as the page.
  }
}
