import { jsonOf } from '../lib/json-text.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import { type Entry, entriesOf, NAME, NAMING, NO_EVENT, SAYING } from './call-entries.ts';
import type { Call } from './call-for-help.ts';
import { callInLine } from './call-lines.ts';
import {
  allWordsOf,
  callOf,
  isBareAlarm,
  isBeside,
  isOfAlarmAlone,
  isTakenBack,
  type Look,
  PHRASE_CHARS_MAX,
  TEXT_CHARS_MAX,
  wordsOf,
} from './call-vocabulary.ts';

/** Calls for help in the keys and values of what could be taken apart: `{"sosAlarm":1}`, `{"code":"fall_alarm","value":true}`. */

/** As many as stand in a text of the length that is looked at. */
export const VALUES_MAX = TEXT_CHARS_MAX / 2;
/** How far from now a time may be that stands for a press. */
const [PRESS_BEHIND_MS, PRESS_AHEAD_MS] = [60 * 60_000, 10 * 60_000];
/** Keys under which a bare `help` is what somebody wants, and no order to a device. */
const HAPPENS = /event|alarm|alert|button|key|press/i;
/** Whether a thing looks for falls, and not whether somebody fell. */
const isOfLooking = (word: string): boolean => word === 'detection' || word === 'detect';
const LOOKED_FOR = new Set(['detection', 'detect', 'button', 'key', 'type']);
/** What a state says that stands. */
const STANDS =
  /^(?:sos|alarm|alert|active|activated|pressed|triggered|detected|fall|fallen|fall_?down|real|confirmed)$/i;
/** As things models name what they tell of: `thing.event.sos.post`. */
const EVENT_METHOD = /^thing\.event\.([^.]+)\.post$/;
/** What is not certain yet: who says so says the other thing, too, within a minute. */
const NOT_YET = /warning|suspect|maybe|possible|pending|^pre/i;

/**
 * Looks through what is nested without going down into it: whoever sends it chooses how deep it is.
 *
 * @param inText looks into a text that stands as a value: it may be packed
 */
export function callInValue(
  whole: unknown,
  look: Look,
  inText: (text: string) => Call | undefined,
): Call | undefined {
  const waiting: Entry[] = [wholeOf(whole)];
  for (let looked = 0; looked < VALUES_MAX; looked++) {
    const one = waiting.pop();
    if (!one) return undefined;
    if (NO_EVENT.test(one.key)) continue;
    const said = isLine(one.key) ? callInLine(one.key, look) : undefined;
    if (said) return said;
    if (typeof one.value === 'object' && one.value !== null) {
      waiting.push(...nestedIn(one.key, one.value));
      continue;
    }
    const call = callInPair(one, look) ?? (typeof one.value === 'string' ? inText(one.value) : undefined);
    if (call) return call;
  }
  return undefined;
}

/** A key in which more stands than a name. */
const isLine = (key: string): boolean => key.length <= PHRASE_CHARS_MAX && /[:=]/.test(key);

const wholeOf = (value: unknown): Entry => ({
  own: '',
  key: '',
  value,
  mayBeNamed: false,
  saysNothing: false,
});

/** Of a list, each element stands under the key of the list. */
export const nestedIn = (key: string, value: object): Entry[] =>
  Array.isArray(value)
    ? value
        .slice(0, VALUES_MAX)
        .map((one, i) => ({ own: String(i), key, value: one, mayBeNamed: false, saysNothing: false }))
    : entriesOf(key, value, VALUES_MAX);

function callInPair({ key, value, mayBeNamed, saysNothing }: Entry, look: Look): Call | undefined {
  if (saysNothing) return undefined;
  const { isWorn = false } = look;
  const isShort = key.length <= PHRASE_CHARS_MAX;
  if (isShort && isSetAnyhow(value)) {
    const words = wordsOf(key);
    // What a device is set to stands in each of its messages; what it has seen is said alone.
    if (look.isBeside && words.some(isOfLooking) && !isHappening(value)) return undefined;
    const isBare = isWorn && (isSet(value) || isHappening(value)) && isBareAlarm(words);
    // `alarm: "fallDown"` says more than that there is an alarm.
    const call = callOf(words, look) ?? (isBare ? (callOf(wordsOf(String(value))) ?? 'sos') : undefined);
    if (call) return call;
  }
  if (typeof value !== 'string') return undefined;
  const isName = !SAYING.test(key) && NAMING.test(key);
  const told = isName || !/[:=]/.test(value) ? undefined : callInLine(value, look);
  if (told || value.length > PHRASE_CHARS_MAX) return told;
  if (isShort && isPressTime(value, look)) return callAlone(key);
  const words = wordsOf(EVENT_METHOD.exec(value)?.[1] ?? value);
  if (isName) return mayBeNamed && NAME.test(key) && words.length === 1 ? callOf(words) : undefined;
  const said = { ...look, isWorn: isWorn || HAPPENS.test(key) };
  return callOf(words, said) ?? (isWorn && SAYING.test(key) && isBareAlarm(words) ? 'sos' : undefined);
}

