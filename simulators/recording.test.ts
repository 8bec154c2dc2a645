import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { TextError } from '../src/model/text.ts';
import { atLength, runs } from '../test/runs.ts';
import { makeCommunity } from './community.ts';
import { fleet } from './fleet.ts';
import type { MessageBlock } from './message-block.ts';
import {
  type RecordedMessage,
  RecordingWriter,
  readBlocks,
  readRecording,
  recordingLine,
  recordingLineOfBytes,
} from './recording.ts';
import { RecordingError } from './recording-problem.ts';
import { survey } from './recording-survey.ts';
import type { KnownTopic } from './topic-cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'recording-'));
afterAll(() => rmSync(folder, { recursive: true }));
const START = Date.parse('2026-03-01T00:00:00Z');

async function write(name: string, lines: Iterable<string>): Promise<string> {
  const file = join(folder, name);
  const writer = new RecordingWriter(file);
  for (const line of lines) await writer.write(line);
  await writer.close();
  return file;
}

async function readAll(
  file: string,
  onProblem?: (problem: RecordingError) => void,
): Promise<RecordedMessage[]> {
  const messages: RecordedMessage[] = [];
  for await (const batch of readRecording(file, onProblem ? { onProblem } : {})) messages.push(...batch);
  return messages;
}

const plain = ({ line, receivedAt, topic, payload }: RecordedMessage) => ({
  line,
  receivedAt,
  topic,
  payload: Buffer.from(payload).toString('hex'),
});

test.each(['fleet.ndjson', 'fleet.ndjson.gz'])(
  'a fleet that was recorded is read back message by message: %s',
  async (name) => {
    const community = makeCommunity({ seed: 1, homes: 12, start: START });
    const sent = [...fleet({ community, seed: 1, start: START, days: 2 })];
    const file = await write(
      name,
      sent.map(({ at, topic, payload }) => recordingLine(at, topic, payload)),
    );
    const read = await readAll(file);
    expect(read).toHaveLength(sent.length);
    const wrong = sent.filter(({ at, topic, payload }, index) => {
      const message = read[index]!;
      const isSame = message.line === index + 1 && message.receivedAt === at && message.topic === topic;
      return !isSame || Buffer.from(message.payload).toString() !== JSON.stringify(payload);
    });
    expect(wrong).toEqual([]);
  },
);

test('a recording is written in the form of the contract', () => {
  expect(recordingLine(START, 'shouwang/wm-1/telemetry', { at: 1 })).toBe(
    '{"receivedAt":"2026-03-01T00:00:00.000Z","topic":"shouwang/wm-1/telemetry","payload":{"at":1}}',
  );
  expect(recordingLineOfBytes(START, 't', Buffer.from([0x68, 0xff]))).toBe(
    '{"receivedAt":"2026-03-01T00:00:00.000Z","topic":"t","payloadBase64":"aP8="}',
  );
  expect(recordingLineOfBytes(START, 't', Buffer.from('{ "a": 1 }'))).toContain('"payload":{ "a": 1 }}');
});

test('any bytes under any topic come back as they were', async () => {
  let run = 0;
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.json().map((text) => Buffer.from(text)),
    fc.string().map((text) => Buffer.from(text)),
  );
  const message = fc.record({
    receivedAt: fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
    topic: fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }),
    payload,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 20 }), fc.boolean(), async (messages, zipped) => {
      const file = await write(
        `any-${run++}.ndjson${zipped ? '.gz' : ''}`,
        messages.map((each) => recordingLineOfBytes(each.receivedAt, each.topic, each.payload)),
      );
      const read = await readAll(file);
      expect(read.map(plain)).toEqual(messages.map((each, i) => plain({ ...each, line: i + 1 })));
    }),
    { numRuns: runs(3, 200) },
  );
});

