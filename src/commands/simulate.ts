import { readFile, writeFile } from 'node:fs/promises';
import { Option } from 'commander';
import { connectionsOf } from '../../simulators/community.ts';
import { FAULTS_HELP } from '../../simulators/faults-help.ts';
import { type FleetMessage, telemetryOnly } from '../../simulators/fleet.ts';
import { incidentNames } from '../../simulators/incident.ts';
import { PlanError } from '../../simulators/incident-plan.ts';
import { liveRemarks, outgoing, type PublishProgress, publish } from '../../simulators/publisher.ts';
import { RecordingWriter, recordingLine } from '../../simulators/recording.ts';
import { registryCsv, registryYaml } from '../../simulators/registry-files.ts';
import { makeSimulation, type Simulation } from '../../simulators/simulation.ts';
import { SpecError } from '../../simulators/specs.ts';
import { type AddCommand, progressOf, UsageError } from '../cli.ts';
import { ACKNOWLEDGED, MESSAGES, noInstant, noTimeZone, note, spoken, textOf } from '../cli-words.ts';
import { parseInstant } from '../config/instants.ts';
import { type Clock, DAY, scaledClock } from '../lib/clock.ts';
import { isTimeZone } from '../lib/local-time.ts';
import { generateSecret, hashSecret } from '../lib/secrets.ts';
import { LIMITS } from '../model/limits.ts';
import { joined, type Text, TextError } from '../model/text.ts';

/** Where a recording begins when nobody says: the same bytes on any day. */
const RECORDED_FROM = '2026-03-01';

interface Flags {
  readonly seed: string;
  readonly homes: string;
  readonly days: string;
  readonly timeZone: string;
  readonly start?: string;
  readonly record?: string;
  readonly truth?: string;
  readonly registry?: string;
  readonly secrets?: string;
  readonly url?: string;
  readonly speed: string;
  readonly origin?: string;
  readonly anchor?: string;
  readonly incidents: string;
  readonly faults: string;
  readonly settleDays?: string;
  readonly uploadDaily?: boolean;
  readonly sensors: string;
  readonly json?: boolean;
}

/** In lines as wide as the rest of the help. */
const INCIDENT_LINES = incidentNames()
  .join(', ')
  .replace(/(?=.)(.{1,96})(?: |$)/g, '  $1\n')
  .trimEnd();

const HELP: Text = {
  en: `
Incidents and faults are lists, separated by commas:
  default                      every kind, each at its own rate
  none                         nothing
  collapse=2                   twice a year in each home (for gateway-dead: behind each gateway)
  fall@haitang-1-1-101=2026-03-02T08:00:00+08:00[/end]    there and then
  loss=0.05                    for faults: the share of messages, devices or times a year that the fault counts

Incidents:
${INCIDENT_LINES}

${FAULTS_HELP.en}
Examples:
  A month of 100 homes for a backtest, as fast as it can be written:
    shouwang simulate --homes 100 --days 30 --incidents default \\
      --record month.ndjson.gz --truth truth.ndjson --registry registry.csv
  Live into a service that runs here, one connection a device:
    shouwang simulate --homes 20 --registry sim.yaml --secrets sim-secrets.json
    shouwang import sim.yaml
    shouwang simulate --homes 20 --secrets sim-secrets.json --url mqtt://127.0.0.1:1883
  History for it: enrol and publish with the same --start, then add --speed max to the last line above.
`,
  zh: `
事件和故障是以逗号分隔的列表：
  default                      所有种类，各按自己的频率
  none                         没有
  collapse=2                   每户每年两次（gateway-dead：每个网关）
  fall@haitang-1-1-101=2026-03-02T08:00:00+08:00[/end]    在那里那时
  loss=0.05                    故障：消息或设备的比例，或每年次数，视故障而定

事件：
${INCIDENT_LINES}

${FAULTS_HELP.zh}
示例：
  100 户一个月，供 backtest 使用，能写多快就多快：
    shouwang simulate --homes 100 --days 30 --incidents default \\
      --record month.ndjson.gz --truth truth.ndjson --registry registry.csv
  实时发给本机的服务，每台设备一个连接：
    shouwang simulate --homes 20 --registry sim.yaml --secrets sim-secrets.json
    shouwang import sim.yaml
    shouwang simulate --homes 20 --secrets sim-secrets.json --url mqtt://127.0.0.1:1883
  历史数据：登记和发布时写相同的 --start，并在上面最后一行加 --speed max。
`,
};

