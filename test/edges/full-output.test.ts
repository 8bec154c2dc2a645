import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textOf } from '../../src/cli-words.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const FULL = '/dev/full';

test.runIf(existsSync(FULL))('a command whose answer finds no room says so in a line, and fails', () => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'secret'], {
    stdio: ['ignore', openSync(FULL, 'w'), 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  expect(stderr).toBe('error: the answer cannot be written: the disk is full (ENOSPC)\n');
  expect(status).toBe(1);
});

test('a disk that takes no more of a file is named in either language, though nobody knows its path any more', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(textOf(error)).toEqual({ zh: '磁盘已满（ENOSPC）', en: 'the disk is full (ENOSPC)' });
});
