import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/lib/random.ts';
import { generateSecret, hashSecret } from '../../src/lib/secrets.ts';
import type { Alert } from '../../src/model/alert.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { NumberedCase } from '../../src/ports/records.ts';
import { ServiceProcess } from './service-process.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 20);
const SEED = process.env['CRASH_SEED'] ?? String(Date.now());
const BANDS = 200;
const IN_FLIGHT = 3;
const SILENT = 'wb-silent';

const random = seededRandom(SEED);
const secret = generateSecret();

/** What one band has sent and what was acknowledged of it. Values are told apart by their event time. */
class Band {
  readonly id: string;
  readonly home: string;
  readonly acknowledged = new Map<number, number>();
  /** Event times of what was sent at all: a redelivery is no second event. */
  readonly events = { sos: new Set<number>(), fall: new Set<number>() };
  readonly acknowledgedEvents = { sos: new Set<number>(), fall: new Set<number>() };
  readonly #client: MqttClient;
  #clock = Date.now();
  #waiting = 0;

  constructor(index: number, url: string) {
    this.id = `wb${index}`;
    this.home = `h${index}`;
    this.#client = mqtt.connect(url, {
      clientId: this.id,
      username: this.id,
      password: secret,
      keepalive: 60,
      reconnectPeriod: 100 + (index % 10) * 20,
      reconnectOnConnackError: true,
      queueQoSZero: false,
    });
    this.#client.on('error', () => {});
  }

  get idle(): boolean {
    return this.#waiting === 0;
  }

  /** Each call has an event time of its own. */
  #instant(): number {
    this.#clock = Math.max(this.#clock + 1, Date.now());
    return this.#clock;
  }

  read(pulse: number): void {
    if (this.#waiting >= IN_FLIGHT) return;
    const at = this.#instant();
    this.#send({ at, pulse_bpm: pulse }, () => this.acknowledged.set(at, pulse));
  }

  happen(event: 'sos' | 'fall'): void {
    if (this.#waiting >= IN_FLIGHT) return;
    const at = this.#instant();
    this.events[event].add(at);
    this.#send({ at, event }, () => this.acknowledgedEvents[event].add(at));
  }

  #send(payload: object, acknowledged: () => void): void {
    this.#waiting++;
    this.#client.publish(`shouwang/${this.id}/telemetry`, JSON.stringify(payload), { qos: 1 }, (error) => {
      this.#waiting--;
      if (!error) acknowledged();
    });
  }

  end(): Promise<void> {
    return this.#client.endAsync(true);
  }
}