test('lines of others are read too: other order, spaces, epoch milliseconds, blank lines, CRLF, a field more', async () => {
  const file = join(folder, 'others.ndjson');
  const lines = [
    '\uFEFF{"topic":"a","payload":{"x":1},"receivedAt":"2026-03-01T08:00:00+08:00"}',
    '',
    '{"receivedAt": 1772323200000, "topic": "b", "payload": [1]}\r',
    '{"receivedAt":"2026-03-01T00:00:00Z","topic":"c","payload":{"x":"}\\"{"}}\r',
    '{"receivedAt":"2026-03-01T00:00:00Z","topic":"d","payload":{"x":1},"note":{"y":2}}',
    '{"receivedAt":"2026-03-01T00:00:00Z","topic":"e\\u0041","payload":"online"}',
    '{"receivedAt":"2026-03-01T00:00:00Z","topic":"f","payload":null}',
  ];
  writeFileSync(file, lines.join('\n'));
  const read = await readAll(file);
  expect(read.map(({ line, topic, payload }) => [line, topic, Buffer.from(payload).toString()])).toEqual([
    [1, 'a', '{"x":1}'],
    [3, 'b', '[1]'],
    [4, 'c', '{"x":"}\\"{"}'],
    [5, 'd', '{"x":1}'],
    [6, 'eA', '"online"'],
    [7, 'f', 'null'],
  ]);
  expect(read.every(({ receivedAt }) => receivedAt === START)).toBe(true);
});

test.each([
  ['with its padding', 'aP/+aGk='],
  ['without it', 'aP/+aGk'],
  ['in the form for addresses', 'aP_-aGk'],
  ['broken into lines', 'aP/+\\r\\naGk=\\n'],
])('a payload in base64 %s is read', async (_how, text) => {
  const file = await write('base64.ndjson', [
    `{"receivedAt":"2026-03-01T00:00:00Z","topic":"a","payloadBase64":"${text}"}`,
  ]);
  const [read] = await readAll(file);
  expect(Buffer.from(read?.payload ?? []).toString('hex')).toBe('68fffe6869');
});

test('a bad line is named by file and number, after the messages before it', async () => {
  const good = recordingLine(START, 'a', { x: 1 });
  const cases: [string, string][] = [
    [
      '{"receivedAt":"2026-03-01T00:00:00Z","topic":"a","payload":{"x":1}',
      'no-json: not valid JSON; found {"rec',
    ],
    ['{"receivedAt":"yesterday","topic":"a","payload":{}}', 'no-time: receivedAt: expected a time'],
    ['{"receivedAt":"2026-03-01T00:00:00Z","payload":{}}', 'no-topic: topic: expected'],
    ['{"receivedAt":"2026-03-01T00:00:00Z","topic":"a"}', 'no-payload: neither payload nor payloadBase64'],
    [
      '{"receivedAt":"2026-03-01T00:00:00Z","topic":"a","payloadBase64":1}',
      'bad-base64: payloadBase64: expected base64; found 1',
    ],
    ...['!!!', 'aGVsbG8*', 'a===', 'aGVsb', '+_=='].map((text): [string, string] => [
      `{"receivedAt":"2026-03-01T00:00:00Z","topic":"a","payloadBase64":"${text}"}`,
      `bad-base64: payloadBase64: expected base64; found "${text}"`,
    ]),
    ['[1]', 'no-object: expected an object; found [1]'],
  ];
  for (const [bad, message] of cases) {
    const file = await write('bad.ndjson', [good, good, bad, good]);
    const seen: RecordedMessage[] = [];
    const reading = (async () => {
      for await (const batch of readRecording(file)) seen.push(...batch);
    })();
    await expect(reading).rejects.toThrow(RecordingError);
    await expect(reading).rejects.toThrow(`${file}:3 ${message}`);
    expect(seen).toHaveLength(2);
    const problems: number[] = [];
    expect(await readAll(file, ({ line }) => problems.push(line))).toHaveLength(3);
    expect(problems).toEqual([3]);
  }
});

