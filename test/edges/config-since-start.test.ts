import { appendFile, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigSinceStart } from '../../src/app/config-since-start.ts';
import { tempFolder } from '../contracts/bed.ts';
import { testService } from '../service.ts';

test('of files that are read at the start alone it is known which are others by now, whatever an editor does with them', async () => {
  const dir = tempFolder('since-start');
  onTestFinished(() => rm(dir, { recursive: true }));
  const [channels, duty, models] = ['channels.yaml', 'rosters.yaml', 'models'].map((name) => join(dir, name));
  if (!channels || !duty || !models) throw new Error('three were named');
  await writeFile(channels, 'channels: []\n');
  const told: object[] = [];
  const warn = (fields: object): void => void told.push(fields);
  const files = new ConfigSinceStart([channels, duty, models], { warn } as never);
  expect(files.changed()).toEqual([]);
  // Saved anew with what was in it.
  await rm(channels);
  await writeFile(channels, 'channels: []\n');
  expect(files.changed()).toEqual([]);
  await writeFile(channels, 'channels: [] # one\n');
  await writeFile(duty, 'rosters: []\n');
  expect(files.changed()).toEqual(['channels.yaml', 'rosters.yaml']);
  expect(files.changed()).toEqual(['channels.yaml', 'rosters.yaml']);
  expect(told).toEqual([{ files: ['channels.yaml', 'rosters.yaml'] }]);
  await writeFile(channels, 'channels: []\n');
  await rm(duty);
  expect(files.changed()).toEqual([]);
  await mkdir(models);
  await writeFile(join(models, 'acme.yaml'), 'model: acme\n');
  expect(files.changed()).toEqual(['models']);
});

test('a telephone that is changed in a file while the service runs is said to wait for a restart, and no more once it is there', async () => {
  const dir = tempFolder('since-start-service');
  onTestFinished(() => rm(dir, { recursive: true }));
  const service = await testService({ dir });
  const file = join(dir, 'notify.yaml');
  const before = await readFile(file, 'utf8');
  try {
    expect(service.service.health().checks).not.toHaveProperty('configuration');
    await appendFile(file, '# another\n');
    expect(service.service.health().checks['configuration']).toMatchObject({
      ok: true,
      warning: true,
      detail: {
        zh: expect.stringMatching(/notify\.yaml.*重启/),
        en: expect.stringMatching('not in force: notify.yaml'),
      },
    });
    await writeFile(file, before);
    await utimes(file, 0, 0);
    expect(service.service.health().checks).not.toHaveProperty('configuration');
  } finally {
    await service.stop();
  }
});
