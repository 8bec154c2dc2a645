import { z } from 'zod';
import { comparableAddress, splitAddress } from './comparable-address.ts';

/** What the id of each scheme looks like; without it the form is the network's own affair. */
const ADDRESS_FORMS = {
  deveui: [/^[0-9a-f]{16}$/, 'sixteen hexadecimal digits'],
  imei: [/^\d{15}$/, 'fifteen digits'],
  // Most have ten; what connects under another number is listed under it, and must not be kept out for that.
  watch: [/^\d{5,14}$/, 'five to fourteen digits'],
  mac: [/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, 'twelve hexadecimal digits'],
  ieee: [/^0x[0-9a-f]{16}$/, '0x and sixteen hexadecimal digits'],
  wmbus: [/^[0-9a-f]{8}$/, 'eight digits'],
  cjt188: [/^[0-9a-f]{14}$/, 'fourteen digits'],
  mbus: undefined,
  platform: undefined,
  topic: undefined,
  radio: undefined,
} as const satisfies Record<string, readonly [RegExp, string] | undefined>;
export type AddressScheme = keyof typeof ADDRESS_FORMS;
export const ADDRESS_SCHEMES = Object.keys(ADDRESS_FORMS) as readonly AddressScheme[];

function addressFault(address: string): string | undefined {
  const [scheme, id] = splitAddress(address);
  if (!Object.hasOwn(ADDRESS_FORMS, scheme))
    return `${scheme}: is no scheme of addresses; there are ${Object.keys(ADDRESS_FORMS).join(', ')}`;
  const form = ADDRESS_FORMS[scheme as AddressScheme];
  return form && !form[0].test(id) ? `${scheme}: wants ${form[1]}` : undefined;
}

/** `deveui:70b3d5…`: how the device is called outside. Never compared as a number. */
export const deviceAddress = z
  .string()
  .max(120)
  .regex(/^[a-z0-9]+:.+$/i, {
    error: 'a scheme, a colon and an id, as in deveui:70b3d59bd0000001',
    abort: true,
  })
  .overwrite(comparableAddress)
  .superRefine((address, context) => {
    const fault = addressFault(address);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  })
  .meta({ title: 'Address', description: 'its name outside; its id here if absent' });
