import { openIs } from '../contacts.ts';
import { pulseSettings } from '../pulses.ts';

/** Of a device that counts pulses or watches a contact, as it is wired. */
export const contactSettings = pulseSettings.extend({ open_is: openIs });
