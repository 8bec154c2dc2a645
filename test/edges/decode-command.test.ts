import { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli.ts';

/** What `decode` writes of these lines, as objects, and the code that the shell gets. */
async function decoded(model: string, ...lines: string[]): Promise<{ code: unknown; said: unknown[] }> {
  const said: unknown[] = [];
  const before = process.exitCode;
  process.exitCode = undefined;
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([lines.join('\n')]) as never);
  vi.spyOn(console, 'log').mockImplementation((line) => void said.push(JSON.parse(line)));
  const returned = await runCli(['decode', '--model', model]);
  const code = returned || process.exitCode || 0;
  process.exitCode = before;
  return { code, said };
}

afterEach(() => void vi.restoreAllMocks());

test('a call in words that the model does not read is named, since the service would open a case for it', async () => {
  const { said } = await decoded(
    'wristband',
    '{"sos":true}',
    '求救',
    '{"event":["sos"]}',
    '{"pulse_bpm":"x"}',
  );
  expect(said).toMatchObject([
    { rejection: { code: 'unknown-metric' }, call: { event: 'sos' } },
    { rejection: { code: 'malformed-json' }, call: { event: 'sos' } },
    { rejection: { code: 'unknown-event' }, call: { event: 'sos' } },
    { rejection: { code: 'not-a-number' } },
  ]);
  expect(said[3]).not.toHaveProperty('call');
});

test('so is one that stands beside what the model reads', async () => {
  const { said } = await decoded('zigbee-motion', '{"occupancy":true,"fall":true}', '{"occupancy":true}');
  expect(said).toMatchObject([
    { readings: [{ metric: 'motion_bool' }], call: { event: 'fall' } },
    { readings: [{ metric: 'motion_bool' }] },
  ]);
  expect(said[1]).not.toHaveProperty('call');
});

test('a line that is JSON is taken as such, also where its letters could be base64', async () => {
  const { said } = await decoded('water-meter', 'null', 'true');
  expect(said).toMatchObject([
    { rejection: { code: 'malformed-payload', message: expect.stringContaining('null') } },
    { rejection: { code: 'malformed-payload', message: expect.stringContaining('true') } },
  ]);
});

test('it ends with 1 where every line is refused, and with 0 where one is read', async () => {
  expect((await decoded('wristband', 'SOS')).code).toBe(1);
  expect((await decoded('wristband', 'SOS', '{"event":"sos"}')).code).toBe(0);
  expect((await decoded('wristband', '')).code).toBe(0);
});
