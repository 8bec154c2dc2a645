import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { shortLocal } from '../lib/local-time.ts';
import { type CareState, isDone } from '../model/case.ts';
import { CASE_MARKS } from '../model/case-marks.ts';
import { LIMITS } from '../model/limits.ts';
import { AWAY_ANSWERS, type AwayAnswer } from '../model/registry.ts';
import type { Locale, Text } from '../model/text.ts';
import type { LinkedNotice, LinkRefusal, NoticeDoor } from '../ports/notice-door.ts';
import type { Service } from '../ports/service.ts';
import {
  communityLine,
  DANGER,
  EMERGENCY,
  emergency,
  escaped,
  linkLimit,
  PAGE_STYLE,
  page,
  registerForms,
  resultLine,
  sendPage,
  zoneLine,
} from './plain-page.ts';
import { localeOf } from './problem.ts';

/**
 * /n/<token>: the page behind the link of a notice. It works on any phone, without a script and without an account, and
 * so it shows little. To look never acknowledges: chat programs and mail scanners follow links by themselves. Buttons
 * do, with a POST.
 */
export function registerNoticePage(
  app: FastifyInstance,
  service: Pick<Service, 'noticeLinks' | 'site'>,
): void {
  app.register(async (pages) => {
    registerForms(pages);
    const options = {
      schema: { hide: true },
      config: linkLimit(LIMITS.noticePagesPerMinuteMax, service.site),
    };
    pages.get('/n/page.css', { schema: { hide: true } }, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(PAGE_STYLE),
    );
    pages.get<{ Params: { token: string } }>('/n/:token', options, async (request, reply) => {
      const { token } = request.params;
      const notice = await service.noticeLinks.open(token);
      if (typeof notice !== 'string' && isPerson(request)) await service.noticeLinks.seen(token);
      return answer(request, reply, notice);
    });
    pages.post<{ Params: { token: string } }>('/n/:token', options, async (request, reply) => {
      const { token } = request.params;
      const result = await service.noticeLinks.press(token, 'acknowledge');
      const notice = await service.noticeLinks.open(token);
      return answer(request, reply, notice, typeof result === 'string' ? undefined : result);
    });
    pages.post<{ Params: { token: string } }>('/n/:token/help', options, async (request, reply) => {
      const { token } = request.params;
      const result = await service.noticeLinks.needHelp(token);
      if (typeof result === 'string') return answer(request, reply, result);
      return answer(request, reply, await service.noticeLinks.open(token), result);
    });
    for (const [name, deed] of Object.entries(DEEDS))
      pages.post<{ Params: { token: string } }>(`/n/:token/${name}`, options, async (request, reply) => {
        const { token } = request.params;
        const result = await deed(service.noticeLinks, token, sawOf(request));
        if (typeof result === 'string') return answer(request, reply, result);
        return answer(request, reply, await service.noticeLinks.open(token), result);
      });
    pages.post<{ Params: { token: string; answer: string } }>(
      '/n/:token/:answer',
      options,
      async (request, reply) => {
        const { token, answer: said } = request.params;
        const known = AWAY_ANSWERS.find((one) => one === said);
        const result = known && (await service.noticeLinks.answer(token, known));
        const notice = await service.noticeLinks.open(token);
        return answer(request, reply, notice, typeof result === 'string' ? undefined : result);
      },
    );
  });
}

/** What buttons of the page say, beside "I take this on" and the answers after an absence. */
const DEEDS = {
  'on-the-way': (door, token, saw) => door.press(token, 'on-the-way', saw),
  'cannot-come': (door, token, saw) => door.press(token, 'cannot-come', saw),
  arrived: (door, token, saw) => door.arrived(token, saw),
  undo: (door, token, saw) => door.undo(token, saw),
  fine: (door, token) => door.spoke(token, true),
  'needs-help': (door, token) => door.spoke(token, false),
} as const satisfies Record<
  string,
  (door: NoticeDoor, token: string, saw: string | undefined) => Promise<PageResult | LinkRefusal>
>;
type Deed = keyof typeof DEEDS;

