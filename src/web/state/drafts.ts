/** What somebody is typing, in this tab, kept over an accidental reload. */
const PREFIX = 'shouwang.draft.';
/** Who typed it: a page that is loaded again after a session ended does not know it otherwise. */
const WHOSE = 'shouwang.drafts-of';

export function readDraft(name: string): string | undefined {
  try {
    return sessionStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
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

/** Whoever signs in next on this page is not shown what somebody else was writing. */
export function forgetDrafts(): void {
  try {
    for (const name of Object.keys(sessionStorage))
      if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  } catch {
    // Storage is forbidden: there are none.
  }
}

/** This person is signed in here: what somebody else was writing before is forgotten. */
export function keepDraftsOf(user: string): void {
  try {
    const before = sessionStorage.getItem(WHOSE);
    if (before !== null && before !== user) forgetDrafts();
    sessionStorage.setItem(WHOSE, user);
  } catch {
    // Storage is forbidden: there are none.
  }
}
