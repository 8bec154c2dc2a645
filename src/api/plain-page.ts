import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { zoneOffset } from '../lib/local-time.ts';
import type { Locale, Text } from '../model/text.ts';
import type { Site } from '../ports/site.ts';
import { localeOf } from './problem.ts';

/** What pages behind links have in common: no script, no account, nothing kept by a cache, nobody told where it led. */

/** A thousand characters of Chinese are nine thousand bytes of a form; of those beyond the basic plane a pair is twelve. */
const FORM_BYTES_MAX = 12_288;

/** Takes what a form sends, and nothing else; what goes wrong is said on a page as well. */
export function registerForms(pages: FastifyInstance): void {
  pages.setErrorHandler((error, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) request.log.error({ err: error }, 'a page failed unexpectedly');
    const locale = localeOf(request.headers['accept-language']);
    const said = status === 429 ? SORRY.often : status >= 500 ? SORRY.ours : SORRY.unclear;
    const words = `<h1>${escaped(said[locale])}</h1>${emergency(request)}`;
    return sendPage(reply.code(status), page(locale, words, { title: said[locale], main: 'large' }));
  });
  pages.removeAllContentTypeParsers();
  pages.addContentTypeParser('*', { parseAs: 'string', bodyLimit: FORM_BYTES_MAX }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
}

/**
 * How often one link is followed in a minute. Of the link and not of the address: behind one address may be a whole city,
 * and nobody finds a link by trying.
 */
export const linkLimit = (max: number, { phone }: Site) => ({
  phone,
  rateLimit: {
    max,
    timeWindow: 60_000,
    keyGenerator: ({ params }: FastifyRequest) => (params as { token?: string }).token ?? '',
  },
});

function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 ? status : 500;
}

const SORRY = {
  often: {
    zh: '操作过于频繁，刚才这一次没有记录。请一分钟后再试。',
    en: 'Too often: this time nothing was recorded. Please try again in a minute.',
  },
  unclear: {
    zh: '没有看懂，刚才这一次没有记录。请返回上一页再试。',
    en: 'That was not understood, and nothing was recorded. Please go back and try again.',
  },
  ours: {
    zh: '系统出错，刚才这一次可能没有记录。请再试，或致电社区。',
    en: 'Something went wrong here; this may not have been recorded. Please try again, or call the community.',
  },
} as const satisfies Record<string, Text>;

export const sendPage = (reply: FastifyReply, html: string): FastifyReply =>
  reply
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .header('referrer-policy', 'no-referrer')
    .type('text/html; charset=utf-8')
    .send(html);

interface PageFrame {
  /** What became of what was sent, or what the page is for: the first that a screen reader says of a page. */
  readonly title?: string;
  readonly main?: 'large' | '';
}

/** A whole page that works on any phone, without a script. */
export const page = (
  locale: Locale,
  inner: string,
  { title = '', main = '' }: PageFrame = {},
): string => `<!doctype html>
<html lang="${locale === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title && `${escaped(title)} · `}守望 Shouwang</title>
<link rel="stylesheet" href="/n/page.css">
</head>
<body><main${main && ` class="${main}"`}>
${inner}
</main></body>
</html>
`;

/** Nobody of the home waits for a page. */
export const EMERGENCY: Text = {
  zh: '紧急情况请拨打 120、110 或 119，不要在此页面等待。',
  en: 'In an emergency call 120, 110 or 119; do not wait for this page.',
};

/**
 * The same with the numbers to be tapped, for the beginning of a page: nobody reads two forms before it. And below it where the community
 * is called, which is what the page says where something cannot be done on it.
 */
export function emergency(request: FastifyRequest, ofPlace?: string): string {
  const said = escaped(EMERGENCY[localeOf(request.headers['accept-language'])]);
  const numbers = said.replace(/\b1\d\d\b/g, '<a href="tel:$&">$&</a>');
  return `<p class="emergency">${numbers}</p>${communityLine(request, ofPlace)}`;
}

