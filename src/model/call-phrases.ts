import { jsonOf } from '../lib/json-text.ts';
import { overwrittenIn } from '../lib/repeated-keys.ts';
import { mayBePacked, textsPackedIn } from '../lib/texts-in.ts';
import type { Call } from './call-for-help.ts';
import { callInValue, isTakenBackIn } from './call-values.ts';
import {
  callOf,
  isBareAlarm,
  isNumber,
  type Look,
  PHRASE_CHARS_MAX,
  TEXT_CHARS_MAX,
  wordsOf,
} from './call-vocabulary.ts';

/**
 * Calls for help in other words than those that platforms use: `sos_alarm`, `SOS报警`, `{"name":"sos"}`, `1,SOS,85`. Only
 * what nobody could read is looked at, so more is taken for a call here than in a message that somebody understands.
 */

/** Characters of a text that is no JSON: more are a story, and not a word. */
const LINE_CHARS_MAX = 120;
/** A text in a text, as platforms carry what a device said: as JSON, in hexadecimal digits or base64. */
const INNER_MAX = 3;
/**
 * Characters of all such texts of a message that are looked at, and what it costs beside that to unpack one and to read one. Whoever
 * sends it chooses how many there are: a message of the greatest length that is packed three times over fits.
 */
const WORK_MAX = 4 * TEXT_CHARS_MAX;
const [WORK_OF_UNPACKING, WORK_OF_READING] = [128, 256];

/** What may still be looked at of a message. */
interface Work {
  left: number;
}

/** @param json the text, where it is JSON; undefined: it is none */
export const callInPhrases = (text: string, json: unknown, look: Look): Call | undefined =>
  text.length > TEXT_CHARS_MAX ? undefined : callInnerTo(text, json, look, 0, { left: WORK_MAX });

/** The same of what was never a text. */
export const callInParts = (value: unknown, look: Look): Call | undefined =>
  callInJson(value, look, 0, { left: WORK_MAX });

/** @param depth how many texts it is packed in */
function callInnerTo(text: string, json: unknown, look: Look, depth: number, work: Work): Call | undefined {
  if (typeof json === 'object' && json !== null)
    return callInJson(json, look, depth, work) ?? callOverwritten(text, look, depth, work);
  if (json !== undefined && typeof json !== 'string') return undefined;
  const words = json ?? text;
  const isShort = words.length <= (json === undefined ? LINE_CHARS_MAX : TEXT_CHARS_MAX);
  const said = isShort ? callOf(wordsOf(words), look, isNumber) : undefined;
  return (
    said ??
    (json === undefined
      ? callInAny(textsPackedIn(text), look, depth, work)
      : callPackedIn(words, look, depth, work))
  );
}

const callInJson = (value: unknown, look: Look, depth: number, work: Work): Call | undefined =>
  callInValue(value, look, (text) => callPackedIn(text, look, depth, work));

/** JSON keeps the last value of a key that stands there twice. */
function callOverwritten(text: string, look: Look, depth: number, work: Work): Call | undefined {
  for (const { key, value } of overwrittenIn(text)) {
    const call = callInJson({ [key]: value }, look, depth, work);
    if (call) return call;
  }
  return undefined;
}

function callPackedIn(text: string, look: Look, depth: number, work: Work): Call | undefined {
  if (depth >= INNER_MAX || work.left <= 0) return undefined;
  if (/^\s{0,8}[[{]/.test(text)) return callInAny([text], look, depth, work);
  if (!mayBePacked(text)) return undefined;
  work.left -= text.length + WORK_OF_UNPACKING;
  return callInAny(textsPackedIn(text), look, depth, work);
}

function callInAny(texts: readonly string[], look: Look, depth: number, work: Work): Call | undefined {
  if (depth >= INNER_MAX) return undefined;
  for (const one of texts) {
    if (work.left <= 0) return undefined;
    work.left -= one.length + WORK_OF_READING;
    const call = callInnerTo(one, jsonOf(one), look, depth + 1, work);
    if (call) return call;
  }
  return undefined;
}

/** What the last level of a topic says by itself is not what it is about: `fall/detected`, `binary_sensor/sos/state`. */
const OF_THE_LEVEL_BEFORE = /^(?:state|status|detected|value|event|trigger(?:ed)?|pressed|alarm|alert)$/i;
/** Under which a thing is set, and not told of. */
const SETS = /^(?:switch|number|select|button|config.*|settings?)$/i;

/**
 * What the end of a topic calls for (`<id>/sos` with a 1, or with nothing at all), unless the message takes it back.
 */
export function callInTopic(topic: string, text: string, { isWorn = false }: Look): Call | undefined {
  if (text.length > TEXT_CHARS_MAX) return undefined;
  const [last = '', before = '', kind = ''] = topic.split('/', 64).reverse();
  const own = callInLevel(last, isWorn);
  const call =
    own ?? (OF_THE_LEVEL_BEFORE.test(last) && !SETS.test(kind) ? callInLevel(before, false) : undefined);
  if (!call || isTakenBackIn(jsonOf(text) ?? text)) return undefined;
  // A state that somebody says of what is before it is told all the time, and not only where somebody calls.
  return own !== undefined || !/^unavailable$|^unknown$/i.test(text.trim()) ? call : undefined;
}

function callInLevel(level: string, isWorn: boolean): Call | undefined {
  if (level.length > PHRASE_CHARS_MAX) return undefined;
  const words = wordsOf(level);
  return callOf(words, { isWorn: true }) ?? (isWorn && isBareAlarm(words) ? 'sos' : undefined);
}
