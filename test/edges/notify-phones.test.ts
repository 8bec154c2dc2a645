import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Notice } from '../../src/model/notice.ts';
import { atLength } from '../runs.ts';
import { Bench, wallOfAMorning } from './notify-bench.ts';
import {
  MOBILE,
  OTHER_MOBILE,
  openAliyun,
  openTencent,
  smsChannel,
  tell,
  tencentChannel,
  voiceChannel,
} from './notify-phone-settings.ts';

describe('an SMS over Alibaba Cloud', () => {
  it('is signed as the vendor checks it, says where, who, what and when, and keeps the id of its receipt', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    await using bench = await Bench.open({ wall, channels: [smsChannel(cloud.origin)] });
    const id = await tell(bench, 'h1', 'sms', '138 0000-0001');
    await bench.settle();
    expect(cloud.answers).toEqual(['OK']);
    const [sent] = cloud.messages;
    expect(sent?.number).toBe(MOBILE);
    expect(sent?.outId).toBe(id);
    expect(sent?.text).toMatch(/^【海棠社区】海棠社区3号楼2单元501王老人：手环报告跌倒（\d\d:\d\d）。/);
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', providerId: sent?.bizId });
  });

  it.each([
    [{ accessKeySecret: 'another-secret' }, 'SignatureDoesNotMatch', 'channel-misconfigured'],
    [{ accessKeyId: 'LTAI-another-id' }, 'InvalidAccessKeyId.NotFound', 'channel-misconfigured'],
    [{ signName: '别的签名' }, 'isv.SMS_SIGNATURE_ILLEGAL', 'channel-misconfigured'],
    [{ templates: { default: 'SMS_999' } }, 'isv.SMS_TEMPLATE_ILLEGAL', 'channel-misconfigured'],
    [{ variables: { place: 'place' } }, 'isv.TEMPLATE_MISSING_PARAMETERS', 'channel-misconfigured'],
  ])('with a wrong setting %j fails at once: %s', async (wrong, code, failure) => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    await using bench = await Bench.open({ wall, channels: [smsChannel(cloud.origin, wrong)] });
    const id = await tell(bench, 'h1', 'sms');
    await bench.settle();
    expect(cloud.answers).toEqual([code]);
    expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure });
  });

  it('to a number that is none fails, so that somebody else is told', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    await using bench = await Bench.open({ wall, channels: [smsChannel(cloud.origin)] });
    const id = await tell(bench, 'h1', 'sms', '000-0000-0501');
    await bench.settle();
    expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure: 'recipient-invalid' });
    // One wrong number is no trouble of the channel.
    expect(bench.outbox.stats().channels.find((one) => one.id === 'sms')?.problem).toBeUndefined();
  });

  it('is tried again where the vendor has trouble, with a nonce of its own each time', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    await using bench = await Bench.open({ wall, channels: [smsChannel(cloud.origin)] });
    cloud.troubles.push('isp.SYSTEM_ERROR', 'Throttling.User');
    const id = await tell(bench, 'h1', 'sms');
    await bench.settle();
    await bench.pass(MINUTE);
    expect(cloud.answers).toEqual(['isp.SYSTEM_ERROR', 'Throttling.User', 'OK']);
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', attempts: 3 });
  });

  atLength(
    'to one number stays below 50 a day, keeps some for what is graver, and delays nobody else',
    async () => {
      const wall = wallOfAMorning();
      await using cloud = await openAliyun(wall);
      await using bench = await Bench.open({ wall, channels: [smsChannel(cloud.origin)] });
      for (let i = 0; i < 40; i++) await tell(bench, `h${i}`, 'sms', MOBILE, 'P3');
      await bench.settle();
      expect(cloud.messages).toHaveLength(30);
      const grave = await tell(bench, 'h50', 'sms', MOBILE, 'P1');
      const other = await tell(bench, 'h51', 'sms', OTHER_MOBILE, 'P4');
      await bench.settle();
      expect((await bench.notice(grave)).state).toBe('accepted');
      expect((await bench.notice(other)).state).toBe('accepted');
      expect(cloud.answers).not.toContain('isv.BUSINESS_LIMIT_CONTROL');
      const { failed, channels } = bench.outbox.stats();
      expect(failed['address-limit']).toBe(10);
      expect(channels[0]?.problem, 'says nothing about the channel').toBeUndefined();
    },
  );
});

