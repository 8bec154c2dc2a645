import type { Decode, Decoded, DeviceDefinition } from '../devices/define.ts';
import type { Envelopes } from '../devices/envelope.ts';
import { type Trial, tryPayload } from '../devices/trial.ts';
import type { MetricName } from '../model/metrics.ts';

/** What nearly every device says beside what it is for: a model that finds nothing else knows the form, not the device. */
const BESIDE: ReadonlySet<MetricName> = new Set(['battery_pct', 'battery_v', 'signal_dbm']);

/** How well a model fits a message. */
interface Fit {
  readonly model: string;
  /** It came as text, where the names of fields say what is measured; bytes can be read in many ways. */
  readonly text: boolean;
  /** The LoRaWAN port is one that its examples know; false also where none of them names one. */
  readonly port: boolean;
  /** Quantities, events and flags that it found, without battery and signal. */
  readonly found: number;
  /** What it had to refuse beside them. */
  readonly refused: number;
  /** How much else it could tell: of two that find the same, the narrower one is meant. */
  readonly breadth: number;
}

/**
 * Models that make something of a message, the likeliest first. A hint for whoever enrols a device: a water meter that is
 * enrolled as a button calls for help with each of its messages. So text is nothing for a model that reads bytes, nor
 * for one that finds the battery alone where another finds more; of bytes, those come first on whose port they came.
 */
export function likelyModels(
  models: readonly DeviceDefinition[],
  envelopes: Envelopes,
  trial: Trial,
): readonly string[] {
  const fits = models.map((one) => fitOf(one, envelopes, trial)).filter((one) => one !== undefined);
  const more = fits.some(({ found }) => found > 0);
  return fits
    .filter(({ text, found }) => !text || !more || found > 0)
    .sort(
      (a, b) =>
        Number(b.port) - Number(a.port) ||
        a.refused - b.refused ||
        b.found - a.found ||
        a.breadth - b.breadth,
    )
    .map(({ model }) => model);
}

function fitOf(definition: DeviceDefinition, envelopes: Envelopes, trial: Trial): Fit | undefined {
  let port = false;
  let text = false;
  const found = new Set<string>();
  const decode: Decode = (payload, at, context) => {
    // A frame of LoRaWAN is bytes, though they be letters all.
    text = context?.fPort === undefined && isText(payload);
    if (text && readsBytesAlone(definition))
      return { ok: false, reason: 'malformed-payload', detail: 'text, and this model reads bytes' };
    if (context?.fPort !== undefined && portsOf(definition).has(context.fPort)) port = true;
    const decoded = definition.decode(payload, at, context);
    for (const one of namesIn(decoded)) found.add(one);
    return decoded;
  };
  const result = tryPayload({ ...definition, decode }, envelopes, trial);
  if (!result.ok) return undefined;
  if (result.rejections.length > 0 && found.size === 0 && result.readings.length === 0) return undefined;
  return {
    model: definition.model,
    text,
    port,
    found: found.size,
    refused: result.rejections.length,
    breadth: definition.metrics.length + definition.events.length,
  };
}

function namesIn(decoded: Decoded): readonly string[] {
  if (!decoded.ok) return [];
  const { readings, events, flags } = decoded;
  return [
    ...readings.map(({ metric }) => metric).filter((metric) => !BESIDE.has(metric)),
    ...events.map(({ event }) => event),
    ...(flags ? [...flags.raised, ...flags.clear] : []),
  ];
}

const readsBytesAlone = ({ examples }: DeviceDefinition): boolean =>
  examples.length > 0 && examples.every(({ hex }) => hex !== undefined);

/** Those on which it tells something. */
const portsOf = ({ examples }: DeviceDefinition): ReadonlySet<number> =>
  new Set(
    examples.flatMap(({ fPort, expect }) => (fPort === undefined || 'rejection' in expect ? [] : [fPort])),
  );

/** JSON, or a line as watches write them; so many bytes of a frame are hardly all letters by chance. */
const isText = (payload: Uint8Array): boolean =>
  (payload.length >= TEXT_BYTES_MIN && /^[\s\x20-\x7e]*$/.test(Buffer.from(payload).toString('latin1'))) ||
  (payload[0] === 0x7b && payload.at(-1) === 0x7d);
const TEXT_BYTES_MIN = 8;
