import { cborIn } from '../lib/cbor.ts';
import { textsOf } from '../lib/texts-in.ts';
import type { Call } from './call-for-help.ts';
import { callInPhrases, callInValue, withoutSettings } from './call-phrases.ts';

/** Names under which platforms, bridges and network servers say that somebody calls, where the value is set. */
const CALL_NAMES =
  '(sos|emergency|panic|help|fall[_-]?down|fall|man[_-]?down)(?:[_-]?(?:flag|alarm|alert|status|state|event|button|pressed|detected|detection))?';
/** Names whose value is the call. */
const VALUE_NAMES =
  '(?:event|events|action|alarm|alarm_?type|alarm_?event|type|event_?type|button|button_?event|status|state|message_?type)';
/** The call itself, where nothing else is said. */
const WORDS =
  'sos|emergency|panic|help|fall|fall[ _-]?down|man[ _-]?down|fall[ _-]?detected|求救|呼救|救命|紧急呼叫|紧急求助|紧急求救|跌倒|摔倒';
const SET =
  '(?:true|[1-9]\\d{0,2}|(?:1|true|on|yes|sos|alarm|active|pressed|triggered|detected|fall)(?=["\']))';
/** A few blanks, not any number: what somebody sends may be all blanks, and is looked through once. */
const BLANKS = '\\s{0,8}';
/** Before a name, and between it and its value: with or without quotes, as JSON, a form or a line of a log has it. */
const OPEN = '(?<![\\w-])["\']?';
const IS = `["']?${BLANKS}[:=]${BLANKS}`;
const END = `(?=["']?${BLANKS}(?:[,;&}\\]\\r\\n]|$))`;
const NAMED = new RegExp(`${OPEN}${CALL_NAMES}${IS}["']?${SET}${END}`, 'i');
const VALUED = new RegExp(
  `${OPEN}${VALUE_NAMES}${IS}\\[?${BLANKS}["']?${BLANKS}(${WORDS})${BLANKS}${END}`,
  'i',
);
const BARE = new RegExp(`^[\\s"'\\[({]*(${WORDS})[\\s"'\\])}!！.。]*$`, 'i');
/** A longer text is more than one word in brackets. */
const BARE_CHARS_MAX = 40;

/** By what else a call is known than by its words. */
export interface Look {
  /** Of a device that can call for help by its model: its bare alarm is a call. */
  readonly isWorn?: boolean;
  /** When it came: a time near it may stand for a press. */
  readonly at?: number;
}

/**
 * What a text says of a call for help, in the words in which devices, bridges and network servers say it. Bytes are not
 * judged: nearly all of them would be a call under some model.
 */
export function callInText(text: string, look: Look = {}): Call | undefined {
  const told = withoutSettings(text);
  const found =
    VALUED.exec(told) ?? NAMED.exec(told) ?? (told.length <= BARE_CHARS_MAX ? BARE.exec(told) : null);
  const word = found?.[1]?.toLowerCase().replaceAll(/[ _-]/g, '');
  if (word === undefined) return callInPhrases(text, look);
  return /^(?:fall|mandown|跌倒|摔倒)/.test(word) ? 'fall' : 'sos';
}

/** The same of bytes, in whichever encoding their words stand. */
export function callInBytes(bytes: Uint8Array, look: Look = {}): Call | undefined {
  for (const text of textsOf(bytes)) {
    const call = callInText(text, look);
    if (call) return call;
  }
  const packed = cborIn(bytes);
  return packed === undefined ? undefined : callInValue(packed, look);
}
