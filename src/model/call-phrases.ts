import { parseRfc3339 } from '../lib/rfc3339.ts';
import { textsPackedIn } from '../lib/texts-in.ts';
import type { Call } from './call-for-help.ts';
import type { Look } from './call-words.ts';

/**
 * Calls for help in other words than those that platforms use: `sos_alarm`, `SOS报警`, `{"name":"sos"}`, `1,SOS,85`. Only
 * what nobody could read is looked at, so more is taken for a call here than in a message that somebody understands.
 */

/** A longer text is looked through for the usual words alone. */
const TEXT_CHARS_MAX = 16_384;
/** Characters of a value, and of a text that is no JSON: more are a story, and not a word. */
const PHRASE_CHARS_MAX = 40;
const LINE_CHARS_MAX = 120;
const VALUES_MAX = 1_000;
/** A text in a text, as platforms carry what a device said: as JSON, in hexadecimal digits or base64. */
const INNER_MAX = 3;
/** How far from now a time may be that stands for a press. */
const [PRESS_BEHIND_MS, PRESS_AHEAD_MS] = [60 * 60_000, 10 * 60_000];

const SOS = new Set(['sos', 'panic', 'help', 'emergency', 'mayday']);
const FALL = new Set(['fall', 'falls', 'fallen', 'falldown', 'mandown']);
const SOS_ZH =
  /求救|呼救|救命|求助|救援|紧急(?:呼叫|报警|告警|按[钮键]|情况|事件)|^紧急$|一键(?:呼叫|报警|告警)|帮[帮助]?我|需要帮助|^帮助$|来人[啊呀]|快来人/u;
const FALL_ZH = /跌倒|摔倒/u;
/** What is no call: it was taken back or tried out, it is a setting, a counter, somebody's number. */
const TAKEN_BACK = new Set(
  'cancel cancelled canceled clear cleared off test testing end ended normal no not none false disable disabled reset count counter config enable enabled support supported version sensitivity threshold number phone contact contacts history last recover recovered restore restored 0'.split(
    ' ',
  ),
);
const TAKEN_BACK_ZH =
  /取消|解除|恢复|测试|未|无|关闭|开启|启用|正常|结束|号码|电话|次数|设置|灵敏度|误|联系人|电量|低电|离线|在线/u;
/** What may stand beside a call and changes nothing about it. */
const BESIDE = new Set(
  'alarm alarms alert alerts button key call calls calling pressed press event events detected detection detect trigger triggered active activated on flag status state me please message msg type warning signal request device wearer elderly person user is has i am need needs needed for want now long short single double true'.split(
    ' ',
  ),
);
/** Of something that is worn, the bare alarm is its wearer's. */
const BARE_ALARM = new Set(
  'alarm alarms alert alerts button key pressed press long short single double'.split(' '),
);
const BARE_ALARM_ZH = /^(?:一般)?(?:报警|告警|按键)$/u;
/** Keys whose value names a thing, and not what has happened. */
const NAMING =
  /(?:model|product|firmware|version|ssid|label|title|description|device|vendor|brand|topic|name)/i;
/** Keys under which devices say what has happened. */
const SAYING =
  /^(?:event|events|action|alarm|alarm_?type|alarm_?event|type|event_?type|button|button_?event|status|state|message_?type|cmd|code)$/i;

export function callInPhrases(text: string, look: Look): Call | undefined {
  return callInnerTo(text, look, 0);
}

/** @param depth how many texts it is packed in */
function callInnerTo(text: string, look: Look, depth: number): Call | undefined {
  if (text.length > TEXT_CHARS_MAX) return undefined;
  const value = parsed(text);
  if (typeof value === 'object') return callInValue(value, look, depth);
  const words = typeof value === 'string' ? value : text;
  if (value !== undefined && typeof value !== 'string') return undefined;
  const isShort = words.length <= (value === undefined ? LINE_CHARS_MAX : TEXT_CHARS_MAX);
  const said = isShort ? callOf(wordsOf(words), isNumber) : undefined;
  return (
    said ??
    (value === undefined ? callInAny(textsPackedIn(text), look, depth) : callPackedIn(words, look, depth))
  );
}

