import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { proxyAgent } from '../../src/notify/sessions/proxy.ts';
import { SessionBench, soon } from './session-bench.ts';

/** An office's proxy that lets nothing out, and writes down who asked. */
const asked: string[] = [];
const proxy = createServer((_request, response) => response.writeHead(403).end());
proxy.on('connect', (request, socket) => {
  asked.push(request.url ?? '');
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
});

beforeAll(() => new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve)));
afterEach(() => {
  asked.length = 0;
  delete process.env['HTTPS_PROXY'];
  delete process.env['NO_PROXY'];
});
afterAll(() => new Promise((resolve) => proxy.close(resolve)));

const use = (): void => {
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
};

describe('a proxy that the environment names', () => {
  it.each([
    ['wecom-bot', { botId: 'b', secret: 'secret-of-the-bot', url: 'wss://provider.example.org' }],
    [
      'dingtalk-card',
      {
        clientId: 'c',
        clientSecret: 'secret-of-the-app',
        cardTemplateId: 'x.schema',
        origin: 'https://provider.example.org',
      },
    ],
    ['feishu-card', { appId: 'a', appSecret: 'secret-of-the-app', origin: 'https://provider.example.org' }],
  ])('is the way out for %s', async (channel, config) => {
    use();
    await using bench = new SessionBench(channel);
    const session = bench.open(config);
    await soon(() => asked).toEqual(['provider.example.org:443']);
    await soon(() => session.state.problem).toBe('unreachable');
  });

  it('is left out where it says so, and not asked for where it names none', () => {
    expect(proxyAgent('wss://provider.example.org', {})).toBeUndefined();
    expect(proxyAgent('wss://provider.example.org', { HTTPS_PROXY: '' })).toBeUndefined();
    expect(proxyAgent('wss://provider.example.org', { https_proxy: 'http://10.0.0.1:3128' })).toBeDefined();
  });
});
