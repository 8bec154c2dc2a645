import { effect } from '@preact/signals';
import { recall, remember } from './settings.ts';
import { connection } from './stream.ts';

/**
 * When this browser last knew all that there was, by its own clock: a page that begins without a connection says from when
 * on it knows nothing.
 */
const NAME = 'last-heard';
/** A busy stream must not write with each message; to say a time that is too early hides nothing. */
const EVERY_MS = 10_000;

let written = 0;

export function startLastHeard(): void {
  effect(() => {
    const { phase, since } = connection.value;
    if (phase !== 'live' || since - written < EVERY_MS) return;
    written = since;
    remember(NAME, String(since));
  });
}

export function lastHeard(): number | undefined {
  const at = Number(recall(NAME) ?? Number.NaN);
  return Number.isFinite(at) ? at : undefined;
}
