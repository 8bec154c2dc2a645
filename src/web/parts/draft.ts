import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** What somebody is typing, kept over an accidental reload until it is cleared. */
export function useDraft(name: string, initial = ''): Signal<string> {
  const draft = useSignal(read(name) ?? initial);
  useEffect(() => draft.subscribe((value) => writeDraft(name, value)), [name]);
  return draft;
}

function read(name: string): string | undefined {
  try {
    return sessionStorage.getItem(`shouwang.draft.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Leaves a draft for a form that opens next; the empty text clears it. */
export function writeDraft(name: string, value: string): void {
  try {
    if (value === '') sessionStorage.removeItem(`shouwang.draft.${name}`);
    else sessionStorage.setItem(`shouwang.draft.${name}`, value);
  } catch {
    // Storage is forbidden: the draft lives as long as the page.
  }
}
