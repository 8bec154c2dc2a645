/** Who is who in the benchmark's community: homes by number, names of fixed length so that they can be patched in place. */

export const DEVICE_DIGITS = 7;
export const SECRET = 'a-secret-of-the-benchmark';

const digits = (home: number): string => String(home).padStart(DEVICE_DIGITS, '0');

export const homeOf = (home: number): string => `h-${digits(home)}`;
export const meterOf = (home: number): string => `wm-${digits(home)}`;
export const bandOf = (home: number): string => `wb-${digits(home)}`;
export const gatewayOf = (gateway: number): string => `gw-${String(gateway).padStart(5, '0')}`;
/** Programs beside the service that may read everything: one does, one does not. */
export const WATCHER = 'watcher';
export const SLEEPER = 'sleeper';
