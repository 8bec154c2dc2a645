import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { seededRandom } from '../../src/lib/random.ts';
import type { Point } from '../../src/ports/telemetry.ts';
import { freePorts, ServiceProcess } from '../crash/child.ts';
import { seed, writeConfig } from '../crash/community.ts';
import { Staff } from '../crash/staff.ts';
import { makeCertificate } from '../edges/certificate.ts';
import { Mosquitto, whyNoMosquitto } from './mosquitto.ts';

const missing = whyNoMosquitto();
if (missing) console.warn(`skipped: ${missing}`);
const BANDS = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'];
const ACCOUNTS = { shouwang: 'ours', ...Object.fromEntries(BANDS.map((id) => [id, `secret of ${id}`])) };
/** Longer than the second after which mosquitto has written down what it took. */
const WRITTEN_MS = 2_500;

/** A band that keeps what was not acknowledged, and sends it again. */
class Band {
  readonly acknowledged: number[] = [];
  readonly #client: MqttClient;
  readonly #timer: NodeJS.Timeout;
  #pending = 0;
  #isQuiet = false;

  constructor(id: string, url: string, caFile: string) {
    const ca = readFileSync(caFile);
    const password = `secret of ${id}`;
    this.#client = mqtt.connect(url, { clientId: id, username: id, password, ca, reconnectPeriod: 100 });
    this.#client.on('error', () => undefined);
    let last = 0;
    this.#timer = setInterval(() => {
      const at = Math.max(Date.now(), last + 1);
      last = at;
      if (this.#isQuiet || this.#pending > 200) return;
      this.#pending++;
      const payload = JSON.stringify({ at, pulse_bpm: 60 + (at % 40) });
      this.#client.publish(`shouwang/${id}/telemetry`, payload, { qos: 1 }, (error) => {
        this.#pending--;
        if (!error) this.acknowledged.push(at);
      });
    }, 25);
  }

  /** Resolves when everything that was sent is acknowledged. */
  async quiet(): Promise<void> {
    this.#isQuiet = true;
    await expect.poll(() => this.#pending, { timeout: 20_000, interval: 20 }).toBe(0);
  }

  goOn(): void {
    this.#isQuiet = false;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client.endAsync(true);
  }
}

describe.skipIf(missing !== undefined)(
  'an outside mosquitto and the service, either of which may be killed',
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'shouwang-outside-'));
    const ends: (() => Promise<unknown> | unknown)[] = [];
    let server: Mosquitto;
    let service: ServiceProcess;
    let bands: Band[];

    beforeAll(async () => {
      const pem = makeCertificate(dir, 'localhost');
      server = await Mosquitto.asShipped(ACCOUNTS, pem);
      ends.push(() => server.stop());
      const [http = 0, port = 0, webhook = 0] = await freePorts(3);
      await writeConfig(dir, { http, mqtt: port, webhook });
      await seed(dir);
      const file = join(dir, 'service.yaml');
      const config = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      const external = {
        url: server.url,
        username: 'shouwang',
        password: ACCOUNTS.shouwang,
        clientId: 'shouwang',
        caFile: pem.certFile,
      };
      writeFileSync(file, stringify({ ...config, mqtt: { mode: 'external', external } }));
      service = new ServiceProcess(dir, { http, mqtt: port });
      service.spawn();
      ends.push(() => service.kill().catch(() => undefined));
      await service.ready();
      bands = BANDS.map((id) => new Band(id, server.devicesUrl ?? '', pem.certFile));
      for (const band of bands) ends.push(() => band.close());
    }, 60_000);

    afterAll(async () => {
      for (const end of ends.reverse()) await end();
      rmSync(dir, { recursive: true, force: true });
    });

    test('no reading that a device was told is safe is lost, whoever is killed, in whatever order', async () => {
      // The service alone; what comes meanwhile waits in its session.
      await pause(1_500);
      await service.kill();
      await pause(1_500);
      service.spawn();
      await service.ready();

      // The broker alone, under load: what it has taken is on its way to us already.
      await pause(1_500);
      await server.crash();
      await pause(500);
      await server.resume();
      await pause(2_000);

      // Both: what mosquitto took since it last wrote down its sessions would be gone with it, so nothing is taken then.
      await service.kill();
      await pause(500);
      for (const band of bands) await band.quiet();
      await pause(WRITTEN_MS);
      await server.crash();
      for (const band of bands) band.goOn();
      await server.resume();
      service.spawn();
      await service.ready();
      await pause(1_500);
      for (const band of bands) await band.quiet();

      const staff = new Staff(service.url, seededRandom(1));
      await staff.signIn();
      let sent = 0;
      for (const [i, band] of bands.entries()) {
        sent += band.acknowledged.length;
        const from = Math.min(...band.acknowledged);
        const query = `metric=pulse_bpm&from=${from}&to=${Date.now() + 1}&limit=20000`;
        const lost = async (): Promise<number[]> => {
          const { points } = await staff.get<{ points: Point[] }>(`/devices/${BANDS[i]}/readings?${query}`);
          const there = new Set(points.map(({ at }) => at));
          expect(there.size).toBe(points.length);
          return band.acknowledged.filter((at) => !there.has(at));
        };
        await expect.poll(lost).toEqual([]);
      }
      process.stderr.write(`${sent} readings acknowledged over three crashes, all of them there once\n`);
      expect(sent).toBeGreaterThan(500);
    }, 120_000);
  },
);
