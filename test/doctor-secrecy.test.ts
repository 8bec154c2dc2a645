import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { secrecy } from '../src/app/doctor/secrecy.ts';

const onUnix = test.skipIf(process.platform === 'win32');

let root: string;
let data: string;
let config: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shouwang-secrecy-'));
  [data, config] = [join(root, 'data'), join(root, 'config')];
  mkdirSync(data);
  mkdirSync(config);
  for (const folder of [data, config]) chmodSync(folder, 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(file: string, text: string, mode = 0o644): void {
  writeFileSync(file, text);
  chmodSync(file, mode);
}
const look = async () =>
  (await secrecy(data, config, [join(config, 'service.yaml'), join(config, 'channels.yaml')]))[0];

onUnix('data that any user of the machine can read is named, unless its folder keeps them out', async () => {
  put(join(data, 'records.db'), 'x');
  put(join(data, 'links.key'), 'x', 0o600);
  expect(await look()).toMatchObject({ check: 'secrecy', result: 'warning' });
  expect((await look())?.found.en).toBe(`Any user of the machine can read ${join(data, 'records.db')}`);
  chmodSync(data, 0o700);
  expect((await look())?.result).toBe('ok');
});

onUnix(
  'a configuration that everybody can read is told where a secret stands in it, and no other',
  async () => {
    put(
      join(config, 'service.yaml'),
      'http: { port: 8080 }\nstore: { postgres: { passwordFile: db.password } }',
    );
    put(join(config, 'channels.yaml'), 'channels: [{ id: a, channel: webhook, config: { url: x } }]');
    put(join(config, 'db.password'), 'correct horse', 0o600);
    expect((await look())?.result).toBe('ok');
    chmodSync(join(config, 'db.password'), 0o644);
    expect((await look())?.found.zh).toBe(`本机任何用户都能读：${join(config, 'db.password')}`);
    chmodSync(join(config, 'db.password'), 0o600);
    put(
      join(config, 'channels.yaml'),
      'channels: [{ id: a, channel: webhook, config: { secret: whsec_A } }]',
    );
    expect((await look())?.found.en).toContain('channels.yaml');
    // A group is made on purpose.
    chmodSync(join(config, 'channels.yaml'), 0o640);
    expect((await look())?.result).toBe('ok');
  },
);

onUnix('what is not there, or is no YAML, is nobody’s to read', async () => {
  rmSync(data, { recursive: true });
  put(join(config, 'service.yaml'), '{{{');
  expect((await look())?.result).toBe('ok');
});
