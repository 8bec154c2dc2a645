import { DWClient } from 'dingtalk-stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { ReplyResult } from '../../src/ports/channel-reply.ts';
import { news, SessionBench, soon } from '../edges/session-bench.ts';
import { DingTalkCards } from '../stand-ins/dingtalk-cards.ts';

const ID = 'h501.c2.case-opened.staff:zhang.bot';
const NOTICE = { id: ID, address: 'zhang' };
const APP = {
  clientId: 'ding-app',
  clientSecret: 'secret-of-the-app',
  template: 'abc.schema',
  users: ['zhang', 'li'],
  groups: ['cidDuty=='],
};

async function stage(bench: SessionBench) {
  const provider = await DingTalkCards.open(bench.clock, APP);
  const config = {
    clientId: APP.clientId,
    clientSecret: APP.clientSecret,
    cardTemplateId: APP.template,
    conversation: 'cidDuty==',
    origin: provider.origin,
  };
  return { provider, config };
}

describe('a card of DingTalk', () => {
  it('reaches the person, and a press takes the case and is shown on the card', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    expect(await app.send(NOTICE)).toMatchObject({ kind: 'accepted', providerId: ID });
    const card = provider.cards.get(ID);
    expect(card).toMatchObject({ place: 'dtv1.card//IM_ROBOT.zhang', data: { open: 'true' } });

    provider.press('zhang', ID, 'acknowledge');
    await soon(() => card?.data['open']).toBe('false');
    expect(card?.data['body']).toBe('zhang 已接手');
    expect(card?.data['title']).toBe('【P1】3号楼2单元501 王老人：手环报告跌倒');
    expect(bench.replies).toEqual([
      {
        channel: 'bot',
        at: bench.clock.now(),
        about: { notice: ID },
        kind: 'acknowledge',
        by: { address: 'zhang' },
      },
    ]);
  });

  it('in a group keeps its buttons while nobody comes, and tells the second who has the case', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    expect(await app.send({ ...NOTICE, address: '' })).toMatchObject({ kind: 'accepted' });
    const card = provider.cards.get(ID);
    for (const [who, action, said, open] of [
      ['stranger', 'acknowledge', '未登记的人员，不能接手', 'true'],
      ['zhang', 'cannot-come', 'zhang 去不了', 'true'],
      ['li', 'on-the-way', 'li 已接手', 'false'],
      ['zhang', 'acknowledge', '已由 li 接手', 'false'],
    ] as const) {
      provider.press(who, ID, action);
      await soon(() => card?.data['body']).toBe(said);
      expect(card?.data['open']).toBe(open);
    }
  });

  it('of everybody is changed when the case was taken elsewhere', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    await app.send(NOTICE);
    expect(await app.update(NOTICE, news())).toMatchObject({ kind: 'accepted' });
    expect(provider.cards.get(ID)?.data).toMatchObject({ body: '李强 已接手', open: 'false' });
  });

  it('says that a press was heard when the service is slow, and what came of it afterwards', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    let finish: (result: ReplyResult) => void = () => {};
    bench.reply = () => new Promise((resolve) => (finish = resolve));
    const app = await bench.open(config).isUp();
    await app.send(NOTICE);
    provider.press('zhang', ID, 'acknowledge');
    await soon(() => bench.replies.length).toBe(1);
    bench.timers.advance(2_500);
    const card = provider.cards.get(ID);
    await soon(() => card?.data['body']).toBe('已收到，正在处理');
    finish({ ok: true, text: { zh: '张敏 已接手', en: '' } });
    await soon(() => card?.data['body']).toBe('张敏 已接手');
    expect(card?.data['open']).toBe('false');
  });

  it('whose template names an action wrongly is a problem that is shown; so is a defect behind the button', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    await app.send(NOTICE);
    provider.press('zhang', ID, 'agree');
    await soon(() => app.state.problem).toBe('unreadable');
    expect(app.state.detail).toContain('agree');
    bench.reply = () => Promise.reject(new Error('a defect'));
    provider.press('zhang', ID, 'acknowledge');
    await soon(() => provider.cards.get(ID)?.data['body']).toBe('系统繁忙，请稍后再试');
    expect(app.state).toMatchObject({ connected: true, problems: { 'press-failed': 1, unreadable: 1 } });
  });

  it('of another installation is not acted upon, and shown', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const text = { zh: '没有对应的通知', en: '' };
    bench.reply = () => Promise.resolve({ ok: false, refusal: 'notice-unknown', text });
    const app = await bench.open(config).isUp();
    provider.press('zhang', 'theirs', 'acknowledge');
    await soon(() => app.state.problem).toBe('foreign-press');
    bench.clock.advance(HOUR);
    expect(app.state).toMatchObject({ connected: true, problems: { 'foreign-press': 1 } });
    expect(app.state).not.toHaveProperty('problem');
  });
});

