import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes, type AuthenticateError } from 'aedes';
import { Command } from 'commander';
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { makeCommunity } from '../../simulators/community.ts';
import { type FleetMessage, fleet } from '../../simulators/fleet.ts';
import { type Outgoing, outgoing, publish, remarks } from '../../simulators/publisher.ts';
import { RecordingWriter, readRecording, recordingLine } from '../../simulators/recording.ts';
import { aheadInTheEndMs, shiftPayload } from '../../simulators/replay.ts';
import addReplay from '../../src/commands/replay.ts';
import addSimulate from '../../src/commands/simulate.ts';
import { HOUR, MINUTE, scaledClock } from '../../src/lib/clock.ts';
import { atLength, runs } from '../runs.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A real broker that keeps what it is sent, with the client that sent it. */
class TestBroker {
  readonly published: { client: string; topic: string; payload: string; retain: boolean }[] = [];
  readonly connections: string[] = [];
  /** Who may connect, by client id; everybody if empty. */
  readonly secrets = new Map<string, string>();
  /** Messages whose acknowledgement is held back for so long, and the most of them at a time. */
  holdMs = 0;
  heldMax = 0;
  readonly #wanted: { readonly count: number; resolve(): void }[] = [];
  #held = 0;
  #aedes!: Aedes;
  #server!: Server;
  #port = 0;