/** Takes webhooks; is down now and then. */
class Receiver {
  readonly ids: string[] = [];
  up = true;
  #server: Server | undefined;

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      request.resume();
      request.once('end', () => {
        if (this.up) this.ids.push(String(request.headers['webhook-id']));
        response.writeHead(this.up ? 204 : 503).end();
      });
    }).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = this.#server.address() as { port: number };
    return `http://127.0.0.1:${port}/hook`;
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe(`the service, killed ${ROUNDS} times under load (seed ${SEED})`, () => {
  const receiver = new Receiver();
  let dir: string;
  let service: ServiceProcess;
  let bands: Band[];
  /** Versions of cases as the API showed them, and what it promised to have done. */
  const shown = new Map<string, number>();
  const acknowledgedCases = new Set<string>();
  const notes = new Map<string, string[]>();

  beforeAll(async () => {
    console.error(`seed ${SEED}: CRASH_SEED=${SEED} repeats the choices (not the instants of the machine)`);
    dir = await mkdtemp(join(tmpdir(), 'shouwang-crash-'));
    const hook = await receiver.start();
    const hash = hashSecret(secret);
    const row = (home: string, device: string, interval = ''): string =>
      `c,g,b,u,${home},${device},wristband,,2026-01-01T00:00:00Z,${hash},${interval}`;
    service = await ServiceProcess.make(dir, {
      registryCsv: [
        'community,grid,building,unit,home,device,model,gateway,enrolled_at,secret_hash,expected_interval',
        ...Array.from({ length: BANDS }, (_, index) => row(`h${index}`, `wb${index}`)),
        row('h-silent', SILENT, '3s'),
        '',
      ].join('\n'),
      rules: {
        version: 'crash',
        rules: [
          { id: 'B1', kind: 'event', params: { events: ['sos'] } },
          { id: 'B2', kind: 'event', params: { events: ['fall'], cancelWindowSeconds: 3 } },
          {
            id: 'V4',
            kind: 'reading-limit',
            params: { limits: [{ metric: 'pulse_bpm', above: 150 }], confirm: { count: 2, of: 3 } },
          },
          { id: 'M1', kind: 'silence', params: { intervals: 1, graceMinutes: 0 } },
        ],
        overrides: Array.from({ length: BANDS }, (_, index) => ({
          home: `h${index}`,
          rule: 'M1',
          enabled: false,
          author: 'test',
          reason: 'these bands speak all the time',
        })),
      },
      channels: {
        channels: [
          {
            id: 'hook',
            channel: 'webhook',
            config: { url: hook, secret: `whsec_${Buffer.from(secret).toString('base64')}` },
          },
        ],
      },
      notify: {
        routes: [
          { kinds: ['safety', 'technical'], priorities: ['P1', 'P2', 'P3', 'P4'], channels: ['hook'] },
        ],
        always: [],
        fallback: { channels: ['hook'] },
      },
    });
    await service.start();
    bands = Array.from({ length: BANDS }, (_, index) => new Band(index, service.mqttUrl));
  });
  afterAll(async () => {
    await Promise.all((bands ?? []).map((band) => band.end()));
    await service?.kill('SIGTERM');
    receiver.stop();
    await rm(dir, { recursive: true, force: true });
  });

  test('loses nothing that it acknowledged, doubles nothing, forgets no timer', async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      await load(round, 300 + random.next() * 1_500);
      await service.kill('SIGKILL');
      receiver.up = random.chance(0.7);
      await service.start();
      await compareCases();
    }
    receiver.up = true;
    // Everybody gets through what is under way, the wearers' time to cancel passes.
    await expect.poll(() => bands.every((band) => band.idle), { timeout: 60_000, interval: 100 }).toBe(true);
    await pause(4_000);
    await expectReadingsOnce();
    await expectEventsOnce();
    await expectNotices();
    await compareCases();
  });

  test('finds a device that never spoke, once it has listened long enough, and finds it once', async () => {
    const silent = () => service.all<Alert>('/alerts?home=h-silent');
    await expect.poll(async () => (await silent()).length, { timeout: 10_000, interval: 200 }).toBe(1);
    expect(await silent()).toMatchObject([
      { rule: 'M1', device: SILENT, evidence: { coverage: 'never-reported' } },
    ]);
  });

  async function load(round: number, ms: number): Promise<void> {
    const until = performance.now() + ms;
    for (let turn = 0; performance.now() < until; turn++) {
      for (const band of bands) if (random.chance(0.3)) band.read(60 + Math.floor(random.next() * 40));
      if (random.chance(0.3)) random.pick(bands).happen('sos');
      if (random.chance(0.2)) random.pick(bands).happen('fall');
      if (turn % 10 === 5) void command(round, turn).catch(() => {});
      await pause(20);
    }
  }

  /** Somebody works on a case; what the service says was done is remembered. It may die in the middle. */
  async function command(round: number, turn: number): Promise<void> {
    const { items } = await service.get<{ items: NumberedCase[] }>('/cases?status=open&limit=50');
    for (const { id, version } of items) shown.set(id, Math.max(version, shown.get(id) ?? 0));
    const chosen = items.at(turn % Math.max(1, items.length));
    if (!chosen) return;
    const text = `round ${round}, turn ${turn}`;
    const path = `/cases/${encodeURIComponent(chosen.id)}`;
    if (await service.post(`${path}/notes`, { text }, `note-${round}-${turn}`)) {
      notes.set(chosen.id, [...(notes.get(chosen.id) ?? []), text]);
    }
    if (turn % 20 === 5 && (await service.post(`${path}/acknowledge`, {}, `ack-${round}-${turn}`)))
      acknowledgedCases.add(chosen.id);
  }

  /** Whatever was shown before the kill stands after it, and so does what was promised. */
  async function compareCases(): Promise<void> {
    const cases = new Map(
      (await service.all<NumberedCase>('/cases?order=newest')).map((one) => [one.id, one]),
    );
    for (const [id, version] of shown)
      expect(cases.get(id)?.version, `case ${id}`).toBeGreaterThanOrEqual(version);
    for (const id of acknowledgedCases) expect(cases.get(id)?.status, `case ${id}`).toBe('acknowledged');
    const numbers = [...cases.values()].map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const [id, texts] of [...notes].slice(-20)) {
      const { entries } = await service.get<{ entries: { text: { en: string } }[] }>(
        `/cases/${encodeURIComponent(id)}`,
      );
      const said = entries.map(({ text }) => text.en);
      for (const text of texts)
        expect(
          said.filter((line) => line === text),
          `note "${text}" of ${id}`,
        ).toHaveLength(1);
    }
  }

  async function expectReadingsOnce(): Promise<void> {
    for (const band of bands) {
      const from = new Date(Date.now() - 3_600_000).toISOString();
      const to = new Date(Date.now() + 60_000).toISOString();
      const answer = await service.get<{ points: { at: number; value: number }[] }>(
        `/devices/${band.id}/readings?metric=pulse_bpm&from=${from}&to=${to}`,
      );
      const stored = new Map(answer.points.map(({ at, value }) => [at, value]));
      expect(stored.size, `${band.id}: one point an instant`).toBe(answer.points.length);
      for (const [at, value] of band.acknowledged) expect(stored.get(at), `${band.id} at ${at}`).toBe(value);
    }
  }

  /** Each SOS and each fall counts once in the alerts of its home, however often it was sent. */
  async function expectEventsOnce(): Promise<void> {
    const alerts = await service.all<Alert>('/alerts');
    for (const band of bands) {
      for (const [rule, event] of [
        ['B1', 'sos'],
        ['B2', 'fall'],
      ] as const) {
        expect(band.acknowledgedEvents[event]).toEqual(band.events[event]);
        const counted = alerts
          .filter((alert) => alert.home === band.home && alert.rule === rule)
          .reduce((sum, { count }) => sum + count, 0);
        expect(counted > 0, `${event} of ${band.home} raised`).toBe(band.events[event].size > 0);
        // Falls within the wearer's time to cancel are one; presses are each counted.
        if (event === 'sos') expect(counted, `SOS of ${band.home}`).toBe(band.events.sos.size);
        else expect(counted).toBeLessThanOrEqual(band.events.fall.size);
      }
    }
  }

  async function expectNotices(): Promise<void> {
    const queued = () => service.all<Notice>('/notices?state=queued');
    await expect.poll(async () => (await queued()).length, { timeout: 60_000, interval: 500 }).toBe(0);
    const notices = await service.all<Notice>('/notices');
    const ids = new Set(notices.map(({ id }) => id));
    expect(ids.size).toBe(notices.length);
    for (const id of receiver.ids) expect(ids.has(id), `webhook ${id} is a notice`).toBe(true);
    const received = new Set(receiver.ids);
    for (const { id, state } of notices)
      if (state === 'accepted') expect(received.has(id), `${id} was received`).toBe(true);
    const doubled = receiver.ids.length - received.size;
    console.error(
      `${notices.length} notices, ${doubled} sent twice (each after a kill between the answer and the disk)`,
    );
  }
});
