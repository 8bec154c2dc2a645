import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { type Community, makeCommunity } from '../../simulators/community.ts';
import { loadIncidents } from '../../simulators/incident.ts';
import { makeSimulation, type Simulation } from '../../simulators/simulation.ts';
import { Team } from '../../simulators/staff/team.ts';
import { demoEnvironment } from '../app/demo-environment.ts';
import { isForDemo, markForDemo } from '../app/demo-folder.ts';
import { atWork, demoAccounts, staffApi } from '../app/demo-staff.ts';
import { serviceLog } from '../app/service-log.ts';
import { type RunningService, startService } from '../app/wiring.ts';
import { packageVersion, UsageError } from '../cli.ts';
import { tell } from '../cli-words.ts';
import { type Clock, DAY, HOUR, MINUTE, scaledClock } from '../lib/clock.ts';
import { hashSecret } from '../lib/secrets.ts';
import { onTerminal } from '../lib/terminal-line.ts';
import { type Locale, many, type Text } from '../model/text.ts';
import { checkedParts, untilStopped } from './start.ts';

interface Options {
  readonly homes: string;
  readonly speed: string;
  readonly seed: string;
  readonly httpPort: string;
  readonly mqttPort: string;
  readonly seconds?: string;
  readonly keep?: string;
  readonly staff: boolean;
}

const CONFIG = fileURLToPath(new URL('../../config/demo', import.meta.url));
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** People are up: the first morning shows how they live. */
const ORIGIN = Date.parse('2026-03-02T05:00:00+08:00');
/** The clock stands still until all devices have had time to connect: hours would pass meanwhile. */
const CONNECTING_MS = 7_000;
const DEMO_PASSWORD = 'shouwang-demo';
const DAYS = 365;
/** So long, by the wall, some of the graver calls are left to whoever looks; then somebody comes all the same. */
const LEFT_MS = 4 * MINUTE;
/** Until then the story says which. */
const STORY_MS = 2 * DAY;

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
    .option('--no-staff', 'no simulated staff: all cases are left to you')
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
  const dataDir = await folderOf(options);
  process.env['SHOUWANG_ADMIN_PASSWORD'] ??= DEMO_PASSWORD;
  const env = demoEnvironment(process.env);
  const parts = await checkedParts(
    CONFIG,
    { dataDir, 'http.port': Number(options.httpPort), 'mqtt.port': Number(options.mqttPort) },
    env,
  );
  const anchor = Date.now() + CONNECTING_MS;
  const clock = scaledClock({ origin: ORIGIN, speed, anchor });
  const story = storyOf(makeCommunity({ seed: options.seed, homes, start: ORIGIN }));
  const { seed } = options;
  const simulation = await makeSimulation({
    ...{ seed, homes, start: ORIGIN, days: DAYS, hash: hashSecret },
    incidents: story.incidents,
  });
  const running = await startService({
    parts,
    clock,
    logger: serviceLog(parts.loaded.config.log.level),
    env,
    print: (line) => console.log(onTerminal(line)),
    seed: simulation.community.entries,
    demo: true,
    simulatedStaff: options.staff,
    // It leaves nothing behind: how full the disk is is not what it shows.
    disk: () => undefined,
    version: await packageVersion(),
  }).catch(async (error: unknown) => {
    if (options.keep === undefined) await rm(dataDir, { recursive: true, force: true });
    throw error;
  });
  greet(options, running, parts.loaded.adminPassword ?? DEMO_PASSWORD);
  const simulator = startSimulator(options, story.incidents, running.addresses.mqtt ?? '', anchor);
  const { locale } = parts.loaded.config;
  const team = { simulation, running, clock, left: story.left, leftForMs: LEFT_MS * speed, locale };
  const staff = options.staff ? startStaff(options.seed, team) : undefined;
  const timer =
    options.seconds === undefined
      ? undefined
      : setTimeout(() => process.emit('SIGTERM'), Number(options.seconds) * 1000);
  await Promise.race([untilStopped(), simulator.ended]);
  clearTimeout(timer);
  simulator.stop();
  await staff?.stop();
  await running.stop();
  if (options.keep === undefined) await rm(dataDir, { recursive: true, force: true });
  const { messages, readings, rejected } = running.loop.counts;
  tell({
    zh: `报文 ${messages} 条，读数 ${readings} 条，拒绝 ${rejected} 条`,
    en: `${many(messages, 'message', 'messages')}, ${many(readings, 'reading', 'readings')}, ${rejected} rejected`,
  });
}

/** @throws UsageError for a folder in which something else than a demo keeps its data. */
async function folderOf({ keep }: Options): Promise<string> {
  if (keep === undefined) return mkdtemp(join(tmpdir(), 'shouwang-demo-'));
  if (!(await isForDemo(keep)))
    throw new UsageError({
      zh: `--keep：“${keep}” 里已有别的数据，演示不会动它：请指定一个空文件夹`,
      en: `--keep: in "${keep}" are other data, and a demo touches none: name an empty folder`,
    });
  await markForDemo(keep);
  return keep;
}

