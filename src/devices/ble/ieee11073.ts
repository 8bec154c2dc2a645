import type { ByteReader } from '../byte-reader.ts';

/**
 * Numbers of ISO/IEEE 11073-20601 as Bluetooth health devices send them: a mantissa and a power of ten. Five values of
 * the mantissa are no numbers (not a number, not at this resolution, plus and minus infinity, reserved); they stand for
 * "no value", never for a measurement.
 */
const SFLOAT_SPECIALS = new Set([0x07ff, 0x0800, 0x07fe, 0x0802, 0x0801]);
const FLOAT_SPECIALS = new Set([0x7fffff, 0x800000, 0x7ffffe, 0x800002, 0x800001]);

/** SFLOAT: 12 bits of mantissa, 4 of exponent. Undefined: no value. */
export function sfloat(frame: ByteReader): number | undefined {
  const raw = frame.u16le();
  const mantissa = raw & 0x0fff;
  return SFLOAT_SPECIALS.has(mantissa) ? undefined : scaled((mantissa << 20) >> 20, (raw << 16) >> 28);
}

/** FLOAT: 24 bits of mantissa, 8 of exponent. Undefined: no value. */
export function float(frame: ByteReader): number | undefined {
  const mantissa = frame.u24le();
  const exponent = frame.i8();
  return FLOAT_SPECIALS.has(mantissa) ? undefined : scaled((mantissa << 8) >> 8, exponent);
}

/** By way of text: 364 · 10^-1 is 36.4, not 36.400000000000006. */
const scaled = (mantissa: number, exponent: number): number => Number(`${mantissa}e${exponent}`);
