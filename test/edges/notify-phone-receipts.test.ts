import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts';
import type { Priority } from '../../src/model/alert.ts';
import { AddressBudget, type AddressWindow } from '../../src/notify/address-budget.ts';
import { signature } from '../../src/notify/aliyun/request.ts';
import { channelsSchema, configureChannels, loadChannelDefinitions } from '../../src/notify/load.ts';
import { beijingTime } from '../../src/notify/phone.ts';
import { tencent } from '../../src/notify/vendor-signing.ts';
import { runs } from '../runs.ts';
import { smsChannel, TOKEN, tencentChannel, voiceChannel } from './notify-phone-settings.ts';

const definitions = await loadChannelDefinitions();
const origin = 'https://vendor.example.org';
const channels = configureChannels(
  channelsSchema(definitions).parse({
    channels: [smsChannel(origin), voiceChannel(origin), tencentChannel(origin)],
  }),
  definitions,
);
const NOW = Date.parse('2026-03-01T08:30:00+08:00');

function pushed(channel: string, body: unknown, token: unknown = TOKEN) {
  const { definition, config } = channels.get(channel) ?? { config: undefined };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return definition?.receipts?.({ channel, headers: {}, query: { token }, body: text }, config, NOW);
}

describe('signatures of vendors', () => {
  it("of Alibaba Cloud is that of the vendor's own example (help.aliyun.com/document_detail/2593177.html)", () => {
    const headers = {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      'x-acs-action': 'RunInstances',
      'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-acs-date': '2023-10-26T10:22:32Z',
      'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
      'x-acs-version': '2014-05-26',
    };
    const query = {
      ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
      RegionId: 'cn-shanghai',
    };
    const account = { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' };
    expect(signature(account, headers, query)).toMatch(
      /,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0$/,
    );
  });

  it("of Tencent Cloud is that of the vendor's own example (cloud.tencent.com/document/api/213/30654)", () => {
    const payload = String.raw`{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`;
    const signed = tencent.sign3({
      method: 'POST',
      url: 'https://cvm.tencentcloudapi.com/',
      payload: Buffer.from(payload),
      timestamp: 1551113065,
      service: 'cvm',
      secretId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
      secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
      multipart: false,
      boundary: '',
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
    });
    expect(signed).toMatch(/Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168$/);
  });
});

describe('what vendors push', () => {
  it.each(['sms', 'voice', 'sms2'])(
    'over %s is refused without the token, or where none is configured',
    (channel) => {
      for (const token of ['wrong', '', null, [TOKEN], 0])
        expect(pushed(channel, [], token)).toEqual({ ok: false, refusal: 'not-signed' });
      const { definition, config } = channels.get(channel) ?? { config: {} };
      const request = { channel, headers: {}, query: {}, body: '[]' };
      const open = { ...(config as object), receiptToken: undefined };
      expect(definition?.receipts?.(request, open, NOW)).toEqual({ ok: false, refusal: 'not-signed' });
    },
  );

  it.each(['', '{}', 'null', '<xml>', '["'])('that is %j is not understood', (body) => {
    expect(pushed('sms', body)).toEqual({ ok: false, refusal: 'not-understood' });
  });

  it('never throws, whatever entries it has', () => {
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record({ call_id: fc.jsonValue(), dtmf: fc.jsonValue(), status_code: fc.jsonValue() }),
      fc.record({ biz_id: fc.jsonValue(), success: fc.jsonValue(), err_code: fc.jsonValue() }),
      fc.record({ sid: fc.jsonValue(), report_status: fc.jsonValue(), errmsg: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(fc.array(entry), fc.constantFrom('sms', 'voice', 'sms2'), (list, channel) => {
        expect(pushed(channel, list)).toMatchObject({ ok: true });
      }),
      { numRuns: runs(20, 2_000) },
    );
  });

  it.each([
    [
      { success: true, err_code: 'DELIVERED', biz_id: 'b1', out_id: 'n1' },
      { kind: 'delivered', about: { notice: 'n1' } },
    ],
    [
      { success: true, err_code: 'DELIVERED', biz_id: 'b1' },
      { kind: 'delivered', about: { providerId: 'b1' } },
    ],
    [
      { success: false, err_code: 'MOBILE_NOT_ON_SERVICE', err_msg: '停机', biz_id: 'b1' },
      { kind: 'undelivered', failure: 'not-reached', detail: 'MOBILE_NOT_ON_SERVICE 停机' },
    ],
    [
      { success: false, err_code: 'MOBILE_IN_BLACK', biz_id: 'b1' },
      { kind: 'undelivered', failure: 'refused-by-recipient' },
    ],
    [
      { success: false, err_code: 'MK:0001', biz_id: 'b1' },
      { kind: 'undelivered', failure: 'not-reached', detail: 'MK:0001' },
    ],
    [
      { success: false, err_code: 'CONTENT_KEYWORD', biz_id: 'b1' },
      { kind: 'undelivered', failure: 'channel-misconfigured' },
    ],
  ])('about an SMS of Alibaba Cloud: %j', (report, reply) => {
    const at = { report_time: '2026-03-01 08:29:00' };
    expect(pushed('sms', [{ ...report, ...at }])).toMatchObject({
      ok: true,
      replies: [{ channel: 'sms', at: NOW - MINUTE, ...reply }],
      answer: { status: 200, body: '{"code":0,"msg":"接收成功"}' },
    });
  });

  it.each([
    [{ status_code: '300000', status_time: '2026-03-01 08:29:00', dtmf: '1' }, [{ kind: 'acknowledge' }]],
    [{ status_code: '300000', status_time: '2026-03-01 08:29:00', dtmf: '2' }, [{ kind: 'cannot-come' }]],
    [{ status_code: '300000', status_time: '2026-03-01 08:29:00', dtmf: '5' }, [{ kind: 'seen' }]],
    [{ status_code: '200101', status_time: '2026-03-01 08:29:00' }, []],
    [{ status_code: '200000', end_time: '2026-03-01 08:29:00' }, [{ kind: 'delivered' }]],
    [{ status_code: '200000', end_time: '2026-03-01 08:29:00', dtmf: '1' }, [{ kind: 'acknowledge' }]],
    [{ status_code: '200008', end_time: '2026-03-01 08:29:00' }, [{ kind: 'delivered' }]],
    [
      { status_code: '200002', status_msg: '用户占线' },
      [{ kind: 'undelivered', failure: 'not-reached', detail: '200002 用户占线' }],
    ],
    [{ status_code: '200003' }, [{ kind: 'undelivered', failure: 'not-reached' }]],
    [{ status_code: '200010' }, [{ kind: 'undelivered', failure: 'not-reached' }]],
    [{ status_code: '200004' }, [{ kind: 'undelivered', failure: 'recipient-invalid' }]],
    [{ status_code: '200121' }, [{ kind: 'undelivered', failure: 'provider-busy' }]],
    [{ status_code: '299999' }, [{ kind: 'undelivered', failure: 'not-reached', detail: '299999' }]],
  ])('about a call: %j', (report, replies) => {
    const reading = pushed('voice', [{ call_id: 'c1', ...report }]);
    expect(reading).toMatchObject({ ok: true });
    if (!reading?.ok) return;
    expect(reading.replies).toHaveLength(replies.length);
    for (const [i, reply] of replies.entries())
      expect(reading.replies[i]).toMatchObject({ channel: 'voice', about: { providerId: 'c1' }, ...reply });
  });

  it.each([
    ['SUCCESS', 'DELIVRD', '用户短信送达成功', { kind: 'delivered' }],
    [
      'FAIL',
      'UNDELIV',
      '关机/停机',
      { kind: 'undelivered', failure: 'not-reached', detail: 'UNDELIV 关机/停机' },
    ],
    ['FAIL', '1', '空号', { kind: 'undelivered', failure: 'recipient-invalid' }],
    ['FAIL', 'BLACK', '号码在黑名单', { kind: 'undelivered', failure: 'refused-by-recipient' }],
    ['FAIL', '-106', '运营商关键字拦截', { kind: 'undelivered', failure: 'channel-misconfigured' }],
  ])('about an SMS of Tencent Cloud: %s %s %s', (report_status, errmsg, description, reply) => {
    const report = {
      user_receive_time: '2026-03-01 08:29:00',
      sid: 's1',
      report_status,
      errmsg,
      description,
    };
    expect(pushed('sms2', [report])).toMatchObject({
      ok: true,
      replies: [{ channel: 'sms2', at: NOW - MINUTE, about: { providerId: 's1' }, ...reply }],
      answer: { status: 200, body: '{"result":0,"errmsg":"OK"}' },
    });
  });

  it('happened when the vendor says, in the time of Beijing, but not in the future', () => {
    expect(beijingTime('2026-03-01 08:29:00', NOW)).toBe(NOW - MINUTE);
    expect(beijingTime('2026-03-01 08:31:00', NOW)).toBe(NOW);
    for (const text of ['', undefined, 'yesterday', '2026-13-01 00:00:00', null])
      expect(beijingTime(text, NOW)).toBe(NOW);
  });
});

describe('what one number may get', () => {
  const windows: readonly AddressWindow[] = [
    { windowMs: 61 * SECOND, max: 1 },
    { windowMs: HOUR, max: 4 },
    { windowMs: DAY, max: 18 },
  ];
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 20 * MINUTE }),
    address: fc.constantFrom('a', 'b'),
    priority: fc.constantFrom<Priority[]>('P1', 'P2', 'P3', 'P4'),
    of: fc.constantFrom('h1.c1', 'h2.c1', 'h3.c1'),
  });
  const to = (address: string, priority: Priority = 'P1', of = 'h1.c1') => {
    const said = { zh: '跌倒', en: 'a fall' };
    const content = { event: 'case-opened', title: said, body: said, priority } as const;
    return { address, case: of, content };
  };

  it('is never more than the limit in any window, and always something in the end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const budget = new AddressBudget(windows);
        const sent: Record<string, number[]> = { a: [], b: [] };
        let now = NOW;
        for (const { afterMs, address, priority, of } of steps) {
          now += afterMs;
          const freeAt = budget.freeAt(to(address, priority, of), now);
          expect(freeAt).toBeLessThanOrEqual(now + DAY);
          if (freeAt > now) continue;
          budget.take(to(address, priority, of), now);
          sent[address]?.push(now);
        }
        for (const times of Object.values(sent))
          for (const at of times)
            for (const { windowMs, max } of windows)
              expect(times.filter((one) => one > at - windowMs && one <= at).length).toBeLessThanOrEqual(max);
      }),
    );
  });

  it('is free exactly when it says so', () => {
    const budget = new AddressBudget(windows);
    budget.take(to('a'), NOW);
    const freeAt = budget.freeAt(to('a'), NOW);
    expect(freeAt).toBe(NOW + 61 * SECOND);
    expect(budget.freeAt(to('a'), freeAt - 1)).toBeGreaterThan(freeAt - 1);
    expect(budget.freeAt(to('a'), freeAt)).toBeLessThanOrEqual(freeAt);
    expect(budget.freeAt(to('b'), NOW)).toBeLessThanOrEqual(NOW);
  });
});