function greet({ homes, speed, staff }: Options, running: RunningService, password: string): void {
  const day = Math.round((24 * HOUR) / Number(speed) / 1000);
  const console_ = running.addresses.http.replace('0.0.0.0', 'localhost');
  const lines = [
    `守望演示 Shouwang demo: ${homes} 户 homes, ${speed} × 速度 speed (${day} s = 1 天 day)`,
    `  控制台 console  ${console_}    登录 login  admin / ${password}`,
    '  告警将在一分钟内出现在此处和控制台。Alerts appear here and in the console within a minute. Ctrl-C ends it.',
    ...(staff
      ? [
          '  模拟工作人员办理其中一部分事项，其余留给您（--no-staff 则全部留给您）。',
          '  Simulated staff work on part of the cases and leave some to you (--no-staff: all).',
        ]
      : []),
    '  时间走得快，演示的办理时限因此放宽；正式运行中 P1 须在 60 秒内接手。',
    '  Time runs fast, so that the targets of the demo are longer: in earnest a P1 is to be taken within 60 s.',
  ];
  console.error(['', ...lines, ''].join('\n'));
}

/** Simulated people with accounts of their own, who work on the cases of this very service. */
function startStaff(
  seed: string,
  {
    simulation: { community, planned },
    running,
    clock,
    left,
    leftForMs,
    locale,
  }: {
    readonly simulation: Simulation;
    readonly running: RunningService;
    readonly clock: Clock;
    readonly left: ReadonlySet<string>;
    readonly leftForMs: number;
    readonly locale: Locale;
  },
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const failed = (error: unknown): void =>
    tell({ zh: `模拟工作人员：${String(error)}`, en: `simulated staff: ${String(error)}` });
  const work = async (): Promise<void> => {
    const tokens = new Map<string, string>();
    const team = new Team({
      ...{ community, planned, incidents: await loadIncidents(), seed, locale },
      ...{ leftHomes: left, leftForMs, leaveSomeFrom: ORIGIN + STORY_MS },
      api: staffApi(running.api, tokens),
    });
    const { records } = running.service;
    for (const [id, token] of await demoAccounts(records, team.people, Date.now())) tokens.set(id, token);
    await atWork(team, clock, { signal: stopped.signal, failed });
    tell(workOf(team));
  };
  const ended = work().catch(failed);
  return {
    stop: async () => {
      stopped.abort();
      await ended;
    },
  };
}

/** What they did, and what was refused to them, by name. */
function workOf({ counts: { deeds, refused } }: Pick<Team, 'counts'>): Text {
  const done = [...deeds.values()].reduce((sum, count) => sum + count, 0);
  const refusals = [...refused].map(([name, count]) => `${name} ${count}`).join(', ');
  return {
    zh: `模拟工作人员办理 ${done} 步${refusals === '' ? '' : `，被拒绝：${refusals}`}`,
    en: `the simulated staff did ${many(done, 'thing', 'things')}${refusals === '' ? '' : `, and were refused: ${refusals}`}`,
  };
}

/**
 * What happens in the first days, in hours after the start, so that everything worth seeing is seen within a minute;
 * chance goes on beside it.
 */
const STORY: readonly Chapter[] = [
  { kind: 'collapse', hour: 2, place: 'home', isLeft: true },
  { kind: 'fall', hour: 4, place: 'home', isLeft: true },
  { kind: 'meter-dead', hour: 3, place: 'home' },
  { kind: 'blood-pressure-crisis', hour: 6, place: 'home' },
  { kind: 'gateway-dead', hour: 8, place: 'gateway' },
  { kind: 'sos', hour: 9, place: 'home', isLeft: true },
  { kind: 'leak', hour: 10, place: 'home' },
  { kind: 'fall', hour: 5, place: 'home' },
  { kind: 'away', hour: 3, place: 'home' },
  { kind: 'sos', hour: 12, place: 'home' },
];

interface Chapter {
  readonly kind: string;
  readonly hour: number;
  readonly place: 'home' | 'gateway';
  /** Simulated staff keep away at first, so that whoever looks has something to do. */
  readonly isLeft?: true;
}

/** The story as `--incidents` has it: each at a home of its own that has a band and speaks for itself; and the homes that are left. */
function storyOf(community: Community): { incidents: string; left: ReadonlySet<string> } {
  const homes = community.homes.filter(({ band, meter }) => band && !meter.gateway).map(({ id }) => id);
  const gateways = community.entries.flatMap((entry) => (entry.noun === 'gateway' ? [entry.id] : []));
  const left = new Set<string>();
  const asked = STORY.flatMap(({ kind, hour, place, isLeft }, index) => {
    const at = place === 'home' ? homes[(index * 17) % homes.length] : gateways[0];
    if (isLeft && at !== undefined) left.add(at);
    return at === undefined ? [] : [`${kind}@${at}=${new Date(ORIGIN + hour * HOUR).toISOString()}`];
  });
  return { incidents: ['default', ...asked].join(','), left };
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
    String(DAYS),
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