  async start(): Promise<void> {
    this.#aedes = await Aedes.createBroker();
    this.#aedes.authenticate = (client, username, password, done) => {
      const known = this.secrets.get(client.id);
      const good = this.secrets.size === 0 || (username === client.id && known === password?.toString());
      if (good) this.connections.push(client.id);
      done(good ? null : (Object.assign(new Error('no'), { returnCode: 4 }) as AuthenticateError), good);
    };
    // Kept before it is acknowledged, as a broker must: what aedes emits comes later, and not at all while it closes.
    this.#aedes.authorizePublish = (client, { topic, payload, retain }, done) => {
      const take = (): void => {
        this.published.push({ client: client?.id ?? '', topic, payload: payload.toString(), retain });
        done(null);
        for (const { count, resolve } of this.#wanted) if (this.published.length >= count) resolve();
      };
      if (this.holdMs === 0) return take();
      this.heldMax = Math.max(this.heldMax, ++this.#held);
      setTimeout(() => {
        this.#held--;
        take();
      }, this.holdMs);
    };
    this.#server = createServer(this.#aedes.handle);
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it was sent so many messages. */
  has(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wanted.push({ count, resolve });
    return promise;
  }

  telemetry(): { client: string; topic: string; payload: string }[] {
    return this.published
      .filter(({ topic }) => topic.endsWith('/telemetry'))
      .map(({ client, topic, payload }) => ({ client, topic, payload }));
  }

  status(device: string): string[] {
    const words = this.published.filter(({ topic }) => topic === `shouwang/${device}/status`);
    return words.map(({ payload }) => payload.split(' ')[0] ?? '');
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

let broker: TestBroker;
beforeEach(async () => {
  broker = new TestBroker();
  await broker.start();
});
afterEach(() => broker.stop());

const community = makeCommunity({ seed: 1, homes: 36, start: START });
const credentials = (sender: string): { password: string } | undefined => {
  const password = community.secrets.get(sender);
  return password === undefined ? undefined : { password };
};
const sortedLines = (messages: Iterable<{ topic: string; payload: string }>): string[] =>
  [...messages].map(({ topic, payload }) => `${topic} ${payload}`).sort();

test('every message of a fleet is acknowledged once, sent by its device or its gateway with its own secret', async () => {
  for (const [id, secret] of community.secrets) broker.secrets.set(id, secret);
  const messages = [...fleet({ community, seed: 1, start: START, until: START + runs(1, 3) * HOUR })];
  const result = await publish(outgoing(messages), { url: broker.url, credentials });
  expect(result).toMatchObject({
    sent: messages.length,
    acknowledged: messages.length,
    inFlight: 0,
    dropped: 0,
  });
  const arrived = broker.telemetry();
  expect(sortedLines(arrived)).toEqual(
    sortedLines(messages.map(({ topic, payload }) => ({ topic, payload: JSON.stringify(payload) }))),
  );
  const senderOf = new Map(messages.map(({ topic, device, gateway }) => [topic, gateway ?? device]));
  expect(arrived.every(({ client, topic }) => senderOf.get(topic) === client)).toBe(true);
  expect(new Set(broker.connections)).toEqual(new Set(senderOf.values()));
  expect(broker.connections.some((id) => id.startsWith('gw-'))).toBe(true);
  expect(broker.status(broker.connections[0]!)).toEqual(['online', 'offline']);
});

atLength('one device’s messages arrive in the order in which they were sent', async () => {
  const messages = [...fleet({ community, seed: 1, start: START, until: START + runs(2, 6) * HOUR })];
  await publish(outgoing(messages), { url: broker.url, credentials });
  const { topic } = messages[0]!;
  const sent = messages
    .filter((message) => message.topic === topic)
    .map(({ payload }) => JSON.stringify(payload));
  expect(broker.telemetry().flatMap((each) => (each.topic === topic ? [each.payload] : []))).toEqual(sent);
});

atLength('what was not acknowledged when the broker went away is sent again when it is back', async () => {
  const total = 400;
  function* messages(): Generator<Outgoing> {
    for (let i = 0; i < total; i++)
      yield { at: START + i, sender: 'a', topic: 'shouwang/a/telemetry', payload: `${i}` };
  }
  // The broker goes away in between, while some wait for their acknowledgement.
  broker.holdMs = 15;
  const restarted = broker.has(100).then(async () => {
    await broker.stop();
    await broker.start();
  });
  const result = await publish(messages(), {
    url: broker.url,
    credentials: () => ({ password: 'x' }),
    inFlightMax: 20,
    clock: scaledClock({ origin: START, speed: 1 }),
  });
  await restarted;
  expect(result).toMatchObject({ sent: total, acknowledged: total, dropped: 0 });
  expect(result.reconnects).toBeGreaterThan(0);
  expect(new Set(broker.telemetry().map(({ payload }) => Number(payload))).size).toBe(total);
  // It was held up for a while, and says so.
  expect(result.behindMsMax).toBeGreaterThan(100);
  expect(remarks({ ...result, behindMs: 0, behindMsMax: 2_500 })).toContainEqual({
    zh: '最多落后于其时钟 2.5 秒',
    en: 'at worst 2.5 s behind its clock',
  });
});

atLength(
  'a sender that the broker refuses is named, its messages are counted, the others go on',
  async () => {
    broker.secrets.set('good', 'right');
    broker.secrets.set('bad', 'other');
    function* messages(): Generator<Outgoing> {
      for (let i = 0; i < 40; i++)
        for (const sender of ['good', 'bad', 'unknown'])
          yield { at: START, sender, topic: `shouwang/${sender}/telemetry`, payload: `${i}` };
    }
    const result = await publish(messages(), {
      url: broker.url,
      credentials: (sender) => (sender === 'unknown' ? undefined : { password: 'right' }),
      inFlightMax: 50,
    });
    expect(result).toMatchObject({ sent: 120, acknowledged: 40, dropped: 80, refused: ['bad'] });
  },
);

test('sending that is interrupted ends soon and says how far it came', async () => {
  const messages = [...fleet({ community, seed: 1, start: START, until: START + HOUR })];
  const stop = new AbortController();
  void broker.has(5).then(() => stop.abort());
  const result = await publish(outgoing(messages), {
    url: broker.url,
    credentials,
    clock: scaledClock({ origin: START, speed: 3_600 }),
    signal: stop.signal,
  });
  expect(result.interrupted).toBe(true);
  expect(result.sent).toBeLessThan(messages.length);
  expect(result.acknowledged).toBe(result.sent);
  expect(remarks(result).at(-1)?.en).toMatch(/^interrupted at 2026-03-01T00:/);
});

test('what is said of the sending names why nobody is there', async () => {
  const sent = await publish([], { url: broker.url, credentials });
  const away = { zh: '对方没有在此端口监听', en: 'nothing listens there' };
  expect(remarks({ ...sent, away })[0]).toEqual({
    zh: '连不上：对方没有在此端口监听',
    en: 'no connection: nothing listens there',
  });
});

atLength('where nobody listens, it says so while it tries on', async () => {
  const url = broker.url;
  await broker.stop();
  const stop = new AbortController();
  const said: string[] = [];
  const result = await publish([{ at: START, sender: 'a', topic: 'shouwang/a/telemetry', payload: '1' }], {
    url,
    credentials: () => ({ password: 'x' }),
    signal: stop.signal,
    onProgress: (progress) => {
      said.push(...remarks(progress).map(({ en }) => en));
      if (progress.away) stop.abort();
    },
  });
  await broker.start();
  expect(said.join()).toMatch(/no connection: nothing listens there \(ECONNREFUSED\)/);
  expect(result.away?.zh).toMatch('对方没有在此端口监听');
  expect(remarks({ ...result, at: 0, interrupted: true }).at(-1)?.zh).toBe('第一条报文之前中断');
});

atLength('the scaled clock paces: an hour at 7200 times the wall takes half a second', async () => {
  const messages = [...fleet({ community, seed: 1, start: START, until: START + HOUR })];
  const started = performance.now();
  const result = await publish(outgoing(messages), {
    url: broker.url,
    credentials,
    clock: scaledClock({ origin: START, speed: 7_200 }),
  });
  const took = performance.now() - started;
  expect(result.acknowledged).toBe(messages.length);
  expect(took).toBeGreaterThan(350);
  expect(took).toBeLessThan(8_000);
});

test('no more messages wait for their acknowledgement than allowed', async () => {
  broker.holdMs = 3;
  function* messages(): Generator<Outgoing> {
    for (let i = 0; i < 100; i++)
      yield { at: START, sender: 'a', topic: 'shouwang/a/telemetry', payload: `${i}` };
  }
  const result = await publish(messages(), {
    url: broker.url,
    credentials: () => ({ password: 'x' }),
    inFlightMax: 7,
    presence: false,
  });
  expect(result.acknowledged).toBe(100);
  expect(broker.heldMax).toBe(7);
});

atLength(
  'a device that dies breaks off without a word: its last will says offline until it is back',
  async () => {
    const meter = community.homes.find((home) => !home.meter.gateway)!.meter.id;
    const message = (minute: number, connection?: 'cut' | 'open'): Outgoing => ({
      at: START + minute * MINUTE,
      sender: meter,
      topic: `shouwang/${meter}/telemetry`,
      payload: '{}',
      ...(connection ? { connection } : {}),
    });
    await publish([message(0), message(20, 'cut'), message(40, 'open'), message(60)], {
      url: broker.url,
      credentials,
      clock: scaledClock({ origin: START, speed: 3_600 }),
    });
    expect(broker.status(meter)).toEqual(['online', 'offline', 'online', 'offline']);
    const words = broker.published.filter(({ topic }) => topic.endsWith('/status'));
    const sessions = words.map(({ payload }) => Number(payload.split(' ')[1]));
    expect(sessions[0]).toBe(sessions[1]);
    expect(sessions[2]).toBeGreaterThan(sessions[1]!);
    expect(words.every(({ retain }) => retain)).toBe(true);
  },
);

test('replay shifts every time in a native payload, and nothing else', () => {
  const shift = (payload: unknown): unknown => {
    const text = shiftPayload(Buffer.from(JSON.stringify(payload)), HOUR);
    return text === undefined ? undefined : JSON.parse(text);
  };
  expect(shift({ at: '2026-03-01T08:00:00+08:00', x: 1 })).toEqual({ at: '2026-03-01T01:00:00Z', x: 1 });
  expect(shift([{ at: START, x: 1 }, { event: 'sos' }])).toEqual([
    { at: START + HOUR, x: 1 },
    { event: 'sos' },
  ]);
  expect(shift({ x: 1 })).toBeUndefined();
  expect(shiftPayload(Buffer.from([1, 2]), HOUR)).toBeUndefined();
});

/** Runs a command as the command line would. */
async function shouwang(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line) => void out.push(String(line)));
  const write = vi
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => Boolean(err.push(String(text))));
  try {
    const program = new Command().exitOverride();
    addSimulate(program);
    addReplay(program);
    await program.parseAsync(args, { from: 'user' });
  } finally {
    log.mockRestore();
    write.mockRestore();
  }
  return { stdout: out.join('\n'), stderr: err.join('') };
}

