import { z } from 'zod';
import { type JsonObject, numberIn } from '../json-object.ts';
import type { Take } from '../take.ts';
import { fromUnit, type Unit } from '../units.ts';

const VOLUMES = ['m3', 'L', 'gal_us', 'gal_imp', 'ft3', 'CCF'] as const satisfies readonly Unit[];

/** What a count is worth: no frame of these meters says it, and utilities choose it. */
export const countSettings = z.object({
  unit: z.enum(VOLUMES).optional().meta({
    title: 'Unit of the register',
    description: 'CCF: hundred cubic feet. Without it a count without a unit stays a count of pulses.',
  }),
  step: z.number().positive().default(1).meta({
    title: 'Units of one count',
    description: '0.1 where the register counts tenths, as Neptune R900 mostly does',
  }),
});

/** Volumes whose unit stands in the name of the field, as rtl_433 has it since 2020. */
const NAMED: Readonly<Record<string, Unit>> = {
  volume_m3: 'm3',
  volume_l: 'L',
  volume_gal: 'gal_us',
  volume_ft3: 'ft3',
  volume_ccf: 'CCF',
};

/** The volume of a field that names its unit, in m³; undefined: there is none such. */
export function namedVolume(fields: JsonObject, take: Take): number | undefined {
  for (const [name, unit] of Object.entries(NAMED)) {
    const value = numberIn(fields, [name], take);
    if (value !== undefined) return fromUnit(value, unit);
  }
  return undefined;
}

/** A register in a unit that a program gives in words; undefined for a word that is none of volume. */
export function volumeOf(value: number, unit: string): number | undefined {
  const known = UNIT_WORDS[unit.toLowerCase().replace(/[\s.]/g, '')];
  return known && fromUnit(value, known);
}
const UNIT_WORDS: Readonly<Record<string, Unit>> = {
  'm³': 'm3',
  m3: 'm3',
  'm^3': 'm3',
  l: 'L',
  litre: 'L',
  liter: 'L',
  gal: 'gal_us',
  gallon: 'gal_us',
  gallons: 'gal_us',
  ft3: 'ft3',
  'ft^3': 'ft3',
  'ft³': 'ft3',
  cf: 'ft3',
  ccf: 'CCF',
};

/** A count: the index where the settings of this device say what it is worth, else pulses. */
export function takeCount(take: Take, count: number): void {
  const settings = countSettings.safeParse(take.context.settings ?? {});
  const { unit, step } = settings.success ? settings.data : { unit: undefined, step: 1 };
  if (unit === undefined) take.reading('pulse_count', count);
  else take.reading('water_index_m3', fromUnit(count * step, unit));
}

/** Commodity codes of Itron's ERT, https://github.com/bemasher/rtlamr/wiki/Compatible-Meters. */
const ERT_WATER = [3, 11, 13];
const ERT_OTHER: Readonly<Record<number, string>> = {
  0: 'gas',
  1: 'gas',
  2: 'gas',
  9: 'gas',
  12: 'gas',
  4: 'electricity',
  5: 'electricity',
  7: 'electricity',
  8: 'electricity',
};

/**
 * Refuses what is no water meter.
 *
 * @param type ERT type; of an endpoint type the lowest four bits. A number, or its hex text
 */
export function refuseOtherThanWater(take: Take, type: unknown): void {
  const code = typeof type === 'string' && /^0x[0-9a-f]{1,2}$/i.test(type) ? Number.parseInt(type, 16) : type;
  if (typeof code !== 'number' || ERT_WATER.includes(code & 15)) return;
  const other = ERT_OTHER[code & 15];
  if (other) take.refuse('not-supported', `ERT type ${code & 15} is a meter of ${other}`);
}

/**
 * Flags of Neptune's R900. 3 in two bits means that the meter does not speak of it; days without use are a matter of the
 * last five weeks, no alarm of now.
 */
export function takeR900Flags(take: Take, leakNow: number | undefined, backflow: number | undefined): void {
  if (leakNow !== undefined && (leakNow & 3) < 3) take.flag('leak', (leakNow & 3) > 0);
  if (backflow !== undefined && (backflow & 3) < 3) take.flag('reverse', (backflow & 3) > 0);
}