const callPackedIn = (text: string, look: Look, depth: number): Call | undefined =>
  callInAny(/^\s*[[{]/.test(text) ? [text] : textsPackedIn(text), look, depth);

function callInAny(texts: readonly string[], look: Look, depth: number): Call | undefined {
  if (depth >= INNER_MAX) return undefined;
  for (const one of texts) {
    const call = callInnerTo(one, look, depth + 1);
    if (call) return call;
  }
  return undefined;
}

/**
 * What the last level of a topic calls for (`<id>/sos` with a 1, or with nothing at all), unless the message takes it back.
 */
export function callInTopic(topic: string, text: string, { isWorn = false }: Look): Call | undefined {
  const last = topic.slice(topic.lastIndexOf('/') + 1);
  if (last.length > PHRASE_CHARS_MAX || text.length > TEXT_CHARS_MAX) return undefined;
  const words = wordsOf(last);
  const call = callOf(words) ?? (isWorn && isBareAlarm(words) ? 'sos' : undefined);
  return call && !wordsOf(text).some(isTakenBack) ? call : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Keys under which nothing is told that happens: what a thing can do and is set to, and why it started. */
const NO_EVENT =
  /reason|reset|reboot|level|severity|priority|season|trend|mode|effect|feature|capabilit|support|setting|config|option|risk|team|group|wifi|profile|category|class|^fw|^hw/i;
/** The key of a name that may be that of an event, and so many entries beside it: a thing that has a name says more of itself. */
const NAME = /^(?:event_?|alarm_?)?name$/i;
const NAMED_ENTRIES_MAX = 3;

/** Looks through what is nested without going down into it: whoever sends it chooses how deep it is. */
export function callInValue(whole: unknown, look: Look, depth = 0): Call | undefined {
  const waiting: (readonly [key: string, value: unknown, mayBeNamed: boolean])[] = [['', whole, false]];
  for (let looked = 0; looked < VALUES_MAX; looked++) {
    const [key, value, mayBeNamed = false] = waiting.pop() ?? [];
    if (key === undefined) return undefined;
    if (NO_EVENT.test(key)) continue;
    if (typeof value === 'object' && value !== null) {
      const isList = Array.isArray(value);
      const entries = Object.entries(value).slice(0, VALUES_MAX);
      const names = SAYING.test(key) || entries.length <= NAMED_ENTRIES_MAX;
      for (const [name, one] of entries) waiting.push([isList ? key : name, one, names]);
      continue;
    }
    const call =
      callInPair(key, value, look, mayBeNamed) ??
      (typeof value === 'string' ? callPackedIn(value, look, depth) : undefined);
    if (call) return call;
  }
  return undefined;
}

/** @param mayBeNamed a name that stands here may be that of what happened */
function callInPair(key: string, value: unknown, look: Look, mayBeNamed: boolean): Call | undefined {
  const { isWorn = false } = look;
  const isShort = key.length <= PHRASE_CHARS_MAX;
  if (isShort && isSet(value)) {
    const words = wordsOf(key);
    return callOf(words) ?? (isWorn && isBareAlarm(words) ? 'sos' : undefined);
  }
  if (typeof value !== 'string' || value.length > PHRASE_CHARS_MAX) return undefined;
  if (isShort && isPressTime(value, look)) return callAlone(key);
  const words = wordsOf(value);
  if (NAMING.test(key)) return mayBeNamed && NAME.test(key) && words.length === 1 ? callOf(words) : undefined;
  return callOf(words) ?? (isWorn && SAYING.test(key) && isBareAlarm(words) ? 'sos' : undefined);
}

/** What a state says that stands. */
const STANDS = /^(?:sos|alarm|alert|active|activated|pressed|triggered|detected|fall|fallen|fall_?down)$/i;
/** Whether a thing looks for falls, and not whether somebody fell. */
const LOOKED_FOR = new Set(['detection', 'detect', 'button', 'key', 'type']);

/**
 * The same of a value that stands in a message which its model has read otherwise. Such messages come all day, full of
 * settings: the key has to say that somebody calls, or that it says what has happened.
 */
export function callBeside(key: string, value: unknown, { isWorn = false }: Look): Call | undefined {
  if (key.length > PHRASE_CHARS_MAX || NAMING.test(key)) return undefined;
  const words = wordsOf(key);
  if (isSet(value) && !words.some((word) => LOOKED_FOR.has(word)))
    return callOf(words) ?? (isWorn && isOfAlarmAlone(words) ? 'sos' : undefined);
  if (typeof value !== 'string' || value.length > PHRASE_CHARS_MAX) return undefined;
  const said = wordsOf(value);
  if (STANDS.test(value.trim())) {
    const call = callOf(words);
    if (call) return call;
  }
  if (!SAYING.test(key)) return undefined;
  // What a thing is, stands under that key as well, in each of its messages: `type: "SOS button"`.
  if (/^type$/i.test(key) && said.some((word) => BESIDE.has(word))) return undefined;
  return callOf(said) ?? (isWorn && isOfAlarmAlone(said) ? 'sos' : undefined);
}

/** The same of what is full of settings by its nature, and may tell what happened all the same: attributes of a platform. */
export function callAmongSettings(text: string): Call | undefined {
  const value = text.length > TEXT_CHARS_MAX ? undefined : parsed(text);
  const waiting: (readonly [key: string, value: unknown])[] = [['', value]];
  for (let looked = 0; looked < VALUES_MAX; looked++) {
    const [key, one] = waiting.pop() ?? [];
    if (key === undefined) return undefined;
    if (NO_EVENT.test(key)) continue;
    if (typeof one === 'object' && one !== null) waiting.push(...Object.entries(one).slice(0, VALUES_MAX));
    else {
      const call = callBeside(key, one, {});
      if (call) return call;
    }
  }
  return undefined;
}

/** A text of JSON without what tells of nothing that happens; any other as it is. */
export function withoutSettings(text: string): string {
  const value = text.length > TEXT_CHARS_MAX ? undefined : parsed(text);
  if (typeof value !== 'object' || value === null) return text;
  let hasSome = false;
  const rest = JSON.stringify(value, (key, one: unknown) => {
    if (!NO_EVENT.test(key)) return one;
    hasSome = true;
    return undefined;
  });
  // As it stands, a key may be there twice.
  return hasSome ? rest : text;
}

/** `alarm`, but not `press` or `single`: of those a model knows which are calls. */
const isOfAlarmAlone = (words: readonly string[]): boolean =>
  isBareAlarm(words) && words.some((word) => /^(?:alarms?|alerts?|.*[报告]警)$/u.test(word));

const isSet = (value: unknown): boolean =>
  value === true ||
  value === 1 ||
  (typeof value === 'string' && /^(?:1|true|yes|on|y|t|是|有)$/i.test(value));

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
  return words.some((word) => BESIDE.has(word)) ? undefined : callOf(words);
}

/** Words as somebody reads them: full-width letters are letters, `S.O.S.` is one word, `isFall` are two. */
function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/\b(?:[a-z]\.){2,8}/g, (letters) => `${letters.replaceAll('.', '')} `)
    .split(/[^a-z0-9\p{Script=Han}]+|(?<=[a-z0-9])(?=\p{Script=Han})|(?<=\p{Script=Han})(?=[a-z0-9])/u)
    .filter((word) => word !== '');
}