atLength(
  'simulate writes recording, truth and registry; replay sends the recording at shifted times',
  async () => {
    const [recording, truth, registry] = ['r.ndjson.gz', 't.ndjson', 'r.csv'].map((name) =>
      join(folder, name),
    );
    const { stdout, stderr } = await shouwang(
      ...[
        'simulate',
        '--homes',
        '3',
        '--days',
        '1',
        '--seed',
        '9',
        '--incidents',
        'collapse=200',
        '--settle-days',
        '0',
      ],
      ...['--record', recording!, '--truth', truth!, '--registry', registry!, '--json'],
    );
    const summary = JSON.parse(stdout) as {
      messages: number;
      homes: number;
      devices: number;
      incidents: number;
    };
    expect(summary).toMatchObject({ homes: 3, from: '2026-02-28T16:00:00.000Z' });
    expect(stderr).toMatch(/simulate: [\d,]+ messages in .+\/s\)/);
    const lines = readFileSync(truth!, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(summary.incidents);
    expect(Object.keys(JSON.parse(lines[0]!))).toEqual(['home', 'kind', 'from', 'to']);
    expect(readFileSync(registry!, 'utf8').trim().split('\n')).toHaveLength(summary.devices + 1);

    broker.secrets.set('replayer', 'secret');
    const before = Date.now();
    const replayed = await shouwang(
      ...['replay', recording!, '--url', broker.url, '--username', 'replayer', '--password', 'secret'],
      ...['--speed', 'max', '--shift', 'ends-now', '--json'],
    );
    const { shiftMs, acknowledged } = JSON.parse(replayed.stdout) as {
      shiftMs: number;
      acknowledged: number;
    };
    expect(acknowledged).toBe(summary.messages);
    const sent: string[] = [];
    let last = 0;
    for await (const batch of readRecording(recording!)) {
      for (const { receivedAt, payload } of batch) {
        sent.push(shiftPayload(payload, shiftMs)!);
        last = receivedAt;
      }
    }
    expect(last + shiftMs).toBeGreaterThanOrEqual(before - 1);
    expect(last + shiftMs).toBeLessThanOrEqual(Date.now());
    expect(broker.telemetry().map(({ payload }) => payload)).toEqual(sent);
    expect(new Set(broker.telemetry().map(({ client }) => client))).toEqual(new Set(['replayer']));
  },
);

