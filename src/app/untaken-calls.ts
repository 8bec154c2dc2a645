import type { Decoded } from '../devices/define.ts';
import { type Call, isCall } from '../model/call-for-help.ts';
import { callInTopic } from '../model/call-phrases.ts';
import { callInBytes, callInText, type Look, likelyText } from '../model/call-words.ts';
import type { RejectionReason } from '../model/rejection.ts';

/** Refusals of what nobody could read. Other reasons are deliberate: what is simulated or withdrawn calls nobody. */
export const NOT_UNDERSTOOD: ReadonlySet<RejectionReason> = new Set<RejectionReason>([
  'malformed-json',
  'malformed-payload',
  'empty-message',
  'unknown-metric',
  'unknown-event',
  'key-repeated',
  'unmapped-alarm',
  'not-a-number',
  'out-of-range',
  'clock-malformed',
  'unknown-unit',
  'not-supported',
  'batch-too-long',
]);

/** Of what a model makes of a message, that by which it is seen whether somebody calls. */
type Understood =
  | Pick<Extract<Decoded, { ok: true }>, 'ok' | 'events' | 'readings' | 'rejections'>
  | Extract<Decoded, { ok: false }>;

/** What a device sent, in whatever it was packed; `object` is what its network made of the bytes. */
export interface Said {
  readonly payload: Uint8Array;
  readonly object?: unknown;
}

/**
 * What plain words call for in a message that its model could not read, or not all of it; undefined: nobody calls, or is
 * heard.
 */
export function callInWords(decoded: Understood, said: Said, look: Look = {}): Call | undefined {
  if (decoded.ok && (decoded.rejections.length === 0 || calledIn(decoded) !== undefined)) return undefined;
  const reasons = decoded.ok ? decoded.rejections.map(({ reason }) => reason) : [decoded.reason];
  if (!reasons.some((reason) => NOT_UNDERSTOOD.has(reason))) return undefined;
  const isBeside = decoded.ok && decoded.readings.length > 0;
  const seen = isBeside ? { ...look, isBeside } : look;
  return (
    callInBytes(said.payload, seen) ??
    (said.object === undefined ? undefined : callInText(JSON.stringify(said.object), seen))
  );
}

/** What a message calls for, as its model reads it or in words. */
export const callInMessage = (decoded: Decoded, said: Said, look: Look = {}): Call | undefined =>
  calledIn(decoded) ?? callInWords(decoded, said, look);

/** The same of one under a topic that is nobody's: that may say it by itself. */
export const callUnder = (topic: string, decoded: Decoded, said: Said, look: Look): Call | undefined =>
  callInMessage(decoded, said, look) ?? callInTopic(topic, likelyText(said.payload), look);

/** Of what is too long to be read, how much is looked through at either end. */
const LONG_END_BYTES = 16_384;

/** What is called for in what is too long to be read: in its topic, or at either end, for nobody hides a call in a picture. */
export function callInLong(topic: string, payload: Uint8Array, look: Look): Call | undefined {
  const ends = [payload.subarray(0, LONG_END_BYTES), payload.subarray(-LONG_END_BYTES)];
  for (const end of ends) {
    const call = callInBytes(end, look);
    if (call) return call;
  }
  return callInTopic(topic, '', look);
}

/** What its model reads as a call. */
export const calledIn = (decoded: Understood): Call | undefined =>
  decoded.ok ? decoded.events.map(({ event }) => event).find(isCall) : undefined;
