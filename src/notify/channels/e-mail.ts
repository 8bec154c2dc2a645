import { readFileSync } from 'node:fs';
import type { Transporter } from 'nodemailer';
import { z } from 'zod';
import type { Notice } from '../../model/notice.ts';
import { type Answer, type ChannelSession, defineChannel, type SessionHost } from '../define.ts';
import { EXAMPLE_WORD } from '../example.ts';
import { gradeOf, oneLine } from '../message-text.ts';

const config = z.strictObject({
  host: z.string().min(1).max(255).meta({ title: 'SMTP server' }),
  port: z.number().int().min(1).max(65_535).default(465).meta({ title: 'Port' }),
  security: z.enum(['tls', 'starttls', 'none']).default('tls').meta({
    title: 'How the connection is secured',
    description:
      'tls: from the beginning (465); starttls: required before anything is sent (587); none: this machine only',
  }),
  user: z.string().max(255).optional().meta({ title: 'User name' }),
  password: z.string().max(1000).optional().meta({ title: 'Password', secret: true }),
  from: z
    .string()
    .regex(/^[^\s<>]+@[^\s<>@]+$|^[^<>]*<[^\s<>]+@[^\s<>@]+>$/, 'an address such as 守望 <watch@example.org>')
    .meta({ title: 'Sender' }),
  to: z.email().optional().meta({
    title: 'Recipient where a notice goes to the channel and to no person',
    description: 'a mailing list',
  }),
  caFile: z
    .string()
    .max(1000)
    .optional()
    .meta({ title: "Authority of the server's certificate, PEM", description: 'for a server of your own' }),
});
type Config = z.output<typeof config>;

/** What the session sends. */
interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  /** Mails of one case stand together in a mail program. */
  readonly references?: string;
  readonly inReplyTo?: string;
  readonly priority: 'high' | 'normal';
}

/** The id of the notice is the id of the mail: a server that gets it twice can tell, and so can the reader's program. */
const mailId = (id: string, from: string): string =>
  `<${encodeURIComponent(id)}@${/@([^\s<>@]+?)>?$/.exec(from)?.[1] ?? 'shouwang'}>`;

function mailOf(notice: Notice, { from, to }: Config, locale: 'zh' | 'en', link: string | undefined): Mail {
  const { priority, title, body } = notice.content;
  const { follows } = notice;
  const thread = [notice.case, ...(follows ? [follows.notice] : [])].filter((id) => id !== '');
  const isGrave = !follows && (priority === 'P1' || priority === 'P2');
  return {
    to: notice.address === '' && notice.recipient.kind === 'channel' ? (to ?? '') : notice.address,
    subject: `${follows ? 'Re: ' : ''}${gradeOf(notice, 'en')}${oneLine(title[locale])}`,
    text: [
      ...(follows ? [body[locale], title[locale]] : [title[locale], body[locale]]),
      ...(link === undefined ? [] : [link]),
    ]
      .map(oneLine)
      .join('\n\n'),
    messageId: mailId(notice.id, from),
    ...(thread.length === 0 ? {} : { references: thread.map((id) => mailId(id, from)).join(' ') }),
    ...(follows ? { inReplyTo: mailId(follows.notice, from) } : {}),
    priority: isGrave ? 'high' : 'normal',
  };
}

type Refused = Exclude<Answer, { kind: 'accepted' }>;

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
}

/**
 * What a server's "no" means: RFC 5321 §4.2 (4: later, 5: never), and where the server gives one, the enhanced code of
 * RFC 3463 (x.1 and x.2: the mailbox, x.7: we may not). Without one it matters at which command it was said.
 */
export function answerToSmtp(error: SmtpError): Refused {
  const { code = '', responseCode, response = '', command = '', message } = error;
  const detail = response === '' ? `${code} ${message}` : response;
  if (responseCode === undefined) return unanswered(code, detail);
  if (responseCode < 500) {
    const isBusy = responseCode === 421 || responseCode === 450 || responseCode === 452;
    return { kind: 'retry', failure: isBusy ? 'provider-busy' : 'provider-error', detail };
  }
  const subject = /^\d{3}[ -]5\.(\d)\./.exec(response)?.[1];
  const isMailbox = subject === '1' || subject === '2' || (subject === undefined && command === 'RCPT TO');
  return { kind: 'refused', failure: isMailbox ? 'recipient-invalid' : 'channel-misconfigured', detail };
}

/** No word of the server: the connection, or what we hold of it, is the reason. */
function unanswered(code: string, detail: string): Refused {
  if (code === 'EENVELOPE') return { kind: 'refused', failure: 'recipient-invalid', detail };
  if (code === 'EAUTH' || code === 'ENOAUTH' || code === 'ETLS' || /certificate|self-signed/i.test(detail))
    return { kind: 'refused', failure: 'channel-misconfigured', detail };
  if (code === 'ETIMEDOUT') return { kind: 'retry', failure: 'provider-timeout', detail };
  return { kind: 'retry', failure: 'provider-unreachable', detail };
}

const WAIT_MS = 10_000;

