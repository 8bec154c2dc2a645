import { EventDispatcher, LoggerLevel, WSClient } from '@larksuiteoapi/node-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, MINUTE, SECOND } from '../../src/lib/clock.ts';
import { decodeFrame, encodeFrame, FrameUnreadable } from '../../src/notify/sessions/feishu-frame.ts';
import type { ReplyResult } from '../../src/ports/channel-reply.ts';
import { news, SessionBench, soon } from '../edges/session-bench.ts';
import { FeishuApp } from '../stand-ins/feishu-app.ts';

const NOTICE = { id: 'h501.c2.case-opened.staff:zhang.bot', address: 'ou_zhang' };
const APP = {
  appId: 'cli_0123456789abcdef',
  appSecret: 'secret-of-the-app',
  receivers: ['ou_zhang', 'ou_li', 'oc_duty'],
};

async function stage(bench: SessionBench) {
  const provider = await FeishuApp.open(bench.clock, APP);
  const config = { appId: APP.appId, appSecret: APP.appSecret, chat: 'oc_duty', origin: provider.origin };
  return { provider, config };
}

/** What a card says under its title, and how many buttons it has that take the case. */
const shown = (provider: FeishuApp, message = [...provider.messages.values()][0]) => {
  const card = message?.versions.at(-1);
  const actions = card?.elements.find(({ tag }) => tag === 'action')?.actions ?? [];
  return { says: card?.elements[0]?.text?.content, buttons: actions.filter(({ value }) => value).length };
};

describe('a card of the Feishu app', () => {
  it('reaches the person, and a press takes the case, is confirmed and shown on the card', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    const sent = await app.send(NOTICE);
    const [message] = provider.messages.values();
    expect(sent).toMatchObject({ kind: 'accepted', providerId: message?.id });
    expect(shown(provider)).toEqual({ says: '新事项。请在 1 分钟内接手。详情请登录查看。', buttons: 3 });

    provider.press('ou_zhang', message?.id ?? '', 0);
    await soon(() => shown(provider)).toEqual({ says: 'ou_zhang 已接手', buttons: 0 });
    expect(provider.answers[0]).toMatchObject({ toast: { type: 'success', content: 'ou_zhang 已接手' } });
    expect(message?.versions.at(-1)?.header.title.content).toBe('【P1】3号楼2单元501 王老人：手环报告跌倒');
    expect(bench.replies).toEqual([
      {
        channel: 'bot',
        at: bench.clock.now(),
        about: { notice: NOTICE.id },
        kind: 'acknowledge',
        by: { address: 'ou_zhang' },
      },
    ]);
  });

  it('in a group keeps its buttons while nobody comes, and tells the second who has the case', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    await app.send({ ...NOTICE, address: '' });
    const [message] = provider.messages.values();
    const id = message?.id ?? '';
    expect(message?.to).toBe('oc_duty');
    const first = message?.versions[0]?.elements[1]?.actions?.[0]?.value ?? {};
    provider.press('stranger', id, 0);
    await soon(() => shown(provider)).toEqual({ says: '未登记的人员，不能接手', buttons: 3 });
    provider.press('ou_zhang', id, 2);
    await soon(() => shown(provider)).toEqual({ says: 'ou_zhang 去不了', buttons: 3 });
    provider.press('ou_li', id, 1);
    await soon(() => shown(provider)).toEqual({ says: 'ou_li 已接手', buttons: 0 });
    provider.pressValue('ou_zhang', id, first);
    await soon(() => shown(provider)).toEqual({ says: '已由 ou_li 接手', buttons: 0 });
    expect(provider.answers.at(-1)).toMatchObject({ toast: { type: 'warning' } });
  });

  it('of everybody is changed when the case was taken elsewhere, for as long as the vendor lets it', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    await app.send(NOTICE);
    const providerId = [...provider.messages.keys()][0] ?? '';
    expect(await app.update({ ...NOTICE, providerId }, news())).toMatchObject({ kind: 'accepted' });
    expect(shown(provider)).toEqual({ says: '李强 已接手', buttons: 0 });
    bench.clock.advance(15 * DAY);
    expect(await app.update({ ...NOTICE, providerId }, news())).toMatchObject({
      kind: 'refused',
      failure: 'provider-error',
      detail: expect.stringContaining('230031'),
    });
    expect(await app.update(NOTICE, news())).toMatchObject({ kind: 'refused' });
  });

  it('is answered within three seconds when the service is slow, and changed afterwards', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    let finish: (result: ReplyResult) => void = () => {};
    bench.reply = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const app = await bench.open(config).isUp();
    await app.send(NOTICE);
    provider.press('ou_zhang', [...provider.messages.keys()][0] ?? '', 0);
    await soon(() => bench.replies.length).toBe(1);
    bench.timers.advance(2_300);
    await soon(() => provider.answers).toEqual([{ toast: { type: 'info', content: '已收到，正在处理' } }]);
    finish({ ok: true, text: { zh: '张敏 已接手', en: '' } });
    await soon(() => shown(provider)).toEqual({ says: '张敏 已接手', buttons: 0 });
  });

  it('of another installation with the same app is not acted upon, and shown', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    await app.send(NOTICE);
    const id = [...provider.messages.keys()][0] ?? '';
    provider.pressValue('ou_zhang', id, { notice: NOTICE.id, press: 'acknowledge', from: 'theirs' });
    await soon(() => app.state.problem).toBe('foreign-press');
    await soon(() => provider.answers[0]).toMatchObject({ toast: { type: 'warning' } });
    expect(bench.replies).toEqual([]);
    expect(app.state.detail).toContain('另一套系统');
  });

  it('survives a defect behind the button', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    bench.reply = () => Promise.reject(new Error('a defect'));
    const app = await bench.open(config).isUp();
    await app.send(NOTICE);
    provider.press('ou_zhang', [...provider.messages.keys()][0] ?? '', 0);
    await soon(() => shown(provider)).toEqual({ says: '系统繁忙，请稍后再试', buttons: 3 });
    expect(app.state).toMatchObject({ connected: true, problems: { 'press-failed': 1 } });
  });

  it('whose press comes in parts is put together', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    provider.parts = 3;
    const app = await bench.open(config).isUp();
    await app.send(NOTICE);
    provider.press('ou_zhang', [...provider.messages.keys()][0] ?? '', 1);
    await soon(() => bench.replies.map(({ kind }) => kind)).toEqual(['on-the-way']);
  });
});

