import { z } from 'zod';
import { inputOf } from './pulses.ts';
import type { Take } from './take.ts';

/** How a contact hangs: most reed contacts are 1 where the magnet is near, that is where the door is closed. */
export const openIs = z
  .union([z.literal(0), z.literal(1)])
  .default(0)
  .meta({ title: '门开时的输入值 Input while the door is open', description: '默认 0。0 by default.' });

/** What the input says while the door is open. */
export const openState = ({ context }: Take): number => (context.settings?.['open_is'] === 1 ? 1 : 0);

/** Which of several contacts hangs at the door, and how. */
export const doorContactSettings = z.object({
  input: z
    .number()
    .int()
    .min(1)
    .max(4)
    .default(1)
    .meta({ title: '门磁所接输入 Input of the door contact', description: '从 1 起。Counted from 1.' }),
  open_is: openIs,
});

/** @param state what the input of this number says, from 1 */
export const takeDoorContact = (take: Take, state: (input: number) => number): void =>
  take.reading('door_open_bool', state(inputOf(take)) === openState(take));
