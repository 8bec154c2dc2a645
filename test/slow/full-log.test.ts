import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { tempFolder } from '../contracts/bed.ts';
import { freePort } from '../crash/service-process.ts';
import { ADMIN, signIn } from '../service.ts';

const ROOT = join(import.meta.dirname, '../..');
const FULL = '/dev/full';
const folder = tempFolder('full-log');
let child: ChildProcess | undefined;
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The service with its lines on a disk that takes none. */
async function started(): Promise<string> {
  const [http, mqtt] = [await freePort(), await freePort()];
  const full = openSync(FULL, 'w');
  child = spawn(process.execPath, [join(ROOT, 'src/main.ts'), 'start', '-c', 'config', '-d', folder], {
    cwd: ROOT,
    stdio: ['ignore', full, full],
    env: {
      ...process.env,
      SHOUWANG_ADMIN_PASSWORD: ADMIN.password,
      SHOUWANG_HTTP_PORT: String(http),
      SHOUWANG_MQTT_PORT: String(mqtt),
      SHOUWANG_MQTT_WEB_SOCKET_PORT: 'off',
    },
  });
  return `http://127.0.0.1:${http}`;
}

const answers = async (url: string): Promise<unknown> => (await fetch(url).catch(() => undefined))?.status;

// There is no such device on other systems.
test.runIf(existsSync(FULL))(
  'a service whose lines go to a disk that is full watches on, and ends when it is asked to',
  { timeout: 120_000 },
  async () => {
    const url = await started();
    // It listens before it knows its first administrator.
    const signsIn = () => signIn(url).catch(() => undefined);
    await expect.poll(signsIn, { timeout: 60_000, interval: 500 }).toBeDefined();
    const cookie = await signIn(url);
    const cases = async () => {
      const response = await fetch(`${url}/api/v1/cases`, { headers: { cookie } });
      return ((await response.json()) as { items: { notices?: unknown }[] }).items.length;
    };
    // The example has nobody who could be called: that is told on the terminal, which takes nothing.
    await expect.poll(cases, { timeout: 60_000 }).toBeGreaterThan(0);
    await expect.poll(() => answers(`${url}/healthz`)).toBe(200);
    expect(child?.exitCode).toBeNull();
    const ended = once(child as ChildProcess, 'exit');
    child?.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  },
);
