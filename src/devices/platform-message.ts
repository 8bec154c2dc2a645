import { bytesOfBase64, bytesOfHex } from './byte-reader.ts';
import { jsonBytes } from './envelope-parts.ts';
import type { Address } from './frame.ts';

/** What devices are called on platforms: number or text. */
export const platformId = (id: string | number): string => String(id).toLowerCase();

/** `{ also }` for an IMEI of fifteen digits; `{}` for `""`, `undefined` and other things that stand there. */
export function imeiToo(imei: unknown): { readonly also?: readonly Address[] } {
  const text = typeof imei === 'number' ? String(imei) : imei;
  return typeof text === 'string' && /^\d{15}$/.test(text) ? { also: [{ scheme: 'imei', id: text }] } : {};
}

/**
 * The payload for the model: the properties as JSON; or the device's own bytes, where the one property that there is
 * holds them in base64 or hex.
 *
 * @param bytesIn names under which the platform hands on what it did not look into
 */
export function platformPayload(properties: object, bytesIn: readonly string[]): Uint8Array {
  for (const name of bytesIn) {
    const text = (properties as Readonly<Record<string, unknown>>)[name];
    if (typeof text !== 'string' || text === '') continue;
    const bytes = bytesOfHex(text) ?? bytesOfBase64(text);
    if (bytes) return bytes;
  }
  return jsonBytes(properties);
}

/** `20151212T121212Z`, as Huawei's platforms write times. */
export function compactInstant(text: string | undefined): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
