import type { Address } from '../frame.ts';

/** `A4:C1:38:8D:18:B2`, `a4c1388d18b2` and `A4-C1-…` are one address. Undefined: it is none. */
export function macAddress(text: string): Address | undefined {
  const plain = text.replace(/[:-]/g, '').toLowerCase();
  if (!/^[0-9a-f]{12}$/.test(plain)) return undefined;
  return { scheme: 'mac', id: plain.replace(/(..)(?!$)/g, '$1:') };
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
