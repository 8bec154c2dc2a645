import type { Message } from '../model/message.ts';

const START = 'shouwang/';
const END = '/status';
const ONE_LEVEL = /^[^/]+\/([^/]+)\/[^/]+$/;

/**
 * What clients leave on a status topic to say whether they are there: the two words of ours, those that others say for
 * them, with the number of their session or without, and nothing at all, by which a word that a broker keeps is taken away.
 */
const PRESENCE =
  /^\s*(?:\{\s*"(?:state|status)"\s*:\s*)?"?(?:(?:(?:dis)?connected|o(?:n|ff)line)(?:\s\d{1,20})?|true|false|0|1)?"?(?:\s*,\s*"session"\s*:\s*\d{1,20})?\s*\}?\s*$/i;
const PRESENCE_BYTES_MAX = 64;

/** `shouwang/<id>/status` → id. */
export function statusOf(topic: string): string | undefined {
  return topic.startsWith(START) && topic.endsWith(END) ? ONE_LEVEL.exec(topic)?.[1] : undefined;
}

/** `shouwang/<id>/…` → id: whose topic it would be, if it were one. Some set a slash before it. */
export const namedIn = (topic: string): string | undefined => NAMED.exec(topic)?.[1];
const NAMED = /^\/?shouwang\/([^/]+)\//;

/** All topics that may be of a device of ours, so that a call under a wrong one is not missed where a broker asks for filters. */
export const AROUND_DEVICES: readonly string[] = ['shouwang/+/#', '/shouwang/+/#'];

/** What we publish there ourselves, for others: an outside broker gives it back to whoever asks for all around devices. */
export const isFromUs = (topic: string): boolean => OURS.test(topic);
const OURS = /^shouwang\/(?:(?:alerts|notices)\/|[^/]+\/command$)/;

/** What others send to a device there, or it is answered: settings and orders, in which nobody calls. */
export const isToDevice = (topic: string): boolean => TO_DEVICE.test(topic);
const TO_DEVICE = /^\/?shouwang\/[^/]+\/(?:set|get|cmd|commands?|config|conf|settings?|ack|ota|update|rpc)$/i;

/** Does it say no more than whether its sender is there? */
export function isPresence({ topic, payload }: Pick<Message, 'topic' | 'payload'>): boolean {
  if (!topic.endsWith(END) || payload.length > PRESENCE_BYTES_MAX) return false;
  return PRESENCE.test(Buffer.from(payload).toString('utf8'));
}
