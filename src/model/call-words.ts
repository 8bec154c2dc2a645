import { jsonOf } from '../lib/json-text.ts';
import { packedIn } from '../lib/packed-values.ts';
import { textsOf } from '../lib/texts-in.ts';
import type { Call } from './call-for-help.ts';
import { callInLine } from './call-lines.ts';
import { callInParts, callInPhrases } from './call-phrases.ts';
import { type Look, TEXT_CHARS_MAX } from './call-vocabulary.ts';

export type { Look } from './call-vocabulary.ts';

/**
 * What a text says of a call for help, in the words in which devices, bridges and network servers say it. Bytes are not
 * judged: nearly all of them would be a call under some model.
 */
export function callInText(text: string, look: Look = {}): Call | undefined {
  const json = text.length > TEXT_CHARS_MAX ? undefined : jsonOf(text);
  // What can be taken apart says which of its words belong together.
  const isWhole = typeof json === 'object' && json !== null;
  return (isWhole ? undefined : callInLine(text, look)) ?? callInPhrases(text, json, look);
}

/** The same of bytes, in whichever encoding their words stand. */
export function callInBytes(bytes: Uint8Array, look: Look = {}): Call | undefined {
  for (const packed of packedIn(bytes)) {
    const call = callInParts(packed, look);
    if (call) return call;
    // It says something, and that is something else: its bytes are no words.
    if (typeof packed === 'object') return undefined;
  }
  for (const text of textsOf(bytes)) {
    const call = callInText(text, look);
    if (call) return call;
  }
  return undefined;
}

/** The likeliest text of a message; of one that is packed, the same as JSON. */
export function likelyText(bytes: Uint8Array): string {
  const [packed] = packedIn(bytes);
  return typeof packed === 'object' ? JSON.stringify(packed) : (textsOf(bytes)[0] ?? '');
}
