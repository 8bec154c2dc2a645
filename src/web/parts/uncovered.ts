import { signal } from '@preact/signals';

/**
 * What the browser does not know of the bars that stay in the window: how high the header is, which has two lines in
 * large letters, and what lies below a bar when the keyboard gets there.
 */

/** Where the page is seen: between these bars. */
const ABOVE = '.top, .alarm-bar';
const BELOW = '.nav, .action-bar, .list-foot';
const ROOM = 8;

/** How often the keyboard came to what lies below the alarm at the very top, where no scrolling helps. */
export const roomWanted = signal(0);

/** Tells the style how high the header is; returns how to stop that. */
export function measureHeader(header: HTMLElement): () => void {
  const measure = () =>
    document.documentElement.style.setProperty('--header-height', `${header.offsetHeight}px`);
  const observer = new ResizeObserver(measure);
  observer.observe(header);
  return () => observer.disconnect();
}

/** Scrolls what gets the focus clear of the bars; returns how to stop that. */
export function keepFocusInSight(): () => void {
  // The browser scrolls to it first.
  const onFocus = () => requestAnimationFrame(uncoverFocus);
  document.addEventListener('focusin', onFocus);
  return () => document.removeEventListener('focusin', onFocus);
}

/** Also where a bar comes while somebody stands there. */
export function uncoverFocus(): void {
  const target = document.activeElement;
  if (!(target instanceof HTMLElement) || !target.matches(':focus-visible') || target.closest('dialog'))
    return;
  const [above, below] = [barsOf(ABOVE), barsOf(BELOW)];
  if ([...above, ...below].some((bar) => bar.contains(target))) return;
  const hiddenAbove = () =>
    Math.max(0, ...above.map((bar) => bar.getBoundingClientRect().bottom)) +
    ROOM -
    target.getBoundingClientRect().top;
  const lower = Math.min(window.innerHeight, ...below.map((bar) => bar.getBoundingClientRect().top)) - ROOM;
  const hiddenBelow = target.getBoundingClientRect().bottom - lower;
  if (hiddenAbove() > 0) {
    window.scrollBy(0, -hiddenAbove());
    // Where the bar stands at its own place it goes with the page, and covers what it covered.
    if (hiddenAbove() > 0) roomWanted.value += 1;
  } else if (hiddenBelow > 0) window.scrollBy(0, Math.min(hiddenBelow, -hiddenAbove()));
}

/** The bars that do not go with the page. The place of the alarm bar stays, and the bar with it. */
const barsOf = (selector: string): Element[] =>
  [...document.querySelectorAll(selector)].filter(
    (one) =>
      one.getBoundingClientRect().height > 0 &&
      /fixed|sticky/.test(getComputedStyle(one.closest('.alarm-place') ?? one).position),
  );
