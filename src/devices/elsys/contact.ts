import { z } from 'zod';
import { pulseSettings } from '../pulses.ts';

/** How a contact hangs: most reed contacts are 1 where the magnet is near, that is where the door is closed. */
export const contactSettings = pulseSettings.extend({
  open_is: z
    .union([z.literal(0), z.literal(1)])
    .default(0)
    .meta({ title: '门开时的输入值 Input while the door is open', description: '默认 0。0 by default.' }),
});
