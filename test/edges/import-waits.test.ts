import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { writeControl } from '../../src/api/control.ts';
import addImport from '../../src/commands/import.ts';
import addImportVisits from '../../src/commands/import-visits.ts';
import { tempFolder } from '../contracts/bed.ts';
import { run } from './command-line.ts';
import { hastyFetch } from './hasty-fetch.ts';

const HOMES = { command: 'import', add: addImport, text: 'community,building,room\n锦绣,1,101\n' };
const VISITS = {
  command: 'import-visits',
  add: addImportVisits,
  text: '住户,走访时间,走访人,结果\nh1,2026-02-27 10:00,周敏,见到本人\n',
};

let root: string;
let url: string;
/** How far a large list is that is taken over. */
let far: Readonly<Record<string, unknown>>;
/** Whoever is asked next. */
let next: () => Promise<{ readonly dryRun: boolean; readonly response: ServerResponse }>;

beforeEach(async () => {
  root = tempFolder('import-waits');
  mkdirSync(join(root, 'data'));
  const asked: { readonly dryRun: boolean; readonly response: ServerResponse }[] = [];
  let hear = (): void => undefined;
  far = { running: false };
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.end(JSON.stringify(far));
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { dryRun } = JSON.parse(Buffer.concat(parts).toString()) as { dryRun: boolean };
    asked.push({ dryRun, response });
    hear();
  });
  next = async () => {
    for (;;) {
      const one = asked.shift();
      if (one) return one;
      await new Promise<void>((resolve) => {
        hear = resolve;
      });
    }
  };
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeControl(join(root, 'data'), { pid: process.pid, url, token: 'token' });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
});
afterEach(() => rmSync(root, { recursive: true }));

const answer = (response: ServerResponse, applied: boolean, put = 1): void => {
  const changed = { put, added: put, changed: 0, unchanged: 0, remove: 0, problems: [] };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ applied, ...changed }));
};

function importing({ command, add, text }: typeof HOMES, ...more: string[]) {
  const file = join(root, 'list.csv');
  writeFileSync(file, text);
  return run(add, command, file, '--data', join(root, 'data'), ...more);
}

describe.each([HOMES, VISITS])('$command', (what) => {
  test('waits for its answer however long the service takes', async () => {
    await hastyFetch();
    const outcome = importing(what);
    let one = await next();
    await expect(
      fetch(url, { method: 'POST', body: '{}' }).finally(async () => void (await next()).response.end()),
    ).rejects.toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ code: 'UND_ERR_HEADERS_TIMEOUT' }) }),
    );
    if (one.dryRun) {
      answer(one.response, false);
      one = await next();
    }
    answer(one.response, true);
    const { error, err } = await outcome;
    expect(error).toBeUndefined();
    expect(err.at(-1)).toBe('done');
  });

  test('says now and then that the service is still at work', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const outcome = importing(what, '--dry-run');
    const { response } = await next();
    vi.advanceTimersByTime(21_000);
    answer(response, false);
    expect((await outcome).err.filter((line) => line.includes('still at work'))).toEqual([
      'the service is still at work, 10 s so far …',
      'the service is still at work, 20 s so far …',
    ]);
  });

  test('whose connection breaks says what to do: nobody knows whether it was taken over', async () => {
    const outcome = importing(what);
    let one = await next();
    if (one.dryRun) {
      answer(one.response, false);
      one = await next();
    }
    one.response.destroy();
    expect((await outcome).error).toMatchObject({
      message: `the connection to the service at ${url} broke before it answered: it may have been taken over or not. Import the same file once more; what is there already stays as it is`,
    });
  });
});

test('of a large list it says how much is taken over, and who stops waiting is told that it goes on', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const shown = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const ended = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  onTestFinished(() => {
    vi.useRealTimers();
    shown.mockRestore();
    ended.mockRestore();
  });
  const others = process.listeners('SIGINT');
  const outcome = importing(HOMES);
  answer((await next()).response, false, 4_000);
  const { response } = await next();
  far = { running: true, done: 1_000, of: 4_000 };
  vi.advanceTimersByTime(11_000);
  await expect
    .poll(() => shown.mock.calls.map(([line]) => String(line)))
    .toEqual([expect.stringMatching(/^import: 25 %, 1,000 entries, /)]);
  for (const leave of process.listeners('SIGINT')) if (!others.includes(leave)) leave('SIGINT');
  expect(ended).toHaveBeenCalledWith(130);
  answer(response, true);
  const { err } = await outcome;
  expect(err).toContain(
    'no longer waiting; the service takes the whole list over all the same. Import the same file again later to see that it is there',
  );
  expect(process.listeners('SIGINT')).toEqual(others);
});