describe('sending cards to DingTalk', () => {
  it('asks for a token once, and for another when it ran out or was taken back', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    await Promise.all(['a', 'b', 'c'].map((id) => app.send({ ...NOTICE, id })));
    expect(provider.tokensGiven).toHaveLength(1);
    bench.clock.advance(2 * HOUR);
    await app.send({ ...NOTICE, id: 'd' });
    expect(provider.tokensGiven).toHaveLength(2);
    provider.takeTokensBack();
    expect(await app.send({ ...NOTICE, id: 'e' })).toMatchObject({ kind: 'accepted' });
    expect(provider.cards.size).toBe(5);
  });

  it('is not doubled when the connection breaks before the answer', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    provider.breakAfterCard = true;
    await expect(app.send(NOTICE)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await app.send({ ...NOTICE, attempts: 1 })).toMatchObject({ kind: 'accepted', providerId: ID });
    expect(provider.cards.size).toBe(1);
  });

  it.each([
    ['a person who is not there', { address: 'nobody' }, {}, 'refused', 'recipient-invalid'],
    ['a group in which the robot is not', { address: 'cidOther==' }, {}, 'refused', 'recipient-invalid'],
    ['nobody', { address: '' }, { conversation: '' }, 'refused', 'recipient-invalid'],
    ['a template that is not there', {}, { cardTemplateId: 'x.schema' }, 'refused', 'channel-misconfigured'],
  ])('with %s fails with its reason', async (_name, notice, config, kind, failure) => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config: rightly } = await stage(bench);
    await using _provider = provider;
    const app = bench.open({ ...rightly, ...config });
    expect(await app.send({ ...NOTICE, ...notice })).toMatchObject({ kind, failure });
  });

  it('waits when the vendor says that it was too much', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    provider.callsPerSecondMax = 0;
    const app = bench.open(config);
    expect(await app.send(NOTICE)).toMatchObject({ kind: 'retry', failure: 'provider-busy', afterMs: 2_000 });
  });

  it('goes on while presses cannot come back, and ends when the outbox has waited long enough', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    provider.breakAll();
    await soon(() => app.state.connected).toBe(false);
    expect(await app.send(NOTICE)).toMatchObject({ kind: 'accepted' });
    provider.silent = true;
    const late = new AbortController();
    const sending = app.send({ ...NOTICE, id: 'late' }, late.signal);
    late.abort();
    await expect(sending).rejects.toThrow(/abort/i);
  });
});

describe('the connection to DingTalk', () => {
  it('answers the pings of the provider, is opened anew when asked, and survives what it cannot read', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    provider.frame('SYSTEM', 'ping', '{"opaque":"1"}');
    await soon(() => provider.answers.at(-1)).toMatchObject({
      code: 200,
      headers: { topic: 'ping' },
      data: '{"opaque":"1"}',
    });
    provider.raw('{{{');
    await soon(() => app.state.problem).toBe('unreadable');
    provider.frame('SYSTEM', 'disconnect', '{}');
    await soon(() => app.state.problem).toBe('lost');
    bench.timers.advance(2 * SECOND);
    await app.isUp();
    expect(provider.connections).toBe(1);
  });

  it('that falls silent is taken for lost', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    // Time passes faster here than an answer can travel.
    bench.timers.advance(90 * SECOND);
    expect(app.state).toMatchObject({ connected: false, problem: 'lost' });
  });

  it('with a wrong secret is refused by name, tried less and less, and fails the notice at once', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = bench.open({ ...config, clientSecret: 'wrong-secret' });
    await soon(() => app.state.problem).toBe('refused');
    expect(app.state.detail).toContain('authFailed');
    expect(await app.send(NOTICE)).toMatchObject({ kind: 'refused', failure: 'channel-misconfigured' });
    bench.timers.advance(MINUTE - 1);
    expect(app.state.problems).toEqual({ refused: 1 });
    expect(JSON.stringify([bench.warnings, app.state])).not.toContain('wrong-secret');
  });

  it('ends with the service, also while it is being opened', async () => {
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const early = bench.open(config);
    await early.session.close();
    const app = await bench.open(config).isUp();
    await app.session.close();
    await soon(() => provider.connections).toBe(0);
    expect(bench.timers.next).toBeUndefined();
  });
});

describe('the stand-in for DingTalk', () => {
  afterEach(() => vi.restoreAllMocks());

  it("speaks as the vendor's own client expects", async () => {
    vi.spyOn(console, 'info').mockImplementation(() => {});
    await using bench = new SessionBench('dingtalk-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    await bench.open(config).send(NOTICE);
    await bench[Symbol.asyncDispose]();
    await soon(() => provider.connections).toBe(0);

    /** Its gateway is fixed; only where it connects to is another. */
    class Client extends DWClient {
      override async getEndpoint() {
        (this as unknown as { dw_url: string }).dw_url = provider.ticketedUrl();
        return this;
      }
    }
    const client = new Client({ clientId: APP.clientId, clientSecret: APP.clientSecret });
    client.registerCallbackListener('/v1.0/card/instances/callback', ({ headers, data }) => {
      const { outTrackId, content } = JSON.parse(data) as { outTrackId: string; content: string };
      const { cardPrivateData } = JSON.parse(content) as { cardPrivateData: { actionIds: string[] } };
      const cardParamMap = { body: `${outTrackId} ${cardPrivateData.actionIds}` };
      client.socketCallBackResponse(headers.messageId, { cardData: { cardParamMap } });
    });
    await client.connect();
    provider.press('zhang', ID, 'acknowledge');
    await soon(() => provider.cards.get(ID)?.data['body']).toBe(`${ID} acknowledge`);
    client.disconnect();
    await soon(() => provider.connections).toBe(0);
  });
});