describe('sending over the Feishu app', () => {
  it('is not doubled when the connection breaks before the answer', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    provider.breakAfterMessage = true;
    await expect(app.send(NOTICE)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const again = await app.send({ ...NOTICE, attempts: 1 });
    expect(again).toMatchObject({ kind: 'accepted', providerId: [...provider.messages.keys()][0] });
    expect(provider.messages.size).toBe(1);
  });

  it('asks for another token when the one it has was taken back', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    await Promise.all(['a', 'b', 'c'].map((id) => app.send({ ...NOTICE, id })));
    expect(provider.tokensGiven).toHaveLength(1);
    provider.takeTokensBack();
    expect(await app.send({ ...NOTICE, id: 'd' })).toMatchObject({ kind: 'accepted' });
    expect(provider.codes.filter((code) => code === 99991663)).toHaveLength(1);
  });

  it('to somebody whom the robot does not reach, or to nobody, fails with its reason', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = bench.open({ ...config, chat: '' });
    for (const address of ['ou_nobody', '']) {
      expect(await app.send({ ...NOTICE, address })).toMatchObject({
        kind: 'refused',
        failure: 'recipient-invalid',
      });
    }
    provider.callsPerSecondMax = 0;
    expect(await app.send(NOTICE)).toMatchObject({ kind: 'retry', failure: 'provider-busy', afterMs: 5_000 });
  });

  it('to a vendor that does not answer ends when the outbox has waited long enough', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    await app.send(NOTICE);
    provider.silent = true;
    const late = new AbortController();
    const sending = app.send({ ...NOTICE, id: 'late' }, late.signal);
    late.abort();
    await expect(sending).rejects.toThrow(/abort/i);
  });
});

