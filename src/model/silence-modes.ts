import type { Text } from './text.ts';

/**
 * People wish to hear nothing for a while. Alerts and cases are recorded as ever and marked; nobody is told, and whoever
 * should have been is told at the end. `log-only`: a new site is being tried, and nobody hears of it but its testers.
 */
export const SILENCE_MODES = ['silence', 'log-only'] as const;
export type SilenceMode = (typeof SILENCE_MODES)[number];
export const SILENCE_TITLES: Readonly<Record<SilenceMode, Text>> = {
  silence: { zh: '静音', en: 'Silence' },
  'log-only': { zh: '试运行', en: 'Trial: log only' },
};

/** A reason of one letter is none. Stored silences may say less. */
export const SILENCE_REASON_LENGTH_MIN = 3;
