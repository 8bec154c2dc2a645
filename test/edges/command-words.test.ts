import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { RunningService } from '../../src/app/wiring.ts';
import { progressOf, runCli } from '../../src/cli.ts';
import { ROWS, textOf } from '../../src/cli-words.ts';
import { announce } from '../../src/commands/start.ts';
import { onTerminal } from '../../src/lib/terminal-line.ts';
import { chineseOfMessage } from '../../src/model/system-words.ts';
import { orNoRoom } from '../../src/store/backup.ts';
import { dataFiles } from '../../src/store/data-files.ts';
import { atLength } from '../runs.ts';
import { testService } from '../service.ts';

const dir = mkdtempSync(join(tmpdir(), 'shouwang-words-'));

/** What is asked of the command line in a terminal of this language: its code, and what it complains of. */
async function complaint(locale: string, ...args: string[]): Promise<{ code: number; words: string }> {
  vi.stubEnv('LC_ALL', locale);
  const words: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => void words.push(`${line}\n`));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => words.push(String(text)) > 0);
  const code = await runCli(args);
  vi.restoreAllMocks();
  return { code, words: words.join('') };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
afterAll(() => rmSync(dir, { recursive: true }));

test.each([
  ['zh_CN.UTF-8', '错误：没有选项 “--nonsense”'],
  ['en_GB.UTF-8', "error: unknown option '--nonsense'"],
  ['C', "error: unknown option '--nonsense'"],
])('a wrong command line is told in the language of the terminal: %s', async (locale, words) => {
  const told = await complaint(locale, 'secret', '--nonsense');
  expect(told.code).toBe(2);
  expect(told.words).toContain(words);
});

test('what a command refuses is told in the language of the terminal, down to what a store says', async () => {
  writeFileSync(join(dir, 'file'), '');
  const wrong = await complaint('zh_CN.UTF-8', 'restore', '--from', dir, '--data', join(dir, 'x'));
  expect(wrong).toEqual({ code: 2, words: `错误：${dir} 中既没有备份也没有归档\n` });
  const same = await complaint('C', 'restore', '--from', dir, '--data', join(dir, 'x'));
  expect(same.words).toBe(`error: ${dir} holds neither a backup nor an archive\n`);
});

test.each([
  ['owner', /records\.db: it is damaged.*restore a backup or the archive/],
  ['notices', /is damaged.*`shouwang doctor` names it.*restore a backup or the archive/],
])(
  'of a file that is damaged at its table %s it is told what to do, not what SQLite calls it',
  async (table, words) => {
    const folder = join(dir, `damaged-${table}`);
    mkdirSync(folder);
    const service = await testService({ dir: folder });
    await service.stop();
    const data = join(folder, 'data');
    damage(dataFiles(data).records, table);
    const told = await complaint('C', 'backup', '--data', data, '--out', join(folder, 'copy'));
    expect(told.code).toBe(1);
    expect(told.words).toMatch(words);
    expect(told.words).not.toContain('malformed');
  },
);

function damage(path: string, table: string): void {
  const db = new DatabaseSync(path);
  const root = db.prepare('select rootpage from sqlite_master where name = ?').get(table);
  db.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, (Number(root?.['rootpage']) - 1) * 4096);
  closeSync(file);
}

test.each([
  ["ENOSPC: no space left on device, write '/srv/archive/wal'", '/srv/archive/wal 磁盘已满（ENOSPC）'],
  [
    'PostgreSQL is away: connect ECONNREFUSED 127.0.0.1:5432',
    'PostgreSQL 不可用：127.0.0.1:5432 对方没有在此端口监听（ECONNREFUSED）',
  ],
  ['the database system is shutting down', '数据库正在关闭'],
  ['password authentication failed for user "shouwang"', '用户 shouwang 的密码不正确'],
  ['database or disk is full', '磁盘已满'],
  ['disk I/O error', '磁盘读写出错'],
  ['attempt to write a readonly database', '数据库文件只能读，不能写'],
  ['database is locked', '数据库文件被另一个程序占用'],
  ['PostgreSQL is away: it only reads at present', 'PostgreSQL 不可用：对方目前只读（副本，或被设为只读）'],
  ['relation "x" is odd', '“relation "x" is odd”'],
])('why the running service cannot write is told in Chinese as far as there are words: %s', (said, words) => {
  expect(chineseOfMessage(said)).toBe(words);
});

test('where a backup or a restore finds no room, the folder that has none is named, and not what was being copied', () => {
  const copying = Object.assign(
    new Error("ENOSPC: no space left on device, copyfile '/b/records.db' -> '/d/x'"),
    {
      code: 'ENOSPC',
    },
  );
  for (const error of [copying, new Error('database or disk is full')])
    expect(textOf(orNoRoom('/srv/backup', error) as Error)).toEqual({
      zh: '/srv/backup 所在的磁盘已满',
      en: 'the disk of /srv/backup is full',
    });
  const other = new Error('disk I/O error');
  expect(orNoRoom('/srv/backup', other)).toBe(other);
});

test('a data folder that cannot be written to is named, in both languages', async () => {
  const data = join(dir, 'data');
  mkdirSync(join(data, 'telemetry.db.lock'), { recursive: true });
  writeFileSync(join(data, 'telemetry.db'), '');
  writeFileSync(join(data, 'records.db'), '');
  const args = ['backup', '--data', data, '--config', join(dir, 'none'), '--out', join(dir, 'out')];
  const lock = join(data, 'telemetry.db.lock');
  expect((await complaint('zh_CN.UTF-8', ...args)).words).toBe(
    `错误：${lock}：无法打开；文件夹是否存在且可写？\n`,
  );
  expect((await complaint('C', ...args)).words).toContain(`error: ${lock}: it cannot be opened`);
});