const addCommand: AddCommand = (program) => {
  program
    .command('simulate')
    .summary('make a community live: to a recording, or over MQTT')
    .description(
      'Simulates people who live alone, their water meters and wristbands, and in some homes door contacts, motion sensors, electricity meters, smoke and gas detectors. Writes a recording with its truth and registry, or publishes over MQTT like the devices themselves. The same seed gives the same messages.',
    )
    .option('--seed <text>', 'everything is drawn from it', '1')
    .option('--homes <count>', 'how many homes', '20')
    .option('--days <number>', 'how long', '7')
    .option(
      '--start <instant>',
      'when it begins, as 2026-03-01 or 2026-03-01T08:00:00+08:00 (now, if published)',
    )
    .option('--time-zone <name>', 'of the communities', 'Asia/Shanghai')
    .option('--incidents <list>', 'what happens to people and devices, see below', 'default')
    .option('--faults <list>', 'what goes wrong on the line, see below', 'none')
    .option('--settle-days <number>', 'no random incident before (a tenth of the days, at most 2)')
    .option('--upload-daily', 'meters upload 24 readings once a day')
    .option('--sensors <share>', 'share of homes with door, motion, electricity, smoke and gas sensors', '0')
    .option('--record <file>', 'write a recording (gzip if the name ends in .gz)')
    .option('--truth <file>', 'write what really happened, one line an incident')
    .option('--registry <file>', 'write the registry: .yaml with people and credentials, else CSV of devices')
    .option('--url <url>', 'publish to this broker, e.g. mqtt://127.0.0.1:1883')
    .option('--secrets <file>', 'secrets of the devices, JSON; made and written if the file is not there')
    .addOption(new Option('--speed <factor>', 'how fast the clock runs, or max').default('1'))
    .option('--origin <instant>', 'the clock shows this ... (as the service whose clock it shares)')
    .option('--anchor <instant>', '... when the wall shows this')
    .option('--json', 'write a summary to stdout as JSON')
    .addHelpText('after', () => spoken(HELP))
    .action(run);
};
export default addCommand;

async function run(flags: Flags): Promise<void> {
  if (!flags.record && !flags.url && !flags.truth && !flags.registry)
    throw new UsageError({
      zh: '无事可做：须写 --record、--url、--truth 或 --registry',
      en: 'nothing to do: give --record, --url, --truth or --registry',
    });
  const timing = readTiming(flags);
  const secrets = await loadSecrets(flags.secrets);
  const simulation = await simulationOf(flags, timing, secrets);
  await saveSecrets(flags.secrets, secrets, simulation);
  await writeSideFiles(flags, simulation);
  const summary = flags.url
    ? await publishLive(flags, flags.url, timing, simulation)
    : flags.record
      ? await record(flags.record, simulation)
      : {};
  const { community, fleet } = simulation;
  const devices = community.entries.filter(({ noun }) => noun === 'device').length;
  const told = { homes: community.homes.length, devices, incidents: fleet.truth.length, ...summary };
  if (flags.json) console.log(JSON.stringify({ ...told, from: iso(fleet.start), to: iso(fleet.until) }));
}

const iso = (instant: number): string => new Date(instant).toISOString();

interface Timing {
  readonly start: number;
  readonly days: number;
  /** Undefined: as fast as it goes. */
  readonly clock: Clock | undefined;
}

function readTiming(flags: Flags): Timing {
  if (!isTimeZone(flags.timeZone)) throw new UsageError(noTimeZone(flags.timeZone));
  const days = positive('--days', flags.days);
  const instant = (name: string, text: string | undefined): number | undefined => {
    const at = text === undefined ? undefined : parseInstant(text, flags.timeZone);
    if (text !== undefined && at === undefined) throw new UsageError(noInstant(`--${name}`, text));
    return at;
  };
  const origin = instant('origin', flags.origin);
  const anchor = instant('anchor', flags.anchor);
  const speed = speedOf(flags.speed);
  const start = instant('start', flags.start) ?? origin ?? defaultStart(flags, days, speed);
  if (speed === undefined || !flags.url) return { start, days, clock: undefined };
  if (speed !== 1 && origin === undefined)
    note({
      zh: '时钟与现实速度不同：没有共用它（--origin、--anchor）的服务将拒绝在其未来的读数',
      en: 'the clock runs at another speed than the wall: a service that does not share it (--origin, --anchor) will refuse what lies in its future',
    });
  const clock = scaledClock({ origin: origin ?? start, speed, ...(anchor === undefined ? {} : { anchor }) });
  return { start, days, clock };
}

