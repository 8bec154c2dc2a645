import { macOf } from '../../model/comparable-address.ts';
import type { Address } from '../frame.ts';

/** However the gateway writes it. Undefined: it is none. */
export function macAddress(text: string): Address | undefined {
  const id = macOf(text);
  return id === undefined ? undefined : { scheme: 'mac', id };
}

/** Gateways that hear the same advertisement hear it within this time. */
const ONE_BURST_MS = 10_000;
/** Encrypted BTHome v2, whose counter makes each frame different. */
const isEncrypted = (hex: string): boolean => (Number.parseInt(hex.slice(0, 2), 16) & 0xe1) === 0x41;
/** BTHome v2 with its packet id first. */
const isNumbered = (hex: string): boolean => /^4[04]00/i.test(hex);

/**
 * One key for an advertisement that comes over several gateways, if it says which it is. The time is part of it: packet
 * ids start anew with a new battery, and a call for help must never be taken for an older one.
 */
export function advertKey(hex: string, receivedAt: number): { readonly key?: string } {
  if (!isEncrypted(hex) && !isNumbered(hex)) return {};
  return { key: `${hex.toLowerCase()}/${Math.floor(receivedAt / ONE_BURST_MS)}` };
}
