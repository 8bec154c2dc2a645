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
  const onFocus = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement) || !target.matches(':focus-visible')) return;
    if (target.closest(`dialog, ${ABOVE}, ${BELOW}`)) return;
    // The browser scrolls to it first.
    requestAnimationFrame(() => uncover(target));
  };
  document.addEventListener('focusin', onFocus);
  return () => document.removeEventListener('focusin', onFocus);
}

function uncover(target: HTMLElement): void {
  const { top, bottom } = target.getBoundingClientRect();
  const upper = Math.max(0, ...boxes(ABOVE).map((box) => box.bottom)) + ROOM;
  const lower = Math.min(window.innerHeight, ...boxes(BELOW).map((box) => box.top)) - ROOM;
  if (top < upper && window.scrollY < upper - top) roomWanted.value += 1;
  if (top < upper) window.scrollBy(0, top - upper);
  else if (bottom > lower) window.scrollBy(0, Math.min(bottom - lower, top - upper));
}

/** Of the bars that do not go with the page. The place of the alarm bar stays, and the bar with it. */
const boxes = (of: string): DOMRect[] =>
  [...document.querySelectorAll(of)]
    .filter((one) => /fixed|sticky/.test(getComputedStyle(one.closest('.alarm-place') ?? one).position))
    .map((one) => one.getBoundingClientRect())
    .filter(({ height }) => height > 0);
