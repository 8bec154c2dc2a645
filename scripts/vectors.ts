/**
 * Runs files of public test vectors through `decode` and says, file by file, how many come out as expected:
 *
 *     node scripts/vectors.ts FOLDER
 *
 * Each line is JSON with `id`, `family`, `kind`, `input` and `expected`, as the sources of the payload have it. Sources
 * name and group their values as they like, so that a reading counts as right where its value stands in what is
 * expected, be it in another unit; what is not found there is listed, to be looked at by a person.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { argv } from 'node:process';
import { loadEnvelopes } from '../src/app/definitions.ts';
import { modelsOrFail } from '../src/app/operator-models.ts';
import type { DeviceDefinition } from '../src/devices/define.ts';
import type { Envelopes } from '../src/devices/envelope.ts';
import { type Trial, type TrialResult, tryPayload } from '../src/devices/trial.ts';
import type { Reading } from '../src/model/message.ts';

interface Vector {
  readonly id: string;
  readonly family: string;
  readonly kind: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expected: unknown;
}

/** Families whose model here has another name. */
const MODELS: Readonly<Record<string, string>> = {
  'wearable/watch': 'watch-3g',
  'wearable/iwap': 'watch-iwap',
  'wearable/h02': 'watch-h02',
  'wearable/pt60': 'watch-pt60',
  'wearable/minifinder': 'minifinder',
  'wearable/minifinder2': 'minifinder2',
  'wearable/yx': 'wristband-yx',
  'ble/0x2A35': 'ble-blood-pressure',
  'ble/0x2A37': 'ble-heart-rate',
  'ble/0x2A1C': 'ble-thermometer',
  'ble/bthome-v2': 'bthome',
  'health/fhir': 'fhir-observation',
  'health/open-mhealth': 'open-mhealth',
  'sparkplug/b': 'sparkplug-b',
  'homie/5': 'homie',
  'lorawan/gwf-gwfcoder': 'gwf-rcm-lrw10',
  'lorawan/abeeway-badgetracker': 'abeeway-badge-tracker',
  'lorawan/decentlab-dlr2-010': 'decentlab-dl-dlr2-010',
  'lorawan/digitalmatter-oyster3': 'digital-matter-oyster3',
  'lorawan/quandify-cubicmeter-1.1-copper': 'quandify-cubicmeter-1-1-copper',
  'lorawan/tg563a': 'sept-s-tg563a',
  'lorawan/milesight-em300-di_hall': 'milesight-em300-di-hall',
};

const hexOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), 'utf8');

/** The payload as `decode` takes it, and the topic where it needs one. */
function trialOf({ kind, input }: Vector): Pick<Trial, 'payload' | 'topic'> | undefined {
  const { fPort, bytes_hex, frame_hex, hex, characteristic, service_data_hex, mqtt } = input;
  if (hexOf(bytes_hex) !== undefined)
    return { payload: json({ ...(fPort === null ? {} : { fPort }), bytes_hex }) };
  if (hexOf(frame_hex) !== undefined) return { payload: Buffer.from(String(frame_hex), 'hex') };
  if (characteristic !== undefined) return { payload: json({ characteristic, bytes_hex: hex }) };
  if (hexOf(service_data_hex) !== undefined) return { payload: json(input) };
  if (input['json'] !== undefined) return { payload: json(input['json']) };
  if (typeof mqtt === 'object' && mqtt !== null && kind !== 'number-format') {
    const { topic, payload, payload_hex } = mqtt as Record<string, unknown>;
    const bytes = hexOf(payload_hex)
      ? Buffer.from(String(payload_hex), 'hex')
      : typeof payload === 'string'
        ? Buffer.from(payload, 'utf8')
        : json(payload);
    return { payload: bytes, ...(typeof topic === 'string' ? { topic } : {}) };
  }
  return undefined;
}

/** All numbers in what is expected, also those that are written as text. */
function numbersIn(value: unknown, found: number[] = []): number[] {
  if (typeof value === 'number') found.push(value);
  else if (typeof value === 'boolean') found.push(Number(value));
  else if (typeof value === 'string') found.push(...leadingNumber(value));
  else if (Array.isArray(value)) for (const each of value) numbersIn(each, found);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) numbersIn(each, found);
  return found;
}

