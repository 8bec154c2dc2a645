import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { retryAfterMs } from '../../lib/back-off.ts';
import type { Notice } from '../../model/notice.ts';
import { type Answer, type ChannelContext, defineChannel } from '../define.ts';
import { EXAMPLE_WORD } from '../example.ts';

const secret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, '`whsec_` and base64 of 24 to 64 random bytes');

const config = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).meta({ title: 'Address', description: 'receives POST requests' }),
  secret: secret.meta({ title: 'Secret', description: 'signs each request', secret: true }),
  previousSecret: secret.optional().meta({
    title: 'Previous secret',
    description: 'signs beside the new one while the receiver changes over',
    secret: true,
  }),
  allowPrivate: z.boolean().default(true).meta({
    title: 'Private addresses',
    description:
      'may the address lie in a private network? True, because platforms of a community often stand in its intranet',
  }),
});

/** Names of events for the receiver; a closed list, as in the notice. */
const eventType = (notice: Notice): string => notice.content.event.replace('-', '.');

/** Thin on purpose: what is needed to act and to ask for more. The same notice gives the same bytes, but for the number of its case while the records are away. */
function bodyOf(notice: Notice, { link }: ChannelContext): string {
  const { id, case: caseId, alert, home, path, recipient, content, follows } = notice;
  return JSON.stringify({
    type: eventType(notice),
    timestamp: new Date(notice.createdAt).toISOString(),
    data: {
      notice: id,
      case: caseId,
      alert,
      home,
      path,
      ...(content.number === undefined ? {} : { number: content.number }),
      priority: content.priority,
      title: content.title,
      body: content.body,
      recipient,
      ...(follows
        ? { by: follows.news.by, at: new Date(follows.news.at).toISOString(), follows: follows.notice }
        : {}),
      ...(link === undefined ? {} : { link }),
    },
  });
}

function answer(status: number, body: string, headers: Readonly<Record<string, string>>): Answer {
  const detail = `HTTP ${status}${body === '' ? '' : ` ${body}`}`;
  if (status >= 200 && status < 300) return { kind: 'accepted', detail: `HTTP ${status}` };
  if (status === 410) return { kind: 'refused', failure: 'refused-by-recipient', detail };
  if (status === 429 || status >= 500) {
    // A date is read against the server's own clock: ours may be another.
    const afterMs = retryAfterMs(headers['retry-after'], Date.parse(headers['date'] ?? ''));
    const failure = status === 429 ? 'provider-busy' : 'provider-error';
    return { kind: 'retry', failure, detail, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  if (status === 408) return { kind: 'retry', failure: 'provider-timeout', detail };
  // A redirect is not followed: it would carry the content to an address that nobody configured.
  return { kind: 'refused', failure: 'channel-misconfigured', detail };
}

export default defineChannel<z.output<typeof config>>({
  channel: 'webhook',
  title: { zh: 'Webhook 回调', en: 'Webhook' },
  summary: {
    zh: '按 Standard Webhooks 签名的 HTTP 回调，供其他系统接入；webhook-id 即通知编号，可用于去重。',
    en: 'Signed HTTP call as of Standard Webhooks, for other systems; the webhook-id is the id of the notice.',
  },
  config,
  perMinuteMax: 600,
  personal: () => true,
  digests: false,
  words: { to: 'address', each: ['case-acknowledged', 'case-resolved'] },
  deliver(notice, { url, secret: current, previousSecret, allowPrivate }, context) {
    const body = bodyOf(notice, context);
    const at = new Date(context.now);
    const secrets = previousSecret === undefined ? [current] : [current, previousSecret];
    return {
      transport: 'http',
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        'webhook-id': notice.id,
        'webhook-timestamp': String(Math.floor(context.now / 1000)),
        'webhook-signature': secrets.map((one) => new Webhook(one).sign(notice.id, at, body)).join(' '),
      },
      body,
      allowPrivate,
    };
  },
  answer,
  examples: [
    {
      name: 'who has the case, as an event of its own',
      config: {
        url: 'https://platform.example.org/shouwang',
        secret: 'whsec_c2hvdXdhbmctZXhhbXBsZS1zZWNyZXQtMDE=',
      },
      notice: EXAMPLE_WORD,
      expect: {
        delivery: {
          body: '{"type":"case.acknowledged","timestamp":"2026-03-01T00:30:00.000Z","data":{"notice":"h501.c2.taken","case":"h501.c2","alert":"h501.a3","home":"h501","path":"haitang/g1/b3/u2/h501","priority":"P1","title":{"zh":"3号楼2单元501 王老人：手环报告跌倒","en":"Building 3, Unit 2, 501 · 王: The band reports a fall"},"body":{"zh":"李强 已接手（03-01 08:31），您无需再处理","en":"李强 has taken it on (03-01 08:31); nothing is left for you to do"},"recipient":{"kind":"staff","id":"zhang","name":"张敏","role":"grid-worker"},"by":"李强","at":"2026-03-01T00:31:00.000Z","follows":"h501.c2.case-opened.staff:zhang.duty-robot","link":"https://care.example.org/cases/h501.c2"}}',
        },
      },
    },
    {
      name: 'a fall, signed',
      config: {
        url: 'https://platform.example.org/shouwang',
        secret: 'whsec_c2hvdXdhbmctZXhhbXBsZS1zZWNyZXQtMDE=',
      },
      expect: {
        delivery: {
          transport: 'http',
          url: 'https://platform.example.org/shouwang',
          headers: {
            'content-type': 'application/json',
            'webhook-id': 'h501.c2.case-opened.staff:zhang.duty-robot',
            'webhook-timestamp': '1772325001',
            'webhook-signature': 'v1,NGrfGmGyD3sd5VcghXJvW3DTy/99BgE/nEsf41grmws=',
          },
        },
        answers: [
          { status: 200, body: 'ok', kind: 'accepted' },
          { status: 204, body: '', kind: 'accepted' },
          { status: 302, body: '', kind: 'refused', failure: 'channel-misconfigured' },
          { status: 404, body: '', kind: 'refused', failure: 'channel-misconfigured' },
          { status: 410, body: '', kind: 'refused', failure: 'refused-by-recipient' },
          {
            status: 429,
            body: '',
            headers: { 'retry-after': '120' },
            kind: 'retry',
            failure: 'provider-busy',
            afterMs: 120_000,
          },
          {
            status: 503,
            body: 'down',
            headers: {
              'retry-after': 'Sun, 01 Mar 2026 00:31:00 GMT',
              date: 'Sun, 01 Mar 2026 00:30:00 GMT',
            },
            kind: 'retry',
            failure: 'provider-error',
            afterMs: 60_000,
          },
          { status: 500, body: '', kind: 'retry', failure: 'provider-error' },
          { status: 504, body: '', kind: 'retry', failure: 'provider-error' },
        ],
      },
    },
  ],
});
