import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { runCli } from '../../src/cli.ts';
import { seededRandom } from '../../src/lib/random.ts';
import type { Point } from '../../src/ports/telemetry.ts';
import { freePorts, ServiceProcess } from './child.ts';
import { seed, writeConfig } from './community.ts';
import { DeviceClient, type Sent } from './device-client.ts';
import { Staff } from './staff.ts';

const RUN_MS = 6_000;
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-archive-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The service of the crash test with an archive that is written each second. */
async function makeService(): Promise<{ service: ServiceProcess; mqtt: number }> {
  const [http = 0, mqtt = 0, webhook = 0] = await freePorts(3);
  await writeConfig(dir, { http, mqtt, webhook });
  await seed(dir);
  const file = join(dir, 'service.yaml');
  const config = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const archive = { folder: join(dir, 'archive'), everySeconds: 1 };
  await writeFile(file, stringify({ ...config, archive }));
  return { service: new ServiceProcess(dir, { http, mqtt }), mqtt };
}

/** Publishes a pulse every 15 ms, and notes when it was seen that one was acknowledged: never too early. */
class NotingBand {
  readonly sent: { readonly at: number; readonly sent: Sent; seenAt?: number }[] = [];
  readonly #client: DeviceClient;
  readonly #timer: NodeJS.Timeout;

  constructor(port: number) {
    this.#client = new DeviceClient('b1', port, seededRandom(1));
    this.#timer = setInterval(() => {
      const at = Date.now();
      for (const each of this.sent) if (each.sent.acknowledged) each.seenAt ??= at;
      this.sent.push({ at, sent: this.#client.publish('b1', { at, pulse_bpm: 60 + (at % 40) }) });
    }, 15);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#client.close();
  }
}

test('kill -9 and the loss of the data folder cost no more than what came after the last mark, and that is told', async () => {
  const { service, mqtt } = await makeService();
  onTestFinished(() => service.kill().catch(() => undefined) as Promise<void>);
  service.spawn();
  await service.ready();
  const band = new NotingBand(mqtt);
  onTestFinished(() => band.stop());
  await pause(RUN_MS);
  await service.kill();
  const killedAt = Date.now();
  band.stop();
  await rm(join(dir, 'data'), { recursive: true });

  const said: string[] = [];
  const spy = vi.spyOn(console, 'error').mockImplementation((line) => said.push(String(line)));
  const code = await runCli(['restore', '--from', join(dir, 'archive'), '--data', join(dir, 'data')]);
  spy.mockRestore();
  expect(code, said.join('\n')).toBe(0);
  const reaches = Date.parse(/lost: whatever was acknowledged after (\S+);/.exec(said.join('\n'))?.[1] ?? '');
  expect(killedAt - reaches).toBeLessThan(60_000);

  service.spawn();
  await service.ready();
  const staff = new Staff(service.url, seededRandom(2));
  await staff.signIn();
  const query = `metric=pulse_bpm&from=${band.sent[0]?.at ?? 0}&to=${killedAt + 1}&limit=20000`;
  const { points } = await staff.get<{ points: Point[] }>(`/devices/b1/readings?${query}`);
  const there = new Set(points.map(({ at }) => at));
  const owed = band.sent.filter(({ seenAt }) => seenAt !== undefined && seenAt <= reaches);
  const lost = band.sent.filter(({ seenAt, at }) => seenAt !== undefined && !there.has(at));
  process.stderr.write(
    `${band.sent.length} readings sent, ${owed.length} acknowledged before the last mark; the archive reached ` +
      `${killedAt - reaches} ms before the end; ${lost.length} acknowledged ones are lost, all after the mark\n`,
  );
  expect(owed.length).toBeGreaterThan(50);
  expect(owed.filter(({ at }) => !there.has(at))).toEqual([]);
});
