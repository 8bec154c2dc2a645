import type { DeviceEvent, Reading } from '../model/message.ts';
import type { DeviceSettings } from '../model/registry.ts';
import type { RejectionReason } from '../model/rejection.ts';
import { bytesOfBase64, bytesOfHex } from './byte-reader.ts';
import type { Decoded, DeviceDefinition } from './define.ts';
import type { Envelopes } from './envelope.ts';
import type { Address, FrameContext } from './frame.ts';
import { withNetworkBattery } from './network-battery.ts';

/** A payload that somebody tries with a model: nothing is stored, and no device needs to be enrolled. */
export interface Trial {
  readonly payload: Uint8Array;
  readonly receivedAt: number;
  readonly topic?: string;
  readonly fPort?: number;
  readonly settings?: DeviceSettings;
  readonly timeZone?: string;
}

export type TrialResult =
  | {
      readonly ok: true;
      readonly readings: readonly Reading[];
      readonly events: readonly DeviceEvent[];
      readonly rejections: readonly { readonly reason: RejectionReason; readonly detail: string }[];
    }
  | { readonly ok: false; readonly reason: RejectionReason; readonly detail: string };

/**
 * What a model makes of a payload: in the envelope that its topic or its form shows, in the plain form of a test bench
 * (`{"fPort":1,"bytes_hex":"…"}`, `{"topic":"…","payload":…}`), or as it is. Bits of a status word that are set come as
 * events, for nothing is known of the word before.
 */
export function tryPayload(definition: DeviceDefinition, envelopes: Envelopes, trial: Trial): TrialResult {
  const json = jsonOf(trial.payload);
  const outer = bench(json);
  if (isBrokenBench(json))
    return { ok: false, reason: 'malformed-payload', detail: 'the bytes are neither hex nor base64' };
  if (outer?.topic !== undefined)
    return tryPayload(definition, envelopes, { ...trial, ...outer, topic: outer.topic });
  const envelope =
    (trial.topic === undefined ? undefined : envelopes.ofTopic(trial.topic)) ?? envelopes.ofJson(json);
  if (envelope) {
    const opened = envelope.open({
      topic: trial.topic ?? `push/${envelope.envelope}`,
      payload: trial.payload,
      receivedAt: trial.receivedAt,
    });
    if (!opened.ok) return { ok: false, ...opened.error };
    const unread = (opened.unread ?? []).map(({ refusal }): Decoded => ({ ok: false, ...refusal }));
    return merged([
      ...opened.value.map(({ also: _, key: __, ...frame }) =>
        withNetworkBattery(frame, trial.receivedAt, frame, () => {
          const { payload, battery: ___, ...context } = frame;
          return decodeWith(definition, payload, trial, context);
        }),
      ),
      ...unread,
    ]);
  }
  const { payload = trial.payload, fPort = trial.fPort, characteristic, address, settings } = outer ?? {};
  return merged([
    decodeWith(
      definition,
      payload,
      settings ? { ...trial, settings: { ...settings, ...trial.settings } } : trial,
      {
        ...(fPort === undefined ? {} : { fPort }),
        ...(characteristic === undefined ? {} : { characteristic }),
        ...(address === undefined ? {} : { address }),
      },
    ),
  ]);
}

