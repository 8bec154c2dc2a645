import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { UsageError } from '../../src/cli.ts';
import addMigrateRecords from '../../src/commands/migrate-records.ts';
import { tempFolder } from '../contracts/bed.ts';
import { run } from './command-line.ts';

test('a data folder that is not there is told as such: nothing would be replaced in it', async () => {
  const dir = tempFolder('migrate');
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const store = { records: 'sqlite', postgres: { url: 'postgres://shouwang@127.0.0.1:9/shouwang' } };
  writeFileSync(join(dir, 'service.yaml'), stringify({ store }));
  const data = join(dir, 'datta');
  const { error } = await run(
    addMigrateRecords,
    'migrate-records',
    '--to',
    'postgres',
    '-c',
    dir,
    '-d',
    data,
  );
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).text).toEqual({
    zh: `没有 ${data}/records.db：数据文件夹（--data）写对了吗？`,
    en: `there is no ${data}/records.db: is the data folder (--data) the right one?`,
  });
});
