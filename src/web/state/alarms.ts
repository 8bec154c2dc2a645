import { computed, signal } from '@preact/signals';
import { alarmsOf, overdueOf } from '../cases/alarms.ts';
import { awaited } from './awaited.ts';
import { serviceNow } from './clock.ts';
import { takenP1, untaken } from './untaken.ts';

/** A clock that also goes where nobody looks: a tab in the background counts in its title, and sounds. */
const beat = signal(serviceNow());
const BEAT_MS = 2_000;

/** Cases that somebody has and in which something else was found since, and when. */
const again = signal<ReadonlyMap<string, number>>(new Map());

export const overdueP1 = computed(() => overdueOf(takenP1.value.values(), beat.value));
/** Call-backs that are late, the longest first. */
export const overdueCallBacks = computed(() => overdueOf(awaited.value.values(), beat.value));
export const alarms = computed(() =>
  alarmsOf(untaken.value?.values() ?? [], takenP1.value.values(), again.value, beat.value),
);

export function noteAgain(id: string): void {
  again.value = new Map(again.peek()).set(id, serviceNow());
}

/** Whoever looks at the case has seen it. */
export function seen(id: string): void {
  if (!again.peek().has(id)) return;
  again.value = new Map([...again.peek()].filter(([of]) => of !== id));
}

/** Looks again and again what has become overdue; returns how to stop that. */
export function startAlarms(): () => void {
  // By the clock of the service, which is known since the page was loaded: by that of the machine all of a demo would be overdue.
  beat.value = serviceNow();
  const timer = setInterval(() => {
    beat.value = serviceNow();
  }, BEAT_MS);
  return () => {
    clearInterval(timer);
    again.value = new Map();
  };
}
