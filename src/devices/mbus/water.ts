import { zonedInstant } from '../local-instant.ts';
import type { Take } from '../take.ts';
import { type WallClock, wallClockOf } from './dates.ts';
import type { Header } from './frame.ts';
import { profileEntries, spacingOf } from './profile.ts';
import { type Quantity, quantityOf, scaled } from './quantities.ts';
import { type MbusRecord, numberOf, RecordsMalformed, recordsOf, unsignedLe } from './records.ts';

/** What records of a water meter can hold. */
export const WATER_METRICS = [
  'water_index_m3',
  'water_reverse_m3',
  'flow_m3_h',
  'water_temperature_c',
  'ambient_temperature_c',
] as const;

/** What one maker does otherwise. */
export interface Habits {
  /** Its water meters have no longer numbers and no other profiles than these: what has is damaged. */
  readonly strict?: boolean;
  /** Bits of the error flags (FD 17), least significant byte first. */
  readonly errorFlags?: (take: Take, flags: number, at: number) => void;
  /** A record of the maker's own (FF and a code). */
  readonly maker?: (take: Take, code: number, value: number, at: number) => void;
  /** Where the reverse register is another tariff of the same quantity. */
  readonly reverseTariff?: number;
}

interface Meant {
  readonly record: MbusRecord;
  readonly quantity: Quantity;
}

/** Media of EN 13757-3 whose volume is water that a household uses. Others measure heat, gas, electricity. */
const WATER_MEDIA = [0x00, 0x06, 0x07, 0x0f, 0x15, 0x16, 0x17];

export function refuseOtherMedia(take: Take, { medium }: Header): void {
  if (medium !== undefined && !WATER_MEDIA.includes(medium))
    take.refuse('not-supported', `the medium 0x${medium.toString(16)} is not water`);
}

/** The bits of the status byte that mean the same for every maker. */
export function takeHeaderStatus(take: Take, { status }: Header, at = take.at): void {
  if (status === undefined) return;
  take.flag('low_battery', (status & 0x04) !== 0, at);
  take.flag('fault', (status & 0x08) !== 0, at);
}

/** Readings of a water meter's records; gives the instant of its newest values. */
export function takeWater(bytes: Uint8Array, take: Take, habits: Habits = {}): number {
  const all = meantBy(bytes, take);
  if (habits.strict) refuseDamaged(all, take);
  const clocks = clocksOf(all);
  const current = newestStorage(all);
  const now = instantOfNewest(take, clocks, current);
  for (const { record, quantity } of all) {
    if (quantity.of === 'volume') takeVolume(take, record, quantity, { clocks, current, now, habits });
    else if (quantity.of === 'profile') takeProfile(take, record, quantity, { all, clocks, habits });
    else if (quantity.of === 'error-flags') habits.errorFlags?.(take, unsignedLe(record.data), now);
    else if (quantity.of === 'maker') habits.maker?.(take, quantity.code, unsignedLe(record.data), now);
    else if (record.storage === current) takeMoment(take, record, quantity, now);
  }
  return now;
}

function meantBy(bytes: Uint8Array, take: Take): Meant[] {
  try {
    return recordsOf(bytes).map((record) => ({ record, quantity: quantityOf(record) }));
  } catch (error) {
    if (error instanceof RecordsMalformed) take.refuse('malformed-payload', error.message);
    throw error;
  }
}

const VARIABLE = 0x0d;
const LONG_INTEGER = 0x07;
function refuseDamaged(all: readonly Meant[], take: Take): void {
  for (const { record, quantity } of all) {
    if (record.coding === VARIABLE && quantity.of !== 'profile')
      take.refuse('malformed-payload', 'a value of variable length that is no profile');
    if (record.coding === LONG_INTEGER) take.refuse('malformed-payload', 'an integer of eight bytes');
    if (quantity.of === 'profile' && (spacingOf(record.data)?.mode ?? 'absolute') === 'absolute')
      take.refuse('not-supported', 'a profile of absolute values');
  }
}

/** The clock of each storage number; undefined where the meter says that its clock is not right. */
type Clocks = ReadonlyMap<number, WallClock | undefined>;

function clocksOf(all: readonly Meant[]): Clocks {
  const clocks = new Map<number, WallClock | undefined>();
  for (const { record, quantity } of all)
    if (quantity.of === 'time-point' && !clocks.get(record.storage))
      clocks.set(record.storage, wallClockOf(record));
  return clocks;
}