test('a survey tells all that is wrong at once: how much, by which reasons, and the first lines', async () => {
  const good = recordingLine(START, 'a', { x: 1 });
  const bad = ['nonsense', '{"receivedAt":"2026-03-01T00:00:00Z","topic":"a"}', '{"topic":"a"}'];
  const file = await write('many.ndjson', [good, ...bad, good, ...bad, ...bad, good]);
  const other = await write('other.ndjson', [good, 'more nonsense']);
  const found = await survey([file, other]).catch((error: TextError) => error.text);
  expect(found).toEqual({
    zh: expect.stringMatching(
      /^记录中有 10 处有误，其余 4 条报文可读（no-json 4, no-payload 3, no-time 3）：\n/,
    ),
    en: [
      '10 lines are no messages, beside 4 messages (no-json 4, no-payload 3, no-time 3):',
      `  ${file}:2 no-json: not valid JSON; found nonsense`,
      `  ${file}:3 no-payload: neither payload nor payloadBase64`,
      `  ${file}:4 no-time: receivedAt: expected a time such as 2026-03-01T08:00:00Z`,
      `  ${file}:6 no-json: not valid JSON; found nonsense`,
      `  ${file}:7 no-payload: neither payload nor payloadBase64`,
      '  … and 5 more',
    ].join('\n'),
  });
  const [first, last] = [recordingLine(START, 'a', {}), recordingLine(START + 5, 'a', {})];
  const right = await write('right.ndjson', [first, last]);
  expect(await survey([right, right])).toEqual({ messages: 4, first: START, last: START + 5 });
});

test('a compressed recording that breaks off says so, and so does a file that is not there', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) =>
    recordingLine(START + i, `t/${i}`, { i, r: Math.sin(i) }),
  );
  const file = await write('broken.ndjson.gz', lines);
  truncateSync(file, readFileSync(file).length >> 1);
  await expect(readAll(file)).rejects.toThrow(/broken\.ndjson\.gz:\d+ broken-off: cannot be read on/);
  await expect(readAll(join(folder, 'none.ndjson'))).rejects.toThrow(
    'none.ndjson:1 broken-off: cannot be read on',
  );
  await expect(readAll(join(folder, 'none.ndjson.gz'))).rejects.toThrow(
    'none.ndjson.gz:1 broken-off: cannot be read on',
  );
});

test('of a compressed recording only what was unpacked counts as read', async () => {
  const lines = Array.from({ length: 40_000 }, (_, i) =>
    recordingLine(START + i, `t/${i}`, { i, text: 'x'.repeat(90), r: Math.sin(i) }),
  );
  const file = await write('long.ndjson.gz', lines);
  const size = readFileSync(file).length;
  const shares: number[] = [];
  const options = { onBytes: (bytes: number) => shares.push(bytes / size) };
  for await (const block of readBlocks(file, options)) expect(block.length).toBeGreaterThan(0);
  // A megabyte at a time of seven: the first is no half.
  expect(shares.length).toBeGreaterThan(4);
  expect(shares[0]).toBeLessThan(0.4);
  expect(shares.at(-1)).toBeGreaterThan(0.9);
});

test('a message may be longer than what is read at once', async () => {
  const long = 'x'.repeat(3 << 20);
  const file = await write('long.ndjson', [
    recordingLine(START, 'a', { long }),
    recordingLine(START, 'b', {}),
  ]);
  const read = await readAll(file);
  expect(read.map(({ topic, payload }) => [topic, payload.length])).toEqual([
    ['a', long.length + '{"long":""}'.length],
    ['b', 2],
  ]);
});

test('a topic is the same text, and means the same, however its line is written', async () => {
  const line = (topic: string): string =>
    `{"receivedAt":"2026-03-01T00:00:00.000Z","topic":${topic},"payload":{}}`;
  const file = await write('topics.ndjson', [
    line('"a/b"'),
    line(' "a/b"'),
    line('"a\\/b"'),
    line('"a\\"b"'),
    line('"a"'),
    line('"\u8001/b"'),
    line('"a/b/c"'),
  ]);
  const topics: KnownTopic[] = [];
  for await (const { topic } of readBlocks(file)) topics.push(...topic);
  expect(topics.map(({ text }) => text)).toEqual(['a/b', 'a/b', 'a/b', 'a"b', 'a', '\u8001/b', 'a/b/c']);
  const [first, ...others] = topics;
  expect(others.map((topic) => topic === first)).toEqual([true, true, false, false, false, false]);
});

