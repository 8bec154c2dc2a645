import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIMITS } from '../../src/model/limits.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';

let service: TestService;
let cookie: string;
beforeAll(async () => {
  service = await testService({ entries: community({ h1: [] }) });
  cookie = await signIn(service.url);
});
afterAll(() => service.stop());

/** What is read of the answer once all was written; what went wrong, if it could not be. */
function writingAllFirst(header: string, body: string): Promise<string> {
  const { port, host, hostname, origin } = new URL(service.url);
  const head = [
    'PUT /api/v1/registry/home/h1 HTTP/1.1',
    `host: ${host}`,
    `cookie: ${cookie}`,
    `origin: ${origin}`,
  ];
  const request = [...head, 'content-type: application/json', 'connection: close', header, '', body].join(
    '\r\n',
  );
  return new Promise((done) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('error', (error) => done(error.message));
    socket.pause().write(request, () => {
      socket.setEncoding('utf8').on('data', (text: string) => {
        answer += text;
      });
      socket.on('end', () => done(answer)).resume();
    });
  });
}

const bytes = 12 * LIMITS.apiBodyBytesMax;

test.for([
  ['of a length that it says', `content-length: ${bytes}`, 'x'.repeat(bytes)],
  [
    'in pieces',
    'transfer-encoding: chunked',
    `${`100000\r\n${'x'.repeat(0x100000)}\r\n`.repeat(12)}0\r\n\r\n`,
  ],
] as const)(
  'a client that writes all of a body %s before it reads hears that it is too large',
  async ([, header, body]) => {
    const answer = await writingAllFirst(header, body);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"PAYLOAD_TOO_LARGE"');
  },
);