/**
 * The same of a value that stands in a message which its model has read otherwise. Such messages come all day, full of
 * settings: the key has to say that somebody calls, or that it says what has happened.
 */
export function callBeside(
  { key, value, saysNothing }: Pick<Entry, 'key' | 'value' | 'saysNothing'>,
  look: Look,
): Call | undefined {
  const { isWorn = false } = look;
  if (saysNothing || key.length > PHRASE_CHARS_MAX || (!SAYING.test(key) && NAMING.test(key)))
    return undefined;
  const words = wordsOf(key);
  if (isSet(value) && !words.some((word) => LOOKED_FOR.has(word)))
    return callOf(words, look) ?? (isWorn && isOfAlarmAlone(words) ? 'sos' : undefined);
  if (typeof value !== 'string' || value.length > PHRASE_CHARS_MAX || NOT_YET.test(value)) return undefined;
  const said = wordsOf(value);
  if (STANDS.test(value.trim()) || callOf(said) !== undefined) {
    const call = callOf(words, look);
    if (call) return call;
  }
  if (!SAYING.test(key)) return undefined;
  // What a thing is, stands under that key as well, in each of its messages: `type: "SOS button"`.
  if (/^type$/i.test(key) && said.some(isBeside)) return undefined;
  return (
    callOf(said, { ...look, isWorn: isWorn || HAPPENS.test(key) }) ??
    (isWorn && isOfAlarmAlone(said) ? 'sos' : undefined)
  );
}

/** The same of what is full of settings by its nature, and may tell what happened all the same: attributes of a platform. */
export function callAmongSettings(text: string): Call | undefined {
  const waiting: Entry[] = [wholeOf(text.length > TEXT_CHARS_MAX ? undefined : jsonOf(text))];
  for (let looked = 0; looked < VALUES_MAX; looked++) {
    const one = waiting.pop();
    if (!one) return undefined;
    if (NO_EVENT.test(one.key)) continue;
    if (typeof one.value === 'object' && one.value !== null) waiting.push(...nestedIn(one.key, one.value));
    else {
      const call = callBeside(one, {});
      if (call) return call;
    }
  }
  return undefined;
}

/** Whether what stands beside a topic that calls takes the call back: `{"sos":0}`, `{"state":"cleared"}`, `{"test":true}`. */
export function isTakenBackIn(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return allWordsOf(String(value)).some(isTakenBack);
  return Object.entries(value)
    .slice(0, VALUES_MAX)
    .some(([key, one]) => {
      if (isSet(one)) return allWordsOf(key).some(isTakenBack);
      const isTold = SAYING.test(key) || TOLD.test(key) || callOf(wordsOf(key)) !== undefined;
      return isTold && typeof one !== 'object' && allWordsOf(String(one)).some(isTakenBack);
    });
}
const TOLD = /^(?:value|val|v|active|on|pressed|triggered|detected|payload|data)$/i;

const isSet = (value: unknown): boolean =>
  value === true ||
  value === 1 ||
  (typeof value === 'string' && /^(?:1|true|yes|on|y|t|是|有)$/i.test(value));

/** Of what nobody could read, also a number, and what a state says that stands. */
const isSetAnyhow = (value: unknown): boolean =>
  isSet(value) ||
  isHappening(value) ||
  (Number.isInteger(value) && Number(value) > 0 && Number(value) < 1_000);

const isHappening = (value: unknown): boolean => typeof value === 'string' && STANDS.test(value.trim());

/** When somebody pressed. One that says it again with each message, for days, must not call for days. */
function isPressTime(value: string, { at }: Look): boolean {
  if (at === undefined || !/^\d{4}-\d\d-\d\d[T ]\d/.test(value)) return false;
  const written = value.replace(' ', 'T');
  // Without a zone it is most likely the time of the place, or none has been set.
  return [written, `${written}Z`, `${written}+08:00`]
    .map((one) => parseRfc3339(one))
    .some((then) => then !== undefined && then <= at + PRESS_AHEAD_MS && then >= at - PRESS_BEHIND_MS);
}

/** The key is the call itself, and nothing beside it: `sos`, but not `sos_time`. */
function callAlone(key: string): Call | undefined {
  const words = wordsOf(key);
  return words.some(isBeside) ? undefined : callOf(words);
}
