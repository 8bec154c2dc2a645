import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeFile } from '../scripts/new.ts';
import type { IncidentDefinition } from '../simulators/incident.ts';
import { missingOf } from '../simulators/shows.ts';
import type { DeviceDefinition } from '../src/devices/define.ts';
import type { ChannelDefinition } from '../src/notify/define.ts';
import { EXAMPLE_CONTEXT, EXAMPLE_NOTICE } from '../src/notify/example.ts';
import type { AnyRuleKind } from '../src/rules/compile.ts';
import { leftOpen } from './filled-in.ts';
import { alertsOf, wanted } from './rule-examples.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A copy of what the script works on: it disturbs nobody. */
let copy: string;
async function make(...args: string[]): Promise<{ code: number; out: string }> {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const [log, complain] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')];
  for (const spy of [log, complain]) spy.mockImplementation(say);
  const code = await makeFile(args, copy);
  for (const spy of [log, complain]) spy.mockRestore();
  return { code, out: said.join('\n') };
}

/** Makes one and loads what was made. */
async function made<T>(what: string, name: string, folder: string): Promise<T> {
  const { code, out } = await make(what, name);
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(`made ${folder}/${name}.ts`) });
  expect(out).toContain(`-t ${name}`);
  const file = join(copy, folder, `${name}.ts`);
  const text = await readFile(file, 'utf8');
  expect(text).toContain(`'${name}'`);
  expect(text).not.toMatch(/__name__|npm run new/);
  return ((await import(pathToFileURL(file).href)) as { default: T }).default;
}

/** Where the script writes; everything else is the repository's own, so that no module is loaded a second time. */
const KIND_FOLDERS = {
  device: 'devices',
  rule: 'src/rules/kinds',
  channel: 'src/notify/channels',
  incident: 'simulators/incidents',
};
const FOLDERS = Object.values(KIND_FOLDERS);
/** What a mistake of the script would overwrite. */
const WRITTEN = 'devices/water-meter.ts';

async function lay(folder: string): Promise<void> {
  await mkdir(join(copy, folder), { recursive: true });
  for (const entry of await readdir(join(ROOT, folder))) {
    const path = join(folder, entry);
    if (FOLDERS.some((each) => each === path || each.startsWith(`${path}/`))) await lay(path);
    else if (entry === '_template.ts' || path === WRITTEN) await copyFile(join(ROOT, path), join(copy, path));
    else await symlink(join(ROOT, path), join(copy, path));
  }
}

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'shouwang-new-'));
  for (const folder of ['src', 'devices', 'simulators']) await lay(folder);
  for (const name of ['node_modules', 'package.json']) await symlink(join(ROOT, name), join(copy, name));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

test('a new device does not decode its example until it is filled in', async () => {
  const device = await made<DeviceDefinition>('device', 'acme-meter', 'devices');
  const [example] = device.examples;
  expect(device.model).toBe('acme-meter');
  expect(example?.expect).toHaveProperty('readings');
  expect(device.decode(Buffer.from(JSON.stringify(example?.payload)), 0)).toMatchObject({ ok: false });
});

test('a new rule kind does not raise what its example expects until it is filled in', async () => {
  const kind = await made<AnyRuleKind>('rule', 'acme-rule', 'src/rules/kinds');
  const [must, mustNot] = kind.examples;
  expect(alertsOf(kind, must!)).not.toEqual(wanted(must!));
  expect(alertsOf(kind, mustNot!)).toEqual([]);
});

test('a new channel does not send what its example expects until it is filled in', async () => {
  const channel = await made<ChannelDefinition>('channel', 'acme-channel', 'src/notify/channels');
  const [example] = channel.examples;
  const delivery = channel.deliver(EXAMPLE_NOTICE, channel.config.parse(example?.config), EXAMPLE_CONTEXT);
  expect(channel.channel).toBe('acme-channel');
  expect(delivery).not.toMatchObject(example?.expect.delivery ?? {});
});

test('a new incident does not show what it says until it is filled in', async () => {
  const incident = await made<IncidentDefinition>('incident', 'acme-incident', 'simulators/incidents');
  expect(incident.kind).toBe('acme-incident');
  expect(missingOf(incident)).not.toEqual([]);
});

test('of a new definition every text is left open, and its test says which', async () => {
  const BOTH = ['title.zh', 'title.en', 'summary.zh', 'summary.en'];
  for (const [what, folder] of Object.entries(KIND_FOLDERS)) {
    const { title, summary } = await made<DeviceDefinition>(what, `acme-open-${what}`, folder);
    expect(leftOpen({ title, summary })).toEqual(BOTH);
  }
});

test('an existing file is never overwritten', async () => {
  const file = join(copy, WRITTEN);
  const before = await readFile(file, 'utf8');
  expect(await make('device', 'water-meter')).toMatchObject({ code: 1 });
  expect(await readFile(file, 'utf8')).toBe(before);
});

test('a name is lower case with hyphens, and the usage says what there is', async () => {
  for (const wrong of [
    ['device', '../x'],
    ['pump', 'acme'],
  ])
    expect(await make(...wrong)).toMatchObject({
      code: 2,
      out: expect.stringContaining('device|rule|channel|incident'),
    });
});
