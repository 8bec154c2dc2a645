/**
 * "Back" closes the dialog that lies on top, and leaves the page where it is. Each dialog stands in the history of the tab,
 * as one entry of the same address; whoever closes it otherwise takes the entry away again. What opens in the place of
 * another (the next step of a form) takes over its entry: so the history is brought in line once things have settled.
 */
const open: (() => void)[] = [];
let isPlanned = false;
/** Entries are on their way out: until the browser says so, what the history holds is not what it shows. */
let isGoing = false;

/** Counts as open from now on; `close` is called by "back". Returns what ends that. */
export function standInHistory(close: () => void): () => void {
  open.push(close);
  plan();
  return () => {
    const at = open.lastIndexOf(close);
    if (at >= 0) open.splice(at, 1);
    plan();
  };
}

/** Once, where the page begins. */
export function startDialogHistory(): void {
  window.addEventListener('popstate', () => {
    if (isGoing) {
      isGoing = false;
      plan();
      return;
    }
    const left = depth();
    while (open.length > left) open.pop()?.();
    // Somebody comes back to a page which they had left out of a dialog: that is not open any more.
    plan();
  });
  // A page that is loaded anew where a dialog was open shows none.
  plan();
}

const depth = (): number => {
  const { dialogs } = (history.state ?? {}) as { dialogs?: unknown };
  return typeof dialogs === 'number' ? dialogs : 0;
};

function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  setTimeout(() => {
    isPlanned = false;
    align();
  });
}

function align(): void {
  if (isGoing) return;
  for (let next = depth() + 1; next <= open.length; next++) history.pushState({ dialogs: next }, '');
  const surplus = depth() - open.length;
  if (surplus <= 0) return;
  isGoing = true;
  history.go(-surplus);
}