/** The number of the place, or that of the site; empty where neither says one. */
export function communityLine(request: FastifyRequest, ofPlace?: string): string {
  const { phone: ofSite } = request.routeOptions.config as { readonly phone?: string | undefined };
  const phone = ofPlace ?? ofSite;
  if (phone === undefined) return '';
  const title = escaped(COMMUNITY[localeOf(request.headers['accept-language'])]);
  return `\n<p class="emergency">${title}<a href="tel:${phone.replace(/[ -]/g, '')}">${escaped(phone)}</a></p>`;
}
/** By whose clocks a page tells times: who reads it may be in another country. */
export function zoneLine(timeZone: string, at: number, locale: Locale): string {
  const minutes = Math.round(zoneOffset(at, timeZone) / 60_000);
  const rest = Math.abs(minutes) % 60;
  const hours = `${minutes < 0 ? '-' : '+'}${Math.floor(Math.abs(minutes) / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
  const said = {
    zh: `以上时间为老人所在地时间（UTC${hours}）`,
    en: `All times are by the clocks where the resident lives (UTC${hours})`,
  };
  return `<p class="quiet">${said[locale]}</p>`;
}

const COMMUNITY: Text = { zh: '社区电话：', en: 'Telephone of the community: ' };

/**
 * What became of what was sent. A page that loads says its live regions to nobody: it takes the focus, and so is read first.
 */
export const resultLine = (result: { readonly ok: boolean; readonly words: string } | undefined): string =>
  result
    ? `<p class="result ${result.ok ? 'good' : 'bad'}" id="result" tabindex="-1" autofocus role="${result.ok ? 'status' : 'alert'}">${escaped(result.words)}</p>`
    : '';

/** On a page about an emergency, for whoever is called: help that is nearer than they are. */
export const DANGER: Text = {
  zh: '<p class="danger">危急时请立即拨打 <a href="tel:120">120</a></p>',
  en: '<p class="danger">In danger of life call <a href="tel:120">120</a> at once</p>',
};

/** Names come from outside. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

export const PAGE_STYLE = `:root { color-scheme: light dark; }
body { margin: 0; background: #f4f6f8; color: #17202a; line-height: 1.6; overflow-wrap: break-word;
  font: 1.0625rem system-ui, -apple-system, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 1.25rem; }
h1 { font-size: 1.35rem; line-height: 1.35; margin: 0.5rem 0; }
.priority { display: inline-block; margin: 0; padding: 0 0.7rem; border-radius: 1rem; font-weight: 700; color: #fff; background: #4f5b68; }
.p1 { background: #b3141c; } .p2 { background: #a84600; } .p3 { background: #75600a; }
.quiet { color: #55616e; font-size: 0.9rem; }
.state { font-weight: 600; }
.result { padding: 0.7rem 1rem; border-radius: 10px; font-weight: 600; }
.good { background: #e3f3e8; color: #1b6e3c; } .bad { background: #fdeaea; color: #b3141c; }
button { width: 100%; min-height: 3.4rem; border: 0; border-radius: 10px; font: inherit; font-size: 1.2rem; font-weight: 700; color: #fff; background: #0b5c8f; }
button.fine { background: #1b6e3c; } .danger { font-weight: 700; } .danger a { font-size: 1.3rem; }
h2 { font-size: 1.05rem; margin: 1.4rem 0 0.4rem; }
.rest { animation: rest 1.5s step-end; } @keyframes rest { from { visibility: hidden; } }
button.help { background: #b3141c; } button.cannot-come { color: inherit; background: transparent; border: 1px solid; }
button:focus-visible, a:focus-visible { outline: 3px solid #7cc0ee; outline-offset: 2px; }
form + form { margin-top: 0.6rem; }
label { display: block; } label > span { display: block; font-weight: 600; margin: 0.8rem 0 0.3rem; }
input[type="datetime-local"], textarea { width: 100%; box-sizing: border-box; min-height: 3rem; padding: 0 0.7rem; font: inherit; font-size: 1.1rem; border: 1px solid #6b7784; border-radius: 10px; background: #fff; color: inherit; }
fieldset { border: 0; margin: 0.8rem 0 0; padding: 0; } legend { font-weight: 600; padding: 0; margin-bottom: 0.3rem; }
.jump { display: block; padding: 0.7rem 1rem; border: 1px solid #6b7784; border-radius: 10px; font-weight: 600; }
.choices { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.choices label { flex: 1 0 29%; box-sizing: border-box; max-width: 100%; display: flex; align-items: center; gap: 0.5rem; min-height: 3rem; padding: 0 0.7rem; border: 1px solid #6b7784; border-radius: 10px; background: #fff; }
.choices input { inline-size: 1.4rem; block-size: 1.4rem; margin: 0; flex: none; }
section { margin: 1.4rem 0; padding: 1rem; border-radius: 14px; background: #fff; } section h2 { font-size: 1.2rem; margin: 0 0 0.4rem; }
section p { margin: 0.4rem 0; } form.register > button { margin-top: 1.2rem; }
.emergency a { padding: 0.3rem 0.4rem; font-weight: 700; }
main [aria-invalid="true"][aria-describedby] { border: 3px solid #b3141c; }
.large { font-size: 1.25rem; } .large .quiet { font-size: 1rem; }
form p { margin: 0.5rem 0 0; text-align: center; }
a { color: #0b5c8f; display: inline-block; padding: 0.6rem 0; }
@media (prefers-color-scheme: dark) {
  body { background: #11161c; color: #e6ebf0; } .quiet { color: #a6b2bf; } a { color: #7cc0ee; }
  section { background: #1a222b; } input[type="datetime-local"], textarea, .choices label { background: #11161c; border-color: #8b98a5; }
  main [aria-invalid="true"][aria-describedby] { border-color: #ff938d; }
  .good { background: #173324; color: #7ed39c; } .bad { background: #43181a; color: #ff938d; }
}
`;