const isTakenBack = (word: string): boolean => TAKEN_BACK.has(word) || TAKEN_BACK_ZH.test(word);

const isNumber = (word: string): boolean => /^\d{1,16}$/.test(word);

/** @param beside what else may stand beside a call */
function callOf(words: readonly string[], beside: (word: string) => boolean = () => false): Call | undefined {
  let call: Call | undefined;
  for (const [i, word] of words.entries()) {
    if (isTakenBack(word)) return undefined;
    if (FALL.has(word) || FALL_ZH.test(word) || (word === 'down' && words[i - 1] === 'man')) call = 'fall';
    else if (SOS.has(word) || SOS_ZH.test(word)) call ??= 'sos';
    else if (!BESIDE.has(word) && !beside(word) && !isPart(words, i) && !/\p{Script=Han}/u.test(word))
      return undefined;
  }
  return call;
}

/** `man` and `down` around each other or a fall. */
const isPart = (words: readonly string[], i: number): boolean =>
  (words[i] === 'man' && words[i + 1] === 'down') || (words[i] === 'down' && words[i - 1] === 'fall');

/** `general_alarm` is what an alarm is called here that does not say which. */
const isBareAlarm = (words: readonly string[]): boolean =>
  words.some(isOfAlarm) && words.every((word) => isOfAlarm(word) || word === 'general');

const isOfAlarm = (word: string): boolean => BARE_ALARM.has(word) || BARE_ALARM_ZH.test(word);
