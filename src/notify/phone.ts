import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** A telephone number as vendors take it: digits, with a plus where the country is said. */
export const phoneNumber = (address: string): string => address.replace(/[\s()-]+/g, '');

/**
 * In the address to which the vendor pushes receipts (`…/channel-replies/<id>?token=…`): the vendors of SMS and voice sign
 * nothing, so whoever knows the address could say that a message arrived, or that a key was pressed.
 */
export const receiptToken = z
  .string()
  .min(24)
  .max(200)
  .regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, hyphens and underscores')
  .optional()
  .meta({
    title: 'Token of receipts',
    description:
      "stands as ?token=… in the address that the vendor's console pushes receipts to; absent: receipts are refused",
    secret: true,
  });

/** Is this the token? In a time that tells nothing of it. */
export function isToken(given: string | undefined, expected: string | undefined): boolean {
  if (given === undefined || expected === undefined) return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

const BEIJING_MS = 8 * 60 * 60_000;

/**
 * `2017-01-01 00:00:00`, as vendors write the time of Beijing, in epoch milliseconds; where they say none, or one that lies
 * ahead of us, when we heard of it.
 */
export function beijingTime(text: unknown, now: number): number {
  const [, date, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(String(text ?? '')) ?? [];
  const at = date === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`) - BEIJING_MS;
  return Number.isFinite(at) ? Math.min(at, now) : now;
}

/** The objects of a JSON array; undefined where it is none. One that is no object is left out. */
export function listOf(body: string): readonly Readonly<Record<string, unknown>>[] | undefined {
  try {
    const read: unknown = JSON.parse(body);
    return Array.isArray(read)
      ? read.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
      : undefined;
  } catch {
    return undefined;
  }
}
