import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { loadEnvelopes } from '../app/definitions.ts';
import { modelsOrFail } from '../app/operator-models.ts';
import { callPassedOver } from '../app/passed-over.ts';
import { callInWords } from '../app/untaken-calls.ts';
import { configOption, modelsFolder, modelsOption, namedFoldersExist, UsageError } from '../cli.ts';
import { spoken } from '../cli-words.ts';
import { bytesOfBase64, bytesOfHex } from '../devices/byte-reader.ts';
import type { DeviceDefinition } from '../devices/define.ts';
import { type Trial, type TrialResult, tryPayload } from '../devices/trial.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { parseRfc3339 } from '../lib/rfc3339.ts';
import { isCall } from '../model/call-for-help.ts';
import { isForCallsAlone } from '../model/calling-device.ts';
import { parseSettings } from '../model/device-settings.ts';
import { EVENTS } from '../model/metrics.ts';
import type { DeviceSettings } from '../model/registry.ts';
import { REJECTION_REASONS, type RejectionReason } from '../model/rejection.ts';
import type { Text } from '../model/text.ts';

interface Options {
  readonly model?: string;
  readonly topic?: string;
  readonly fPort?: string;
  readonly set: readonly string[];
  readonly timeZone?: string;
  readonly receivedAt?: string;
  readonly list?: boolean;
  readonly config: string;
  readonly models?: string;
}

const HELP: Text = {
  en: `
A line is what a device sends, in one of these forms:
  {"at":"2026-03-01T08:00:00Z","water_index_m3":123.4}   JSON as the model speaks it
  0a1b2c…                                               bytes in hex or base64
  {"fPort":100,"bytes_hex":"0a1b2c…"}                   bytes with their LoRaWAN port
  {"topic":"application/…/event/up","payload":{…}}      a whole message of a network server or platform
Network servers are known by their form as well: ChirpStack, The Things Stack and others need no --topic.

Examples:
  echo '{"fPort":103,"bytes_hex":"ea6e0c5f30"}' | shouwang decode --model axioma-qalcosonic-w1
  shouwang decode --list`,
  zh: `
每行是设备发送的内容，形式为：
  {"at":"2026-03-01T08:00:00Z","water_index_m3":123.4}   型号所用的 JSON
  0a1b2c…                                               十六进制或 base64 的字节
  {"fPort":100,"bytes_hex":"0a1b2c…"}                   字节及其 LoRaWAN 端口
  {"topic":"application/…/event/up","payload":{…}}      网络服务器或平台的整条消息
网络服务器也可按形式识别：ChirpStack、The Things Stack 等不需要 --topic。

示例：
  echo '{"fPort":103,"bytes_hex":"ea6e0c5f30"}' | shouwang decode --model axioma-qalcosonic-w1
  shouwang decode --list`,
};

/** `decode`: what a device model makes of payloads, one a line. */
export default function addDecode(program: Command): void {
  program
    .command('decode')
    .description(
      'Reads one payload a line from stdin (JSON, hex or base64) and writes what the model makes of it, one line each.',
    )
    .option('-m, --model <model>', 'device model, such as water-meter')
    .option('-t, --topic <topic>', 'the topic it came under, for models that need it')
    .option('-p, --f-port <port>', 'LoRaWAN port, where the line does not say it')
    .option('-s, --set <key=value>', 'a setting of the device, such as litres_per_pulse=10', collect, [])
    .option('-z, --time-zone <zone>', 'IANA zone of devices that tell local time; UTC if absent')
    .option('--received-at <time>', 'when it was received, RFC 3339; now if absent')
    .addOption(configOption())
    .addOption(modelsOption())
    .option('-l, --list', 'lists the models and ends')
    .addHelpText('after', () => spoken(HELP))
    .action(run);
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

async function run(options: Options, command: Command): Promise<void> {
  namedFoldersExist(command);
  const models = await modelsOrFail(modelsFolder(options));
  if (options.list) {
    for (const { model, title } of models.all()) console.log(`${model}\t${title.zh}\t${title.en}`);
    return;
  }
  if (options.model === undefined)
    throw new UsageError({
      zh: '缺少 --model；用 --list 列出所有型号',
      en: '--model is missing; --list shows which there are',
    });
  const definition = models.get(options.model);
  if (!definition) {
    const known = models.all().map(({ model }) => model);
    const close = didYouMean(options.model, known);
    throw new UsageError({
      zh: `没有设备型号 “${options.model}”；${close ? `是否想写 “${close}”？` : `现有 ${known.join('、')}`}`,
      en: `no device model "${options.model}"; ${close ? `did you mean "${close}"?` : `there are ${known.join(', ')}`}`,
    });
  }
  const envelopes = await loadEnvelopes();
  const settings = settingsOf(options.set);
  const fPort = options.fPort === undefined ? undefined : Number(options.fPort);
  if (fPort !== undefined && !(Number.isInteger(fPort) && fPort >= 0 && fPort <= 255))
    throw new UsageError({
      zh: `--f-port ${options.fPort} 不是 0 到 255 的端口`,
      en: `--f-port ${options.fPort} is not a port from 0 to 255`,
    });
  const given = options.receivedAt === undefined ? undefined : parseRfc3339(options.receivedAt);
  if (options.receivedAt !== undefined && given === undefined)
    throw new UsageError({
      zh: `--received-at ${options.receivedAt} 不是 RFC 3339 时间`,
      en: `--received-at ${options.receivedAt} is not RFC 3339`,
    });
  let lines = 0;
  let refused = 0;
  const say = (result: TrialResult, payload: Uint8Array, read?: (other: Uint8Array) => TrialResult): void => {
    lines++;
    if (!result.ok) refused++;
    console.log(JSON.stringify({ ...lineOf(result), ...callOf(definition, result, payload, given, read) }));
  };
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue;
    if (isNoBytes(line, definition)) {
      say(NO_BYTES, Buffer.from(line));
      continue;
    }
    const trial: Trial = {
      payload: payloadOf(line),
      receivedAt: given ?? Date.now(),
      settings,
      ...(options.topic === undefined ? {} : { topic: options.topic }),
      ...(fPort === undefined ? {} : { fPort }),
      ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
    };
    const read = (payload: Uint8Array): TrialResult =>
      tryPayload(definition, envelopes, { ...trial, payload });
    say(read(trial.payload), trial.payload, read);
  }
  if (lines > 0 && refused === lines) process.exitCode = 1;
}

