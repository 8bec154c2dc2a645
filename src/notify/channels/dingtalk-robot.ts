import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { PRIORITIES } from '../../model/alert.ts';
import { bodyCode } from '../body-code.ts';
import { type Answer, defineChannel } from '../define.ts';
import { plainText } from '../message-text.ts';
import { mobileOf } from '../phone.ts';

/** The vendor states 20,000 bytes for the whole message; a phone shows far less. */
const TEXT_BYTES_MAX = 4096;

const config = z.strictObject({
  accessToken: z.string().min(8).max(200).meta({
    title: 'Access token',
    description: "the `access_token` in the robot's address",
    secret: true,
  }),
  secret: z
    .string()
    .regex(/^SEC[0-9A-Za-z]+$/, 'SEC and what follows it, from the security settings of the robot')
    .optional()
    .meta({
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
    .default('https://oapi.dingtalk.com')
    .meta({ title: 'Origin', description: 'another address for a private deployment' }),
});

/** Codes that trying again does not change: wrong token, wrong signature or keyword, a body that is not taken. */
const REFUSED = new Set([300001, 300005, 310000, 400013, 400101, 400102, 40035, 43004, 400106]);
/** Too fast: the robot is blocked for ten minutes, as the vendor documents. */
const TOO_FAST = new Set([130101, 410100, 90018]);
const BLOCKED_MS = 10 * 60_000;

function answer(status: number, body: string): Answer {
  const { code, words } = bodyCode(body, 'errcode', 'errmsg');
  const detail = code === undefined ? `HTTP ${status}` : `${code} ${words}`;
  if (code === 0 && status === 200) return { kind: 'accepted', detail };
  if ((code !== undefined && TOO_FAST.has(code)) || status === 429)
    return { kind: 'retry', failure: 'provider-busy', detail, afterMs: BLOCKED_MS };
  if ((code !== undefined && REFUSED.has(code)) || (status >= 400 && status < 500))
    return { kind: 'refused', failure: 'channel-misconfigured', detail };
  return { kind: 'retry', failure: 'provider-error', detail };
}

/**
 * Time stamp in milliseconds and secret, signed with the secret, in the address.
 *
 * @see https://open.dingtalk.com/document/robots/customize-robot-security-settings
 */
function signed(secret: string, now: number): string {
  const sign = createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64');
  return `&timestamp=${now}&sign=${encodeURIComponent(sign)}`;
}

export default defineChannel<z.output<typeof config>>({
  channel: 'dingtalk-robot',
  title: { zh: '钉钉群机器人', en: 'DingTalk group robot' },
  summary: {
    zh: '向钉钉群发送文本，可按手机号 @ 成员。服务商限制每分钟 20 条，超出后封禁 10 分钟。',
    en: 'Text into a DingTalk group, mentioning members by mobile number. The vendor allows 20 messages a minute and then blocks the robot for ten.',
  },
  config,
  perMinuteMax: 18,
  words: { to: 'channel' },
  deliver(notice, { accessToken, secret, mentionAll, origin }, context) {
    const isAtAll = !notice.follows && mentionAll.includes(notice.content.priority);
    const atMobiles = notice.address === '' ? [] : [mobileOf(notice.address)];
    const mention = atMobiles.map((mobile) => `@${mobile}`).join(' ');
    // A number that is not in the text is not mentioned.
    const content = `${plainText(notice, context, TEXT_BYTES_MAX)}${mention === '' ? '' : `\n${mention}`}`;
    const token = encodeURIComponent(accessToken);
    return {
      transport: 'http',
      method: 'POST',
      url: `${origin.replace(/\/$/, '')}/robot/send?access_token=${token}${secret === undefined ? '' : signed(secret, context.now)}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ msgtype: 'text', text: { content }, at: { atMobiles, isAtAll } }),
      allowPrivate: true,
    };
  },
  answer,
  examples: [
    {
      name: 'a fall, signed, for a person in the group and at P1 for everybody',
      config: { accessToken: 'token-of-the-robot', secret: 'SEC0123456789abcdef' },
      expect: {
        delivery: {
          transport: 'http',
          url: `https://oapi.dingtalk.com/robot/send?access_token=token-of-the-robot${signed('SEC0123456789abcdef', Date.UTC(2026, 2, 1, 0, 30, 1))}`,
          body: JSON.stringify({
            msgtype: 'text',
            text: {
              content:
                '【P1】3号楼2单元501 王老人：手环报告跌倒\n新事项。请在 1 分钟内接手。详情请登录查看。\nhttps://care.example.org/cases/h501.c2\n@13800000001',
            },
            at: { atMobiles: ['13800000001'], isAtAll: true },
          }),
        },
        answers: [
          { status: 200, body: '{"errcode":0,"errmsg":"ok"}', kind: 'accepted' },
          {
            status: 200,
            body: '{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}',
            kind: 'retry',
            failure: 'provider-busy',
            afterMs: 600_000,
          },
          {
            status: 200,
            body: '{"errcode":310000,"errmsg":"sign not match"}',
            kind: 'refused',
            failure: 'channel-misconfigured',
          },
          {
            status: 200,
            body: '{"errcode":-1,"errmsg":"system busy"}',
            kind: 'retry',
            failure: 'provider-error',
          },
          { status: 200, body: '<html>', kind: 'retry', failure: 'provider-error' },
          { status: 403, body: '', kind: 'refused', failure: 'channel-misconfigured' },
          { status: 503, body: '', kind: 'retry', failure: 'provider-error' },
        ],
      },
    },
  ],
});