/** A recording begins on a fixed day; what is published now begins now, or ends now when it goes as fast as it can. */
function defaultStart(flags: Flags, days: number, speed: number | undefined): number {
  const now = Math.floor(Date.now() / 1000) * 1000;
  if (!flags.url && !flags.secrets) return parseInstant(RECORDED_FROM, flags.timeZone) ?? 0;
  return flags.url && speed === undefined ? now - days * DAY : now;
}

/** Undefined for `max`. */
function speedOf(text: string): number | undefined {
  if (text === 'max' || text === '0') return undefined;
  return positive('--speed', text, { zh: '，也不是 max', en: ', or max' });
}

function positive(name: string, text: string, orElse: Text = { zh: '', en: '' }): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number <= 0)
    throw new UsageError({
      zh: `${name}：“${text}” 不是大于 0 的数${orElse.zh}`,
      en: `${name}: "${text}" is not a number above 0${orElse.en}`,
    });
  return number;
}

function share(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0 && number <= 1))
    throw new UsageError({
      zh: `${name}：“${text}” 不是 0 到 1 之间的比例`,
      en: `${name}: "${text}" is not a share between 0 and 1`,
    });
  return number;
}

async function simulationOf(flags: Flags, timing: Timing, secrets: Map<string, string>): Promise<Simulation> {
  const homes = positive('--homes', flags.homes);
  if (!Number.isInteger(homes))
    throw new UsageError({
      zh: `--homes：“${flags.homes}” 不是整数`,
      en: `--homes: "${flags.homes}" is not a whole number`,
    });
  const settleDays = flags.settleDays === undefined ? undefined : Number(flags.settleDays);
  if (settleDays !== undefined && !(settleDays >= 0))
    throw new UsageError({
      zh: `--settle-days：“${flags.settleDays}” 不是数`,
      en: `--settle-days: "${flags.settleDays}" is not a number`,
    });
  try {
    return await makeSimulation({
      seed: flags.seed,
      homes,
      start: timing.start,
      days: timing.days,
      timeZone: flags.timeZone,
      incidents: flags.incidents,
      faults: flags.faults,
      uploadDaily: flags.uploadDaily === true,
      sensors: share('--sensors', flags.sensors),
      presence: flags.url !== undefined,
      ...(settleDays === undefined ? {} : { settleDays }),
      ...(flags.secrets === undefined ? {} : { secret: (id) => secretOf(secrets, id) }),
      ...(isYaml(flags.registry) ? { hash: hashSecret } : {}),
    });
  } catch (error) {
    if (error instanceof SpecError || error instanceof PlanError) throw new UsageError(textOf(error));
    throw error;
  }
}

const isYaml = (file: string | undefined): boolean => file !== undefined && /\.ya?ml$/i.test(file);

function secretOf(secrets: Map<string, string>, id: string): string {
  const known = secrets.get(id);
  if (known !== undefined) return known;
  const made = generateSecret();
  secrets.set(id, made);
  return made;
}

