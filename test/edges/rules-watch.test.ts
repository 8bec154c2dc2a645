import { appendFile, mkdir, mkdtemp, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { watchRules } from '../../src/app/rules-watch.ts';

let stop: () => void = () => undefined;
afterEach(() => stop());

/** A folder of configuration, and how often its rules were said to be changed. */
async function watched(prepare: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'rules-watch-'));
  await prepare(folder);
  let times = 0;
  const watcher = watchRules(join(folder, 'rules.yaml'), () => times++, 20);
  stop = () => watcher.stop();
  return { folder, times: () => times };
}

test('rules that are written are read again', async () => {
  const { folder, times } = await watched((to) => writeFile(join(to, 'rules.yaml'), 'version: a'));
  await appendFile(join(folder, 'rules.yaml'), 'b');
  await expect.poll(times).toBeGreaterThan(0);
});

test('so are those behind a link that is turned to another folder, of which their own folder tells nothing', async () => {
  const { folder, times } = await watched(async (to) => {
    for (const each of ['one', 'two']) {
      await mkdir(join(to, each));
      await writeFile(join(to, each, 'rules.yaml'), `version: ${each}`);
    }
    await symlink('one', join(to, '..data'));
    await symlink(join('..data', 'rules.yaml'), join(to, 'rules.yaml'));
  });
  // Again and again: nobody says when the file was looked at for the first time.
  const turn = async (to: string) => {
    await symlink(to, join(folder, '..new'));
    await rename(join(folder, '..new'), join(folder, '..data'));
  };
  let turns = 0;
  await expect
    .poll(
      async () => {
        await turn(turns++ % 2 === 0 ? 'two' : 'one');
        return times();
      },
      // Longer than what is written one after the other counts as one change.
      { interval: 700 },
    )
    .toBeGreaterThan(0);
});
