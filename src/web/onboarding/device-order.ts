import { DEVICE_TROUBLES, type DeviceTrouble, deviceTrouble } from '../../model/device-trouble.ts';
import type { HomeDevice } from '../state/answers.ts';

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
