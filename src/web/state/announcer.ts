import { signal } from '@preact/signals';

/**
 * What is said aloud to whoever does not see the page. Short and rare. What somebody has to hear now, a grave case or a lost
 * connection, is apart from the fate of what they did themselves, which waits until they have been read to. New words
 * stand below the last ones: words that are replaced before they were read are heard by nobody.
 */
export interface Said {
  readonly key: number;
  readonly words: string;
  readonly urgent: boolean;
}

const SAID_MAX = 6;
let last = 0;

export const said = signal<readonly Said[]>([]);

/** The fate of an action. */
export const announce = (words: string): void => say(words, false);

/** Interrupts what is being read. */
export const announceUrgently = (words: string): void => say(words, true);

function say(words: string, urgent: boolean): void {
  last += 1;
  said.value = [...said.peek(), { key: last, words, urgent }].slice(-SAID_MAX);
}