describe('a telephone call over Alibaba Cloud', () => {
  it('says it, and what is said after each key', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    await using bench = await Bench.open({ wall, channels: [voiceChannel(cloud.origin)] });
    const id = await tell(bench, 'h1', 'voice');
    await bench.settle();
    const [call] = cloud.calls;
    expect(call?.said).toMatch(/海棠社区，3号楼2单元501，王老人，手环报告跌倒，\d\d:\d\d。接手请按1/);
    expect(call?.keys).toEqual({
      1: '已收到，正在登记由您接手，请登录确认。',
      2: '已收到，将通知其他人员。',
    });
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', providerId: call?.callId });
  });

  it('without a key only says', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    const { calls: _, shownNumber: __, ...config } = voiceChannel(cloud.origin).config;
    const only = { ...config, calls: { default: { start: 'TTS_200001' } } };
    await using bench = await Bench.open({
      wall,
      channels: [{ id: 'voice', channel: 'aliyun-voice', config: only }],
    });
    await tell(bench, 'h1', 'voice');
    await bench.settle();
    expect(cloud.calls).toMatchObject([{ number: MOBILE, keys: {} }]);
  });

  it('calls one number once a minute: the next waits without counting as tried, others do not', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    await using bench = await Bench.open({ wall, channels: [voiceChannel(cloud.origin)] });
    await tell(bench, 'h1', 'voice');
    const second = await tell(bench, 'h2', 'voice', '138 0000 0001');
    const other = await tell(bench, 'h3', 'voice', OTHER_MOBILE);
    await bench.settle();
    expect(cloud.calls.map(({ number }) => number)).toEqual([MOBILE, OTHER_MOBILE]);
    expect((await bench.notice(other)).state).toBe('accepted');
    expect(await bench.notice(second)).toMatchObject({
      state: 'queued',
      attempts: 0,
      failure: 'address-limit',
      nextAttemptAt: bench.clock.now() + 61 * SECOND,
    });
    await bench.pass(61 * SECOND);
    expect(await bench.notice(second)).toMatchObject({ state: 'accepted', attempts: 1 });
    expect(cloud.answers).toEqual(['OK', 'OK', 'OK']);
  });

  atLength('that would have to wait for an hour fails at once, so that others are told', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    await using bench = await Bench.open({ wall, channels: [voiceChannel(cloud.origin)] });
    for (let i = 0; i < 4; i++) {
      await tell(bench, `h${i}`, 'voice');
      await bench.settle();
      await bench.pass(5 * MINUTE);
    }
    const fifth = await tell(bench, 'h9', 'voice');
    await bench.settle();
    expect(await bench.notice(fifth)).toMatchObject({
      state: 'failed',
      failure: 'address-limit',
      attempts: 0,
    });
    await bench.pass(HOUR);
    const later = await tell(bench, 'h10', 'voice');
    await bench.settle();
    expect((await bench.notice(later)).state).toBe('accepted');
    expect(cloud.calls).toHaveLength(5);
  });

  it('is left for the next home, however often it rang for one that nobody takes, for a drill and for devices', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    await using bench = await Bench.open({ wall, channels: [voiceChannel(cloud.origin)] });
    const call = async (change: Partial<Notice>, of = 'h1.c1') => {
      const id = await tell(bench, `h${cloud.calls.length}-${of}`, 'voice', OTHER_MOBILE);
      const asked = { ...(await bench.notice(id)), id: `${id}.again`, address: MOBILE, case: of, ...change };
      await bench.settle();
      await bench.commit([{ type: 'notice', notice: { ...asked, state: 'queued', attempts: 0 } }]);
      await bench.settle();
      await bench.pass(2 * MINUTE);
      return (await bench.notice(asked.id)).state;
    };
    const { content } = await bench.notice(await tell(bench, 'h0', 'voice', OTHER_MOBILE));
    const milder = { content: { ...content, priority: 'P2', ofThings: true } } as const;
    const drill = { content: { ...content, drill: true } } as const;
    expect(await call(milder, 'site.c1')).toBe('accepted');
    expect(await call({})).toBe('accepted');
    expect(await call(drill, 'h8.c1')).toBe('failed');
    expect(await call(milder, 'site.c2')).toBe('failed');
    expect(await call({})).toBe('accepted');
    expect(await call({})).toBe('failed');
    expect(await call({}, 'h2.c1')).toBe('accepted');
    expect(cloud.answers).not.toContain('isv.BUSINESS_LIMIT_CONTROL');
  });

  atLength('after a restart learns from the vendor that the number had its call this minute', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    await using bench = await Bench.open({ wall, channels: [voiceChannel(cloud.origin)] });
    await tell(bench, 'h1', 'voice');
    await bench.settle();
    await bench.restart();
    const second = await tell(bench, 'h2', 'voice');
    const other = await tell(bench, 'h3', 'voice', OTHER_MOBILE);
    await bench.settle();
    expect(cloud.answers).toEqual(['OK', 'isv.BUSINESS_LIMIT_CONTROL', 'OK']);
    expect((await bench.notice(other)).state, 'the channel is not held').toBe('accepted');
    expect(await bench.notice(second)).toMatchObject({ state: 'queued', failure: 'address-limit' });
    await bench.pass(70 * SECOND);
    expect((await bench.notice(second)).state).toBe('accepted');
  });
});

