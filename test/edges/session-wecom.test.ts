import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/lib/clock.ts';
import { EXAMPLE_QUESTION } from '../../src/notify/example.ts';
import { wecomTaskId } from '../../src/notify/sessions/wecom-session.ts';
import { WeComBot } from '../stand-ins/wecom-bot.ts';
import { LINK, news, SessionBench, soon } from './session-bench.ts';

const BOT = 'aib-1';
const SECRET = 'secret-of-the-bot';
const NOTICE = { id: 'h501.c2.case-opened.staff:zhang.bot', address: 'ZhangMin' };
const TASK = wecomTaskId(NOTICE.id);

async function stage(bench: SessionBench) {
  const provider = await WeComBot.open(bench.clock, { [BOT]: SECRET }, ['ZhangMin', 'LiQiang', 'wr-duty']);
  const config = { botId: BOT, secret: SECRET, url: provider.url, chat: 'wr-duty' };
  return { provider, config };
}

describe('a card of the WeCom bot', () => {
  it('reaches the person, and a press takes the case and is shown on the card', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    expect(await bot.send(NOTICE)).toMatchObject({ kind: 'accepted', providerId: TASK });
    const card = provider.cards.get(TASK);
    expect(card).toMatchObject({ chat: 'ZhangMin', versions: [{ card_type: 'button_interaction' }] });

    provider.press(BOT, 'ZhangMin', TASK, 0);
    await soon(() => card?.versions.length).toBe(2);
    expect(bench.replies).toEqual([
      {
        channel: 'bot',
        at: bench.clock.now(),
        about: { notice: NOTICE.id },
        kind: 'acknowledge',
        by: { address: 'ZhangMin' },
      },
    ]);
    expect(card?.versions[1]).toMatchObject({
      card_type: 'text_notice',
      main_title: { title: '【P1】3号楼2单元501 王老人：手环报告跌倒' },
      sub_title_text: 'ZhangMin 已接手',
    });
    expect(card?.versions[1]).not.toHaveProperty('button_list');
    expect(card?.versions[1]?.card_action).toEqual({ type: 1, url: LINK });
  });

  it('that asks a resident whether all is well has two answers, and none that takes the case', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    const asked = { ...EXAMPLE_QUESTION, id: NOTICE.id, address: 'ZhangMin' };
    await bot.send(asked);
    const card = provider.cards.get(TASK);
    const buttons = () => card?.versions.at(-1)?.button_list?.map(({ text }) => text);
    expect(card?.versions[0]?.main_title).toEqual({ title: '社区关爱' });
    expect(buttons()).toEqual(['我没事', '我需要帮助']);
    provider.press(BOT, 'ZhangMin', TASK, 1);
    await soon(() => card?.versions.length).toBe(2);
    // Whoever needs help may say that it was a mistake.
    expect(buttons()).toEqual(['我没事', '我需要帮助']);
    provider.press(BOT, 'ZhangMin', TASK, 0);
    await soon(() => card?.versions.length).toBe(3);
    expect(bench.replies.map(({ kind }) => kind)).toEqual(['cannot-come', 'acknowledge']);
  });

  it('that leads nowhere keeps one button, which does nothing', async () => {
    await using bench = new SessionBench('wecom-bot');
    bench.link = undefined;
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    await bot.send(NOTICE);
    const card = provider.cards.get(TASK);
    provider.press(BOT, 'ZhangMin', TASK, 0);
    await soon(() => card?.versions.at(-1)?.button_list?.map(({ text }) => text)).toEqual(['已更新']);
    provider.press(BOT, 'ZhangMin', TASK, 0);
    provider.pressKey(BOT, 'ZhangMin', 'ZhangMin', 'theirs', 'approve');
    await soon(() => bot.state.problems).toEqual({ 'foreign-press': 1 });
    expect(bench.replies).toHaveLength(1);
  });

  it('in a group tells the second who has the case, and nobody who is not on the roster takes it', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    await bot.send({ ...NOTICE, address: '' });
    const card = provider.cards.get(TASK);
    const key = card?.versions[0]?.button_list?.[0]?.key ?? '';

    provider.press(BOT, 'stranger', TASK, 0);
    await soon(() => card?.versions.at(-1)?.sub_title_text).toContain('未登记的人员');
    provider.press(BOT, 'ZhangMin', TASK, 2);
    await soon(() => card?.versions.at(-1)?.sub_title_text).toBe('ZhangMin 去不了');
    expect(card?.versions.at(-1)?.button_list).toHaveLength(3);
    provider.press(BOT, 'LiQiang', TASK, 1);
    await soon(() => card?.versions.at(-1)?.sub_title_text).toBe('LiQiang 已接手');
    provider.pressKey(BOT, 'ZhangMin', 'wr-duty', TASK, key);
    await soon(() => card?.versions.at(-1)?.sub_title_text).toBe('已由 LiQiang 接手');
    expect(card?.versions.at(-1)).not.toHaveProperty('button_list');
    expect(bench.replies.map(({ kind }) => kind)).toEqual([
      'acknowledge',
      'cannot-come',
      'on-the-way',
      'acknowledge',
    ]);
  });

  it('speaks the language of the channel', async () => {
    await using bench = new SessionBench('wecom-bot');
    bench.locale = 'en';
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    await bot.send(NOTICE);
    provider.press(BOT, 'ZhangMin', TASK, 0);
    const card = provider.cards.get(TASK);
    await soon(() => card?.versions.at(-1)?.sub_title_text.split('\n')[0]).toBe('ZhangMin has it');
    expect(card?.versions[0]?.button_list?.map(({ text }) => text)).toEqual([
      "I'll take it",
      'On my way',
      'I cannot come',
    ]);
  });

  it('that others got is followed by one line, for such cards cannot be changed', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    const other = { id: 'h501.c2.case-opened.staff:li.bot', address: 'LiQiang' };
    await bot.send(NOTICE);
    await bot.send(other);
    provider.press(BOT, 'ZhangMin', TASK, 0);
    await soon(() => provider.cards.get(TASK)?.versions.length).toBe(2);
    expect(await bot.update(NOTICE, news())).toMatchObject({ kind: 'accepted' });
    expect(await bot.update(other, news())).toMatchObject({ kind: 'accepted' });
    expect(provider.lines).toEqual([
      { chat: 'LiQiang', content: '【P1】3号楼2单元501 王老人：手环报告跌倒\n李强 已接手' },
    ]);
  });

  it('says that a press was heard when the service is slow, and what came of it afterwards', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    let finish = (): void => {};
    bench.reply = () =>
      new Promise((resolve) => {
        finish = () => resolve({ ok: true, text: { zh: '张敏 已接手', en: '' } });
      });
    const bot = await bench.open(config).isUp();
    await bot.send(NOTICE);
    provider.press(BOT, 'ZhangMin', TASK, 0);
    await soon(() => bench.replies.length).toBe(1);
    bench.timers.advance(4 * SECOND);
    await soon(() => provider.cards.get(TASK)?.versions.at(-1)?.sub_title_text).toBe('已收到，正在处理');
    finish();
    await soon(() => provider.lines.length).toBe(1);
    expect(provider.lines[0]).toMatchObject({
      chat: 'ZhangMin',
      content: expect.stringContaining('张敏 已接手'),
    });
  });

  it('survives a defect behind the button: the person is told to try again, the button stays', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    bench.reply = () => Promise.reject(new Error('a defect'));
    const bot = await bench.open(config).isUp();
    await bot.send(NOTICE);
    provider.press(BOT, 'ZhangMin', TASK, 0);
    await soon(() => provider.cards.get(TASK)?.versions.at(-1)?.sub_title_text).toBe('系统繁忙，请稍后再试');
    expect(provider.cards.get(TASK)?.versions.at(-1)?.button_list).toHaveLength(3);
    expect(bot.state).toMatchObject({ connected: true, problems: { 'press-failed': 1 } });
  });

  it('of another installation is not acted upon, and shown', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    provider.pressKey(BOT, 'ZhangMin', 'ZhangMin', 'theirs', 'approve');
    await soon(() => bot.state.problem).toBe('foreign-press');
    expect(bench.replies).toEqual([]);
  });
});

