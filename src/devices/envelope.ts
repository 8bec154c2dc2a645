import { assert, type Result } from '../lib/result.ts';
import type { Refusal } from '../model/effect.ts';
import type { Text } from '../model/text.ts';
import type { Frame } from './frame.ts';

/**
 * What stands around the bytes of a device: one file in `src/devices/envelopes/`. Opening it tells whose bytes they are
 * and what the network knows of them; what they mean is told by the model that the registry names for that device.
 */
export interface EnvelopeDefinition {
  /** Stable name: `chirpstack`. */
  readonly envelope: string;
  readonly title: Text;
  readonly summary: Text;
  /** How it is connected. */
  readonly connect: Text;
  /** MQTT filters, with `+` and a last `#`; what is pushed by HTTP comes under `push/<envelope>`. */
  readonly topics: readonly string[];
  /** May a device send it under its own credential? Else it takes a gateway or a service account. */
  readonly fromDevice?: boolean;
  /** Is this parsed JSON one of them? For the command `decode`, which may be given no topic. */
  readonly recognises?: (json: Readonly<Record<string, unknown>>) => boolean;
  readonly open: (message: Sealed) => Opened;
  readonly examples: readonly EnvelopeExample[];
}

/** A message before anybody looked into it. */
export interface Sealed {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly receivedAt: number;
  /** Who sent it: the id of a device, a gateway or a service account; undefined in recordings. */
  readonly client?: string | undefined;
}

/** The frames that were in it, at least one, with what lay beside them that could not be read; or why there is nothing to take. */
export type Opened = Result<readonly Frame[], Refusal> & { readonly unread?: readonly Unread[] };

/** One of several in a message that could not be read, and its own bytes: somebody may call for help in it. */
export interface Unread {
  readonly refusal: Refusal;
  readonly payload: Uint8Array;
}

export interface EnvelopeExample {
  readonly name: string;
  readonly topic: string;
  readonly payload?: unknown;
  readonly hex?: string;
  readonly client?: string;
  readonly source?: string;
  readonly receivedAt: string;
  readonly expect:
    | {
        readonly frames: readonly {
          readonly address: string;
          /** Bytes in hex, or the JSON that stands in them. */
          readonly payload: unknown;
          readonly fPort?: number;
          readonly sentAt?: string;
          readonly battery?: number;
        }[];
        /** Why each of the others beside them was not read. */
        readonly unread?: readonly Refusal['reason'][];
      }
    | { readonly rejection: Refusal['reason'] };
}

/** Identity function: gives the file its type and marks its default export as a definition. */
export function defineEnvelope(definition: EnvelopeDefinition): EnvelopeDefinition {
  return definition;
}

/** All envelopes, and which of them a topic means. */
export interface Envelopes {
  get(envelope: string): EnvelopeDefinition | undefined;
  all(): readonly EnvelopeDefinition[];
  ofTopic(topic: string): EnvelopeDefinition | undefined;
  ofJson(json: unknown): EnvelopeDefinition | undefined;
}

export function envelopesOf(definitions: readonly EnvelopeDefinition[]): Envelopes {
  const byName = new Map<string, EnvelopeDefinition>();
  for (const definition of definitions) {
    assert(!byName.has(definition.envelope), `two definitions of the envelope ${definition.envelope}`);
    byName.set(definition.envelope, definition);
  }
  const filters = definitions.flatMap((definition) =>
    [...definition.topics, `push/${definition.envelope}`].map((filter) => ({
      levels: filter.split('/'),
      definition,
    })),
  );
  return {
    get: (name) => byName.get(name),
    all: () => definitions,
    ofTopic(topic) {
      const levels = topic.split('/');
      return filters.find((filter) => matches(filter.levels, levels))?.definition;
    },
    ofJson(json) {
      if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
      return definitions.find(({ recognises }) => recognises?.(json as Readonly<Record<string, unknown>>));
    },
  };
}

/** MQTT 3.1.1, section 4.7. */
function matches(filter: readonly string[], topic: readonly string[]): boolean {
  for (let i = 0; i < filter.length; i++) {
    if (filter[i] === '#') return true;
    if (i >= topic.length || (filter[i] !== '+' && filter[i] !== topic[i])) return false;
  }
  return filter.length === topic.length;
}
