import type { Call } from '../model/call-for-help.ts';
import { callInTopic } from '../model/call-phrases.ts';
import { callInBytes, callInText, likelyText } from '../model/call-words.ts';
import { isForCallsAlone } from '../model/calling-device.ts';
import { splitAddress } from '../model/comparable-address.ts';
import { ADDRESS_SCHEMES } from '../model/device-address.ts';
import type { Refusal } from '../model/effect.ts';
import { LIMITS } from '../model/limits.ts';
import type { Message } from '../model/message.ts';
import type { StrangerCall, UntakenCall } from '../model/rejection.ts';
import type { Core } from './core.ts';
import { decodeSafely, lookOf } from './decode-safely.ts';
import { disabledDevice } from './disabled-device.ts';
import { RuntimeDevice } from './runtime.ts';
import { namedIn as idIn } from './status-topic.ts';
import { callOfUnmodelled, unmodelled } from './unmodelled.ts';
import { callInMessage, callUnder } from './untaken-calls.ts';

/** Who calls for help in a message that nobody could take apart. */
export type Callers = Pick<Refusal, 'calls' | 'strangers'>;
/** Under a topic of somebody else, or of nobody; or in an envelope that could not be opened. */
export type Way = 'elsewhere' | 'envelope';

/** Under these keys a bridge says which device it speaks of. */
const NAMING =
  /^(?:device|dev|id|sn|serial|imei|mac|addr|address|(?:device|dev|sensor|terminal|user)_?(?:id|no|code|sn|name|eui)|eui)$/i;
const NAME_CHARS_MAX = 64;
/** What one of several devices in a message says: as the value of a key that names it, as an entry of a list, or the whole. */
interface Part {
  readonly said: unknown;
  /** The key that it stands under, where that is the id of an enrolled device. */
  readonly under?: RuntimeDevice;
}

/**
 * Who calls for help in a message which its client may not publish under its topic, or in an envelope that cannot be opened:
 * the device that the topic names, and the client itself, for its credential is its own; or those that the message names.
 *
 * @param onTopic the id of the device whose topic it is
 */
export function callersIn(core: Core, message: Message, onTopic: string | undefined, way: Way): Callers {
  const { topic, client, retained } = message;
  // What a broker had kept calls nobody: it was said long ago.
  if (retained) return {};
  // One that is switched off is heard for itself, and speaks for nobody else.
  const isOff = core.registry.device(client ?? '')?.disabled === true;
  const speakers = [...new Set(isOff ? [client] : [onTopic ?? idIn(topic), client])].map((id) =>
    id === undefined ? undefined : (speakerOf(core, id) ?? unmodelled(core, id)),
  );
  const calls = speakers.flatMap((known): readonly UntakenCall[] => {
    if (!known) return [];
    if (!(known instanceof RuntimeDevice)) return callOfUnmodelled(known, message);
    const decoded = decodeSafely(known, known.definition, message);
    const look = lookOf(known, message);
    const call =
      way === 'envelope' ? callInMessage(decoded, message, look) : callUnder(topic, decoded, message, look);
    const isOwn = way === 'envelope' && known.id === client;
    const why = known.device.disabled ? 'disabled' : isOwn ? 'in-words' : 'foreign-way';
    return call === undefined ? [] : [{ device: known.id, call, why }];
  });
  if (calls.length > 0) return { calls };
  // Under a topic of nobody anything may come from elsewhere, our own alerts among it; what a gateway says there, it says to us.
  if (way === 'envelope' ? speakers.some(Boolean) : !core.registry.gateway(client ?? '')) return {};
  return namedCallers(core, message, way);
}

/**
 * Who calls in the words of a message that came under a topic of nobody, or in an envelope that could not be opened: devices
 * that it names, if they are enrolled; otherwise somebody whom the one who brought it knows better than we.
 */