describe('the long connection of Feishu', () => {
  it('shows that it is there as often as the vendor asks, and is opened anew when it broke', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    for (let pings = 1; pings <= 4; pings++) {
      bench.timers.advance(MINUTE);
      await soon(() => provider.pings).toBe(pings);
      await new Promise(setImmediate);
    }
    provider.breakAll();
    await soon(() => app.state.problem).toBe('lost');
    bench.timers.advance(2 * SECOND);
    await app.isUp();
    expect(app.state.problems).toEqual({ lost: 1 });
  });

  it.each([
    ['a wrong secret', { appSecret: 'wrong-secret' }, 50, 'refused', '514'],
    ['too many connections', {}, 0, 'too-many', '1000040350'],
  ])('with %s is refused by name and tried rarely', async (_name, change, connectionsMax, problem, code) => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    provider.connectionsMax = connectionsMax;
    const app = bench.open({ ...config, ...change });
    await soon(() => app.state.problem).toBe(problem);
    expect(app.state.detail).toContain(code);
    bench.timers.advance(MINUTE - 1);
    expect(app.state.problems).toEqual({ [problem]: 1 });
    expect(JSON.stringify([app.state, bench.warnings])).not.toContain('wrong-secret');
  });

  it('that is refused at its door says so, and its ticket is in no word of it', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    provider.refuseUpgrade(400, { 'handshake-status': '514', 'handshake-msg': 'auth failed' });
    const app = bench.open(config);
    await soon(() => app.state.problem).toBe('refused');
    expect(app.state.detail).toContain('auth failed');
    expect(JSON.stringify([app.state, bench.warnings])).not.toContain('ticket');
  });

  it('survives what it cannot read', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const app = await bench.open(config).isUp();
    provider.raw(Buffer.from('no frame at all'));
    await soon(() => app.state).toMatchObject({ connected: true, problem: 'unreadable' });
  });

  it('ends with the service, also while it is being opened', async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    await bench.open(config).session.close();
    const app = await bench.open(config).isUp();
    await app.session.close();
    await soon(() => provider.connections).toBe(0);
    expect(bench.timers.next).toBeUndefined();
  });
});

describe('a frame of Feishu', () => {
  const frame = fc.record({
    seqId: fc.bigInt(0n, 2n ** 64n - 1n),
    logId: fc.bigInt(0n, 2n ** 64n - 1n),
    service: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    method: fc.constantFrom(0, 1),
    headers: fc.array(fc.tuple(fc.string(), fc.string({ unit: 'grapheme' })), { maxLength: 5 }),
    payloadEncoding: fc.option(fc.string(), { nil: undefined }),
    payloadType: fc.option(fc.string(), { nil: undefined }),
    payload: fc.option(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes)),
      { nil: undefined },
    ),
    logIdNew: fc.option(fc.string(), { nil: undefined }),
  });

  it('comes out as it went in', () => {
    fc.assert(
      fc.property(frame, (one) => {
        const read = decodeFrame(encodeFrame(one));
        expect({ ...read, payload: read.payload && Uint8Array.from(read.payload) }).toEqual(one);
      }),
    );
  });

  it('that is broken is refused by name, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeFrame(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameUnreadable);
        }
      }),
    );
  });
});

describe('the stand-in for Feishu', () => {
  it("speaks as the vendor's own client expects", async () => {
    await using bench = new SessionBench('feishu-card');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    await bench.open(config).send(NOTICE);
    await bench[Symbol.asyncDispose]();
    await soon(() => provider.connections).toBe(0);
    provider.parts = 2;

    const quiet = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };
    const logging = { logger: quiet, loggerLevel: LoggerLevel.error };
    const eventDispatcher = new EventDispatcher(logging).register({
      'card.action.trigger': (event: {
        operator: { open_id: string };
        action: { value: { press: string } };
      }) => ({
        toast: { type: 'info', content: `${event.operator.open_id} ${event.action.value.press}` },
      }),
    });
    const client = new WSClient({
      ...logging,
      appId: APP.appId,
      appSecret: APP.appSecret,
      domain: provider.origin,
    });
    await client.start({ eventDispatcher });
    await soon(() => provider.pings).toBe(1);
    provider.press('ou_zhang', [...provider.messages.keys()][0] ?? '', 0);
    await soon(() => provider.answers).toEqual([
      { toast: { type: 'info', content: 'ou_zhang acknowledge' } },
    ]);
    client.close({ force: true });
    await soon(() => provider.connections).toBe(0);
  });
});