/** How the case stood on the page that was pressed; pages of before do not say it. */
const sawOf = ({ body: sent }: FastifyRequest): string | undefined =>
  (sent instanceof URLSearchParams ? sent.get('saw') : null) ?? undefined;

/**
 * Did a person open it? Browsers say so of a page that somebody navigates to, and say when they only fetch ahead. Programs
 * that look at links for a preview or a scan say nothing of the kind. Where a browser says nothing either (plain http, an
 * old phone), the notice counts as seen only when the button is pressed: better not proven than wrongly so.
 */
function isPerson({ headers }: FastifyRequest): boolean {
  const ahead = headers['sec-purpose'] ?? headers['purpose'] ?? headers['x-moz'] ?? '';
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document' && ahead === '';
}

interface PageResult {
  readonly ok: boolean;
  readonly text: Text;
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  notice: LinkedNotice | LinkRefusal,
  result?: PageResult,
): FastifyReply {
  const locale = localeOf(request.headers['accept-language']);
  const gone = notice === 'expired' ? 410 : 404;
  const status = typeof notice === 'string' ? gone : result && !result.ok ? 409 : 200;
  if (typeof notice === 'string') {
    const title = WORDS[notice][locale];
    return sendPage(reply.code(status), page(locale, lost(request, notice, locale), { title }));
  }
  const inner = (notice.asksResident ? question : body)(notice, locale, result, tokenOf(request));
  const frame = { title: result?.text[locale] ?? '', main: notice.asksResident ? 'large' : '' } as const;
  return sendPage(reply.code(status), page(locale, inner + communityLine(request, notice.phone), frame));
}

const WORDS = {
  back: { zh: '已回来', en: 'Back' },
  extend: { zh: '未回，延长 3 天', en: 'Not yet: 3 more days' },
  moved: { zh: '已搬走', en: 'Moved out' },
  deceased: { zh: '已去世', en: 'Deceased' },
  notBack: { zh: '其实没有回来，延长 3 天', en: 'Not back after all: 3 more days' },
  takeBack: { zh: '撤销登记，照常看护', en: 'Take it back: watch as ever' },
  well: { zh: '我没事', en: 'I am well' },
  help: { zh: '我需要帮助', en: 'I need help' },
  number: { zh: '事项', en: 'Case' },
  acknowledge: { zh: '我来接手', en: 'I take this on' },
  'on-the-way': { zh: '正在赶去', en: 'On my way' },
  'cannot-come': { zh: '我去不了', en: 'I cannot come' },
  arrived: { zh: '我到了', en: 'I am there' },
  withThem: { zh: '我到了，在老人身边', en: 'I am there, with the person' },
  late: { zh: '已超时，正在再次通知', en: 'overdue: people are being called again' },
  giveBack: { zh: '我去不了，交回', en: 'I cannot come: give it back' },
  undo: { zh: '按错了，撤回', en: 'By mistake: take back' },
  spoken: { zh: '和老人通过话了？', en: 'Have you spoken to the person?' },
  fine: { zh: '通话了，没事', en: 'Spoke: all is well' },
  'needs-help': { zh: '通话了，需要帮助', en: 'Spoke: help is needed' },
  inName: { zh: '以此身份接手：', en: 'In the name of ' },
  sent: { zh: '通知时间', en: 'Sent' },
  sentAs: { zh: '通知时为', en: 'It was sent as' },
  away: { zh: '登记外出，或已经回来', en: 'Register an absence, or that somebody is back' },
  putRight: { zh: '登录打开值班页', en: 'Sign in and open the rosters' },
  details: { zh: '登录查看详情', en: 'Sign in for details' },
  open: { zh: '尚无人接手', en: 'Nobody has taken it yet' },
  acknowledged: { zh: '已接手', en: 'Taken by' },
  resolved: { zh: '已处置', en: 'Resolved by' },
  'struck-off': { zh: '已销号', en: 'Struck off; resolved by' },
  received: { zh: '已收到', en: 'I have got it' },
  unknown: { zh: '链接无效或已停用', en: 'This link leads nowhere, or was withdrawn' },
  expired: { zh: '链接已过期', en: 'This link has expired' },
  login: { zh: '工作人员请登录控制台查看', en: 'Staff sign in to the console' },
  callThem: { zh: '家属请直接联系社区工作人员。', en: 'Families please call the community staff.' },
} as const satisfies Record<string, Text>;

