import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { ADMIN, testService } from '../service.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('who brought the password of the first administrator along signs in with the first answer that the service gives', async () => {
  const port = await freePort();
  const starting = testService({ service: { http: { host: '127.0.0.1', port } } });
  const signIn = () =>
    fetch(`http://127.0.0.1:${port}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    }).then(
      ({ status }) => status,
      () => undefined,
    );
  let [answer, isOver]: [number | undefined, boolean] = [undefined, false];
  const ends = starting.finally(() => {
    isOver = true;
  });
  while (answer === undefined && !isOver) answer = await signIn();
  const service = await ends;
  await service.stop();
  expect(answer).toBe(200);
});
