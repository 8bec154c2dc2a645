import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { PRIORITIES } from '../../model/alert.ts';
import { bodyCode } from '../body-code.ts';
import { type Answer, defineChannel } from '../define.ts';
import { plainText } from '../message-text.ts';

/** The vendor takes 20 KB a message. */
const TEXT_BYTES_MAX = 4096;

const config = z.strictObject({
  token: z.string().min(8).max(200).meta({
    title: 'Token',
    description: "the last part of the robot's address, after /hook/",
    secret: true,
  }),
  secret: z.string().min(8).max(200).optional().meta({
    title: 'Signing secret',
    description: 'absent where the robot checks keyword or address',
    secret: true,
  }),
  mentionAll: z.array(z.enum(PRIORITIES)).default(['P1']).meta({
    title: 'Mention everybody',
    description: 'priorities at which the whole group is mentioned',
  }),
  origin: z
    .url({ protocol: /^https?$/ })
    .default('https://open.feishu.cn')
    .meta({ title: 'Origin', description: 'https://open.larksuite.com for Lark' }),
});

/** Body not as expected; signature or time; address; keyword; token. Trying again changes none of them. */
const REFUSED = new Set([9499, 19001, 19002, 19021, 19022, 19024]);
/** Over 5 a second or 100 a minute, or one of the full hours that the vendor advises against. */
const TOO_FAST = new Set([9999, 11232]);
/**
 * Its gateway says the same by a code that stands for a bad body as well, in HTTP 400: `{"code":9499,"msg":"too many request"}`.
 * The words alone tell the two apart, and only one of them is ours to mend.
 */
const TOO_FAST_WORDS = /too ?many|frequen/i;

function answer(status: number, body: string): Answer {
  const { code, words } = bodyCode(body, 'code', 'msg');
  const detail = code === undefined ? `HTTP ${status}` : `${code} ${words}`;
  if (code === 0 && status === 200) return { kind: 'accepted', detail };
  if ((code !== undefined && TOO_FAST.has(code)) || TOO_FAST_WORDS.test(words) || status === 429)
    return { kind: 'retry', failure: 'provider-busy', detail, afterMs: 60_000 };
  if ((code !== undefined && REFUSED.has(code)) || (status >= 400 && status < 500))
    return { kind: 'refused', failure: 'channel-misconfigured', detail };
  return { kind: 'retry', failure: 'provider-error', detail };
}

/**
 * Time stamp in seconds and secret are the key, what is signed is empty: other than with DingTalk.
 *
 * @see https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
const sign = (secret: string, seconds: number): string =>
  createHmac('sha256', `${seconds}\n${secret}`).update('').digest('base64');

export default defineChannel<z.output<typeof config>>({
  channel: 'feishu-robot',
  title: { zh: '飞书群机器人', en: 'Feishu group robot' },
  summary: {
    zh: '向飞书群发送文本，可按 open_id @ 成员。服务商限制每分钟 100 条、每秒 5 条。',
    en: 'Text into a Feishu (Lark) group, mentioning members by open_id. The vendor allows 100 messages a minute and 5 a second.',
  },
  config,
  perMinuteMax: 90,
  perSecondMax: 4,
  words: { to: 'channel' },
  deliver(notice, { token, secret, mentionAll, origin }, context) {
    const who = notice.address === '' ? [] : [notice.address];
    if (!notice.follows && mentionAll.includes(notice.content.priority)) who.push('all');
    const mention = who.map((id) => `<at user_id="${id.replace(/[^\w-]/g, '')}"></at>`).join('');
    // What stands in angle brackets is markup there.
    const words = plainText(notice, context, TEXT_BYTES_MAX).replaceAll('<', '＜').replaceAll('>', '＞');
    const seconds = Math.floor(context.now / 1000);
    return {
      transport: 'http',
      method: 'POST',
      url: `${origin.replace(/\/$/, '')}/open-apis/bot/v2/hook/${encodeURIComponent(token)}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...(secret === undefined ? {} : { timestamp: String(seconds), sign: sign(secret, seconds) }),
        msg_type: 'text',
        content: { text: mention === '' ? words : `${words}\n${mention}` },
      }),
      allowPrivate: true,
    };
  },
  answer,
  examples: [
    {
      name: 'a fall, signed, and at P1 for everybody',
      config: { token: 'token-of-the-robot', secret: 'secret-of-the-robot' },
      notice: { address: 'ou_1234' },
      expect: {
        delivery: {
          transport: 'http',
          url: 'https://open.feishu.cn/open-apis/bot/v2/hook/token-of-the-robot',
          body: JSON.stringify({
            timestamp: '1772325001',
            sign: sign('secret-of-the-robot', 1772325001),
            msg_type: 'text',
            content: {
              text: '【P1】3号楼2单元501 王老人：手环报告跌倒\n新事项。请在 1 分钟内接手。详情请登录查看。\nhttps://care.example.org/cases/h501.c2\n<at user_id="ou_1234"></at><at user_id="all"></at>',
            },
          }),
        },
        answers: [
          { status: 200, body: '{"code":0,"msg":"success","data":{}}', kind: 'accepted' },
          {
            status: 200,
            body: '{"code":11232,"msg":"frequency limited"}',
            kind: 'retry',
            failure: 'provider-busy',
            afterMs: 60_000,
          },
          {
            status: 200,
            body: '{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          {
            status: 400,
            body: '{"code":9499,"msg":"too many request","data":{}}',
            kind: 'retry',
            failure: 'provider-busy',
            afterMs: 60_000,
          },
          {
            status: 400,
            body: '{"code":9499,"msg":"Bad Request"}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          { status: 200, body: '<html>', kind: 'retry', failure: 'provider-error' },
          { status: 502, body: '', kind: 'retry', failure: 'provider-error' },
        ],
      },
    },
  ],
});
