import { existsSync, statSync } from 'node:fs';
import { type PublishProgress, publish, remarks } from '../../simulators/publisher.ts';
import { type Survey, survey } from '../../simulators/recording-survey.ts';
import { aheadInTheEndMs, type ReplayCounts, replayed } from '../../simulators/replay.ts';
import { type AddCommand, progressOf, UsageError } from '../cli.ts';
import { ACKNOWLEDGED, atMinute, MESSAGES, noFile, note, spoken, warn } from '../cli-words.ts';
import { parseInstant } from '../config/instants.ts';
import { HOUR, MINUTE, scaledClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { joined, many, type Text, TextError } from '../model/text.ts';

interface Flags {
  readonly url: string;
  readonly username: string;
  readonly password?: string;
  readonly clientId?: string;
  readonly speed: string;
  readonly shift?: string;
  readonly giveUpAfter: string;
  readonly json?: boolean;
}

const HELP: Text = {
  en: `
Everything is sent over one connection, so the user has to be a service account that may publish for all devices:
mqtt.serviceAccounts in service.yaml, with the hash that "shouwang secret" makes. Whoever may list the processes of this
machine reads a password on the command line: better put it into the environment variable SHOUWANG_MQTT_PASSWORD.

Recordings are read from end to end first. Where a line is no message all such lines are told, and nothing is sent.

Without --shift times stay as they were recorded. It moves the time of receipt, and every "at" of payloads in the native
format, by one offset; times inside of other formats stay, and are counted:
  now        the first message is received now
  ends-now   the last message is received now: for history, with --speed max
  <instant>  the first message is received then, such as 2026-03-01T08:00:00+08:00 (Shanghai time where no zone is given)
Faster than 1, times that begin now run ahead of the clock, and a service refuses what is from the future (clock-future).

Rules of a running service judge by its clock, on which history is past: what they would have found in time
"shouwang backtest" tells, without a broker.

Example:
  export SHOUWANG_MQTT_PASSWORD=…
  shouwang replay month.ndjson.gz --url mqtt://127.0.0.1:1883 --username replay --speed max --shift ends-now
`,
  zh: `
全部经一个连接发送，因此用户须为可代所有设备发布的服务账号：写在 service.yaml 的 mqtt.serviceAccounts 中，
其散列值由 "shouwang secret" 生成。命令行上的密码，本机上能查看进程的人都看得到：最好放在环境变量 SHOUWANG_MQTT_PASSWORD 中。

发送之前先把记录从头到尾读一遍。有的行不是报文时，逐一指出，什么也不发送。

不写 --shift 时，时间保持记录时的原样。--shift 把收到的时间和本系统格式报文中的每个 "at" 平移同一时长；
其他格式报文内部的时间不变，并计数：
  now        第一条报文视为现在收到
  ends-now   最后一条报文视为现在收到：用于历史数据，配合 --speed max
  <时刻>     第一条报文视为此时收到，例如 2026-03-01T08:00:00+08:00（不写时区则按上海时间）
快于 1 时，从现在开始的时间会跑到时钟前面，服务拒收来自未来的数据（clock-future）。

运行中的服务按自己的时钟判断，历史数据对它已是过去：规则当时会发现什么，请用 "shouwang backtest"，它不需要消息服务。

示例：
  export SHOUWANG_MQTT_PASSWORD=…
  shouwang replay month.ndjson.gz --url mqtt://127.0.0.1:1883 --username replay --speed max --shift ends-now
`,
};

const addCommand: AddCommand = (program) => {
  program
    .command('replay')
    .summary('send a recording to a broker')
    .description(
      'Sends recordings (NDJSON, gzip if the name ends in .gz) to a broker, at any speed, at the original or at shifted times.',
    )
    .argument('<file...>', 'recordings, in order of time')
    .option('--url <url>', 'the broker', 'mqtt://127.0.0.1:1883')
    .requiredOption('--username <name>', 'a service account, see below')
    .option('--password <password>', 'its password, where it does not stand in the environment')
    .option('--client-id <id>', 'under which the broker knows this connection; the user name, if not given')
    .option(
      '--speed <factor>',
      'how fast: 1 is as recorded, 60 an hour in a minute; max is as fast as acknowledged',
      '1',
    )
    .option('--shift <when>', 'rewrite times: now, ends-now, or an instant; as recorded, if not given')
    .option(
      '--give-up-after <duration>',
      'without a connection, or any acknowledgement, for so long, such as 2min; or never',
      '2min',
    )
    .option('--json', 'write a summary to stdout as JSON')
    .addHelpText('after', () => spoken(HELP))
    .action(run);
};
export default addCommand;

async function run(files: string[], flags: Flags): Promise<void> {
  for (const file of files) if (!existsSync(file)) throw new UsageError(noFile(file));
  const password = flags.password ?? process.env['SHOUWANG_MQTT_PASSWORD'];
  if (password === undefined)
    throw new UsageError({
      zh: '须写 --password，或在环境变量 SHOUWANG_MQTT_PASSWORD 中给出',
      en: 'give --password, or SHOUWANG_MQTT_PASSWORD in the environment',
    });
  const speed = speedOf(flags.speed);
  const giveUpAfterMs = patienceOf(flags.giveUpAfter);
  const held = await surveyed(files);
  const { first, last } = held;
  if (first === undefined || last === undefined)
    throw new UsageError({ zh: `${files.join('、')} 是空的`, en: `${files.join(', ')}: empty` });
  const shiftMs = shiftOf(flags.shift, { first, last });
  if (flags.shift !== undefined && flags.shift !== 'ends-now')
    warnOfFuture(aheadInTheEndMs({ first, last }, shiftMs, speed, Date.now()), flags);
  const counts: ReplayCounts = { messages: 0, notShifted: 0 };
  const progress = progressOf({ zh: '重放', en: 'replay' }, ACKNOWLEDGED);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const sender = flags.clientId ?? flags.username;
  let result: PublishProgress;
  try {
    result = await publish(replayed({ files, sender, shiftMs }, counts), {
      url: flags.url,
      credentials: () => ({ username: flags.username, password }),
      presence: false,
      giveUpAfterMs,
      ...(speed === undefined ? {} : { clock: scaledClock({ origin: first + shiftMs, speed }) }),
      signal: stop.signal,
      onProgress: (now) => progress.update(now.acknowledged, undefined, remark(now)),
    });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  progress.end(result.acknowledged, remark(result));
  if (counts.notShifted > 0)
    note({
      zh: `${counts.notShifted} 个报文没有本系统格式的 “at”，已原样发出`,
      en: `${counts.notShifted} payloads hold no "at" in the native format and went out as they were`,
    });
  conclude(result, held, flags, shiftMs);
}

/** Before anything is sent: who finds out half way that a recording is broken has told a service half of it. */
async function surveyed(files: readonly string[]): Promise<Survey> {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const progress = progressOf({ zh: '检查', en: 'check' }, MESSAGES);
  return survey(files, (read, messages) => progress.update(messages, read / Math.max(1, bytes)));
}

function conclude(result: PublishProgress, { messages }: Survey, flags: Flags, shiftMs: number): void {
  const { sent, acknowledged, refused, away, behindMsMax, interrupted, gaveUp } = result;
  if (flags.json)
    console.log(JSON.stringify({ messages, sent, acknowledged, shiftMs, behindMsMax, interrupted, gaveUp }));
  if (interrupted || acknowledged === messages) return;
  const why =
    refused.length > 0
      ? { zh: `：消息服务拒绝 “${flags.username}”`, en: `: the broker refuses "${flags.username}"` }
      : away
        ? {
            zh: `：连不上 ${flags.url}：${away.zh}${gaveUp ? `；等了 ${flags.giveUpAfter}（--give-up-after）` : ''}`,
            en: `: no connection to ${flags.url}: ${away.en}${gaveUp ? `; gave up after ${flags.giveUpAfter} (--give-up-after)` : ''}`,
          }
        : gaveUp
          ? {
              zh: `：${flags.url} 接受了连接，却不再确认报文；等了 ${flags.giveUpAfter}（--give-up-after）`,
              en: `: ${flags.url} accepts the connection and acknowledges nothing; gave up after ${flags.giveUpAfter} (--give-up-after)`,
            }
          : { zh: '', en: '' };
  throw new TextError({
    zh: `${messages} 条报文中有 ${messages - acknowledged} 条没有得到确认${why.zh}`,
    en: `${messages - acknowledged} of ${many(messages, 'message was', 'messages were')} not acknowledged${why.en}`,
  });
}

/** Devices may be ahead by a little. */
const AHEAD_TOLD_MS = 5 * MINUTE;

/** All of it is acknowledged, and none of what is from the future is taken: nobody would see why there are no alerts. */
function warnOfFuture(aheadMs: number, { speed }: Flags): void {
  if (aheadMs <= AHEAD_TOLD_MS) return;
  const hours = (aheadMs / HOUR).toFixed(1);
  warn({
    zh: `按 --speed ${speed}，最后一条消息的时间将比时钟快 ${hours} 小时：服务会拒收这些数据（clock-future）；历史数据请用 --shift ends-now`,
    en: `at --speed ${speed} the times of the last message will be ${hours} h ahead of the clock, and a service refuses what is from the future (clock-future); for history use --shift ends-now`,
  });
}

const remark = (progress: PublishProgress): string =>
  spoken(joined([atMinute(progress.at), ...remarks(progress)]));

/** Undefined for `max`. */
function speedOf(text: string): number | undefined {
  if (text === 'max') return undefined;
  const speed = Number(text);
  if (text.trim() === '' || !Number.isFinite(speed) || speed <= 0)
    throw new UsageError({
      zh: `--speed：“${text}” 不是大于 0 的数，也不是 max（尽快）`,
      en: `--speed: "${text}" is not a number above 0, or max (as fast as can be)`,
    });
  return speed;
}

/** For how long nobody may be connected, or nothing be acknowledged, in milliseconds. */
function patienceOf(text: string): number {
  const ms = text === 'never' ? Number.POSITIVE_INFINITY : parseDuration(text);
  if (ms === undefined)
    throw new UsageError({
      zh: `--give-up-after：“${text}” 不是 30s、2min 形式的时长，也不是 never`,
      en: `--give-up-after: "${text}" is no duration such as 30s or 2min, nor never`,
    });
  return ms;
}

function shiftOf(
  text: string | undefined,
  { first, last }: { readonly first: number; readonly last: number },
): number {
  if (text === undefined) return 0;
  if (text === 'now') return Date.now() - first;
  if (text === 'ends-now') return Date.now() - last;
  const instant = parseInstant(text, 'Asia/Shanghai');
  if (instant === undefined)
    throw new UsageError({
      zh: `--shift：“${text}” 不是 now、ends-now，也不是时刻`,
      en: `--shift: "${text}" is neither now, ends-now nor an instant`,
    });
  return instant - first;
}
