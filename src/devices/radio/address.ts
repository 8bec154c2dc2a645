import type { Address } from '../frame.ts';

/** Protocols of one maker have one series of numbers; the same meter is called the same by every program that hears it. */
const SERIES: Readonly<Record<string, string>> = {
  'neptune-r900': 'r900',
  'neptune-r900bcd': 'r900',
  r900bcd: 'r900',
  'ert-scm': 'ert',
  'ert-idm': 'ert',
  'ert-netidm': 'ert',
  scm: 'ert',
  'scm+': 'ert',
  scmplus: 'ert',
  idm: 'ert',
  netidm: 'ert',
};

/** `radio:r900-1545911110`: series of the protocol, and the number in it. */
export function radioAddress(protocol: string, id: string | number): Address {
  const name = protocol.toLowerCase();
  return { scheme: 'radio', id: `${SERIES[name] ?? name}-${String(id).toLowerCase()}` };
}