function decodeWith(
  { decode }: DeviceDefinition,
  payload: Uint8Array,
  { receivedAt, topic, settings, timeZone }: Trial,
  frame: FrameContext,
): Decoded {
  return decode(payload, receivedAt, {
    ...(topic === undefined ? {} : { topic }),
    ...(settings ? { settings } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...frame,
  });
}

function merged(all: readonly Decoded[]): TrialResult {
  const taken = all.filter((one) => one.ok);
  const [refused] = all.filter((one) => !one.ok);
  if (taken.length === 0) {
    const { reason, detail } = refused ?? { reason: 'empty-message' as const, detail: 'no device in it' };
    return { ok: false, reason, detail };
  }
  return {
    ok: true,
    readings: taken.flatMap(({ readings }) => readings),
    events: taken.flatMap(({ events, flags }) => [
      ...events,
      ...(flags?.raised ?? []).map((event) => ({ event, at: flags?.at ?? 0 })),
    ]),
    rejections: all.flatMap((one) =>
      one.ok ? one.rejections : [{ reason: one.reason, detail: one.detail }],
    ),
  };
}

function jsonOf(payload: Uint8Array): unknown {
  const first = payload[0];
  if (first !== 0x7b && first !== 0x5b && first !== 0x20) return undefined;
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}

interface Bench {
  readonly payload: Uint8Array;
  readonly topic?: string;
  readonly fPort?: number;
  readonly characteristic?: string;
  readonly address?: Address;
  readonly settings?: DeviceSettings;
}

/** Under these names test benches and documentation give bytes, in hex or base64. */
const HEX_KEYS = ['bytes_hex', 'frame_hex', 'payload_hex', 'payloadHex', 'hex', 'service_data_hex'] as const;
const BASE64_KEYS = ['bytes_base64', 'payload_base64', 'payloadBase64', 'base64'] as const;
/** So called where a port stands beside them; elsewhere they may be anything. */
const WITH_PORT_KEYS = ['data', 'frm_payload'] as const;
const PORT_KEYS = ['fPort', 'f_port', 'fport', 'port'] as const;

/** A line of a test bench: bytes with their port, or a message with its topic. Undefined for anything else. */
function bench(json: unknown): Bench | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const fields = json as Readonly<Record<string, unknown>>;
  if (typeof fields['mqtt'] === 'object') return bench(fields['mqtt']);
  const payload = bytesIn(fields);
  if (!payload) return undefined;
  const { topic, characteristic, mac, bindkey } = fields;
  const fPort = PORT_KEYS.map((key) => fields[key]).find((port) => typeof port === 'number');
  return {
    payload,
    ...(typeof topic === 'string' ? { topic } : {}),
    ...(typeof fPort === 'number' ? { fPort } : {}),
    ...(typeof characteristic === 'string'
      ? { characteristic: characteristic.replace(/^0x/i, '').toLowerCase() }
      : {}),
    ...(typeof mac === 'string' ? { address: { scheme: 'mac', id: mac.toLowerCase() } } : {}),
    ...(typeof bindkey === 'string' ? { settings: { key: bindkey } } : {}),
  };
}

/** Bytes that are announced as such and are none: they must not be read as the text that they stand in. */
function isBrokenBench(json: unknown): boolean {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;
  const fields = json as Readonly<Record<string, unknown>>;
  if (bytesIn(fields)) return false;
  return [...HEX_KEYS, ...BASE64_KEYS].some((key) => typeof fields[key] === 'string');
}

function bytesIn(fields: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  for (const key of HEX_KEYS) {
    const text = fields[key];
    const bytes = typeof text === 'string' ? bytesOfHex(text) : undefined;
    if (bytes) return bytes;
  }
  const hasPort = PORT_KEYS.some((key) => typeof fields[key] === 'number');
  for (const key of hasPort ? [...BASE64_KEYS, ...WITH_PORT_KEYS] : BASE64_KEYS) {
    const text = fields[key];
    const bytes = typeof text === 'string' ? bytesOfBase64(text) : undefined;
    if (bytes) return bytes;
  }
  const { bytes, topic, payload, json } = fields;
  // A document within a line of a test bench.
  if (typeof json === 'object' && json !== null && Object.keys(fields).length === 1)
    return Buffer.from(JSON.stringify(json));
  if (Array.isArray(bytes) && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256))
    return Uint8Array.from(bytes as number[]);
  // A whole recorded message: its payload may be JSON or text.
  if (typeof topic === 'string' && payload !== undefined && payload !== null)
    return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return undefined;
}
