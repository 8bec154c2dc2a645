import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { Notice } from '../../model/notice.ts';
import { type Answer, type ChannelContext, defineChannel } from '../define.ts';

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

/** Thin on purpose: what is needed to act and to ask for more. The same notice always gives the same bytes. */
function bodyOf(notice: Notice, { link }: ChannelContext): string {
  const { id, case: caseId, alert, home, path, recipient, content } = notice;
  return JSON.stringify({
    type: eventType(notice),
    timestamp: new Date(notice.createdAt).toISOString(),
    data: {
      notice: id,
      case: caseId,
      alert,
      home,
      path,
      priority: content.priority,
      title: content.title,
      body: content.body,
      recipient,
      ...(link === undefined ? {} : { link }),
    },
  });
}

function answer(status: number, body: string, headers: Readonly<Record<string, string>>): Answer {
  const detail = `HTTP ${status}${body === '' ? '' : ` ${body}`}`;
  if (status >= 200 && status < 300) return { kind: 'accepted', detail: `HTTP ${status}` };
  if (status === 410) return { kind: 'refused', failure: 'refused-by-recipient', detail };
  if (status === 429 || status >= 500) {
    const afterMs = retryAfterMs(headers['retry-after'], headers['date']);
    const failure = status === 429 ? 'provider-busy' : 'provider-error';
    return { kind: 'retry', failure, detail, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  if (status === 408) return { kind: 'retry', failure: 'provider-timeout', detail };
  // A redirect is not followed: it would carry the content to an address that nobody configured.
  return { kind: 'refused', failure: 'channel-misconfigured', detail };
}

/** Seconds, or a date that is read against the server's own clock. */
function retryAfterMs(value: string | undefined, date: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(date ?? '');
  return Number.isFinite(wait) && wait > 0 ? wait : undefined;
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