test('mistakes of the configuration are told in the language of the terminal', async () => {
  const config = join(dir, 'config');
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, 'service.yaml'), 'mqtt: { port: 99999 }\nstor: {}\n');
  const told = async (locale: string): Promise<string[]> =>
    (await complaint(locale, 'check', '--config', config)).words.split('\n').slice(0, 2);
  const file = join(config, 'service.yaml');
  expect(await told('zh_CN.UTF-8')).toEqual([
    `${file}:1:15 mqtt.port: 写的是 99999，应为 0 至 65535 之间的整数`,
    `${file}:2:1 stor: 没有这个键；是否想写 "store"？`,
  ]);
  expect(await told('C')).toEqual([
    `${file}:1:15 mqtt.port: found 99999, expected a whole number between 0 and 65535`,
    `${file}:2:1 stor: unknown key; did you mean "store"?`,
  ]);
});

atLength('a running service that refuses a backup says why, in a sentence', async () => {
  const config = mkdtempSync(join(dir, 'running-'));
  const running = await testService({ dir: config });
  try {
    const args = ['backup', '--config', config, '--out', config];
    expect((await complaint('zh_CN.UTF-8', ...args)).words).toBe(`错误：备份失败: ${config} 不是空的\n`);
    expect((await complaint('C', ...args)).words).toBe(
      `error: The backup could not be made: ${config} is not empty\n`,
    );
  } finally {
    await running.stop();
  }
});

test('what the system refuses is told with its path', async () => {
  const file = join(dir, 'file');
  const config = join(dir, 'none');
  const args = ['backup', '--data', join(file, 'in'), '--config', config, '--out', join(dir, 'out')];
  expect((await complaint('zh_CN.UTF-8', ...args)).words).toContain(join(file, 'in'));
});

test('an archive beside records on a server has to go: check and doctor say so, in both languages', async () => {
  const config = join(dir, 'archived');
  mkdirSync(config, { recursive: true });
  const store = { records: 'postgres', postgres: { url: 'postgres://shouwang@127.0.0.1:9/shouwang' } };
  writeFileSync(join(config, 'service.yaml'), JSON.stringify({ store, archive: { folder: 'archive' } }));
  for (const [language, words] of [
    ['zh_CN.UTF-8', '请删去这一节：归档只复制文件'],
    ['C', 'has to go: it copies files only'],
  ] as const)
    for (const command of ['check', 'doctor']) {
      const told: string[] = [];
      vi.spyOn(console, 'log').mockImplementation((line) => void told.push(String(line)));
      const { words: complained } = await complaint(language, command, '--config', config);
      expect(told.join('\n') + complained, `${command} in ${language}`).toContain(words);
    }
});

const service = {
  addresses: { http: 'http://0.0.0.0:8080', mqtt: 'mqtt://0.0.0.0:1883' },
  administrator: { user: 'admin', password: 'made-now' },
  recovered: { homes: 3, inputs: 7, ms: 12 },
  core: { registry: { counts: { homes: 3, devices: 5 } }, ruleSet: { version: '1' } },
} as unknown as RunningService;

test.each([
  [
    'zh_CN.UTF-8',
    ['住户 3 户，设备 5 台，规则集 1', '  控制台    http://localhost:8080', '  登录      admin / made-now'],
  ],
  [
    'C',
    ['3 homes, 5 devices, rule set 1', '  console   http://localhost:8080', '  login     admin / made-now'],
  ],
])('a service that runs says where everything is, in the language of the terminal: %s', (language, words) => {
  vi.stubEnv('LC_ALL', language);
  const said: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => void said.push(String(line)));
  announce(service);
  for (const each of words) expect(said.join('\n')).toContain(each);
  if (language !== 'C') expect(said.join('\n')).not.toMatch(/restored|homes|console|login|shown/);
});

test.each([
  ['zh_CN.UTF-8', /^导入：1,200 行，用时 0\.0 秒（每秒 [\d,]+）\n$/],
  ['C', /^import: 1,200 rows in 0\.0 s \([\d,]+\/s\)\n$/],
])('the last line of long work is in the language of the terminal: %s', (language, words) => {
  vi.stubEnv('LC_ALL', language);
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  progressOf({ zh: '导入', en: 'import' }, ROWS).end(1_200);
  expect(said.join('')).toMatch(words);
});

test.each([
  ['import', 'nope.csv'],
  ['import-visits', 'nope.csv'],
  ['import-readings', 'nope.json', '--device', 'scale'],
  ['convert', 'nope.csv', '--out', 'x.ndjson', '--registry', 'x.csv'],
  ['replay', 'nope.ndjson', '--username', 'x'],
])('a file that is not there is a mistake of whoever asks %s for it', async (...args) => {
  const said: string[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => void said.push(String(line)));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((line) => said.push(String(line)) > 0);
  expect(await runCli(args)).toBe(2);
  err.mockRestore();
  expect(said.join('\n')).toMatch(/there is no file "nope\.|没有文件 “nope\./);
});

test('notices are coloured on a terminal, and not in a file or where nobody wants colours', () => {
  const printed = (isTTY: boolean, env: Record<string, string> = {}): string =>
    onTerminal('\u001b[1;97;41m P1 \u001b[0m 跌倒', isTTY, env);
  expect(printed(true)).toBe('\u001b[1;97;41m P1 \u001b[0m 跌倒');
  expect(printed(false)).toBe(' P1  跌倒');
  expect(printed(true, { NO_COLOR: '1' })).toBe(' P1  跌倒');
  expect(printed(true, { NO_COLOR: '' })).toContain('\u001b');
});