function namedCallers(core: Core, message: Message, way: Way): Callers {
  const { topic, payload, receivedAt: at, client } = message;
  const text = likelyText(payload);
  const onTopic = topic.split('/').flatMap((level) => enrolled(core, level) ?? []);
  const calls = new Map<string, UntakenCall>();
  const strangers = new Map<string, StrangerCall>();
  for (const part of partsOf(core, text)) {
    const own = part.under ? [part.under] : namedIn(core, part.said);
    const named = own.length > 0 ? own : onTopic;
    const look = { isWorn: named.some(({ definition }) => isForCallsAlone(definition)), at };
    const call =
      callOf(part.said, payload, named, look) ??
      (way === 'elsewhere' ? callInTopic(topic, text, look) : undefined);
    if (call === undefined) continue;
    for (const { id, device } of named)
      calls.set(id, {
        device: id,
        call,
        why: device.disabled
          ? 'disabled'
          : client !== undefined && device.gateway === client
            ? 'in-words'
            : 'foreign-way',
      });
    const address = addressIn(part.said) ?? `topic:${topic.slice(0, 120)}`;
    if (named.length === 0) strangers.set(address, { address, call });
  }
  return {
    ...(calls.size > 0 ? { calls: [...calls.values()] } : {}),
    ...(strangers.size > 0 ? { strangers: [...strangers.values()] } : {}),
  };
}

function callOf(
  said: unknown,
  payload: Uint8Array,
  named: readonly RuntimeDevice[],
  look: { readonly isWorn: boolean; readonly at: number },
): Call | undefined {
  if (typeof said !== 'string') return callInText(asText(said), look);
  // `sos wb-48`: an id is no word.
  const words = named.reduce((rest, { id }) => rest.replaceAll(id, ' '), said);
  return callInText(words.trim(), look) ?? (words === said ? callInBytes(payload, look) : undefined);
}

/** Nothing of what is nested deeper than it can be written down again: nobody calls so, and it may stop nothing. */
function asText(said: unknown): string {
  try {
    return JSON.stringify(said);
  } catch {
    return '';
  }
}

function partsOf(core: Core, text: string): readonly Part[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [{ said: text }];
  }
  const all = [json].flat(1).slice(0, LIMITS.devicesPerMessageMax);
  return all.flatMap((said) => (isFields(said) ? underKeys(core, said) : [{ said }]));
}

/** `{"wb-57":[{"event":"sos"}],"wb-58":…}`: a gateway that names its devices by keys. */
function underKeys(core: Core, said: Readonly<Record<string, unknown>>): Part[] {
  const keys = Object.entries(said).map(([key, value]) => ({ key, said: value, under: enrolled(core, key) }));
  const named = keys.flatMap(({ said: value, under }) => (under ? [{ said: value, under }] : []));
  if (named.length === 0) return [{ said }];
  const rest = Object.fromEntries(keys.flatMap((one) => (one.under ? [] : [[one.key, one.said]])));
  return Object.keys(rest).length === 0 ? named : [...named, { said: rest }];
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The enrolled devices whose ids or addresses stand among these values, or among the words of a text. */
function namedIn(core: Core, said: unknown): RuntimeDevice[] {
  const names =
    typeof said === 'string' ? said.split(/[\s,;=&"'()]+/) : valuesIn(said).map(([, value]) => value);
  return [
    ...new Set(names.slice(0, LIMITS.devicesPerMessageMax).flatMap((name) => enrolled(core, name) ?? [])),
  ];
}

function addressIn(said: unknown): string | undefined {
  const named = valuesIn(said).find(([key, value]) => NAMING.test(key) && callInText(value) === undefined);
  return named?.[1];
}

/** Short texts and numbers in it, with the keys that they stand under; without going down into what is nested. */
function valuesIn(said: unknown): (readonly [key: string, value: string])[] {
  const found: [string, string][] = [];
  const waiting: [string, unknown][] = [['', said]];
  for (let looked = 0; looked < LIMITS.devicesPerMessageMax; looked++) {
    const [key, value] = waiting.pop() ?? [];
    if (key === undefined) break;
    if (typeof value === 'object' && value !== null)
      waiting.push(...Object.entries(value).slice(0, LIMITS.devicesPerMessageMax).reverse());
    else if (typeof value === 'number' || (typeof value === 'string' && value.length <= NAME_CHARS_MAX))
      found.push([key, String(value)]);
  }
  return found;
}

/** By its id, or how it is called outside: with its scheme or without. */
function enrolled(core: Core, name: string): RuntimeDevice | undefined {
  if (name === '' || name.length > NAME_CHARS_MAX) return undefined;
  const { registry } = core;
  const [scheme, id] = splitAddress(name);
  const entry =
    registry.device(name) ??
    registry.byAddress(scheme, id) ??
    ADDRESS_SCHEMES.map((one) => registry.byAddress(one, name)).find(Boolean);
  return entry && speakerOf(core, entry.id);
}

/** Also one that is switched off: its calls are heard. */
const speakerOf = (core: Core, id: string): RuntimeDevice | undefined =>
  core.deviceOf(id) ?? disabledDevice(core, id);
