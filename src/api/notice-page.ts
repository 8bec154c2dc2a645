import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { shortLocal } from '../lib/local-time.ts';
import { LIMITS } from '../model/limits.ts';
import type { Locale, Text } from '../model/text.ts';
import type { LinkedNotice, LinkRefusal } from '../ports/notice-door.ts';
import type { Service } from '../ports/service.ts';
import { localeOf } from './problem.ts';

/**
 * /n/<token>: the page behind the link of a notice. It works on any phone, without a script and without an account, and
 * so it shows little. To look never acknowledges: chat programs and mail scanners follow links by themselves. One button
 * does, with a POST.
 */
export function registerNoticePage(app: FastifyInstance, service: Pick<Service, 'noticeLinks'>): void {
  app.register(async (pages) => {
    pages.removeAllContentTypeParsers();
    // The button sends an empty form.
    pages.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 1024 }, (_request, _body, done) =>
      done(null),
    );
    const rateLimit = { max: LIMITS.noticePagesPerMinuteMax, timeWindow: 60_000 };
    const options = { schema: { hide: true }, config: { rateLimit } };
    pages.get('/n/page.css', { schema: { hide: true } }, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(STYLE),
    );
    pages.get<{ Params: { token: string } }>('/n/:token', options, async (request, reply) => {
      const { token } = request.params;
      const notice = await service.noticeLinks.open(token);
      if (typeof notice !== 'string' && isPerson(request)) await service.noticeLinks.seen(token);
      return answer(request, reply, notice);
    });
    pages.post<{ Params: { token: string } }>('/n/:token', options, async (request, reply) => {
      const { token } = request.params;
      const result = await service.noticeLinks.acknowledge(token);
      const notice = await service.noticeLinks.open(token);
      return answer(request, reply, notice, typeof result === 'string' ? undefined : result);
    });
  });
}

/**
 * Did a person open it? Browsers say so of a page that somebody navigates to, and say when they only fetch ahead. Programs
 * that look at links for a preview or a scan say nothing of the kind. Where a browser says nothing either (plain http, an
 * old phone), the notice counts as seen only when the button is pressed: better not proven than wrongly so.
 */
function isPerson({ headers }: FastifyRequest): boolean {
  const ahead = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-moz'] ?? '';
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document' && ahead === '';
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  notice: LinkedNotice | LinkRefusal,
  result?: { readonly ok: boolean; readonly text: Text },
): FastifyReply {
  const locale = localeOf(request.headers['accept-language']);
  const gone = notice === 'expired' ? 410 : 404;
  const status = typeof notice === 'string' ? gone : result && !result.ok ? 409 : 200;
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .header('referrer-policy', 'no-referrer')
    .type('text/html; charset=utf-8')
    .send(page(locale, typeof notice === 'string' ? lost(notice, locale) : body(notice, locale, result)));
}

const WORDS = {
  acknowledge: { zh: '我来接手', en: 'I take this on' },
  inName: { zh: '以此身份接手：', en: 'In the name of ' },
  sent: { zh: '通知时间', en: 'Sent' },
  details: { zh: '登录查看详情', en: 'Sign in for details' },
  open: { zh: '尚无人接手', en: 'Nobody has taken it yet' },
  acknowledged: { zh: '已接手', en: 'Taken by' },
  resolved: { zh: '已处置', en: 'Resolved by' },
  'struck-off': { zh: '已销号', en: 'Struck off; resolved by' },
  received: { zh: '已收到', en: 'I have got it' },
  unknown: { zh: '链接无效', en: 'This link leads nowhere' },
  expired: { zh: '链接已过期', en: 'This link has expired' },
  login: { zh: '请登录控制台查看。', en: 'Please sign in to the console.' },
} as const satisfies Record<string, Text>;

const lost = (why: LinkRefusal, locale: Locale): string =>
  `<h1>${escaped(WORDS[why][locale])}</h1><p><a href="/">${escaped(WORDS.login[locale])}</a></p>`;

function body(
  { content, createdAt, recipient, timeZone, case: of }: LinkedNotice,
  locale: Locale,
  result: { readonly ok: boolean; readonly text: Text } | undefined,
): string {
  const say = (word: keyof typeof WORDS): string => escaped(WORDS[word][locale]);
  const isTest = content.event === 'test';
  const canTake = result === undefined && (isTest || of?.status === 'open');
  const who = of?.by === undefined ? '' : ` ${escaped(of.by)}`;
  const when = of?.at === undefined ? '' : ` <small>${shortLocal(of.at, timeZone)}</small>`;
  const href = of ? `/cases/${encodeURIComponent(of.id)}` : '/';
  return [
    `<p class="priority ${content.priority.toLowerCase()}">${content.priority}</p>`,
    `<h1>${escaped(content.title[locale])}</h1>`,
    `<p>${escaped(content.body[locale])}</p>`,
    `<p class="quiet">${say('sent')} ${shortLocal(createdAt, timeZone)}</p>`,
    result
      ? `<p class="result ${result.ok ? 'good' : 'bad'}" role="status">${escaped(result.text[locale])}</p>`
      : '',
    of ? `<p class="state">${say(of.status)}${who}${when}</p>` : '',
    canTake
      ? `<form method="post"><button>${say(isTest ? 'received' : 'acknowledge')}</button><p class="quiet">${say('inName')}${escaped(recipient)}</p></form>`
      : '',
    `<p><a href="${href}">${say('details')}</a></p>`,
  ].join('\n');
}

const page = (locale: Locale, inner: string): string => `<!doctype html>
<html lang="${locale === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>守望 Shouwang</title>
<link rel="stylesheet" href="/n/page.css">
</head>
<body><main>
${inner}
</main></body>
</html>
`;

/** Names come from outside. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const STYLE = `:root { color-scheme: light dark; }
body { margin: 0; background: #f4f6f8; color: #17202a; line-height: 1.6;
  font: 17px system-ui, -apple-system, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 1.25rem; }
h1 { font-size: 1.35rem; line-height: 1.35; margin: 0.5rem 0; }
.priority { display: inline-block; margin: 0; padding: 0 0.7rem; border-radius: 1rem; font-weight: 700; color: #fff; background: #4f5b68; }
.p1 { background: #b3141c; } .p2 { background: #a84600; } .p3 { background: #75600a; }
.quiet { color: #55616e; font-size: 0.9rem; }
.state { font-weight: 600; }
.result { padding: 0.7rem 1rem; border-radius: 10px; font-weight: 600; }
.good { background: #e3f3e8; color: #1b6e3c; } .bad { background: #fdeaea; color: #b3141c; }
button { width: 100%; min-height: 3.4rem; border: 0; border-radius: 10px; font: inherit; font-size: 1.2rem; font-weight: 700; color: #fff; background: #0b5c8f; }
button:focus-visible, a:focus-visible { outline: 3px solid #7cc0ee; outline-offset: 2px; }
form p { margin: 0.5rem 0 0; text-align: center; }
a { color: #0b5c8f; display: inline-block; padding: 0.6rem 0; }
@media (prefers-color-scheme: dark) {
  body { background: #11161c; color: #e6ebf0; } .quiet { color: #a6b2bf; } a { color: #7cc0ee; }
  .good { background: #173324; color: #7ed39c; } .bad { background: #43181a; color: #ff938d; }
}
`;