describe('sending over the WeCom bot', () => {
  it('is not doubled when the connection breaks before the acknowledgement', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    provider.breakAfterCard = true;
    expect(await bot.send(NOTICE)).toMatchObject({ kind: 'retry', failure: 'provider-unreachable' });
    await soon(() => bot.state.connected).toBe(false);
    bench.timers.advance(2 * SECOND);
    await bot.isUp();
    expect(await bot.send({ ...NOTICE, attempts: 1 })).toMatchObject({ kind: 'accepted', providerId: TASK });
    expect(provider.cards.size).toBe(1);
    expect(bot.state.problems).toEqual({ lost: 1 });
  });

  it.each([
    ['nobody', { ...NOTICE, address: 'nobody' }, 'refused', 'recipient-invalid'],
    ['no address', { ...NOTICE, address: '' }, 'refused', 'recipient-invalid'],
  ])('to %s fails with its reason', async (_name, notice, kind, failure) => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open({ ...config, chat: '' }).isUp();
    expect(await bot.send(notice)).toMatchObject({ kind, failure });
  });

  it('waits when the vendor says that it was too much for one conversation, and nobody else waits with it', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    for (let i = 0; i < 30; i++) expect((await bot.send({ ...NOTICE, id: `n${i}` })).kind).toBe('accepted');
    expect(await bot.send({ ...NOTICE, id: 'n30' })).toMatchObject({
      kind: 'retry',
      failure: 'provider-busy',
      afterMs: MINUTE,
      only: 'address',
    });
    provider.chats.add('li');
    expect(await bot.send({ ...NOTICE, id: 'n31', address: 'li' })).toMatchObject({ kind: 'accepted' });
  });

  it('waits for a connection that is just being made', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    expect(await bench.open(config).send(NOTICE)).toMatchObject({ kind: 'accepted' });
  });
});