/** Meters that send a log send no storage number 0: their newest stored value is what they have. */
function newestStorage(all: readonly Meant[]): number {
  const measured = all.filter(({ quantity }) => quantity.of !== 'other' && quantity.of !== 'time-point');
  return measured.length === 0 ? 0 : Math.min(...measured.map(({ record }) => record.storage));
}

function instantOfNewest(take: Take, clocks: Clocks, current: number): number {
  const clock = clocks.get(current);
  if (clock) {
    const { year, month, day, hour, minute, second } = clock;
    return take.localTime(year, month, day, hour, minute, second);
  }
  if (clocks.has(current)) take.reject('clock-malformed', 'the meter says that its clock is not right');
  return take.at;
}

interface Around {
  readonly clocks: Clocks;
  readonly current: number;
  readonly now: number;
  readonly habits: Habits;
}

function takeVolume(
  take: Take,
  record: MbusRecord,
  { direction, scale }: Quantity & { of: 'volume' },
  around: Around,
): void {
  const { current, now, clocks, habits } = around;
  const { tariff, storage, kind, subunit } = record;
  const value = numberOf(record);
  if (kind !== 'instantaneous' || subunit !== 0 || value === undefined) return;
  const reverse = direction === 'reverse' || (tariff > 0 && tariff === habits.reverseTariff);
  if (!reverse && tariff > 0) return;
  const metric = reverse ? 'water_reverse_m3' : 'water_index_m3';
  if (storage === current) take.reading(metric, scaled(value, scale), now);
  else {
    // Of a date alone nobody says which end of the day is meant; a value that is a day off contradicts its neighbours.
    const clock = clocks.get(storage);
    const at = clock && !clock.dateOnly ? instantOf(take, clock) : undefined;
    if (at !== undefined && at < now) take.reading(metric, scaled(value, scale), at);
  }
}

/** 2015-01-01: before this no clock of a meter of today was ever set. */
const CLOCK_SET_AFTER = Date.UTC(2015, 0, 1);

function instantOf(
  { context }: Take,
  { year, month, day, hour, minute, second }: WallClock,
): number | undefined {
  const at = zonedInstant(context.timeZone ?? 'UTC', year, month, day, hour, minute, second);
  return at !== undefined && at >= CLOCK_SET_AFTER ? at : undefined;
}

function takeProfile(
  take: Take,
  record: MbusRecord,
  { direction, scale, newestFirst }: Quantity & { of: 'profile' },
  {
    all,
    clocks,
    habits,
  }: { readonly all: readonly Meant[]; readonly clocks: Clocks; readonly habits: Habits },
): void {
  const spacing = spacingOf(record.data);
  const base = all.find(
    (one) =>
      one.quantity.of === 'volume' &&
      one.quantity.direction === direction &&
      one.quantity.scale.exponent === scale.exponent &&
      one.record.storage === record.storage &&
      one.record.tariff === record.tariff &&
      one.record.kind === record.kind,
  );
  const start = base && numberOf(base.record);
  if (!spacing || start === undefined) {
    if (habits.strict) take.refuse('malformed-payload', 'a profile without the value that it starts from');
    take.reject('malformed-payload', 'a profile without the value that it starts from');
    return;
  }
  const clock = clocks.get(record.storage);
  if (!clock || instantOf(take, clock) === undefined) {
    take.reject('clock-malformed', 'a profile without the time that it starts from');
    return;
  }
  if (record.kind !== 'instantaneous' || record.subunit !== 0 || record.tariff !== 0) return;
  const metric = direction === 'reverse' ? 'water_reverse_m3' : 'water_index_m3';
  const timeZone = take.context.timeZone ?? 'UTC';
  const entries = profileEntries(record.data, spacing, { value: start, clock, timeZone, newestFirst });
  for (const { value, at } of entries) take.reading(metric, scaled(value, scale), at);
}

/** Flow and temperatures: only those of the moment, not the highest of the month. */
function takeMoment(take: Take, record: MbusRecord, quantity: Quantity, at: number): void {
  if (record.kind !== 'instantaneous' || record.tariff !== 0 || record.subunit !== 0) return;
  const value = numberOf(record);
  if (value === undefined) return;
  if (quantity.of === 'flow') take.reading('flow_m3_h', scaled(value, quantity.scale), at);
  else if (quantity.of === 'water-temperature')
    take.reading('water_temperature_c', scaled(value, quantity.scale), at);
  else if (quantity.of === 'ambient-temperature')
    take.reading('ambient_temperature_c', scaled(value, quantity.scale), at);
}
