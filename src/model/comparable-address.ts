/** The scheme and the id of an address: the id may hold colons of its own. */
export function splitAddress(address: string): readonly [scheme: string, id: string] {
  const colon = address.indexOf(':');
  return [address.slice(0, Math.max(0, colon)), address.slice(colon + 1)];
}

/** `A4:C1:38:8D:18:B2`, `a4c1388d18b2` and `A4-C1-…` are one address. Undefined: it is none. */
export function macOf(text: string): string | undefined {
  const plain = text.replace(/[:-]/g, '').toLowerCase();
  return /^[0-9a-f]{12}$/.test(plain) ? plain.replace(/(..)(?!$)/g, '$1:') : undefined;
}

/**
 * The one form in which addresses are compared, whoever wrote them: in small letters, a Bluetooth address with colons,
 * a DevEUI without, as their envelopes name them. What is stored from before may be written otherwise.
 */
export function comparableAddress(address: string): string {
  const lower = address.toLowerCase();
  if (lower.startsWith('mac:')) return `mac:${macOf(lower.slice(4)) ?? lower.slice(4)}`;
  if (lower.startsWith('deveui:')) return `deveui:${lower.slice(7).replace(/[:-]/g, '')}`;
  return lower;
}