/** A person who is asked whether all is well: no priority, no case, nothing to take; two answers, and who else to call. */
function question(
  { content, createdAt, timeZone, case: of }: LinkedNotice,
  locale: Locale,
  result: PageResult | undefined,
  token: string,
): string {
  const say = (word: keyof typeof WORDS): string => escaped(WORDS[word][locale]);
  const isOpen = of !== undefined && !isDone(of.status);
  return [
    `<h1>${escaped(content.title[locale])}</h1>`,
    `<p>${escaped(content.body[locale])}</p>`,
    `<p class="quiet">${say('sent')} ${shortLocal(createdAt, timeZone)}</p>`,
    saidOf(result, locale),
    ...(isOpen && !result
      ? [
          `<form method="post"><button>${say('well')}</button></form>`,
          answerForm('help', token, say('help'), 'help'),
        ]
      : []),
    `<p class="quiet">${escaped(EMERGENCY[locale])}</p>`,
    `<p><a href="/a/${encodeURIComponent(token)}">${say('away')}</a></p>`,
  ].join('\n');
}

const saidOf = (result: PageResult | undefined, locale: Locale): string =>
  resultLine(result && { ok: result.ok, words: result.text[locale] });

/** Whose link it was nobody knows any more: the family has no console, and may be asking because of an emergency. */
const lost = (request: FastifyRequest, why: LinkRefusal, locale: Locale): string =>
  [
    `<h1>${escaped(WORDS[why][locale])}</h1>`,
    emergency(request),
    `<p>${escaped(WORDS.callThem[locale])}</p>`,
    `<p><a href="/">${escaped(WORDS.login[locale])}</a></p>`,
  ].join('\n');

