import { z } from 'zod';
import { PRIORITIES } from '../../model/alert.ts';
import { bodyCode } from '../body-code.ts';
import { type Answer, defineChannel } from '../define.ts';
import { plainText } from '../message-text.ts';
import { mobileOf } from '../phone.ts';

/** Longest text that the robot takes, in bytes. */
const TEXT_BYTES_MAX = 2048;

const config = z.strictObject({
  key: z.string().min(8).max(100).meta({
    title: 'Key',
    description: "the `key` in the robot's address; who has it can write into the group",
    secret: true,
  }),
  mentionAll: z.array(z.enum(PRIORITIES)).default(['P1']).meta({
    title: 'Mention everybody',
    description: 'priorities at which the whole group is mentioned',
  }),
  origin: z
    .url({ protocol: /^https?$/ })
    .default('https://qyapi.weixin.qq.com')
    .meta({
      title: 'Origin',
      description: 'another address for a private deployment',
    }),
});

/** The robot answers HTTP 200 to almost everything; the code in the body decides. */
function answer(status: number, body: string): Answer {
  const { code, words } = bodyCode(body, 'errcode', 'errmsg');
  const detail = code === undefined ? `HTTP ${status}` : `${code} ${words}`;
  if (code === 0 && status === 200) return { kind: 'accepted', detail };
  if (code === 45009 || status === 429) {
    // More than 20 a minute for this robot: the minute has to pass.
    return { kind: 'retry', failure: 'provider-busy', detail, afterMs: 60_000 };
  }
  if (code === undefined || code === -1) {
    return status >= 400 && status < 500
      ? { kind: 'refused', failure: 'channel-misconfigured', detail }
      : { kind: 'retry', failure: 'provider-error', detail };
  }
  const failure = FAILURES.get(code);
  if (failure) return { kind: 'refused', failure, detail };
  return { kind: 'retry', failure: 'provider-error', detail };
}

/** Codes that trying again does not change. */
const FAILURES = new Map<number, 'channel-misconfigured' | 'recipient-invalid'>([
  [93000, 'channel-misconfigured'], // the key is wrong, or the robot was taken out of its group
  [93008, 'channel-misconfigured'],
  [40014, 'channel-misconfigured'],
  [40001, 'channel-misconfigured'],
  [60020, 'channel-misconfigured'], // our address is not on the list of trusted ones
  [40008, 'channel-misconfigured'], // what we send is not what the vendor takes: a defect of this file
  [40058, 'channel-misconfigured'],
  [44004, 'channel-misconfigured'],
  [45002, 'channel-misconfigured'],
  [40003, 'recipient-invalid'],
  [81013, 'recipient-invalid'],
]);

export default defineChannel<z.output<typeof config>>({
  channel: 'wecom-robot',
  title: { zh: '企业微信群机器人', en: 'WeCom group robot' },
  summary: {
    zh: '向企业微信群发送文本，可按手机号 @ 成员。服务商限制每分钟 20 条。',
    en: 'Text into a WeCom group, mentioning members by mobile number. The vendor allows 20 messages a minute.',
  },
  config,
  perMinuteMax: 18,
  words: { to: 'channel' },
  deliver(notice, { key, mentionAll, origin }, context) {
    const mobiles = notice.address === '' ? [] : [mobileOf(notice.address)];
    if (!notice.follows && mentionAll.includes(notice.content.priority) && !mobiles.includes('@all'))
      mobiles.push('@all');
    const text = {
      content: plainText(notice, context, TEXT_BYTES_MAX),
      ...(mobiles.length > 0 ? { mentioned_mobile_list: mobiles } : {}),
    };
    return {
      transport: 'http',
      method: 'POST',
      url: `${origin.replace(/\/$/, '')}/cgi-bin/webhook/send?key=${encodeURIComponent(key)}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ msgtype: 'text', text }),
      allowPrivate: true,
    };
  },
  answer,
  examples: [
    {
      name: 'a fall, for a person in the group and at P1 for everybody',
      config: { key: '11111111-2222-3333-4444-555555555555' },
      expect: {
        delivery: {
          transport: 'http',
          url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11111111-2222-3333-4444-555555555555',
          body: JSON.stringify({
            msgtype: 'text',
            text: {
              content:
                '【P1】3号楼2单元501 王老人：手环报告跌倒\n新事项。请在 1 分钟内接手。详情请登录查看。\nhttps://care.example.org/cases/h501.c2',
              mentioned_mobile_list: ['13800000001', '@all'],
            },
          }),
        },
        answers: [
          { status: 200, body: '{"errcode":0,"errmsg":"ok"}', kind: 'accepted' },
          {
            status: 200,
            body: '{"errcode":45009,"errmsg":"api freq out of limit"}',
            kind: 'retry',
            failure: 'provider-busy',
            afterMs: 60_000,
          },
          {
            status: 200,
            body: '{"errcode":93000,"errmsg":"invalid webhook url"}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          {
            status: 200,
            body: '{"errcode":81013,"errmsg":"user & party & tag all invalid"}',
            kind: 'refused',
            failure: 'recipient-invalid',
          },
          {
            status: 200,
            body: '{"errcode":-1,"errmsg":"system busy"}',
            kind: 'retry',
            failure: 'provider-error',
          },
          { status: 200, body: '<html>login</html>', kind: 'retry', failure: 'provider-error' },
          { status: 502, body: '', kind: 'retry', failure: 'provider-error' },
          { status: 404, body: '', kind: 'refused', failure: 'channel-misconfigured' },
        ],
      },
    },
    {
      name: 'a number that is written for people, which the robot would not know',
      config: { key: '11111111-2222-3333-4444-555555555555', mentionAll: [] },
      notice: { address: '+86 138-0000 0001' },
      expect: {
        delivery: {
          body: JSON.stringify({
            msgtype: 'text',
            text: {
              content:
                '【P1】3号楼2单元501 王老人：手环报告跌倒\n新事项。请在 1 分钟内接手。详情请登录查看。\nhttps://care.example.org/cases/h501.c2',
              mentioned_mobile_list: ['13800000001'],
            },
          }),
        },
      },
    },
    {
      name: 'the whole group without a mention',
      config: { key: '11111111-2222-3333-4444-555555555555', mentionAll: [] },
      notice: { address: '' },
      expect: {
        delivery: {
          body: JSON.stringify({
            msgtype: 'text',
            text: {
              content:
                '【P1】3号楼2单元501 王老人：手环报告跌倒\n新事项。请在 1 分钟内接手。详情请登录查看。\nhttps://care.example.org/cases/h501.c2',
            },
          }),
        },
      },
    },
  ],
});
