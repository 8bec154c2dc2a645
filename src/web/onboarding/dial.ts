/** A cubic metre has a thousand litres: so far off is an index whose unit was taken for the other one. */
const THOUSAND = 1000;
const DIGITS_BEFORE = 5;
const DECIMALS = 3;

/** Black and red figures of a dial: whole cubic metres, and litres. */
export interface Dial {
  readonly whole: string;
  readonly litres: string;
}

export function dialOf(m3: number): Dial {
  const [whole = '', litres = ''] = m3.toFixed(DECIMALS).split('.');
  return { whole: whole.padStart(DIGITS_BEFORE, '0'), litres };
}

/** What the dial may show beside what was told, if the unit is another one than was taken. */
export const READ = ['same', 'less', 'more', 'other'] as const;
export type Read = (typeof READ)[number];
export const DIALS = { same: 1, less: 1 / THOUSAND, more: THOUSAND } as const;

/** A household uses a hundred or two in a year: no meter of a flat comes so far, and one of litres soon does. */
const FLAT_M3_MAX = 20_000;
export const isHardlyOfFlat = (m3: number): boolean => m3 > FLAT_M3_MAX;
