import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiFor, type TestService, testService } from './api-service.ts';

let service: TestService;
let webRoot: string;
beforeAll(async () => {
  service = await testService();
  webRoot = await mkdtemp(join(tmpdir(), 'shouwang-web-'));
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<title>守望</title>');
  await writeFile(join(webRoot, 'assets', 'app-1a2b.js'), 'run()');
  await writeFile(join(webRoot, 'assets', 'app-1a2b.js.gz'), gzipSync('run()'));
});
afterAll(async () => {
  await service.close();
  await rm(webRoot, { recursive: true });
});

test('the console is sent as the build has compressed it, to who takes that, and to others as it is', async () => {
  const { app, close } = await apiFor(service, { webRoot });
  const url = '/assets/app-1a2b.js';
  const plain = await app.inject({ url });
  expect([plain.body, plain.headers['content-encoding']]).toEqual(['run()', undefined]);
  const short = await app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
  expect(short.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': plain.headers['content-type'],
    'cache-control': plain.headers['cache-control'],
    vary: expect.stringMatching(/accept-encoding/i),
  });
  expect(gunzipSync(short.rawPayload).toString()).toBe('run()');
  // What the build has not compressed is sent all the same.
  const page = await app.inject({ url: '/', headers: { 'accept-encoding': 'gzip', accept: 'text/html' } });
  expect([page.statusCode, page.body]).toEqual([200, '<title>守望</title>']);
  await close();
});
