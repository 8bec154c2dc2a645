import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FORMATS } from '../../src/store/exchange/part.ts';
import { tempFolder } from '../contracts/bed.ts';
import { someOf } from '../runs.ts';

const PROGRAM = join(import.meta.dirname, 'export-to-disk.ts');

// Parquet first: what it writes last is what makes it a file.
test.each(someOf(FORMATS.toReversed(), 3))(
  'a disk that takes a part of an export as %s, and no more, is told, and no file passes for whole',
  (format) => {
    const dir = tempFolder('export-full-disk');
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const exported = (before: string, to: string): string => {
      const args = ['-c', `${before} exec "$0" "$@"`, process.execPath, PROGRAM, join(dir, to), format];
      return spawnSync('sh', args, { encoding: 'utf8' }).stdout.trim();
    };
    expect(exported('', 'whole')).toBe('5000 rows');
    const [name = ''] = readdirSync(join(dir, 'whole')).filter((one) => one.startsWith('part'));
    const { size } = statSync(join(dir, 'whole', name));
    // The most that the system lets a file have, in blocks: the same to whoever writes as a disk that is full, here at its very end.
    expect(exported(`ulimit -f ${Math.floor((size - 1) / 512)};`, 'full')).toBe('EFBIG');
    expect(readdirSync(join(dir, 'full')).filter((name) => !name.endsWith('.partial'))).toEqual([]);
  },
);
