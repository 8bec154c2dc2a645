import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import addCheck from '../../src/commands/check.ts';
import { community, gridWorker } from '../core.ts';
import { testService } from '../service.ts';
import { run } from './command-line.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shouwang-across-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());

async function copyOf(name: string): Promise<string> {
  const dir = join(folder, name);
  await cp('config', dir, { recursive: true });
  return dir;
}
const told = async (dir: string): Promise<string[]> =>
  (await run(addCheck, 'check', '--config', dir)).err.map((line) => line.replaceAll(`${dir}/`, ''));
/** Beside what `check` says of every roster that notify.yaml does not name. */
const about = (file: string, lines: readonly string[]): string[] =>
  lines.filter(
    (line) => (line.includes(`${file} `) || line.includes(`${file}:`)) && !line.includes('names this roster'),
  );

describe('check, of what one file says of another,', () => {
  test('warns of the place of a roster that no registry file has, though no staff stands in one', async () => {
    const dir = await copyOf('place');
    const header = 'community,grid,building,unit,home,device,model,gateway,enrolled_at';
    await writeFile(
      join(dir, 'registry.csv'),
      `${header}\ncunxi,g1,b1,u1,h1,wm1,water-meter,gw1,2026-03-01\n`,
    );
    vi.stubEnv('SHOUWANG_FILES_REGISTRY', 'registry.csv');
    expect(about('rosters.yaml', await told(dir))).toEqual([
      'warning: rosters.yaml haitang-duty: haitang: the place of the roster is not in the registry',
    ]);
  });

  test('says that it cannot know where neither the files nor records beside them hold a registry', async () => {
    const dir = await copyOf('unknown');
    await writeFile(join(dir, 'registry.yaml'), 'communities: []\n');
    expect(about('rosters.yaml', await told(dir))).toEqual([
      expect.stringMatching(
        /^warning: rosters.yaml rosters: whether its places and people are registered is not known: neither the registry files/,
      ),
    ]);
    vi.stubEnv('SHOUWANG_STORE_RECORDS', 'postgres');
    vi.stubEnv('SHOUWANG_STORE_POSTGRES_URL', 'postgres://shouwang@db.example:5432/shouwang');
    expect(about('rosters.yaml', await told(dir))).toEqual([
      expect.stringMatching(/check does not ask the server that holds the registry$/),
    ]);
  });

  test('looks places and people up in the records of a service that does not run, and counts its homes', async () => {
    const dir = join(folder, 'stored');
    const entries = [
      ...community({ h1: [{ id: 'm1', model: 'water-meter' }], h2: [{ id: 'm2', model: 'water-meter' }] }),
      gridWorker('zhou'),
    ];
    const shifts = [{ id: 'all', name: '全天', from: '08:00', to: '08:00' }];
    const roster = { name: '值班', starts: '2026-02-01', members: ['zhou'], shifts };
    const rosters = {
      rosters: [
        { ...roster, id: 'there', node: 'haitang' },
        { ...roster, id: 'nowhere', node: 'cunxi' },
      ],
    };
    await cp('config/channels.yaml', join(dir, 'channels.yaml'));
    const service = await testService({ dir, entries, rosters });
    await service.stop();
    const lines = await told(dir);
    const unnamed = (line: string) => line.includes('no line of notify.yaml names this roster');
    expect(about('rosters.yaml', lines).filter((line) => !unnamed(line))).toEqual([
      'warning: rosters.yaml nowhere: cunxi: the place of the roster is not in the registry',
    ]);
    expect(lines.at(-1)).toMatch(/is in order: 2 homes with 2 devices/);
  });

  test('tells of unknown names in the same round as of a mistake in the file that should have them', async () => {
    const dir = await copyOf('round');
    const change = async (file: string, from: string, to: string) => {
      const text = await readFile(join(dir, file), 'utf8');
      expect(text).toContain(from);
      await writeFile(join(dir, file), text.replace(from, to));
    };
    await change('channels.yaml', 'channel: mqtt-topic', 'channel: mqtt-topics');
    await change('rosters.yaml', 'change: week', 'change: fortnight');
    await change('notify.yaml', 'always: [terminal, mqtt]', 'always: [terminal, screen]');
    await change(
      'notify.yaml',
      'routes:\n',
      'routes:\n  - { kinds: [safety], priorities: [P1], rosters: [night] }\n',
    );
    const staff = (id: string, channel: string) =>
      `  - { id: ${id}, name: ${id}, roles: [], channels: [{ channel: ${channel}, address: x }] }\n`;
    await writeFile(join(dir, 'more.yaml'), `staff:\n${staff('a', 'mqtt')}${staff('b', 'pager')}`);
    await change('registry.yaml', 'birthYear: 1941', 'birthYear: long ago');
    vi.stubEnv('SHOUWANG_FILES_REGISTRY', 'registry.yaml,more.yaml');
    const mistakes = (await told(dir)).filter((line) => !line.startsWith('warning: '));
    expect(mistakes.map((line) => line.replace(/:\d+:\d+ /, ' '))).toEqual([
      expect.stringMatching(/^channels.yaml channels\[1\].channel: /),
      expect.stringMatching(/^rosters.yaml rosters\[0\].change: /),
      expect.stringMatching(/^notify.yaml routes\[0\].rosters\[0\]: no roster "night"/),
      expect.stringMatching(/^notify.yaml always\[1\]: no channel "screen"/),
      expect.stringMatching(/^registry.yaml communities.*birthYear: /),
      expect.stringMatching(/^more.yaml staff "b": there is no channel "pager"/),
    ]);
  });

  test('does not call a name unknown while the id of an entry cannot be read', async () => {
    const dir = await copyOf('unsure');
    const channels = await readFile(join(dir, 'channels.yaml'), 'utf8');
    await writeFile(join(dir, 'channels.yaml'), channels.replace('- id: mqtt', '- name: mqtt'));
    expect((await told(dir)).filter((line) => /no channel "/.test(line))).toEqual([]);
  });
});
