import type { Call } from './call-for-help.ts';
import type { Look } from './call-vocabulary.ts';

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
const TAGGED = new RegExp(`<${VALUE_NAMES}>${BLANKS}(${WORDS})${BLANKS}</`, 'i');
const BARE = new RegExp(`^[\\s"'\\[({]*(${WORDS})[\\s"'\\])}!！.。]*$`, 'i');
/** A longer text is more than one word in brackets. */
const BARE_CHARS_MAX = 40;

/** The usual words, wherever they stand in a text that nobody takes apart: a form, a line of a log, JSON that was cut. */
export function callInLine(text: string, { isWorn = false }: Look): Call | undefined {
  const found =
    VALUED.exec(text) ??
    NAMED.exec(text) ??
    TAGGED.exec(text) ??
    (text.length <= BARE_CHARS_MAX ? BARE.exec(text) : null);
  const word = found?.[1]?.toLowerCase().replaceAll(/[ _-]/g, '');
  if (word === undefined || (word === 'help' && !isWorn)) return undefined;
  return /^(?:fall|mandown|跌倒|摔倒)/.test(word) ? 'fall' : 'sos';
}
