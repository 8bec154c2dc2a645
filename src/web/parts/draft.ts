import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { readDraft, writeDraft } from '../state/drafts.ts';

/** What somebody is typing, kept over an accidental reload until it is cleared. */
export function useDraft(name: string, initial = ''): Signal<string> {
  const draft = useSignal(readDraft(name) ?? initial);
  useEffect(() => draft.subscribe((value) => writeDraft(name, value)), [name]);
  return draft;
}