/** `12.5`, `3.4V`, `30°C`. */
const leadingNumber = (text: string): number[] =>
  [/^-?\d+(?:\.\d+)?(?=$|\D)/.exec(text)].flatMap((match) => (match ? [Number(match[0])] : []));

/** Litres and m³, mV and V, kPa and mmHg, °F and °C. */
const CONVERSIONS: readonly ((value: number) => number)[] = [
  ...[1, 1e-3, 1e3, 0.1, 10, 0.01, 100, 1e-6, 7.500_616_83].map(
    (factor) => (value: number) => value * factor,
  ),
  (value) => ((value - 32) * 5) / 9,
  (value) => -value,
];
/** As exact as floats of 32 bits and texts with two decimals are. */
const isClose = (a: number, b: number): boolean =>
  Math.abs(a - b) <= Math.max(1e-6, Math.abs(b) * 2e-6, Number.isInteger(b) ? 0 : 0.006);

/** Refusals that say: understood, and nothing in it that is watched. */
const NOTHING_WATCHED = [
  'no-device-data',
  'unknown-metric',
  'not-supported',
  'not-announced',
  'value-absent',
];

const isState = ({ metric }: Reading): boolean => metric.endsWith('_bool');

/** Undefined: as expected. */
function judge(vector: Vector, result: TrialResult): string | undefined {
  const expected = numbersIn(vector.expected);
  if (!result.ok) {
    const text = JSON.stringify(vector.expected) ?? 'null';
    const saysNothing =
      /"invalid":\s*true|"upstream_parses":\s*false|"records":\s*\[\]|"decoded":\s*null|"error|"schema_valid":\s*false/.test(
        text,
      ) || expected.length === 0;
    return saysNothing ? undefined : `refused as ${result.reason}: ${result.detail}`;
  }
  const odd = result.readings.filter(
    (reading) =>
      !isState(reading) &&
      !expected.some((value) => CONVERSIONS.some((convert) => isClose(reading.value, convert(value)))),
  );
  return odd.length === 0
    ? undefined
    : `not among what is expected: ${odd
        .map(({ metric, value }) => `${metric} ${value}`)
        .join(', ')
        .slice(0, 160)}`;
}

function modelOf(
  vector: Vector,
  models: ReadonlyMap<string, DeviceDefinition>,
): DeviceDefinition | undefined {
  const named = MODELS[vector.family] ?? vector.family.replace(/^lorawan\//, '').replaceAll(/[._]/g, '-');
  return models.get(vector.family.startsWith('mbus/') ? 'mbus-meter' : named);
}

function run(file: string, models: ReadonlyMap<string, DeviceDefinition>, envelopes: Envelopes): void {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const differ: string[] = [];
  let right = 0;
  let without = 0;
  let unwatched = 0;
  for (const line of lines) {
    const vector = JSON.parse(line) as Vector;
    const model = modelOf(vector, models);
    const trial = trialOf(vector);
    if (!model || !trial) {
      without++;
      differ.push(`${vector.id} (${vector.family}): ${model ? 'no message' : 'no model'}`);
      continue;
    }
    const receivedAt = Date.parse('2026-03-01T08:00:00Z');
    const result = tryPayload(model, envelopes, { ...trial, receivedAt });
    const fault = judge(vector, result);
    if (fault === undefined) right++;
    else if (!result.ok && NOTHING_WATCHED.includes(result.reason)) unwatched++;
    else differ.push(`${vector.id} (${model.model}): ${fault}`);
  }
  console.log(
    `${basename(file)}: ${lines.length}: ${right} as expected, ${unwatched} refused by name (nothing in them that is watched), ${without} without a model or a message, ${lines.length - right - unwatched - without} to be looked at`,
  );
  for (const line of differ) console.log(`  ${line}`);
}

const [folder] = argv.slice(2);
if (folder === undefined) throw new Error('give the folder with the files of vectors');
const all = await modelsOrFail();
const envelopes = await loadEnvelopes();
const models = new Map(all.all().map((model) => [model.model, model]));
for (const name of readdirSync(folder)
  .filter((one) => one.endsWith('.jsonl'))
  .sort())
  run(join(folder, name), models, envelopes);
