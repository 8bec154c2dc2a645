import { signal } from '@preact/signals';

/** What the one live region says. Short and rare: new grave cases, connection lost and found, the fate of an action. */
export const announcement = signal('');

export function announce(text: string): void {
  // The same words twice would not be spoken: an invisible difference makes them new.
  announcement.value = announcement.peek() === text ? `${text}\u00a0` : text;
}