/** Connections are kept for a while and made anew by nodemailer. */
class MailSession implements ChannelSession {
  readonly #config: Config;
  readonly #host: SessionHost;
  readonly #ca: string | undefined;
  #transport: Transporter | undefined;
  #state: { connected: boolean; since: number; detail: string };

  constructor(settings: Config, host: SessionHost) {
    this.#config = settings;
    this.#host = host;
    this.#ca = settings.caFile === undefined ? undefined : readFileSync(settings.caFile, 'utf8');
    this.#state = { connected: true, since: host.now(), detail: 'not tried yet' };
    this.#verify().catch(() => {});
  }

  async send(body: unknown): Promise<Answer> {
    try {
      const transport = await this.#open();
      const { references, ...mail } = body as Mail;
      const headers = { 'Auto-Submitted': 'auto-generated' };
      const from = this.#config.from;
      const sent = await transport.sendMail({
        ...mail,
        ...(references ? { references } : {}),
        from,
        headers,
      });
      this.#note(true, String(sent.response));
      return { kind: 'accepted', providerId: mail.messageId, detail: String(sent.response) };
    } catch (error) {
      const answer = answerToSmtp(error as SmtpError);
      // A recipient that does not exist says nothing about the connection.
      if (answer.failure !== 'recipient-invalid') this.#note(false, answer.detail);
      return answer;
    }
  }

  state(): { connected: boolean; since: number; detail: string } {
    return this.#state;
  }

  async close(): Promise<void> {
    this.#transport?.close();
  }

  /** Says at the start, and not at the first alert, that the server or our name there is wrong. */
  async #verify(): Promise<void> {
    try {
      await (await this.#open()).verify();
      this.#note(true, 'ready');
    } catch (error) {
      this.#note(false, answerToSmtp(error as SmtpError).detail);
      this.#host.warn(
        { channel: this.#host.channel, err: error },
        'The mail server of a channel does not let us in',
      );
    }
  }

  /** Loaded only where mail is sent. */
  async #open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const { host, port, security, user, password } = this.#config;
    this.#transport ??= createTransport({
      host,
      port,
      pool: true,
      maxConnections: 2,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      connectionTimeout: WAIT_MS,
      greetingTimeout: WAIT_MS,
      socketTimeout: WAIT_MS,
      tls: { minVersion: 'TLSv1.2', ...(this.#ca === undefined ? {} : { ca: this.#ca }) },
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    });
    return this.#transport;
  }

  #note(connected: boolean, detail: string): void {
    const since = connected === this.#state.connected ? this.#state.since : this.#host.now();
    this.#state = { connected, since, detail: oneLine(detail) };
  }
}

export default defineChannel<Config>({
  channel: 'e-mail',
  title: { zh: '电子邮件', en: 'E-mail' },
  summary: {
    zh: '经自有或服务商的 SMTP 服务器发送，邮件里的链接可直接接手。',
    en: 'Through an SMTP server, your own or a provider’s; the link in the mail lets its reader take the case.',
  },
  config,
  perMinuteMax: 30,
  words: { to: 'address' },
  personal: () => true,
  deliver: (notice, settings, { locale, link }) => ({
    transport: 'session',
    body: mailOf(notice, settings, locale, link),
  }),
  open: (settings, host) => new MailSession(settings, host),
  examples: [
    {
      name: 'who has the case, in the same thread',
      config: { host: 'smtp.example.org', from: '守望 <watch@example.org>' },
      notice: { ...EXAMPLE_WORD, address: 'zhang@example.org' },
      expect: {
        delivery: {
          transport: 'session',
          body: {
            to: 'zhang@example.org',
            subject: 'Re: [P1] 3号楼2单元501 王老人：手环报告跌倒',
            text: '李强 已接手（03-01 08:31），您无需再处理\n\n3号楼2单元501 王老人：手环报告跌倒\n\nhttps://care.example.org/cases/h501.c2',
            messageId: '<h501.c2.taken@example.org>',
            references: '<h501.c2@example.org> <h501.c2.case-opened.staff%3Azhang.duty-robot@example.org>',
            inReplyTo: '<h501.c2.case-opened.staff%3Azhang.duty-robot@example.org>',
            priority: 'normal',
          },
        },
      },
    },
    {
      name: 'a mail says the priority in its subject and has the id of its notice',
      config: { host: 'smtp.example.org', from: '守望 <watch@example.org>' },
      notice: { address: 'zhang@example.org' },
      expect: {
        delivery: {
          transport: 'session',
          body: {
            to: 'zhang@example.org',
            subject: '[P1] 3号楼2单元501 王老人：手环报告跌倒',
            text: '3号楼2单元501 王老人：手环报告跌倒\n\n新事项。请在 1 分钟内接手。详情请登录查看。\n\nhttps://care.example.org/cases/h501.c2',
            messageId: '<h501.c2.case-opened.staff%3Azhang.duty-robot@example.org>',
            references: '<h501.c2@example.org>',
            priority: 'high',
          },
        },
      },
    },
  ],
});
