import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dataMustBeThere } from '../src/app/doctor/stores.ts';
import { serviceSchema } from '../src/config/service-schema.ts';
import { tempFolder } from './contracts/bed.ts';

test('the doctor recommends dataMustExist where the data have a disk of their own, and says nothing of it before there are any', () => {
  const [data, empty] = [tempFolder('data-disk'), tempFolder('data-disk')];
  onTestFinished(() => {
    for (const dir of [data, empty]) rmSync(dir, { recursive: true });
  });
  writeFileSync(join(data, 'records.db'), 'of a service that has run');
  const look = (more: Record<string, unknown>, configDisk: number) =>
    dataMustBeThere(serviceSchema.parse({ dataDir: data, ...more }), 'config', (folder) =>
      folder === 'config' ? configDisk : 1,
    );
  expect(look({}, 2)).toMatchObject([
    {
      check: 'data-must-exist',
      result: 'warning',
      found: { en: expect.stringContaining('a disk of its own') },
    },
  ]);
  expect(look({ dataMustExist: true }, 2)).toMatchObject([{ result: 'ok' }]);
  expect(look({}, 1)).toEqual([]);
  expect(look({ dataDir: empty }, 2)).toEqual([]);
});