describe('the connection of the WeCom bot', () => {
  it('that another takes over is a problem with a name, and no storm', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const first = await bench.open(config).isUp();
    const second = await bench.open(config).isUp();
    await soon(() => first.state.problem).toBe('displaced');
    expect(first.state.detail).toContain('另一连接顶替');
    expect(await first.send(NOTICE)).toMatchObject({ kind: 'retry', failure: 'provider-unreachable' });
    bench.timers.advance(59 * SECOND);
    expect(provider.subscriptions).toHaveLength(2);
    expect(second.state.connected).toBe(true);
    // Once its pause is over it comes back, and the other waits in turn.
    bench.timers.advance(SECOND);
    await first.isUp();
    await soon(() => second.state.problem).toBe('displaced');
    expect(bench.warnings.map(({ fields }) => fields)).toContainEqual(
      expect.objectContaining({ channel: 'bot', problem: 'displaced' }),
    );
  });

  it('with a wrong secret is refused by name, tried less and less, and fails the notice at once', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = bench.open({ ...config, secret: 'wrong-secret' });
    await soon(() => bot.state.problem).toBe('refused');
    expect(bot.state.detail).toContain('853000');
    expect(await bot.send(NOTICE)).toMatchObject({ kind: 'refused', failure: 'channel-misconfigured' });
    for (const [pause, tries] of [
      [59 * SECOND, 1],
      [SECOND, 2],
      [119 * SECOND, 2],
      [SECOND, 3],
    ] as const) {
      bench.timers.advance(pause);
      await soon(() => bot.state.problems?.refused).toBe(tries);
    }
    expect(JSON.stringify(bench.warnings)).not.toContain('wrong-secret');
    expect(bench.warnings).toHaveLength(1);
  });

  it('waits a minute and longer when it knocked too often', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    provider.subscriptionsMax = 0;
    const bot = bench.open(config);
    await soon(() => bot.state.problem).toBe('too-often');
    expect(await bot.send(NOTICE)).toMatchObject({ kind: 'retry' });
    bench.timers.advance(59 * SECOND);
    expect(provider.subscriptions).toHaveLength(1);
  });

  it('to a vendor that takes it and says nothing is given up in time, and tried again', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    provider.silent = true;
    const bot = bench.open(config);
    await soon(() => provider.connections).toBe(1);
    bench.timers.advance(15 * SECOND);
    expect(bot.state.problem).toBe('no-answer');
    await soon(() => provider.connections).toBe(0);
    provider.silent = false;
    bench.timers.advance(SECOND);
    await bot.isUp();
  });

  it('to nobody is unreachable; pauses grow to a minute, and a notice shortens one', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await provider[Symbol.asyncDispose]();
    const bot = bench.open(config);
    for (const [i, pause] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      await soon(() => bot.state.problems?.unreachable).toBe(i + 1);
      bench.timers.advance(pause * SECOND - 1);
      expect(bot.state.problems?.unreachable).toBe(i + 1);
      bench.timers.advance(1);
    }
    await soon(() => bot.state.problems?.unreachable).toBe(9);
    bench.timers.advance(2 * SECOND);
    expect(await bot.send(NOTICE)).toMatchObject({ kind: 'retry', failure: 'provider-unreachable' });
    expect(bot.state.problems?.unreachable).toBe(10);
  });

  it('ends with the service, and nothing comes after it', async () => {
    await using bench = new SessionBench('wecom-bot');
    const { provider, config } = await stage(bench);
    await using _provider = provider;
    const bot = await bench.open(config).isUp();
    await bot.session.close();
    await soon(() => provider.connections).toBe(0);
    bench.timers.advance(60 * MINUTE);
    expect(bench.timers.next).toBeUndefined();
    expect(provider.subscriptions).toHaveLength(1);
    expect(await bot.send(NOTICE)).toMatchObject({ kind: 'retry' });
  });
});
