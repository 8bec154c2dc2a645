import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NEEDED = ['mosquitto_pub', 'curl', 'bash'];
const missing = NEEDED.filter((name) => !isThere(name));
if (missing.length > 0 && process.env['CI']) throw new Error(`not installed: ${missing.join(', ')}`);

/** A folder that looks like a fresh clone with everything installed. */
let clone: string;
let service: ChildProcess;
let terminal = '';

beforeAll(async () => {
  if (missing.length > 0) return;
  clone = await mkdtemp(join(tmpdir(), 'shouwang-readme-'));
  for (const part of ['package.json', 'src', 'devices', 'simulators', 'config', 'node_modules'])
    await symlink(join(ROOT, part), join(clone, part));
  const args = ['src/main.ts', 'start', '--http-port', '0', '--mqtt-port', '0'];
  const env = { ...process.env, SHOUWANG_MQTT_WEB_SOCKET_PORT: 'off' };
  service = spawn(process.execPath, args, { cwd: clone, env });
  await new Promise<void>((ready, failed) => {
    for (const stream of [service.stdout, service.stderr])
      stream?.on('data', (chunk: Buffer) => {
        terminal += chunk.toString('utf8');
        if (terminal.includes('shown only once')) ready();
      });
    service.once('exit', (code) => failed(new Error(`the service ended with code ${code}: ${terminal}`)));
  });
});

afterAll(async () => {
  if (missing.length > 0) return;
  const ended = new Promise((resolve) => service.once('exit', resolve));
  service.kill('SIGTERM');
  await ended;
  await rm(clone, { recursive: true, force: true });
});

test.skipIf(missing.length > 0)(
  'the first meter, as the README says it step by step, ends with an alert',
  async () => {
    const { url } = JSON.parse(await readFile(join(clone, 'data/control.json'), 'utf8')) as { url: string };
    const mqttPort = /mqtt:\/\/[^:]+:(\d+)/.exec(terminal)?.[1] ?? '';
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const section = readme.slice(readme.indexOf('## Your first meter'), readme.indexOf('## One more device'));
    const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    const steps = blocks.filter((block) => !block.includes('/stream'));
    expect(blocks.length - steps.length).toBe(1);
    // Only the ports differ from what a person types.
    const script = ['set -eu', ...steps]
      .join('\n')
      .replaceAll('http://127.0.0.1:8080', url)
      .replaceAll('mosquitto_pub -h', `mosquitto_pub -p ${mqttPort} -h`);
    await writeFile(join(clone, 'steps.sh'), script);
    const { stdout } = await promisify(execFile)('bash', ['steps.sh'], { cwd: clone, timeout: 120_000 });
    expect(stdout).toContain('"zh":"3号楼2单元701 张桂芳：用水过少"');
    expect(stdout).toContain('"reason":"clock-future"');
    expect(stdout).toMatch(/zhou\t周敏\tresponder@haitang\/g1/);
    expect(terminal).toContain('用水过少');
  },
  130_000,
);

function isThere(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
