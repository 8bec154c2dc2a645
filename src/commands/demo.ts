import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import pino from 'pino';
import { type Community, makeCommunity } from '../../simulators/community.ts';
import { demoEnvironment } from '../app/demo-environment.ts';
import { startService } from '../app/wiring.ts';
import { packageVersion, UsageError } from '../cli.ts';
import { tell } from '../cli-words.ts';
import { HOUR, scaledClock } from '../lib/clock.ts';
import { hashSecret } from '../lib/secrets.ts';
import { onTerminal } from '../lib/terminal-line.ts';
import { many } from '../model/text.ts';
import { checkedParts, untilStopped } from './start.ts';

interface Options {
  readonly homes: string;
  readonly speed: string;
  readonly seed: string;
  readonly httpPort: string;
  readonly mqttPort: string;
  readonly seconds?: string;
  readonly keep?: string;
}

const CONFIG = fileURLToPath(new URL('../../config/demo', import.meta.url));
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** People are up: the first morning shows how they live. */
const ORIGIN = Date.parse('2026-03-02T05:00:00+08:00');
/** The clock stands still until all devices have had time to connect: hours would pass meanwhile. */
const CONNECTING_MS = 7_000;
const DEMO_PASSWORD = 'shouwang-demo';

/** `demo`: the whole service with a simulated community, at high speed, in a temporary folder. */
export default function addDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'Runs the service with a simulated community at high speed: alerts within a minute, nothing to install.',
    )
    .option('--homes <count>', 'how many homes', '200')
    .option('--speed <factor>', 'how many times as fast as life', '2400')
    .option('--seed <text>', 'another seed is another community', '7')
    .option('--http-port <port>', 'port of the console; 0: any that is free', '8080')
    .option('--mqtt-port <port>', 'MQTT port; 0: any that is free', '1883')
    .option('--seconds <number>', 'ends by itself after so many seconds')
    .option('--keep <dir>', 'keeps the data in this folder instead of a temporary one')
    .action(runDemo);
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError({
      zh: `${option}：写了 “${text}”，应为 ${min} 到 ${max} 的整数`,
      en: `${option}: found "${text}", expected a whole number between ${min} and ${max}`,
    });
  }
  return value;
}

async function runDemo(options: Options): Promise<void> {
  const homes = wholeNumber('--homes', options.homes, 10, 2_000);
  const speed = wholeNumber('--speed', options.speed, 1, 20_000);
  const dataDir = options.keep ?? (await mkdtemp(join(tmpdir(), 'shouwang-demo-')));
  process.env['SHOUWANG_ADMIN_PASSWORD'] ??= DEMO_PASSWORD;
  const env = demoEnvironment(process.env);
  const parts = await checkedParts(
    CONFIG,
    { dataDir, 'http.port': Number(options.httpPort), 'mqtt.port': Number(options.mqttPort) },
    env,
  );
  const anchor = Date.now() + CONNECTING_MS;
  const community = makeCommunity({ seed: options.seed, homes, start: ORIGIN, hash: hashSecret });
  const running = await startService({
    parts,
    clock: scaledClock({ origin: ORIGIN, speed, anchor }),
    logger: pino({ level: parts.loaded.config.log.level }, pino.destination(2)),
    env,
    print: (line) => console.log(onTerminal(line)),
    seed: community.entries,
    demo: true,
    // It leaves nothing behind: how full the disk is is not what it shows.
    disk: () => undefined,
    version: await packageVersion(),
  }).catch(async (error: unknown) => {
    if (options.keep === undefined) await rm(dataDir, { recursive: true, force: true });
    throw error;
  });
  const console_ = running.addresses.http.replace('0.0.0.0', 'localhost');
  const login = `admin / ${parts.loaded.adminPassword ?? DEMO_PASSWORD}`;
  console.error(
    [
      '',
      `守望演示 Shouwang demo: ${homes} 户 homes, ${speed} × 速度 speed (${Math.round((24 * HOUR) / speed / 1000)} s = 1 天 day)`,
      `  控制台 console  ${console_}    登录 login  ${login}`,
      '  告警将在一分钟内出现在此处和控制台。Alerts appear here and in the console within a minute. Ctrl-C ends it.',
      '',
    ].join('\n'),
  );
  const simulator = startSimulator(options, storyOf(community), running.addresses.mqtt ?? '', anchor);
  const timer =
    options.seconds === undefined
      ? undefined
      : setTimeout(() => process.emit('SIGTERM'), Number(options.seconds) * 1000);
  await Promise.race([untilStopped(), simulator.ended]);
  clearTimeout(timer);
  simulator.stop();
  await running.stop();
  if (options.keep === undefined) await rm(dataDir, { recursive: true, force: true });
  const { messages, readings, rejected } = running.loop.counts;
  tell({
    zh: `报文 ${messages} 条，读数 ${readings} 条，拒绝 ${rejected} 条`,
    en: `${many(messages, 'message', 'messages')}, ${many(readings, 'reading', 'readings')}, ${rejected} rejected`,
  });
}

/**
 * What happens in the first days, in hours after the start, so that everything worth seeing is seen within a minute;
 * chance goes on beside it.
 */
const STORY: readonly { readonly kind: string; readonly hour: number; readonly place: 'home' | 'gateway' }[] =
  [
    { kind: 'collapse', hour: 2, place: 'home' },
    { kind: 'fall', hour: 4, place: 'home' },
    { kind: 'meter-dead', hour: 3, place: 'home' },
    { kind: 'blood-pressure-crisis', hour: 6, place: 'home' },
    { kind: 'gateway-dead', hour: 8, place: 'gateway' },
    { kind: 'sos', hour: 9, place: 'home' },
    { kind: 'leak', hour: 10, place: 'home' },
  ];

/** The story as `--incidents` has it: each at a home of its own that has a band and speaks for itself. */
function storyOf(community: Community): string {
  const homes = community.homes.filter(({ band, meter }) => band && !meter.gateway).map(({ id }) => id);
  const gateways = community.entries.flatMap((entry) => (entry.noun === 'gateway' ? [entry.id] : []));
  const asked = STORY.flatMap(({ kind, hour, place }, index) => {
    const at = place === 'home' ? homes[(index * 17) % homes.length] : gateways[0];
    return at === undefined ? [] : [`${kind}@${at}=${new Date(ORIGIN + hour * HOUR).toISOString()}`];
  });
  return ['default', ...asked].join(',');
}

function startSimulator(
  options: Options,
  story: string,
  url: string,
  anchor: number,
): { stop(): void; ended: Promise<void> } {
  const args = [
    'simulate',
    '--seed',
    options.seed,
    '--homes',
    options.homes,
    '--days',
    '365',
    '--speed',
    options.speed,
  ];
  const clock = ['--origin', new Date(ORIGIN).toISOString(), '--anchor', new Date(anchor).toISOString()];
  const child = spawn(
    process.execPath,
    [MAIN, ...args, ...clock, '--start', new Date(ORIGIN).toISOString(), '--incidents', story, '--url', url],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-2_000);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (code)
        tell({
          zh: `模拟器以代码 ${code} 结束：\n${words}`,
          en: `the simulator ended with code ${code}:\n${words}`,
        });
      resolve();
    });
  });
  return { stop: () => child.kill('SIGTERM'), ended };
}
