import type { DeviceDefinition } from '../devices/define.ts';
import type { FrameContext } from '../devices/frame.ts';
import { overwrittenIn } from '../lib/repeated-keys.ts';
import { type Entry, SAYING } from '../model/call-entries.ts';
import type { Call } from '../model/call-for-help.ts';
import { callBeside, nestedIn, VALUES_MAX } from '../model/call-values.ts';
import type { Look } from '../model/call-words.ts';
import { isForCallsAlone } from '../model/calling-device.ts';
import type { Message } from '../model/message.ts';
import { decodeSafely } from './decode-safely.ts';
import type { RuntimeDevice } from './runtime.ts';

/** A call for help that stands in a message beside what its model has read. */
export interface PassedOver {
  readonly call: Call;
  readonly detail: string;
  /** The key of a state: it says the same in each message until it ends, and is no press. */
  readonly state?: string;
}

const [BRACE, BRACKET, BLANK] = [0x7b, 0x5b, 0x20];
/** Longer than this is a document or a history, and no state of a device. */
const BYTES_MAX = 16_384;
/** One of these stands in whatever is a call below: nearly all messages have none, and are looked at no further. */
const MAY_CALL =
  /sos|help|panic|emergency|mayday|fall|man.?down|alarm|alert|求|救|紧急|一键|帮|来人|跌|摔|报警|告警|\\u[0-9a-f]{4}/i;
const TRIED_MAX = 16;

type Place = readonly (string | number)[];

/**
 * What calls for help in the JSON of a message under keys that its model passes over: models take what they know of the many
 * things that a source may say. A key is passed over if the model makes the same of the message without it.
 *
 * @param read what the model makes of a payload that came in the same way
 */
export function callPassedOver(
  payload: Uint8Array,
  look: Look,
  read: (payload: Uint8Array) => unknown,
): PassedOver | undefined {
  const [first] = payload;
  if (payload.length > BYTES_MAX) return undefined;
  if (first !== BRACE && first !== BRACKET && first !== BLANK) return undefined;
  const text = Buffer.from(payload).toString('utf8');
  if (!MAY_CALL.test(text)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const { key, value } of overwrittenIn(text)) {
    const call = callBeside({ key, value, saysNothing: false }, look);
    if (call) return { call, detail: shown(key, value) };
  }
  const before = JSON.stringify(read(payload));
  for (const { place, key, value, call } of callsIn(json, look)) {
    const without = Buffer.from(JSON.stringify(withoutPlace(JSON.parse(text), place)));
    if (JSON.stringify(read(without)) === before)
      return { call, detail: shown(key, value), ...(isState(key, call, look) ? { state: key } : {}) };
  }
  return undefined;
}

/** `fall_down_status`; and whatever a radar says of falls, for it tells of its room as it is. */
const isState = (key: string, call: Call, { isWorn = false }: Look): boolean =>
  /.stat(?:e|us)$/i.test(key) || (call === 'fall' && !isWorn && !SAYING.test(key));

interface Found {
  readonly place: Place;
  readonly key: string;
  readonly value: unknown;
  readonly call: Call;
}

function callsIn(json: unknown, look: Look): Found[] {
  const found: Found[] = [];
  const waiting: (Pick<Entry, 'key' | 'value' | 'saysNothing'> & { place: Place })[] = [
    { place: [], key: '', value: json, saysNothing: false },
  ];
  for (let looked = 0; looked < VALUES_MAX && found.length < TRIED_MAX; looked++) {
    const one = waiting.pop();
    if (!one) break;
    const { place, key, value } = one;
    if (typeof value === 'object' && value !== null) {
      const isList = Array.isArray(value);
      for (const inner of nestedIn(key, value))
        waiting.push({ ...inner, place: [...place, isList ? Number(inner.own) : inner.own] });
      continue;
    }
    const call = callBeside(one, look);
    if (call && place.length > 0) found.push({ place, key, value, call });
  }
  return found;
}

/** @param json its own: it is changed */
function withoutPlace(json: unknown, place: Place): unknown {
  let inner = json as Record<string | number, unknown>;
  for (const step of place.slice(0, -1)) inner = inner[step] as Record<string | number, unknown>;
  const last = place.at(-1) as string | number;
  if (Array.isArray(inner)) inner.splice(Number(last), 1);
  else delete inner[last];
  return json;
}

const shown = (key: string, value: unknown): string => `${key}: ${JSON.stringify(value)}`.slice(0, 120);

/** The same of a message of this device, as its model reads it. */
export function besideRead(
  known: RuntimeDevice,
  message: Message,
  payload: Uint8Array,
  definition: DeviceDefinition,
  context: FrameContext | undefined,
): PassedOver | undefined {
  const look = { isWorn: isForCallsAlone(definition) };
  return callPassedOver(payload, look, (one) =>
    decodeSafely(known, definition, { ...message, payload: one, within: undefined }, context),
  );
}
