import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiptDoor } from '../../src/app/receipt-door.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { ChannelReply, ReplyResult } from '../../src/ports/channel-reply.ts';
import { apiFor, asking, opening, type TestService, testService, tokenFor } from './api-service.ts';
import { Cards } from './notify-card-channel.ts';

let fixture: TestService;
let api: Awaited<ReturnType<typeof apiFor>>;
const taken: ChannelReply[] = [];
let outcome: ReplyResult = { ok: true, text: { zh: '', en: '' } };

beforeAll(async () => {
  fixture = await testService();
  const take = async (reply: ChannelReply): Promise<ReplyResult> => {
    taken.push(reply);
    return outcome;
  };
  const receipts = receiptDoor(new Map([['cards', new Cards().configured()]]), take);
  api = await apiFor({ ...fixture, reply: take, receipts });
  await fixture.commit(...opening('h1'));
  const notice = await fixture.records.notice('h1.c1.n1');
  if (notice) await fixture.records.saveNotice({ ...notice, address: 'zhang', state: 'accepted' });
});
afterAll(async () => {
  await api.close();
  await fixture.close();
});

const push = (channel: string, token: string, body: unknown) =>
  api.app.inject({
    method: 'POST',
    url: `/api/v1/channel-replies/${channel}`,
    headers: { 'x-token': token, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('POST /channel-replies/{channel}', () => {
  it('needs no account, checks the provider itself, and answers in its words', async () => {
    const reply = { kind: 'delivered', at: 7, about: { providerId: 'p1' } };
    const answer = await push('cards', 'right', [reply]);
    expect([answer.statusCode, answer.body]).toEqual([200, '{"code":0}']);
    expect(taken).toEqual([{ ...reply, channel: 'cards' }]);
    expect((await push('nowhere', 'right', [])).statusCode).toBe(404);
    expect((await push('cards', 'wrong', [])).statusCode).toBe(401);
    expect((await push('cards', 'right', { not: 'a list' })).statusCode).toBe(400);
  });

  it('asks the provider to push again where there is no room', async () => {
    outcome = { ok: false, refusal: 'not-ready', text: { zh: '', en: '' } };
    const answer = await push('cards', 'right', [{ kind: 'seen', at: 7, about: { notice: 'x' } }]);
    outcome = { ok: true, text: { zh: '', en: '' } };
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe(String(LIMITS.pushRetryAfterS));
  });

  it('bounds guesses at a token, and with them nobody but who guesses', async () => {
    for (let i = 0; i < LIMITS.signInsPerAddressMax; i++) await push('cards', `guess ${i}`, []);
    expect((await push('cards', 'guess', [])).statusCode).toBe(429);
    // The provider may well come from the same address: that of our own proxy.
    expect((await push('cards', 'right', [])).statusCode).toBe(200);
  });
});

describe('browsers that are pushed to', () => {
  const browser = {
    endpoint: 'https://push.example/abc',
    keys: { p256dh: 'BAAA', auth: 'AAAA' },
    label: 'Android Chrome',
  };

  it('belong to the account that switched them on, until it switches them off', async () => {
    const ask = asking(api.app, await tokenFor(fixture, 'zhang', { role: 'responder', node: '' }));
    const other = asking(api.app, await tokenFor(fixture, 'li', { role: 'responder', node: '' }));
    expect((await ask('PUT', '/web-push', browser)).status).toBe(204);
    expect((await ask('GET', '/web-push')).body).toMatchObject({
      publicKey: expect.stringMatching(/^[\w-]{87}$/),
      available: false,
      items: [{ endpoint: browser.endpoint, label: 'Android Chrome' }],
    });
    expect((await other('GET', '/web-push')).body).toMatchObject({ items: [] });
    expect((await ask('PUT', '/web-push', { ...browser, endpoint: 'file:///etc' })).status).toBe(400);
    expect((await ask('POST', '/web-push/stop', { endpoint: browser.endpoint })).status).toBe(204);
    expect((await ask('GET', '/web-push')).body).toMatchObject({ items: [] });
    expect((await asking(api.app)('GET', '/web-push')).status).toBe(401);
  });

  it('say that their own person has seen a notice, and nobody else can', async () => {
    const [zhang, li] = [
      asking(api.app, await tokenFor(fixture, 'zhang', { role: 'responder', node: '' })),
      asking(api.app, await tokenFor(fixture, 'li', { role: 'responder', node: '' })),
    ];
    taken.length = 0;
    expect((await li('POST', '/notices/h1.c1.n1/seen')).status).toBe(404);
    expect(taken).toEqual([]);
    expect((await zhang('POST', '/notices/h1.c1.n1/seen')).status).toBe(204);
    expect(taken).toMatchObject([{ kind: 'seen', channel: 'duty', about: { notice: 'h1.c1.n1' } }]);
    expect((await zhang('GET', '/notices/h1.c1.n1')).body).toMatchObject({
      id: 'h1.c1.n1',
      state: 'accepted',
    });
    expect((await zhang('GET', '/notices/nothing')).status).toBe(404);
  });
});
