import type { Text } from './text.ts';

/** Why a home is lived in otherwise than usual. */
export const AWAY_TITLES = {
  travel: { zh: '外出', en: 'travel' },
  hospital: { zh: '住院', en: 'hospital' },
  visitors: { zh: '有客人', en: 'visitors' },
  moved: { zh: '已搬走', en: 'moved out' },
  deceased: { zh: '已去世', en: 'deceased' },
  other: { zh: '其他', en: 'other' },
} as const satisfies Record<string, Text>;
export type AwayKind = keyof typeof AWAY_TITLES;
export const AWAY_KINDS = Object.keys(AWAY_TITLES) as [AwayKind, ...AwayKind[]];

/**
 * Is nobody expected at home meanwhile? Where guests are there more is used than usual: what nobody uses then is missed as ever, and
 * that time merely teaches nothing of how the home is lived in.
 */
export const isAbsence = ({ kind }: { readonly kind: AwayKind }): boolean => kind !== 'visitors';
