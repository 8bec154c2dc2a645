import { DEVICE_TROUBLES, type DeviceTrouble, deviceTrouble } from '../../model/device-trouble.ts';
import type { DeviceDetail, HomeDevice } from '../state/answers.ts';

type Known = Pick<HomeDevice, 'device' | 'status'>;

export const troubleOf = ({ device, status }: Known, now: number): DeviceTrouble | undefined =>
  deviceTrouble(device, status, now);

const rankOf = (one: Known, now: number): number => {
  const trouble = troubleOf(one, now);
  return trouble === undefined ? DEVICE_TROUBLES.length : DEVICE_TROUBLES.indexOf(trouble);
};

/** What needs somebody's hand first, of a kind what has waited longest; the others by their ids. */
export const byTrouble =
  (now: number) =>
  (a: Known, b: Known): number =>
    rankOf(a, now) - rankOf(b, now) ||
    (troubleOf(a, now) === undefined ? 0 : byPatience(a, b)) ||
    a.device.id.localeCompare(b.device.id);

/** What is missed already before what may still be waited for. */
const byPatience = (a: Known, b: Known): number =>
  Number(b.status.silent) - Number(a.status.silent) || waitingSince(a) - waitingSince(b);

const waitingSince = ({ device, status }: Known): number => status.heardAt ?? device.enrolledAt;

export const DEVICE_ORDERS = ['use', 'heard', 'place'] as const;
export type DeviceOrder = (typeof DEVICE_ORDERS)[number];

/** Enrolled so lately: whoever has just hung something looks for it, also where a whole list was imported today. */
const FRESH_MS = 86_400_000;
/** More of these would hide what needs somebody. */
const FRESH_MAX = 20;
/** Clocks that agree differ by less. */
const AHEAD_MS_MAX = 300_000;

/** What was just hung stands before what needs somebody, the newest first; in the other orders nothing does. */
export function inOrder<T extends Pick<DeviceDetail, 'device' | 'status' | 'places' | 'homeName'>>(
  devices: readonly T[],
  order: DeviceOrder,
  now: number,
): { readonly fresh: readonly T[]; readonly others: readonly T[] } {
  if (order === 'heard') return { fresh: [], others: [...devices].sort(byNews) };
  if (order === 'place') return { fresh: [], others: [...devices].sort(byPlace) };
  const fresh = devices
    .filter(({ device }) => !device.disabled && isFresh(device.enrolledAt, now))
    .sort(byNews)
    .slice(0, FRESH_MAX);
  const isShown = new Set(fresh.map(({ device }) => device.id));
  return { fresh, others: devices.filter(({ device }) => !isShown.has(device.id)).sort(byTrouble(now)) };
}

export const freshSince = (now: number): number => now - FRESH_MS;

const isFresh = (enrolledAt: number, now: number): boolean =>
  enrolledAt > freshSince(now) && enrolledAt <= now + AHEAD_MS_MAX;

/** What was heard or enrolled last stands first. */
const byNews = (a: Known, b: Known): number =>
  newsOf(b) - newsOf(a) || a.device.id.localeCompare(b.device.id);
const newsOf = ({ device, status }: Known): number => Math.max(device.enrolledAt, status.heardAt ?? 0);

const NATURAL = new Intl.Collator('zh', { numeric: true });
type Placed = Known & Pick<DeviceDetail, 'places' | 'homeName'>;
const byPlace = (a: Placed, b: Placed): number =>
  NATURAL.compare(wayTo(a), wayTo(b)) || a.device.id.localeCompare(b.device.id);
const wayTo = ({ places, homeName }: Placed): string =>
  [...places.map(({ name }) => name), homeName].join(' ');

/** How many of which kind; kinds of which there are none are left out. */
export function troublesAmong(
  devices: readonly Known[],
  now: number,
): readonly { readonly trouble: DeviceTrouble; readonly count: number }[] {
  const all = devices.map((one) => troubleOf(one, now));
  return DEVICE_TROUBLES.flatMap((trouble) => {
    const count = all.filter((one) => one === trouble).length;
    return count === 0 ? [] : [{ trouble, count }];
  });
}
