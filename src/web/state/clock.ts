import { signal } from '@preact/signals';
import type { SessionReply } from './answers.ts';

/**
 * The service's clock, as seen from here. Ages and deadlines are told in its time: a wrong clock of the phone changes
 * nothing, and in a demo, where a day lasts a minute, the countdowns run as fast as the homes live.
 */
let anchor = { wall: Date.now(), service: Date.now(), speed: 1 };

/** The service's time, renewed every second while somebody looks. */
export const now = signal(Date.now());

export function setClock(service: SessionReply['service']): void {
  anchor = { wall: Date.now(), service: service.now, speed: service.speed };
  now.value = serviceNow();
}

export const serviceNow = (): number =>
  Math.round(anchor.service + (Date.now() - anchor.wall) * anchor.speed);

/** Starts the beat; returns how to stop it. */
export function startClock(): () => void {
  const timer = setInterval(() => {
    if (!document.hidden) now.value = serviceNow();
  }, 1000);
  const wake = () => {
    now.value = serviceNow();
  };
  document.addEventListener('visibilitychange', wake);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', wake);
  };
}