function body(
  { content, createdAt, recipient, ofHome, timeZone, page: where, notTheirs, case: of }: LinkedNotice,
  locale: Locale,
  result: PageResult | undefined,
  token: string,
): string {
  const say = (word: keyof typeof WORDS): string => escaped(WORDS[word][locale]);
  const isTest = content.event === 'test';
  const care = result === undefined && !notTheirs ? of?.care : undefined;
  const offers = !notTheirs && (result === undefined || (of !== undefined && !of.care));
  // What is mere news is nothing that anybody could take, or answer.
  const canTake = offers && !care && (isTest || of?.status === 'open' || of?.mayTake === true);
  // Somebody has it since: it does not ask to be taken any more.
  const asksStill = of?.at === undefined || of.at <= createdAt;
  const who = of?.by === undefined ? '' : ` ${escaped(of.by)}`;
  const when = of?.at === undefined ? '' : ` <small>${shortLocal(of.at, timeZone)}</small>`;
  // Whoever is far away wants to know above all whether somebody goes there.
  const far = of?.mark
    ? ` · ${escaped(CASE_MARKS[of.mark.what][locale])} <small>${shortLocal(of.mark.at, timeZone)}</small>`
    : '';
  const number = of ? ` ${say('number')} ${of.number}` : '';
  // Whoever may not take it may not open it either: the page says who has it, or whom to tell.
  const leads = notTheirs === undefined;
  const href = of ? `/cases/${encodeURIComponent(of.id)}` : '/';
  const { priority, title } = of?.now ?? content;
  // After a tap the buttons rest for a moment: the next one stands where the last one was.
  const rest = result ? ' class="rest"' : '';
  const saw = of ? `<input type="hidden" name="saw" value="${escaped(of.state)}">` : '';
  const deedForm = (deed: Deed): string => {
    const words =
      deed === 'undo' && of?.undo
        ? `${say('undo')}${locale === 'en' ? ' ' : ''}“${escaped(CASE_MARKS[of.undo][locale])}”`
        : say(wordFor(deed, of, ofHome));
    return `<form method="post" action="/n/${encodeURIComponent(token)}/${deed}"${rest}>${saw}<button class="${CLASSES[deed]}">${words}</button></form>`;
  };
  return [
    `<p><span class="priority ${priority.toLowerCase()}">${priority}</span>${number}</p>`,
    `<h1>${escaped(title[locale])}</h1>`,
    of?.now
      ? `<p class="quiet">${say('sentAs')} ${content.priority} ${escaped(content.title[locale])}</p>`
      : '',
    // What was asked then, and until when, is not what is asked now.
    asksStill && !of?.now ? `<p>${escaped(content.body[locale])}</p>` : '',
    `<p class="quiet">${say('sent')} ${shortLocal(createdAt, timeZone)}</p>`,
    of?.isEmergency ? DANGER[locale] : '',
    saidOf(result ?? (notTheirs && { ok: false, text: notTheirs }), locale),
    // A question is answered, not taken, and news are neither.
    of && !isNews(of.care) && !(of.care === 'asks' && of.status === 'open')
      ? `<p class="state">${say(of.status)}${who}${when}${far}${of.isLate ? ` · ${say('late')}` : ''}</p>`
      : '',
    ...(care === 'asks' ? AWAY_ANSWERS.map((one) => answerForm(one, token, say(one))) : []),
    care === 'news' && !ofHome ? answerForm('extend', token, say('notBack')) : '',
    care === 'registered' && !ofHome ? answerForm('back', token, say('takeBack')) : '',
    canTake
      ? `<form method="post"${rest}><button>${say(isTest ? 'received' : 'acknowledge')}</button><p class="quiet">${say('inName')}${escaped(recipient)}</p></form>`
      : '',
    ...(offers ? deedsFor(of, canTake && !isTest) : []).map(deedForm),
    ...(offers && ofHome && of?.isEmergency
      ? [`<h2>${say('spoken')}</h2>`, ...(['fine', 'needs-help'] as const).map(deedForm)]
      : []),
    where === undefined || ofHome ? '' : `<p><a href="${escaped(where)}">${say('putRight')}</a></p>`,
    ofHome ? zoneLine(timeZone, createdAt, locale) : '',
    ofHome
      ? `<p><a href="/a/${encodeURIComponent(token)}">${say('away')}</a></p>`
      : leads
        ? `<p><a href="${href}">${say('details')}</a></p>`
        : '',
  ].join('\n');
}

/** What else one tap says: that one sets out, or cannot come; of whoever has it, also that the last word was a mistake. */
function deedsFor(of: LinkedNotice['case'], canTake: boolean): readonly Deed[] {
  if (canTake) return ['on-the-way', 'cannot-come'];
  if (of?.mayCome) return ['on-the-way'];
  if (!of?.isReaders || of.care) return [];
  return [
    ...(of.awaitsReader ? (['on-the-way'] as const) : []),
    ...(of.mayArrive ? (['arrived'] as const) : []),
    ...(of.undo ? (['undo'] as const) : []),
    'cannot-come',
  ];
}

const wordFor = (deed: Deed, of: LinkedNotice['case'], ofHome: true | undefined): keyof typeof WORDS => {
  if (deed === 'arrived' && ofHome) return 'withThem';
  return deed === 'cannot-come' && of?.isReaders ? 'giveBack' : deed;
};

/** Beside what is to be pressed stands what is pressed seldom. */
const CLASSES: Record<Deed, string> = {
  'on-the-way': 'on-the-way',
  'cannot-come': 'cannot-come',
  arrived: 'on-the-way',
  undo: 'cannot-come',
  fine: 'fine',
  'needs-help': 'help',
};

const tokenOf = ({ params }: FastifyRequest): string => (params as { token: string }).token;

const isNews = (care: CareState | undefined): boolean => care === 'registered' || care === 'news';

const answerForm = (name: AwayAnswer | 'help', token: string, words: string, kind = ''): string =>
  `<form method="post" action="/n/${encodeURIComponent(token)}/${name}"><button${kind && ` class="${kind}"`}>${words}</button></form>`;
