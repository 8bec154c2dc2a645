import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/**
 * Is somebody about to touch something? While they are, nothing may move below their finger. A mouse that rests on
 * the list counts for longer than a touch, because a click needs no second movement.
 */
const TOUCH_MS = 4_000;
const REST_MS = 10_000;

let lastInput = 0;
let lastOver = 0;
let watching = false;

/** Begins to watch; does so once for the life of the page. */
export function watchAttention(): void {
  if (watching) return;
  watching = true;
  const note = (event: Event) => {
    lastInput = performance.now();
    const inList = event.target instanceof Element && event.target.closest('[data-steady]') !== null;
    if (inList) lastOver = lastInput;
  };
  for (const name of ['pointerdown', 'pointermove', 'touchmove', 'wheel', 'keydown', 'focusin']) {
    window.addEventListener(name, note, { passive: true, capture: true });
  }
  window.addEventListener(
    'scroll',
    () => {
      lastInput = performance.now();
    },
    { passive: true },
  );
}

/** How many things are being done for which nothing may move, however long nobody touches anything. */
let kept = 0;

/** From now on counts as attended; returns what ends that. */
export function keepAttended(): () => void {
  kept += 1;
  return () => {
    kept -= 1;
  };
}

export function isAttended(): boolean {
  if (kept > 0) return true;
  const at = performance.now();
  return (
    (lastInput > 0 && at - lastInput < TOUCH_MS) || (lastOver > 0 && at - lastOver < REST_MS && isListShown())
  );
}

/** Whoever left the list by a click on it rests on nothing any more. */
const isListShown = (): boolean => document.querySelector('[data-steady]') !== null;

/** The value as it was when nobody pointed at anything: for what takes room on the page when it changes. */
export function useWhenCalm<T>(value: T): T {
  const shown = useSignal(value);
  useEffect(() => {
    if (shown.peek() === value) return;
    const settle = () => {
      if (!isAttended()) shown.value = value;
    };
    settle();
    const timer = setInterval(settle, 500);
    return () => clearInterval(timer);
  }, [value]);
  return shown.value;
}

export const isAtTop = (): boolean => window.scrollY < 60;
