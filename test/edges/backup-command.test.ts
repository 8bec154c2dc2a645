import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { writeControl } from '../../src/api/control.ts';
import addBackup from '../../src/commands/backup.ts';
import { tempFolder } from '../contracts/bed.ts';
import { run } from './command-line.ts';
import { hastyFetch } from './hasty-fetch.ts';

/** A service that is asked for a backup, and has not answered yet. */
async function asked() {
  const root = tempFolder('backup-command');
  const data = join(root, 'data');
  mkdirSync(data);
  let begun: (answer: ServerResponse) => void = () => {};
  const answer = new Promise<ServerResponse>((resolve) => {
    begun = resolve;
  });
  const server = createServer((request, response) => {
    if (request.method === 'POST') begun(response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(root, { recursive: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeControl(data, { pid: process.pid, url, token: 'token' });
  const out = join(root, 'out');
  const outcome = run(addBackup, 'backup', '--out', out, '--data', data);
  return { url, out, outcome, answer: await answer };
}

test('a backup is waited for, however long it takes until the service answers', async () => {
  await hastyFetch();
  const { url, outcome, answer } = await asked();
  await expect(fetch(url)).rejects.toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ code: 'UND_ERR_HEADERS_TIMEOUT' }) }),
  );
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify({ format: 1, at: 0, lastSeq: 7, files: [] }));
  const { error, err } = await outcome;
  expect(error).toBeUndefined();
  expect(err.join()).toContain('up to input 7');
});

test('where the connection breaks before the answer, it says how to tell whether the backup is whole', async () => {
  const { url, out, outcome, answer } = await asked();
  answer.destroy();
  expect((await outcome).error).toMatchObject({
    message: `the connection to the service at ${url} broke before it answered: the backup is whole where ${out} has a backup.json; otherwise make another`,
  });
});

test('while it is written it says how much there is, so that nobody takes it for stuck', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const shown = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  onTestFinished(() => {
    vi.useRealTimers();
    shown.mockRestore();
  });
  const { out, outcome, answer } = await asked();
  mkdirSync(out);
  writeFileSync(join(out, 'records.db'), Buffer.alloc(3_000_000));
  vi.advanceTimersByTime(11_000);
  expect(shown.mock.calls.map(([line]) => String(line))).toEqual([expect.stringMatching(/^backup: 3 MB, /)]);
  answer.end(JSON.stringify({ format: 1, at: 0, lastSeq: 7, files: [] }));
  expect((await outcome).error).toBeUndefined();
});
