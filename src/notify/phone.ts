import { z } from 'zod';
import { isSameToken } from '../lib/secrets.ts';
import type { ChannelReply, ReceiptReading, ReceiptRequest } from '../ports/channel-reply.ts';

/** A telephone number as vendors take it: digits, with a plus where the country is said. */
export const phoneNumber = (address: string): string => address.replace(/[\s()-]+/g, '');

/** One for all ways to write a number of the mainland: 138 0000 0001, +86 138-0000-0001, 0086… */
export const numberKey = (address: string): string =>
  address.replace(/\D/g, '').replace(/^(?:00)?86(?=1\d{10}$)/, '');

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

/** A mobile number as group robots know their members, however it was written; what is none as it is. */
export const mobileOf = (address: string): string =>
  /^\+?[\d\s()-]+$/.test(address) ? numberKey(address) : address;

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

/** One entry of a push. */
export type Report = Readonly<Record<string, unknown>>;

/** A text of a report, whether it came as one or as a number; empty where there is none. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';

/** A reply before it is said over which channel it came. */
export type BareReply = ChannelReply extends infer R
  ? R extends ChannelReply
    ? Omit<R, 'channel'>
    : never
  : never;

/**
 * Reads a push that is a JSON array of reports, as the vendors of SMS and voice send them. A report that `read` makes nothing
 * of is left out: others of the same account push to the same address.
 */
export function readReports(
  request: ReceiptRequest,
  token: string | undefined,
  read: (report: Report) => BareReply | undefined,
  answer: object,
): ReceiptReading {
  if (token === undefined || !isSameToken(textOf(request.query['token']), token))
    return { ok: false, refusal: 'not-signed' };
  const reports = listOf(request.body);
  if (!reports) return { ok: false, refusal: 'not-understood' };
  const replies = reports.flatMap((report) => {
    const reply = read(report);
    return reply ? [{ ...reply, channel: request.channel } as ChannelReply] : [];
  });
  return { ok: true, replies, answer: { status: 200, body: JSON.stringify(answer) } };
}

/** The objects of a JSON array; undefined where it is none. */
function listOf(body: string): readonly Report[] | undefined {
  try {
    const list: unknown = JSON.parse(body);
    if (!Array.isArray(list)) return undefined;
    return list.filter((one): one is Report => typeof one === 'object' && one !== null);
  } catch {
    return undefined;
  }
}
