import { BytesMissing } from '../byte-reader.ts';
import { sparkplugPayload } from './payload.ts';

const NAMESPACE = 'spBv1.0';
/** What a node numbers: its birth with 0, everything after it with one more, up to 255 and then from 0 again. */
const NUMBERED = ['NBIRTH', 'NDATA', 'DBIRTH', 'DDATA', 'DDEATH'];

/** A message of an edge node, with its number in the session. */
export interface NumberedMessage {
  /** `group/node`, as the topic has it. */
  readonly node: string;
  /** How the node or the device behind it is called in the registry, of the scheme `topic`. */
  readonly address: string;
  readonly isBirth: boolean;
  /** 0 to 255. */
  readonly seq: number;
}

/** What a message says of the session of its node; undefined for other topics, and for what cannot be read. */
export function numberedMessage(topic: string, payload: Uint8Array): NumberedMessage | undefined {
  const [namespace, group = '', verb = '', node = '', device] = topic.split('/');
  if (namespace !== NAMESPACE || !node || !NUMBERED.includes(verb)) return undefined;
  try {
    const { seq } = sparkplugPayload(payload);
    if (seq === undefined || !(seq >= 0 && seq <= 255)) return undefined;
    const path = [namespace, group, node, ...(device === undefined ? [] : [device])];
    return {
      node: `${group}/${node}`,
      address: path.join('/').toLowerCase(),
      isBirth: verb === 'NBIRTH',
      seq,
    };
  } catch (error) {
    if (error instanceof BytesMissing) return undefined;
    throw error;
  }
}

/** The node of a message whose metrics nobody can name; undefined for other topics. */
export function nodeOf(topic: string): string | undefined {
  const [namespace, group = '', , node = ''] = topic.split('/');
  return namespace === NAMESPACE && node ? `${group}/${node}` : undefined;
}

const NAME = Buffer.from('Node Control/Rebirth', 'utf8');
const BOOLEAN = 11;

/**
 * What asks a node to say anew what there is.
 *
 * @see https://sparkplug.eclipse.org/specification/version/3.0/documents/sparkplug-specification-3.0.0.pdf (6.4.19, NCMD)
 */
export function rebirthRequest(node: string, at: number): { topic: string; payload: Uint8Array } {
  const [group = '', name = ''] = node.split('/');
  // Fields of a metric: 1 its name, 3 its time, 4 its type, 14 its truth value.
  const metric = [0x0a, NAME.length, ...NAME, 0x18, ...varint(at), 0x20, BOOLEAN, 0x70, 1];
  return {
    topic: `${NAMESPACE}/${group}/NCMD/${name}`,
    payload: Uint8Array.from([0x08, ...varint(at), 0x12, metric.length, ...metric]),
  };
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = Math.floor(value);
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
