import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkToken, readLink } from '../../src/app/notice-links.ts';
import { DAY } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { Receiver, SECRET } from '../edges/notify-bench.ts';
import { type TestService, testService } from '../service.ts';
import { productRules } from './story.ts';

const staffOf = (id: string, name: string, ...more: string[]) =>
  registryEntrySchema.parse({
    noun: 'staff',
    id,
    name,
    roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
    channels: ['platform', ...more].map((channel) => ({ channel, address: id })),
  });

let receiver: Receiver;
let service: TestService;

beforeAll(async () => {
  receiver = await Receiver.open();
  const entries = community({ h1: [{ id: 'band', model: 'wristband' }] }).map((entry) =>
    entry.noun === 'device' ? { ...entry, enrolledAt: Date.now() - 40 * DAY } : entry,
  );
  service = await testService({
    entries: [...entries, staffOf('zhang', '张敏'), staffOf('li', '李强 <b>', 'dead')],
    rules: productRules,
    service: { http: { host: '127.0.0.1', port: 0, publicUrl: 'https://care.example.org' } },
    channels: [
      { id: 'terminal', channel: 'terminal' },
      { id: 'platform', channel: 'webhook', config: { url: receiver.url, secret: SECRET } },
      // Nobody listens there: what goes over it waits for its next try.
      { id: 'dead', channel: 'webhook', config: { url: 'http://127.0.0.1:1/', secret: SECRET } },
    ],
    notify: {
      routes: [
        { kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'], channels: ['platform'] },
      ],
      fallback: { channels: ['terminal'] },
    },
  });
  const payload = new TextEncoder().encode(JSON.stringify({ event: 'sos' }));
  await service.service.deliver({ receivedAt: Date.now(), topic: 'shouwang/band/telemetry', payload });
  while (receiver.received.length < 3) await receiver.arrival();
});

afterAll(async () => {
  await service.stop();
  await receiver[Symbol.asyncDispose]();
});

interface Sent {
  readonly data: { readonly link: string; readonly recipient: { readonly id: string } };
}
const sent = (): Sent[] => receiver.received.map(({ body }) => JSON.parse(body) as Sent);
const pathTo = (recipient: string): string => {
  const found = sent().find(({ data }) => data.recipient.id === recipient);
  return new URL(found?.data.link ?? 'https://no.link/').pathname;
};
const ask = (path: string, init: RequestInit = {}) => fetch(`${service.url}${path}`, init);
/** As a browser says it of a page that somebody opens; fetch keeps these headers to itself. */
const goTo = (url: string, more: Record<string, string> = {}) =>
  service.api.inject({
    url,
    headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', ...more },
  });
const stateOf = async (id: string): Promise<string | undefined> => {
  const { items } = await service.service.records.notices({ paths: [''] }, { limit: 50 });
  return items.find(({ recipient, channel }) => recipient.id === id && channel === 'platform')?.state;
};
const statusOf = async () => (await service.service.records.case('h1.c1'))?.status;

describe('the link of a notice', () => {
  it('of a group leads to the login, not to a page of one person', () => {
    expect(pathTo('platform')).toBe('/cases/h1.c1');
    expect(pathTo('zhang')).toMatch(/^\/n\//);
  });

  it('shows little, and does not acknowledge when it is looked at, by whomever', async () => {
    const page = await ask(pathTo('zhang'));
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(html).toContain('尚无人接手');
    expect(html).toContain('我来接手');
    expect(html).not.toContain('王秀英');
    expect(await statusOf()).toBe('open');
    // Whoever only fetches it has not seen it.
    await goTo(pathTo('zhang'), { 'sec-purpose': 'prefetch' });
    expect(await stateOf('zhang')).toBe('accepted');
    await goTo(pathTo('zhang'));
    expect(await stateOf('zhang')).toBe('seen');
    expect(await statusOf()).toBe('open');
  });

  it('in English, for names that hold markup', async () => {
    const html = await (await ask(pathTo('li'), { headers: { 'accept-language': 'en' } })).text();
    expect(html).toContain('I take this on');
    expect(html).toContain('李强 &#60;b&#62;');
  });

  it('acknowledges with its button, in the name of its person, as often as it is pressed', async () => {
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const first = await ask(pathTo('zhang'), form);
    expect(first.status).toBe(200);
    expect(await first.text()).toContain('已由 张敏 接手');
    expect(await service.service.records.case('h1.c1')).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: '张敏',
    });
    expect((await ask(pathTo('zhang'), form)).status).toBe(200);
    const second = await ask(pathTo('li'), form);
    expect(second.status).toBe(409);
    expect(await second.text()).toMatch(/事项已有人接手：张敏（\d\d-\d\d \d\d:\d\d）/);
    expect(await (await ask(pathTo('li'))).text()).not.toContain('我来接手');
  });

  it('stops what still waits to be sent about the case', async () => {
    const dead = async () => {
      const { items } = await service.service.records.notices({ paths: [''] }, { limit: 50 });
      return items.filter(({ channel }) => channel === 'dead');
    };
    await expect
      .poll(dead, { interval: 5 })
      .toMatchObject([{ state: 'withdrawn', failure: 'case-taken', recipient: { id: 'li' } }]);
  });

  it('that nobody of us signed leads nowhere', async () => {
    const [until, , notice] = pathTo('zhang').slice(3).split('.');
    const forged = await ask(`/n/${until}.${'A'.repeat(22)}.${notice}`, { method: 'POST' });
    expect(forged.status).toBe(404);
    expect(await forged.text()).toContain('链接无效');
  });

  it('ends after its time', () => {
    const token = linkToken('secret', { id: 'n1', createdAt: 0 });
    expect(readLink('secret', token, LIMITS.noticeLinkMs)).toEqual({ notice: 'n1' });
    expect(readLink('secret', token, LIMITS.noticeLinkMs + 2_000)).toBe('expired');
    expect(readLink('other', token, 0)).toBe('unknown');
  });
});
