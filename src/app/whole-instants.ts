import type { Decoded } from '../devices/define.ts';
import type { DeviceEvent, Reading, Report } from '../model/message.ts';

/** The furthest instant that a Date can hold, in epoch milliseconds. */
const INSTANT_MAX = 8.64e15;

const isWhole = ({ at }: { readonly at: number }): boolean =>
  Number.isInteger(at) && Math.abs(at) <= INSTANT_MAX;
/** Also of what is no number at all. */
const isInstant = ({ at }: { readonly at: number }): boolean => Math.abs(Math.round(at)) <= INSTANT_MAX;
const whole = <T extends { readonly at: number }>(one: T): T =>
  isWhole(one) ? one : { ...one, at: Math.round(one.at) };

type Read = Extract<Decoded, { ok: true }>;

const areWhole = ({ readings, events }: Pick<Report, 'readings' | 'events'>): boolean =>
  readings.every(isWhole) && events.every(isWhole);

/**
 * What a decoder read, in whole milliseconds: some platforms tell epoch seconds with a fraction, and the store of readings
 * knows no part of a millisecond. What is no instant at all is refused by name; but an event happened no later than now.
 */
export function withWholeInstants(decoded: Decoded, receivedAt: number): Decoded {
  if (!decoded.ok || (areWhole(decoded) && (!decoded.flags || isWhole(decoded.flags)))) return decoded;
  const { readings, events, rejections, flags } = decoded;
  const timeless = readings.filter((reading) => !isInstant(reading));
  return {
    ...decoded,
    readings: readings.filter(isInstant).map(whole),
    events: events.map((event) => placed(event, receivedAt)),
    rejections: [...rejections, ...timeless.map(refusalOf)],
    ...(flags && { flags: placed(flags, receivedAt) }),
  };
}

const placed = <T extends { readonly at: number }>(one: T, receivedAt: number): T =>
  isInstant(one) ? whole(one) : { ...one, at: receivedAt };

const refusalOf = ({ metric, at }: Reading): Read['rejections'][number] => ({
  reason: 'clock-malformed',
  detail: `${metric} at ${at} ms`,
});

/** The same of what an earlier version has stored. */
export function inWholeInstants(report: Report): Report {
  if (areWhole(report)) return report;
  const placedOnes = <T extends Reading | DeviceEvent>(all: readonly T[]): T[] =>
    all.filter(isInstant).map(whole);
  return { ...report, readings: placedOnes(report.readings), events: placedOnes(report.events) };
}
