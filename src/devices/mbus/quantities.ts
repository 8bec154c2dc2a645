import { type MbusRecord, VARIABLE } from './records.ts';

/** What the unit codes of EN 13757-3 say of a record, as far as a household's water is concerned. */
export type Quantity =
  | { readonly of: 'volume'; readonly direction: 'forward' | 'reverse'; readonly scale: Scale }
  | {
      readonly of: 'profile';
      readonly direction: 'forward' | 'reverse';
      readonly scale: Scale;
      readonly newestFirst: boolean;
    }
  | { readonly of: 'flow' | 'water-temperature' | 'ambient-temperature'; readonly scale: Scale }
  | { readonly of: 'time-point' }
  | { readonly of: 'error-flags' }
  | { readonly of: 'maker'; readonly code: number }
  | { readonly of: 'other' };

/** Of the metric's unit. Powers of ten stay apart, so that thousandths do not get a tail. */
export interface Scale {
  readonly exponent: number;
  readonly factor?: number;
}

export const scaled = (value: number, { exponent, factor = 1 }: Scale): number =>
  (exponent < 0 ? value / 10 ** -exponent : value * 10 ** exponent) * factor;

const OTHER: Quantity = { of: 'other' };
const US_GALLON_M3 = 0.003785411784;
const CUBIC_FOOT_M3 = 0.028316846592;

/** Orthogonal extensions (table 15 of the 2018 edition). */
const INVERSE_PROFILE = 0x13;
const PROFILES = [0x1e, 0x1f];
const ONLY_FORWARD = 0x3b;
const ONLY_REVERSE = 0x3c;

export function quantityOf(record: MbusRecord): Quantity {
  const { vif, vifes } = record;
  if (vif === 0x7b) return fromTable(record, imperialVolume(vifes[0]), vifes.slice(1));
  if (vif === 0x7d) return vifes[0] === 0x17 && vifes.length === 1 ? { of: 'error-flags' } : OTHER;
  if (vif === 0x7f) return vifes.length === 1 ? { of: 'maker', code: vifes[0] ?? 0 } : OTHER;
  if ((vif === 0x6c || vif === 0x6d) && vifes.length === 0) return { of: 'time-point' };
  return fromTable(record, primary(vif), vifes);
}

type Measured = {
  readonly of: 'volume' | 'flow' | 'water-temperature' | 'ambient-temperature';
  readonly scale: Scale;
};

function primary(vif: number): Measured | undefined {
  const low = vif & 7;
  switch (vif & 0x78) {
    case 0x10:
      return { of: 'volume', scale: { exponent: low - 6 } };
    case 0x38:
      return { of: 'flow', scale: { exponent: low - 6 } };
    case 0x40:
      return { of: 'flow', scale: { exponent: low - 7, factor: 60 } };
    case 0x48:
      return { of: 'flow', scale: { exponent: low - 9, factor: 3600 } };
    case 0x58:
      return low < 4 ? { of: 'water-temperature', scale: { exponent: low - 3 } } : undefined;
    case 0x60:
      return low >= 4 ? { of: 'ambient-temperature', scale: { exponent: (low & 3) - 3 } } : undefined;
    default:
      return undefined;
  }
}

/** First extension table: hundreds of cubic metres, cubic feet and American gallons. */
function imperialVolume(code: number | undefined): Measured | undefined {
  const scales: Readonly<Record<number, Scale>> = {
    16: { exponent: 2 },
    17: { exponent: 3 },
    33: { exponent: -1, factor: CUBIC_FOOT_M3 },
    34: { exponent: -1, factor: US_GALLON_M3 },
    35: { exponent: 0, factor: US_GALLON_M3 },
  };
  const scale = code === undefined ? undefined : scales[code];
  return scale && { of: 'volume', scale };
}

/** Extensions that change the number or its direction are followed; any other makes it something else. */
function fromTable(record: MbusRecord, measured: Measured | undefined, vifes: readonly number[]): Quantity {
  if (!measured) return OTHER;
  let { exponent } = measured.scale;
  let direction: 'forward' | 'reverse' = 'forward';
  let profile: 'newest-first' | 'oldest-first' | undefined;
  for (const vife of vifes) {
    if (vife === ONLY_REVERSE) direction = 'reverse';
    else if (vife >= 0x70 && vife <= 0x77) exponent += vife - 0x76;
    else if (vife === 0x7d) exponent += 3;
    else if (vife === INVERSE_PROFILE) profile = 'newest-first';
    else if (PROFILES.includes(vife)) profile = 'oldest-first';
    else if (vife !== ONLY_FORWARD) return OTHER;
  }
  const scale = { ...measured.scale, exponent };
  if ((profile !== undefined) !== (record.coding === VARIABLE)) return OTHER;
  if (measured.of !== 'volume') return profile ? OTHER : { of: measured.of, scale };
  if (!profile) return { of: 'volume', direction, scale };
  return { of: 'profile', direction, scale, newestFirst: profile === 'newest-first' };
}
