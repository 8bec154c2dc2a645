import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** Longer than the pause between two taps of somebody who does not look. */
const REST_MS = 1_200;

export interface Rest {
  readonly isResting: boolean;
  readonly begin: () => void;
}

/** What takes the place of something else under a finger first rests: begins when `what` changes, and anew with each tap meanwhile. */
export function useRest(what: string): Rest {
  const resting = useSignal(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const before = useRef(what);
  const begin = () => {
    clearTimeout(timer.current);
    resting.value = true;
    timer.current = setTimeout(() => {
      resting.value = false;
    }, REST_MS);
  };
  // In the very drawing that shows the new step: an effect would come after the next tap.
  const isNew = before.current !== what;
  useEffect(() => {
    if (!isNew) return;
    before.current = what;
    begin();
  }, [isNew, what]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return { isResting: resting.value || isNew, begin };
}
