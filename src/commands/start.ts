import { flushCompileCache } from 'node:module';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { configurationWrong, loadParts, type Parts } from '../app/load.ts';
import { serviceLog } from '../app/service-log.ts';
import { type RunningService, startService } from '../app/wiring.ts';
import { configOption, dataOption, packageVersion } from '../cli.ts';
import { displayWidth, spoken, tell, warn } from '../cli-words.ts';
import type { ServiceConfig } from '../config/service-schema.ts';
import { wallClock } from '../lib/clock.ts';
import { onTerminal } from '../lib/terminal-line.ts';
import { many, type Text, TextError } from '../model/text.ts';
import { RecordsAway } from '../ports/records.ts';
import { ruleSetName } from '../rules/content.ts';

interface Options {
  readonly config: string;
  readonly data?: string;
  readonly httpPort?: number | string;
  readonly mqttPort?: number | string;
}

/** What is no number is told as it was written, with all other mistakes of the configuration. */
const numberOr = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

/** `start`: the service on a configuration folder. */
export default function addStart(program: Command): void {
  program
    .command('start')
    .description('Runs the service: broker, rules, stores, console and API, on a configuration folder.')
    .addOption(configOption())
    .addOption(dataOption())
    .option('--http-port <port>', 'port of the console and the API', numberOr)
    .option('--mqtt-port <port>', 'MQTT port', numberOr)
    .action(async (options: Options) => {
      const parts = await checkedParts(options.config, {
        ...(options.data === undefined ? {} : { dataDir: resolve(options.data) }),
        ...(options.httpPort === undefined ? {} : { 'http.port': options.httpPort }),
        ...(options.mqttPort === undefined ? {} : { 'mqtt.port': options.mqttPort }),
      });
      const logger = serviceLog(parts.loaded.config.log.level);
      // From here on: who is asked to stop while it starts must not leave half a stop behind.
      const stopped = untilStopped();
      const stop = new AbortController();
      void stopped.then(() => stop.abort());
      const running = await startService({
        stop: stop.signal,
        parts,
        clock: wallClock(),
        logger,
        env: process.env,
        print: (line) => console.log(onTerminal(line)),
        version: await packageVersion(),
      }).catch((error: unknown) => {
        if (stop.signal.aborted && error instanceof RecordsAway) return undefined;
        throw error;
      });
      if (!running)
        return tell({ zh: '等待记录库时被要求停止', en: 'asked to stop while it waited for the records' });
      if (running.isNew) warn(newHere(parts.loaded.config));
      announce(running);
      // Also for a service that is killed: the next start is the one that matters.
      flushCompileCache();
      await stopped;
      tell({ zh: '正在停止……', en: 'stopping …' });
      await running.stop();
    });
}

/** A disk that is not mounted looks the same: nobody may learn that from residents whom no one came to. */
const newHere = ({ dataDir, store: { records } }: ServiceConfig): Text => {
  const [zh, en] = records === 'postgres' ? ['和 PostgreSQL ', ' and PostgreSQL'] : ['', ''];
  return {
    zh: `${dataDir} ${zh}中此前没有数据：按全新安装启动。若本服务曾在此运行，请立即停止，检查数据盘是否已挂载。以后在 service.yaml 中写 dataMustExist: true，没有数据就不会启动`,
    en: `nothing was ever stored in ${dataDir}${en}: this is a new installation. If the service has run here before, stop it now, and see whether the disk of the data is mounted. With \`dataMustExist: true\` in service.yaml no later start begins without data`,
  };
};

/** @throws with every problem of the configuration, one a line. */
export async function checkedParts(
  dir: string,
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Parts> {
  const parts = await loadParts({
    dir,
    env,
    flags,
    oldRulesDo: true,
    oldRegistryDoes: true,
    emptyStepsDo: true,
  });
  if (!parts.ok) throw new TextError(configurationWrong(parts.error));
  return parts.value;
}

/** Tells a person at the terminal where everything is. */
export function announce({ addresses, administrator, recovered, core }: RunningService): void {
  const { homes, devices } = core.registry.counts;
  const version = ruleSetName(core.ruleSet);
  tell({
    zh: `守望 Shouwang 运行中。住户 ${homes} 户，设备 ${devices} 台，规则集 ${version}。`,
    en: `Shouwang runs. ${many(homes, 'home', 'homes')}, ${many(devices, 'device', 'devices')}, rule set ${version}.`,
  });
  tell(at({ zh: '控制台', en: 'console' }, addresses.http.replace('0.0.0.0', 'localhost')));
  for (const [name, address] of Object.entries(addresses))
    if (name !== 'http') tell(at({ zh: name, en: name }, address));
  if (recovered.homes > 0 || recovered.inputs > 0)
    tell({
      zh: `  已恢复 ${recovered.homes} 户，重演 ${recovered.inputs} 条输入，用时 ${recovered.ms} 毫秒`,
      en: `  restored ${many(recovered.homes, 'home', 'homes')} and replayed ${many(recovered.inputs, 'input', 'inputs')} in ${recovered.ms} ms`,
    });
  if (administrator) announceLogin(administrator);
}

function announceLogin({ user, password }: NonNullable<RunningService['administrator']>): void {
  const secret =
    password ??
    spoken({
      zh: 'SHOUWANG_ADMIN_PASSWORD 中的密码',
      en: 'the password of SHOUWANG_ADMIN_PASSWORD',
    });
  tell(at({ zh: '登录', en: 'login' }, `${user} / ${secret}`));
  if (password === undefined) return;
  tell({
    zh: '            （刚刚生成，只显示这一次；用 `shouwang user password` 更改）',
    en: '            (made now and shown only once; change it with `shouwang user password`)',
  });
}

/** One address a line, one below the other; a Chinese character takes two columns. */
const at = ({ zh, en }: Text, what: string): Text => ({
  zh: `  ${zh}${' '.repeat(Math.max(1, 10 - displayWidth(zh)))}${what}`,
  en: `  ${en.padEnd(9)} ${what}`,
});

/** How often it is looked whether the shell of an npm script is still there. */
const PARENT_LOOK_MS = 500;

/** Resolves at the first request to stop. */
export function untilStopped(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
    if (process.env['npm_lifecycle_event'] === undefined) return;
    // npm passes SIGTERM on to the shell of its script alone, and that dies of it without a word to us.
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && done(), PARENT_LOOK_MS).unref();
  });
}