test('a writer whose disk fails says so', async () => {
  const writer = new RecordingWriter(join(folder, 'no-such-folder', 'x.ndjson'));
  writer.write('{}');
  await expect(writer.close()).rejects.toThrow('ENOENT');
});

test('a recording has its name when it is whole: what breaks off leaves the one before, and a pipe is written to as it is', async () => {
  const file = await write('kept.ndjson', ['{"first":1}']);
  const writer = new RecordingWriter(file);
  writer.write('{"second":2}');
  expect(readFileSync(file, 'utf8')).toBe('{"first":1}\n');
  await writer.close();
  expect(readFileSync(file, 'utf8')).toBe('{"second":2}\n');
  const full = new RecordingWriter('/dev/full');
  full.write('{}');
  await expect(full.close()).rejects.toThrow('ENOSPC');
  // A disk that is full by now.
  const broken = join(folder, 'full-disk.ndjson');
  symlinkSync('/dev/full', `${broken}.partial`);
  const cut = new RecordingWriter(broken);
  cut.write('{}');
  await expect(cut.close()).rejects.toThrow('ENOSPC');
  expect(readdirSync(folder).filter((name) => name.startsWith('full-disk'))).toEqual([]);
});

test('who wants some topics alone gets these, and hears when the others arrived', async () => {
  const at = (second: number): number => START + 1000 * second;
  const file = await write('some.ndjson', [
    recordingLine(at(0), 'shouwang/a/telemetry', { battery_pct: 1 }),
    recordingLine(at(1), 'shouwang/b/telemetry', { battery_pct: 2 }),
    `{"topic":"shouwang/b/telemetry","receivedAt":${at(2)},"payload":3}`,
    `{"topic":"shouwang/a/telemetry","receivedAt":${at(3)},"payloadBase64":"AA=="}`,
    recordingLine(at(4), 'shouwang/\u8001/telemetry', { battery_pct: 5 }),
  ]);
  const [seen, passed]: [[number, string][], number[]] = [[], []];
  const options = {
    wants: (topic: string) => topic.includes('/a/'),
    onPassed: (receivedAt: number) => passed.push(receivedAt),
  };
  for await (const batch of readRecording(file, options))
    for (const { receivedAt, topic } of batch) seen.push([receivedAt, topic]);
  expect(seen).toEqual([
    [at(0), 'shouwang/a/telemetry'],
    [at(3), 'shouwang/a/telemetry'],
  ]);
  expect(passed).toEqual([at(1), at(2), at(4)]);
});

atLength('the memory of messages that were taken is used again, that of others never', async () => {
  const texts = Array.from({ length: 1_500 }, (_, i) => `${i} `.padEnd(4_000, String(i)));
  const file = await write(
    'long.ndjson',
    texts.map((text, i) => recordingLine(START + i, 'shouwang/wm-1/telemetry', { text })),
  );
  const payloads: string[] = [];
  const memory = new Set<ArrayBufferLike>();
  let kept: MessageBlock | undefined;
  for await (const block of readBlocks(file)) {
    for (let place = 0; place < block.length; place++) {
      const payload = block.payload(place);
      payloads.push(payload.toString());
      if (payload.buffer.byteLength > 100_000) memory.add(payload.buffer);
      if (kept) block.taken();
    }
    kept ??= block;
  }
  expect(payloads).toEqual(texts.map((text) => JSON.stringify({ text })));
  expect(kept?.payload(7).toString()).toBe(payloads[7]);
  // That of the block that was kept, and one for all others.
  expect(memory.size).toBe(2);
});