const NO_BYTES: TrialResult = {
  ok: false,
  reason: 'malformed-payload',
  detail: 'the line is neither JSON, nor bytes in hex or base64',
};

/** A model that is reached through a network server speaks bytes; text is none, and would be read as if it were. */
function isNoBytes(line: string, { topics, payload }: DeviceDefinition): boolean {
  const text = line.trim();
  if (topics.length > 0 || payload || text.startsWith('[')) return false;
  if (!text.startsWith('{')) return bytesOfHex(text) === undefined && bytesOfBase64(text) === undefined;
  return false;
}

function settingsOf(pairs: readonly string[]): DeviceSettings {
  const { settings, wrong } = parseSettings(pairs.join(';'));
  if (wrong !== undefined)
    throw new UsageError({ zh: `--set ${wrong}：应为 键=值`, en: `--set ${wrong}: expected key=value` });
  return settings;
}

const iso = (at: number): string => new Date(at).toISOString();
const messageOf = (reason: RejectionReason, detail: string): string =>
  `${REJECTION_REASONS[reason].en}: ${detail}`;

function lineOf(result: TrialResult): object {
  if (!result.ok) {
    const { reason, detail } = result;
    return { rejection: { code: reason, message: messageOf(reason, detail) } };
  }
  const { readings, events, rejections } = result;
  return {
    readings: readings.map(({ metric, value, at }) => ({ metric, value, at: iso(at) })),
    ...(events.length > 0 ? { events: events.map(({ event, at }) => ({ event, at: iso(at) })) } : {}),
    ...(rejections.length > 0
      ? { rejections: rejections.map(({ reason, detail }) => ({ code: reason, message: detail })) }
      : {}),
  };
}

/** What the running service does beside refusing it, or beside what the model reads: it opens a P2 for a call in words. */
function callOf(
  definition: DeviceDefinition,
  result: TrialResult,
  payload: Uint8Array,
  at = Date.now(),
  read?: (other: Uint8Array) => TrialResult,
): object {
  const isWorn = isForCallsAlone(definition);
  const isHeard = !result.ok || definition.decode.within || result.events.some(({ event }) => isCall(event));
  const call =
    callInWords(result, { payload }, { isWorn, at }) ??
    (isHeard || !read ? undefined : callPassedOver(payload, { isWorn }, read)?.call);
  if (call === undefined) return {};
  const message = `read in words as ${EVENTS[call].title.en}: of an enrolled device the service opens a P2 (calls-in-words)`;
  return { call: { event: call, message } };
}

/** JSON as it stands; otherwise bytes in hex or base64. What is none of them is text. */
function payloadOf(line: string): Uint8Array {
  const text = line.trim();
  if (/^[{"]/.test(text) || /^\[\s*[[{"\]]/.test(text)) return Buffer.from(text, 'utf8');
  // Four letters of base64 as well, but JSON to whoever writes them.
  if (text === 'null' || text === 'true') return Buffer.from(text, 'utf8');
  const hex = text.length >= 4 && !/^\d{1,3}$/.test(text) ? bytesOfHex(text) : undefined;
  if (hex) return hex;
  const base64 =
    text.length % 4 === 0 && text.length >= 4 && !/^\d+$/.test(text) ? bytesOfBase64(text) : undefined;
  return base64 ?? Buffer.from(text, 'utf8');
}