/** @throws UsageError for a file that is there and holds something else. */
async function loadSecrets(file: string | undefined): Promise<Map<string, string>> {
  if (file === undefined) return new Map();
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  const wrong = new UsageError({
    zh: `${file}：应为 设备 id 到密码 的 JSON 对象`,
    en: `${file}: expected a JSON object of device id to secret`,
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong;
  if (!Object.values(value).every((secret) => typeof secret === 'string')) throw wrong;
  return new Map(Object.entries(value as Record<string, string>));
}

async function saveSecrets(
  file: string | undefined,
  secrets: Map<string, string>,
  { community }: Simulation,
): Promise<void> {
  if (file === undefined) return;
  for (const [id, secret] of community.secrets) secrets.set(id, secret);
  await writeFile(file, `${JSON.stringify(Object.fromEntries(secrets), null, 1)}\n`, { mode: 0o600 });
}

async function writeSideFiles(flags: Flags, { community, fleet }: Simulation): Promise<void> {
  if (flags.registry) {
    const text = isYaml(flags.registry) ? registryYaml(community) : registryCsv(community);
    await writeFile(flags.registry, text, { mode: isYaml(flags.registry) ? 0o600 : 0o644 });
  }
  if (flags.truth)
    await writeFile(flags.truth, fleet.truth.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

async function record(file: string, { fleet }: Simulation): Promise<{ messages: number }> {
  const writer = new RecordingWriter(file);
  const progress = progressOf({ zh: '模拟', en: 'simulate' }, MESSAGES);
  const span = fleet.until - fleet.start;
  for (const message of fleet) {
    const full = writer.write(lineOf(message));
    if (!full) continue;
    await full;
    progress.update(writer.lines, (message.at - fleet.start) / span);
  }
  await writer.close();
  progress.end(writer.lines, file);
  return { messages: writer.lines };
}

const lineOf = ({ at, topic, payload }: FleetMessage): string => recordingLine(at, topic, payload);

async function publishLive(
  flags: Flags,
  url: string,
  { clock }: Timing,
  { community, fleet }: Simulation,
): Promise<Record<string, unknown>> {
  const connections = connectionsOf(community);
  if (connections > LIMITS.connectionsPerAddressMax)
    note({
      zh: `同一地址 ${connections} 个连接；内置消息服务至多接受 ${LIMITS.connectionsPerAddressMax} 个`,
      en: `${connections} connections from one address; the embedded broker takes ${LIMITS.connectionsPerAddressMax}`,
    });
  const writer = flags.record === undefined ? undefined : new RecordingWriter(flags.record);
  const progress = progressOf({ zh: '模拟', en: 'simulate' }, ACKNOWLEDGED);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const span = fleet.until - fleet.start;
  try {
    const result = await publish(outgoing(writer ? recorded(fleet, writer) : fleet), {
      url,
      credentials: (sender) => {
        const password = community.secrets.get(sender);
        return password === undefined ? undefined : { password };
      },
      ...(clock ? { clock, connectFirst: community.secrets.keys() } : {}),
      signal: stop.signal,
      onProgress: (now) => progress.update(now.acknowledged, (now.at - fleet.start) / span, remark(now)),
    });
    progress.end(result.acknowledged, remark(result));
    return finish(result);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await writer?.close();
  }
}

/** Writes what is sent as it is sent. */
function* recorded(
  messages: Iterable<FleetMessage>,
  writer: RecordingWriter,
): Generator<FleetMessage, void, undefined> {
  for (const message of messages) {
    // Not waited for: publishing is slower than the disk, and a failure shows when the writer is closed.
    if (telemetryOnly(message)) writer.write(lineOf(message))?.catch(() => undefined);
    yield message;
  }
}

const remark = (progress: PublishProgress): string => spoken(joined(liveRemarks(progress)));

function unacknowledged({ inFlight, dropped, sent, refused, away }: PublishProgress): Text {
  const count = inFlight + dropped;
  const [zh, en] = [
    `${sent} 条消息中有 ${count} 条没有得到确认`,
    `${count} of ${sent} messages were not acknowledged`,
  ];
  if (refused.length === 0)
    return away ? { zh: `${zh}；连不上：${away.zh}`, en: `${en}; no connection: ${away.en}` } : { zh, en };
  return {
    zh: `${zh}；消息服务拒绝 ${refused.join('、')}：它们是否以这些密码登记在册？`,
    en: `${en}; the broker refuses ${refused.join(', ')}: are they in its registry, with these secrets?`,
  };
}

/** @throws TextError when messages did not arrive: nobody shall take this for a complete run. */
function finish(result: PublishProgress): Record<string, unknown> {
  const { sent, acknowledged, dropped, inFlight, behindMsMax, interrupted } = result;
  if (!interrupted && inFlight + dropped > 0) throw new TextError(unacknowledged(result));
  return { sent, acknowledged, behindMsMax, interrupted };
}
