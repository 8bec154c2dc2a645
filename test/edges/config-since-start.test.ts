import { appendFile, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
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
  const files = await ConfigSinceStart.from([channels, duty, models], { warn } as never);
  const changed = () => files.look();
  expect(await changed()).toEqual([]);
  // Saved anew with what was in it.
  await rm(channels);
  await writeFile(channels, 'channels: []\n');
  expect(await changed()).toEqual([]);
  await writeFile(channels, 'channels: [] # one\n');
  await writeFile(duty, 'rosters: []\n');
  expect(await changed()).toEqual(['channels.yaml', 'rosters.yaml']);
  expect(await changed()).toEqual(['channels.yaml', 'rosters.yaml']);
  expect(told).toEqual([{ files: ['channels.yaml', 'rosters.yaml'] }]);
  await writeFile(channels, 'channels: []\n');
  await rm(duty);
  expect(await changed()).toEqual([]);
  await mkdir(models);
  await writeFile(join(models, 'acme.yaml'), 'model: acme\n');
  expect(await changed()).toEqual(['models']);
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
    const said = () => service.service.health().checks['configuration'];
    await expect.poll(said, { interval: 5 }).toMatchObject({
      ok: true,
      warning: true,
      detail: {
        zh: expect.stringMatching(/notify\.yaml.*重启/),
        en: expect.stringMatching('not in force: notify.yaml'),
      },
    });
    await writeFile(file, before);
    await utimes(file, 0, 0);
    await expect.poll(said, { interval: 5 }).toBeUndefined();
  } finally {
    await service.stop();
  }
});

test('what lies beside the models and is none of them, and what cannot be looked at, neither counts as a change nor ends the service', async () => {
  const dir = tempFolder('since-start-beside');
  onTestFinished(() => rm(dir, { recursive: true }));
  const [notify, models] = ['notify.yaml', 'models'].map((name) => join(dir, name));
  if (!notify || !models) throw new Error('two were named');
  await writeFile(notify, 'routes: []\n');
  await mkdir(models);
  await writeFile(join(models, 'acme.yaml'), 'model: acme\n');
  // A share whose root folder nobody may open looks like this to whoever is not root.
  await symlink('lost+found', join(models, 'lost+found'));
  await symlink('.', join(models, 'all'));
  const files = await ConfigSinceStart.from([notify, models], { warn: () => undefined } as never);
  const changed = () => files.look();
  expect(await changed()).toEqual([]);
  await writeFile(join(models, 'acme.yaml~'), 'model: acm\n');
  await writeFile(join(models, '4913'), '');
  expect(await changed()).toEqual([]);
  await writeFile(join(models, 'other.yaml'), 'model: other\n');
  expect(await changed()).toEqual(['models']);
  await rm(join(models, 'other.yaml'));
  await rm(notify);
  await symlink('notify.yaml', notify);
  expect(await changed()).toEqual([]);
  await rm(notify);
  await writeFile(notify, 'routes: [] # another\n');
  expect(await changed()).toEqual(['notify.yaml']);
});
