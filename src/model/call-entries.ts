import { allWordsOf, callOf, isTakenBack, PHRASE_CHARS_MAX, wordsOf } from './call-vocabulary.ts';

/** What stands in an object: under its own key, and the key that it belongs to as people read it. */
export interface Entry {
  /** Its own key, by which it is found again. */
  readonly own: string;
  readonly key: string;
  readonly value: unknown;
  /** A name that stands here may be that of what happened. */
  readonly mayBeNamed: boolean;
  /** Another entry beside it says that it is over, or that this is the kind of thing that speaks. */
  readonly saysNothing: boolean;
}

/** Keys under which devices say what has happened. */
export const SAYING =
  /^(?:events?|action|alarms?|(?:alarm|event)_?(?:type|event|name|code|id)|type|button|button_?event|status|state|message_?type|cmd|code|identifier)$/i;
/** Keys whose value names a thing, and not what has happened. */
export const NAMING =
  /model|product|firmware|version|ssid|label|title|description|device|vendor|brand|topic|name|region|^tags?$|^notes?$|service_?id|(?:gateway|application|app|user|room|zone|area|site)_?id$|^(?:bn|src|dst|from|to|source|sender|target|path|url|input|room|zone|area|place|location|attr_?key)$|名称|设备|型号|位置/i;
/** Keys under which nothing is told that happens: what a thing can do and is set to, how it shines and sounds, and why it started. */
export const NO_EVENT =
  /reason|reset|reboot|level|severity|priority|season|trend|mode|effect|feature|capabilit|support|setting|config|option|risk|team|group|wifi|profile|category|class|pattern|blink|melody|ringtone|buzzer|^led|^tags$|^exposes$|^fw|^hw/i;
/** The key of a name that may be that of an event, and what may stand beside it: a thing that has a name says more of itself. */
export const NAME = /^name$/i;
const BESIDE_A_NAME =
  /^(?:time|date|ts|at|timestamp|.*_?time|id|imei|sn|mac|device.*|data|params|paras|value|name)$/i;
const NAMED_ENTRIES_MAX = 3;
/** An entry of a list of values: `{"code":"sos_state","value":false}`, `{"n":"sos","vb":true}`. */
const NAMES = [
  'code',
  'identifier',
  'key',
  'name',
  'n',
  'property',
  'parameter',
  'attribute',
  'sensor',
  'attrKey',
];
const VALUES = ['value', 'v', 'vb', 'vs', 'val', 'attrValue', 'state'];
/** Under these keys stands the value of what its own key names: `{"sos":{"value":1,"time":…}}`. */
const WRAPPED = /^(?:value|val|v|active|state|on|pressed|triggered|detected)$/i;
/** Measured in a room, or at a meter: what says `type: "SOS"` beside them says which thing it is, in each message. */
const OF_A_ROOM = /humidity|occupancy|illuminance|lux|contact$|co2|water|energy|leak|smoke|ambient/i;

/** @param under the key that the object stands under, or the list in which it stands */
export function entriesOf(under: string, object: object, max: number): Entry[] {
  const entries = Object.entries(object).slice(0, max) as [string, unknown][];
  const fields = object as Readonly<Record<string, unknown>>;
  const pair = pairIn(fields);
  const isOver = isTakenBackIn(fields);
  const isOfRoom = entries.some(([key]) => OF_A_ROOM.test(key));
  const mayBeNamed =
    SAYING.test(under) ||
    (entries.length <= NAMED_ENTRIES_MAX && entries.every(([key]) => BESIDE_A_NAME.test(key)));
  const isCall = under !== '' && under.length <= PHRASE_CHARS_MAX && callOf(wordsOf(under)) !== undefined;
  return entries.flatMap(([own, value]): Entry[] => {
    const saysNothing =
      // Of places that somebody has marked: OwnTracks.
      (own === 'desc' && '_type' in fields) ||
      (isOver && SAYING.test(own)) ||
      (isOfRoom && /^type$/i.test(own) && isKindOfButton(value));
    if (own === pair?.value) return [];
    if (own === pair?.name)
      return [{ own, key: String(value), value: fields[pair.value], mayBeNamed, saysNothing }];
    if (!isCall || !WRAPPED.test(own)) return [{ own, key: own, value, mayBeNamed, saysNothing }];
    // What happened, with what belongs to it: an event of a things model.
    const isEvent = typeof value === 'object' && value !== null && /^value$/i.test(own);
    return [{ own, key: under, value: isEvent || value, mayBeNamed, saysNothing }];
  });
}

/** A value that is nested is what belongs to an event, and says nothing about whether it is one. */
function pairIn(fields: Readonly<Record<string, unknown>>): { name: string; value: string } | undefined {
  const name = NAMES.find((one) => {
    const named = fields[one];
    return typeof named === 'string' && named.length <= PHRASE_CHARS_MAX;
  });
  const value = name && VALUES.find((one) => isPlain(fields[one]));
  return name && value ? { name, value } : undefined;
}

const isPlain = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'object' || value === null);

/** `{"event":"sos","active":false}`. A status of 0 may be that nobody has seen to it yet. */
function isTakenBackIn({ value, active, state }: Readonly<Record<string, unknown>>): boolean {
  if ([value, active].some((one) => one === false || one === 0 || one === '0')) return true;
  return [value, active, state].some(
    (one) =>
      typeof one === 'string' &&
      one.length <= PHRASE_CHARS_MAX &&
      allWordsOf(one).some((word) => word !== '0' && isTakenBack(word)),
  );
}

const isKindOfButton = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= PHRASE_CHARS_MAX && callOf(wordsOf(value)) === 'sos';