test('simulate enrols with secrets that nobody can derive, and publishes with them', async () => {
  const [secrets, registry, recording] = ['s.json', 'r.yaml', 'live.ndjson'].map((name) =>
    join(folder, name),
  );
  const common = ['simulate', '--homes', '2', '--secrets', secrets!, '--start', '2026-03-01'];
  await shouwang(...common, '--registry', registry!);
  const made = JSON.parse(readFileSync(secrets!, 'utf8')) as Record<string, string>;
  expect(statSync(secrets!).mode & 0o077).toBe(0);
  expect(made).not.toEqual(Object.fromEntries(makeCommunity({ seed: 1, homes: 2, start: START }).secrets));
  expect(readFileSync(registry!, 'utf8')).toContain('secretHash: sha256$');
  expect(readFileSync(registry!, 'utf8')).not.toContain(Object.values(made)[0]);
  for (const [id, secret] of Object.entries(made)) broker.secrets.set(id, secret);
  const { stdout } = await shouwang(
    ...[...common, '--url', broker.url, '--days', '0.25', '--speed', 'max', '--record', recording!, '--json'],
  );
  const { sent, acknowledged } = JSON.parse(stdout) as { sent: number; acknowledged: number };
  expect(acknowledged).toBe(sent);
  expect(JSON.parse(readFileSync(secrets!, 'utf8'))).toEqual(made);
  const lines = readFileSync(recording!, 'utf8').trim().split('\n');
  expect(sortedLines(lines.map(payloadOf))).toEqual(sortedLines(broker.telemetry()));
});

function payloadOf(line: string): { topic: string; payload: string } {
  const { topic, payload } = JSON.parse(line) as FleetMessage;
  return { topic, payload: JSON.stringify(payload) };
}

test('wrong arguments are named', async () => {
  const wrong: [string[], string][] = [
    [['simulate'], 'nothing to do'],
    [['simulate', '--record', 'x', '--homes', '1.5'], '--homes'],
    [['simulate', '--record', 'x', '--homes', 'many'], '--homes'],
    [['simulate', '--record', 'x', '--days', '0'], '--days'],
    [['simulate', '--record', 'x', '--speed', 'fast'], '--speed'],
    [['simulate', '--record', 'x', '--start', 'soon'], '--start'],
    [['simulate', '--record', 'x', '--time-zone', 'Mars/Base'], '--time-zone'],
    [['simulate', '--record', 'x', '--incidents', 'flood'], 'incident "flood" is unknown'],
    [
      ['simulate', '--record', 'x', '--incidents', 'fall@nowhere=2026-03-02T00:00:00Z'],
      'there is no home "nowhere"',
    ],
    [['simulate', '--record', 'x', '--faults', 'gremlins'], 'fault "gremlins" is unknown'],
    [['replay', 'no-such-file', '--username', 'u', '--password', 'p'], 'there is no file'],
  ];
  for (const [args, message] of wrong)
    await expect(shouwang(...args), args.join(' ')).rejects.toThrow(
      expect.objectContaining({ name: 'Error', message: expect.stringContaining(message) }),
    );
});

