import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/model/limits.ts';
import { AddressRefused, mayReach, sendHttp } from '../../src/notify/http.ts';
import { Receiver } from './notify-bench.ts';

const request = (url: string, allowPrivate = true, signal = new AbortController().signal) =>
  sendHttp({ url, method: 'POST', headers: {}, body: '{}', allowPrivate, signal });

describe('where a notice may go', () => {
  it.each([
    ['10.1.2.3', 'private'],
    ['172.31.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['127.0.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['::1', 'private'],
    ['fd00::1', 'private'],
    ['::ffff:192.168.1.1', 'private'],
    ['64:ff9b::a00:1', 'private'],
    ['169.254.169.254', 'never'],
    ['::ffff:169.254.169.254', 'never'],
    ['fe80::1', 'never'],
    ['0.0.0.0', 'never'],
    ['::', 'never'],
    ['203.0.113.7', 'public'],
    ['172.32.0.1', 'public'],
    ['2001:db8::1', 'public'],
  ])('%s is %s', (address, kind) => {
    expect(mayReach(address, true)).toBe(kind !== 'never');
    expect(mayReach(address, false)).toBe(kind === 'public');
  });

  it('is decided for an address in the URL, in whatever way it is written', async () => {
    await using receiver = await Receiver.open();
    for (const host of ['127.0.0.1', '2130706433', '0x7f000001', '[::ffff:127.0.0.1]']) {
      await expect(request(`http://${host}:${receiver.port}/`, false)).rejects.toThrow(AddressRefused);
    }
    await expect(request('http://169.254.169.254/latest/meta-data')).rejects.toThrow(AddressRefused);
    expect(receiver.received).toEqual([]);
  });

  it('is decided for a name when it is resolved', async () => {
    await using receiver = await Receiver.open();
    await expect(request(`http://localhost:${receiver.port}/`, false)).rejects.toThrow(AddressRefused);
    expect((await request(`http://localhost:${receiver.port}/`)).status).toBe(204);
    expect(receiver.received).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('is read as far as the limit allows, and a redirect is not followed', async () => {
    await using receiver = await Receiver.open();
    receiver.answers(
      { status: 200, body: 'x'.repeat(LIMITS.noticeAnswerBytesMax * 8) },
      { status: 302, headers: { location: receiver.url, 'X-Word': 'a' } },
    );
    expect((await request(receiver.url)).body).toHaveLength(LIMITS.noticeAnswerBytesMax);
    expect(await request(receiver.url)).toMatchObject({ status: 302, headers: { 'x-word': 'a' } });
    expect(receiver.received).toHaveLength(2);
  });

  it('that never ends is cut off', async () => {
    const server = createServer((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1024)));
      };
      response.on('drain', more);
      more();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    expect(await request(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 200 });
    await new Promise((done) => server.close(done));
  });

  it('that never comes ends with the signal', async () => {
    await using receiver = await Receiver.open();
    receiver.answers('hang');
    const stop = new AbortController();
    const arrived = receiver.arrival();
    const pending = request(receiver.url, true, stop.signal);
    await Promise.all([arrived.then(() => stop.abort()), expect(pending).rejects.toThrow('aborted')]);
  });
});
