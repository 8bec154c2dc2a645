/**
 * What a device needs somebody's hand for, the one that is mended first before what it explains: a device that is refused
 * is silent as well, and whoever goes there must not look for an empty battery.
 */
export const DEVICE_TROUBLES = [
  'two-as-one',
  'refused',
  'gateway-refused',
  'untaken',
  'never',
  'silent',
  'mute',
] as const;
export type DeviceTrouble = (typeof DEVICE_TROUBLES)[number];

interface Enrolled {
  readonly enrolledAt: number;
  readonly disabled: boolean;
}
interface Heard {
  readonly heardAt?: number;
  readonly refused?: { readonly at: number; readonly known: boolean };
  readonly gatewayRefused?: { readonly known: boolean };
  readonly untaken?: object;
  readonly twoAsOne?: object;
  readonly silent: boolean;
  readonly mute?: boolean;
}

/** Undefined where it needs nobody: it is heard, or is not meant to be heard at this time. */
export function deviceTrouble(
  { enrolledAt, disabled }: Enrolled,
  { heardAt, refused, gatewayRefused, untaken, twoAsOne, silent, mute }: Heard,
  now: number,
): DeviceTrouble | undefined {
  if (disabled || enrolledAt > now) return undefined;
  if (twoAsOne) return 'two-as-one';
  // Somebody who tries under its id takes nothing from a device that is heard over another way.
  // Nor does somebody who only knows its name, while it is not silent.
  const isItself = (known: boolean): boolean => known || silent || heardAt === undefined;
  if (refused && refused.at > (heardAt ?? 0) && isItself(refused.known)) return 'refused';
  if (gatewayRefused && isItself(gatewayRefused.known)) return 'gateway-refused';
  if (untaken) return 'untaken';
  if (heardAt === undefined) return 'never';
  if (mute) return 'mute';
  return silent ? 'silent' : undefined;
}