describe('a drill', () => {
  it('says on the telephone and in a message that it is one, and counts for the number like any other', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openAliyun(wall);
    const channels = [smsChannel(cloud.origin), voiceChannel(cloud.origin)];
    await using bench = await Bench.open({ wall, channels });
    expect(await bench.outbox.test('sms', MOBILE)).toMatchObject({ ok: true, detail: 'OK OK' });
    expect(await bench.outbox.test('voice', MOBILE)).toMatchObject({ ok: true });
    expect(cloud.messages[0]?.text).toContain('演练演练演练：演练 守望测试通知（演练）');
    expect(cloud.calls[0]?.said).toContain('演练');
    const again = await bench.outbox.test('voice', MOBILE);
    expect(again).toMatchObject({ ok: false, failure: 'address-limit' });
    expect(cloud.answers).toEqual(['OK', 'OK']);
  });
});

describe('an SMS over Tencent Cloud', () => {
  it('is signed as the vendor checks it, and the answer for the number counts', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openTencent(wall);
    await using bench = await Bench.open({ wall, channels: [tencentChannel(cloud.origin)] });
    const id = await tell(bench, 'h1', 'sms2');
    await bench.settle();
    expect(cloud.answers).toEqual(['Ok']);
    const [sent] = cloud.messages;
    expect(sent?.session).toBe(id);
    expect(sent?.text).toMatch(/^【海棠社区】海棠社区3号楼2单元501王老人：手环报告跌倒（\d\d:\d\d）。/);
    expect(await bench.notice(id)).toMatchObject({ state: 'accepted', providerId: sent?.serialNo });
  });

  it.each([
    [{ secretKey: 'another-key' }, MOBILE, 'AuthFailure.SignatureFailure', 'channel-misconfigured'],
    [
      { sdkAppId: '1400000000' },
      MOBILE,
      'UnauthorizedOperation.SmsSdkAppIdVerifyFail',
      'channel-misconfigured',
    ],
    [
      { order: ['place'] },
      MOBILE,
      'FailedOperation.TemplateParamSetNotMatchApprovedTemplate',
      'channel-misconfigured',
    ],
    [{}, '0000', 'InvalidParameterValue.IncorrectPhoneNumber', 'recipient-invalid'],
  ])('with %j to %s fails at once: %s', async (wrong, address, code, failure) => {
    const wall = wallOfAMorning();
    await using cloud = await openTencent(wall);
    await using bench = await Bench.open({ wall, channels: [tencentChannel(cloud.origin, wrong)] });
    const id = await tell(bench, 'h1', 'sms2', address);
    await bench.settle();
    expect(cloud.answers).toEqual([code]);
    expect(await bench.notice(id)).toMatchObject({ state: 'failed', failure });
  });

  it('to one number waits half a minute, and ends below the daily limit of the vendor', async () => {
    const wall = wallOfAMorning();
    await using cloud = await openTencent(wall);
    await using bench = await Bench.open({ wall, channels: [tencentChannel(cloud.origin)] });
    const ids: string[] = [];
    for (let i = 0; i < 11; i++) {
      ids.push(await tell(bench, `h${i}`, 'sms2'));
      await bench.settle();
      await bench.pass(31 * SECOND);
    }
    expect(cloud.messages).toHaveLength(9);
    expect(new Set(cloud.answers)).toEqual(new Set(['Ok']));
    expect(await bench.notice(ids[10])).toMatchObject({ state: 'failed', failure: 'address-limit' });
  });
});
