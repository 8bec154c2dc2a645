import { z } from 'zod';
import type { Take } from './take.ts';

/**
 * What a press of a button is for. A button that somebody carries to call for help calls with any press, until the
 * installation says otherwise: one press too many is a false alarm, one too few is a person nobody comes to.
 */
export const pressSettings = z.object({
  sos_press: z.enum(['any', 'short', 'long', 'double', 'none']).default('any').meta({
    title: '呼救按法 Press that calls for help',
    description: '默认任何按法都是呼救。Any press by default.',
  }),
});

export type Press = 'short' | 'long' | 'double';

/** One press, an SOS if this device's presses of that kind are. */
export function takePress(take: Take, press: Press, at = take.at): void {
  const meant = take.context.settings?.['sos_press'] ?? 'any';
  if (meant === 'any' || meant === press) take.event('sos', at);
  else take.reject('no-device-data', `a ${press} press, which calls nobody here`);
}

/** Which of several keys call for help. */
export const keySettings = z.object({
  sos_key: z
    .number()
    .int()
    .min(1)
    .max(8)
    .optional()
    .meta({ title: '呼救键 Key that calls for help', description: '不填则任何键。Any key if absent.' }),
});

/** The keys that were pressed, from 1. */
export function takeKeys(take: Take, pressed: readonly number[]): void {
  const meant = take.context.settings?.['sos_key'];
  if (pressed.some((key) => meant === undefined || meant === key)) take.event('sos');
  else if (pressed.length > 0)
    take.reject('no-device-data', `key ${pressed.join(', ')}, which calls nobody here`);
}