test('replay warns where its speed lets the times of a recording run ahead of the clock: a service refuses them', async () => {
  const file = join(folder, 'day.ndjson');
  const writer = new RecordingWriter(file);
  for (const hour of [0, 24])
    writer.write(recordingLine(START + hour * HOUR, 'a', { at: START + hour * HOUR }));
  await writer.close();
  broker.secrets.set('hasty', 'secret');
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => told.mockRestore());
  const sent = ['replay', file, '--url', broker.url, '--username', 'hasty', '--password', 'secret'];
  await shouwang(...sent, '--speed', 'max', '--shift', 'ends-now');
  expect(told).not.toHaveBeenCalled();
  await shouwang(...sent, '--speed', 'max', '--shift', 'now');
  expect(told).toHaveBeenCalledWith(
    expect.stringMatching(/^warning: at --speed max the times of the last message will be 24\.0 h ahead/),
  );
  const day = { first: START, last: START + 24 * HOUR };
  expect(aheadInTheEndMs(day, 0, 1, START)).toBe(0);
  expect(aheadInTheEndMs(day, 0, 24, START)).toBe(23 * HOUR);
});

test('replay says in which line a recording is broken', async () => {
  const file = join(folder, 'broken.ndjson');
  const writer = new RecordingWriter(file);
  writer.write(recordingLine(START, 'a/broken', { at: START }));
  writer.write('{"receivedAt":');
  await writer.close();
  const replaying = shouwang(
    'replay',
    file,
    '--url',
    broker.url,
    '--username',
    'u',
    '--password',
    'p',
    '--speed',
    'max',
  );
  await expect(replaying).rejects.toThrow(`${file}:2 no-json: not valid JSON; found {"receivedAt":`);
  // Nothing of it was sent: the service would know half of it.
  expect(broker.telemetry().some(({ topic }) => topic === 'a/broken')).toBe(false);
});

describe('replay to where nobody answers', () => {
  const replay = async (...options: string[]): Promise<string> => {
    const file = join(folder, 'unheard.ndjson');
    writeFileSync(file, `${recordingLine(START, 'a', { at: START })}\n${recordingLine(START, 'b', {})}\n`);
    return shouwang(...['replay', file, '--username', 'u', '--password', 'wrong', ...options]).then(
      () => 'done',
      (error: Error) => error.message,
    );
  };

  test('gives up after the time that it may wait, and says what was not sent and why', async () => {
    expect(await replay('--url', 'mqtt://127.0.0.1:1', '--give-up-after', '0.001s')).toBe(
      '2 of 2 messages were not acknowledged: no connection to mqtt://127.0.0.1:1: nothing listens there (ECONNREFUSED); gave up after 0.001s (--give-up-after)',
    );
  });

  test('gives up on a broker that lets it in and never acknowledges, also while more waits to be sent', async () => {
    const file = join(folder, 'unacknowledged.ndjson');
    const line = recordingLine(START, 'a', { at: START });
    writeFileSync(file, `${line}\n`.repeat(1_200));
    const mute = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(Buffer.from([0x20, 2, 0, 0])));
      socket.resume();
    });
    await new Promise<void>((listening) => mute.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void mute.close());
    const url = `mqtt://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const user = ['--username', 'u', '--password', 'p'];
    const replaying = shouwang(
      'replay',
      file,
      '--url',
      url,
      ...user,
      '--speed',
      'max',
      '--give-up-after',
      '0.001s',
    );
    await expect(replaying).rejects.toThrow(
      `1200 of 1200 messages were not acknowledged: ${url} accepts the connection and acknowledges nothing; gave up after 0.001s (--give-up-after)`,
    );
  });

  atLength('ends where the broker refuses its user, however long it may wait', async () => {
    broker.secrets.set('u', 'secret');
    expect(await replay('--url', broker.url, '--give-up-after', 'never')).toBe(
      '2 of 2 messages were not acknowledged: the broker refuses "u"',
    );
  });

  test('takes no speed of 0, which nobody can mean, nor a time that it cannot read', async () => {
    expect(await replay('--speed', '0')).toMatch(/^--speed: "0" is not a number above 0, or max/);
    expect(await replay('--give-up-after', 'soon')).toMatch(/^--give-up-after: "soon" is no duration/);
  });
});

test('the help names every incident and fault there is', async () => {
  const { loadIncidents } = await import('../../simulators/incident.ts');
  const { loadFaults } = await import('../../simulators/fault.ts');
  const program = new Command();
  addSimulate(program);
  const out: string[] = [];
  const [command] = program.commands;
  command!.configureOutput({ writeOut: (text) => void out.push(text) });
  command!.outputHelp();
  const help = out.join('');
  for (const name of [...(await loadIncidents()).keys(), ...(await loadFaults()).keys()])
    expect(help).toContain(name);
});
