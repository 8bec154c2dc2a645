import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { instantOfLocal, shortLocal, zoneOffset } from '../lib/local-time.ts';
import { LIMITS } from '../model/limits.ts';
import { AWAY_ANSWERS, AWAY_KINDS, AWAY_TITLES, type AwayAnswer, type AwayKind } from '../model/registry.ts';
import { REQUEST_CATEGORIES, requestCategory } from '../model/request-category.ts';
import type { Locale, Text } from '../model/text.ts';
import { DOOR_REFUSALS, type DoorRefusal, type DoorResult, type HomeDoorView } from '../ports/home-door.ts';
import type { LinkRefusal } from '../ports/notice-door.ts';
import type { Service } from '../ports/service.ts';
import { emergency, escaped, linkLimit, page, registerForms, resultLine, sendPage } from './plain-page.ts';
import { localeOf } from './problem.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * /a/<token>: where a resident or the family says that a home is away, or that somebody is back, or asks for something. It works on any phone,
 * without a script and without an account. To look changes nothing; each button is a POST.
 */
export function registerHomePage(app: FastifyInstance, { homeDoor }: Pick<Service, 'homeDoor'>): void {
  app.register(async (pages) => {
    registerForms(pages);
    const looks = { schema: { hide: true }, config: linkLimit(LIMITS.noticePagesPerMinuteMax) };
    const acts = { schema: { hide: true }, config: linkLimit(LIMITS.homeLinkPressesPerMinuteMax) };
    const answer = async (
      request: FastifyRequest,
      reply: FastifyReply,
      result?: DoorResult | LinkRefusal,
    ) => {
      const view = await homeDoor.open(tokenOf(request));
      return show(request, reply, view, typeof result === 'string' ? undefined : result);
    };
    pages.get<Token>('/a/:token', looks, (request, reply) => answer(request, reply));
    pages.post<Token & Form>('/a/:token/register', acts, async (request, reply) => {
      const { token } = request.params;
      const view = await homeDoor.open(token);
      if (typeof view === 'string') return show(request, reply, view);
      return answer(request, reply, await homeDoor.register(token, periodOf(request.body, view)));
    });
    pages.post<Token & Form>('/a/:token/request', acts, async (request, reply) => {
      const said = (name: string): string => request.body?.get(name) ?? '';
      const category = REQUEST_CATEGORIES.find((one) => one === said('category')) ?? 'other';
      const asked = { category, note: said('note'), once: said('once') };
      return answer(request, reply, await homeDoor.request(request.params.token, asked));
    });
    pages.post<Token & Form>('/a/:token/back', acts, async (request, reply) => {
      const from = Number(request.body?.get('from') ?? Number.NaN);
      return answer(request, reply, await homeDoor.end(request.params.token, from));
    });
    pages.post<{ Params: { token: string; answer: string } }>(
      '/a/:token/answer/:answer',
      acts,
      async (request, reply) => {
        const { token } = request.params;
        const view = await homeDoor.open(token);
        if (typeof view === 'string') return show(request, reply, view);
        const said = fitting(AWAY_ANSWERS, view).find((one) => one === request.params.answer);
        return answer(request, reply, said && (await homeDoor.answer(token, said)));
      },
    );
  });
}

interface Token {
  Params: { token: string };
}
interface Form {
  Body: URLSearchParams | undefined;
}

const tokenOf = ({ params }: FastifyRequest): string => (params as { token: string }).token;

/** How long, where no end is named. */
const DAYS = ['1', '3', '7', '14'] as const;

/** What the form says, by the clocks of the home; an end that is named counts more than a number of days. */
function periodOf(form: URLSearchParams | undefined, view: HomeDoorView) {
  const { timeZone } = view;
  const kind = fitting(AWAY_KINDS, view).find((one) => one === form?.get('kind')) ?? 'travel';
  const from = instantIn(form?.get('from') ?? '', timeZone);
  const named = form?.get('until') ?? '';
  const until = named === '' ? from + daysOf(kind, form) * DAY : instantIn(named, timeZone);
  return { kind, from, until };
}

/** Who moved out or died does not come back after a day: it is asked again as late as a link may put it off. */
const daysOf = (kind: AwayKind, form: URLSearchParams | undefined): number =>
  kind === 'moved' || kind === 'deceased'
    ? LIMITS.homeLinkAwayDaysMax
    : Number(form?.get('days') ?? Number.NaN);

/** `2026-03-01T08:30` on the clocks of this zone; NaN for what is no time. */
function instantIn(text: string, timeZone: string): number {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(`${text.slice(0, 16)}Z`) : Number.NaN;
  if (Number.isNaN(wall)) return wall;
  const day = Math.floor(wall / DAY);
  return instantOfLocal(day, (wall - day * DAY) / MINUTE, timeZone);
}

const inputOf = (at: number, timeZone: string): string =>
  new Date(at + zoneOffset(at, timeZone)).toISOString().slice(0, 16);

function show(
  request: FastifyRequest,
  reply: FastifyReply,
  view: HomeDoorView | LinkRefusal,
  result?: DoorResult,
): FastifyReply {
  const locale = localeOf(request.headers['accept-language']);
  if (typeof view === 'string') {
    const title = WORDS[view][locale];
    const why = `<h1>${escaped(title)}</h1><p>${escaped(WORDS.askAnew[locale])}</p>`;
    return sendPage(reply.code(view === 'expired' ? 410 : 404), page(locale, why, { title, main: 'large' }));
  }
  const said = result && {
    ok: result.ok,
    words: (result.ok ? result.text : DOOR_REFUSALS[result.refusal])[locale],
  };
  const path = `/a/${encodeURIComponent(tokenOf(request))}`;
  const html = page(locale, body({ view, locale, path, said, ...sentIn(request, result) }), {
    title: said?.words ?? WORDS.title[locale],
    main: 'large',
  });
  return sendPage(reply.code(result && !result.ok ? 409 : 200), html);
}

const WORDS = {
  title: { zh: '外出登记', en: 'Away from home' },
  hello: { zh: '您好，', en: 'Hello, ' },
  about: { zh: '看护对象：', en: 'This is about the resident ' },
  means: {
    zh: '登记外出期间，不会因为没有用水、没有活动而报警。紧急呼叫、跌倒等仍然照常。搬走或去世的登记 90 天后再询问。',
    en: 'While an absence is registered, nothing is raised for want of water or movement. A call for help or a fall is, as ever. After “moved out” and “deceased” it is asked again in 90 days.',
  },
  question: { zh: '登记的外出已到期，回来了吗？', en: 'The absence is over: is somebody back?' },
  back: { zh: '已回来', en: 'Back' },
  extend: { zh: '未回，延长 3 天', en: 'Not yet: 3 more days' },
  moved: { zh: '已搬走', en: 'Moved out' },
  deceased: { zh: '已去世', en: 'Deceased' },
  lasting: { zh: '已登记的外出', en: 'Registered' },
  away: { zh: '外出', en: 'away' },
  end: { zh: '已回家，结束登记', en: 'Back home: end it' },
  takeBack: { zh: '取消这次登记', en: 'Take it back' },
  register: { zh: '登记外出', en: 'Register an absence' },
  kind: { zh: '原因', en: 'Why' },
  from: { zh: '从', en: 'From' },
  days: { zh: '多久', en: 'For how long' },
  oneDay: { zh: '天', en: 'day' },
  moreDays: { zh: '天', en: 'days' },
  until: { zh: '或者到（可不填）', en: 'Or until (may stay empty)' },
  submit: { zh: '确认登记', en: 'Register' },
  request: { zh: '我有事要托办', en: 'I have a request' },
  canWait: {
    zh: '维修、代办、陪同等可以等待的事，工作人员白天处理。',
    en: 'A repair, an errand, company: what can wait. It is attended to by day.',
  },
  category: { zh: '类别', en: 'What kind' },
  what: { zh: '什么事', en: 'What it is about' },
  send: { zh: '提交', en: 'Send' },
  recorded: {
    zh: '登记和答复以您的名字记录，社区工作人员可以看到并更改。此链接只给您本人，请勿转发。有效期至 ',
    en: 'What you do here is recorded in your name; the community staff see it and can change it. This link is for you alone. It is good until ',
  },
  unknown: { zh: '链接无效或已停用', en: 'This link leads nowhere, or was withdrawn' },
  expired: { zh: '链接已过期', en: 'This link has expired' },
  askAnew: { zh: '请向社区工作人员索取新的链接。', en: 'Please ask the community staff for a new one.' },
} as const satisfies Record<string, Text>;

/** What a page shows: a form that was refused comes back as it was sent, with the field that was not right. */
interface Shown {
  readonly view: HomeDoorView;
  readonly locale: Locale;
  readonly path: string;
  readonly said: { readonly ok: boolean; readonly words: string } | undefined;
  readonly sent?: URLSearchParams;
  readonly faulty?: 'from' | 'until' | 'note';
}

const FAULTY: Partial<Record<DoorRefusal, NonNullable<Shown['faulty']>>> = {
  'times-unclear': 'from',
  'too-far-ahead': 'from',
  'wrong-order': 'until',
  'too-long': 'until',
  'what-unsaid': 'note',
};

function sentIn({ body: sent }: FastifyRequest, result?: DoorResult): Pick<Shown, 'sent' | 'faulty'> {
  if (!result || result.ok || !(sent instanceof URLSearchParams)) return {};
  // The buttons send next to nothing, and under names of their own.
  if (!sent.has('kind') && !sent.has('category')) return {};
  const faulty = FAULTY[result.refusal];
  return { sent, ...(faulty && { faulty }) };
}

function body(shown: Shown): string {
  const { view, locale, path, said } = shown;
  const { visitor, resident, isResident, timeZone, until, asksForReturn } = view;
  const say = (word: keyof typeof WORDS): string => escaped(WORDS[word][locale]);
  return [
    `<h1>${say('title')}</h1>`,
    `<p>${say('hello')}${escaped(visitor)}${locale === 'zh' ? '。' : '. '}${isResident ? '' : escaped(WORDS.about[locale] + resident[locale])}</p>`,
    resultLine(said),
    emergency(locale),
    asksForReturn ? question(view, path, say) : '',
    ...periods(view, path, locale),
    registration(shown),
    requesting(shown),
    `<p class="quiet">${say('means')}</p>`,
    `<p class="quiet">${say('recorded')}${inputOf(until, timeZone).slice(0, 10)}</p>`,
  ].join('\n');
}

type Say = (word: keyof typeof WORDS) => string;

const question = (view: HomeDoorView, path: string, say: Say): string =>
  section(say('question'), ...fitting(AWAY_ANSWERS, view).map((one) => answerForm(one, path, say(one))));

/** Nobody says of themselves that they have died, not even by a request that no form of ours makes. */
const fitting = <T extends string>(names: readonly T[], { isResident }: HomeDoorView): readonly T[] =>
  names.filter((name) => !isResident || name !== 'deceased');

const answerForm = (name: AwayAnswer, path: string, words: string): string =>
  `<form method="post" action="${path}/answer/${name}"><button>${words}</button></form>`;

function periods({ periods: all, timeZone, now }: HomeDoorView, path: string, locale: Locale): string[] {
  return all.map(({ from, until, kind }) => {
    const why = escaped((kind ? AWAY_TITLES[kind] : WORDS.away)[locale]);
    const button = escaped(WORDS[from <= now ? 'end' : 'takeBack'][locale]);
    return section(
      escaped(WORDS.lasting[locale]),
      `<p>${why} <b>${shortLocal(from, timeZone)} – ${shortLocal(until, timeZone)}</b></p>`,
      `<form method="post" action="${path}/back"><input type="hidden" name="from" value="${from}"><button>${button}</button></form>`,
    );
  });
}

const choice = (name: string, value: string, words: string, checked: boolean): string =>
  `<label><input type="radio" name="${name}" value="${value}"${checked ? ' checked' : ''}>${words}</label>`;

/** The one that was sent before, or the first. */
const chosen = <T extends string>(all: readonly T[], sent: string | null | undefined): T | undefined =>
  all.find((one) => one === sent) ?? all[0];

const fault = (name: Shown['faulty'], { faulty }: Shown): string =>
  name === faulty ? ' aria-invalid="true" aria-describedby="result"' : '';

function registration(shown: Shown): string {
  const { view, path, locale, sent } = shown;
  const { now, timeZone } = view;
  const say: Say = (word) => escaped(WORDS[word][locale]);
  const all = fitting(AWAY_KINDS, view);
  const kind = chosen(all, sent?.get('kind'));
  const kinds = all.map((one) =>
    choice('kind', one, escaped(asLabel(AWAY_TITLES[one][locale])), one === kind),
  );
  const long = chosen(DAYS, sent?.get('days'));
  const days = DAYS.map((one) =>
    choice('days', one, `${one} ${say(one === '1' ? 'oneDay' : 'moreDays')}`, one === long),
  );
  const from = escaped(sent?.get('from') ?? inputOf(now, timeZone));
  const until = escaped(sent?.get('until') ?? '');
  return section(
    say('register'),
    `<form method="post" class="register" action="${path}/register">`,
    `<fieldset><legend>${say('kind')}</legend><div class="choices">${kinds.join('')}</div></fieldset>`,
    `<label><span>${say('from')}</span><input type="datetime-local" name="from" required value="${from}"${fault('from', shown)}></label>`,
    `<fieldset><legend>${say('days')}</legend><div class="choices">${days.join('')}</div></fieldset>`,
    `<label><span>${say('until')}</span><input type="datetime-local" name="until" value="${until}"${fault('until', shown)}></label>`,
    `<button>${say('submit')}</button>`,
    '</form>',
  );
}

/** Something that can wait: the page says whom to call where it cannot. */
function requesting(shown: Shown): string {
  const { view, path, locale, sent } = shown;
  const say: Say = (word) => escaped(WORDS[word][locale]);
  const category = chosen(REQUEST_CATEGORIES, sent?.get('category'));
  const choices = REQUEST_CATEGORIES.map((id) =>
    choice('category', id, escaped(asLabel(requestCategory(id).title[locale])), id === category),
  );
  const note = escaped(sent?.get('note') ?? '');
  return section(
    say('request'),
    `<p>${say('canWait')}</p>`,
    `<form method="post" class="register" action="${path}/request">`,
    `<input type="hidden" name="once" value="${view.now}">`,
    `<fieldset><legend>${say('category')}</legend><div class="choices">${choices.join('')}</div></fieldset>`,
    `<label><span>${say('what')}</span><textarea name="note" rows="3" maxlength="1000" required${fault('note', shown)}>${note}</textarea></label>`,
    `<button>${say('send')}</button>`,
    '</form>',
  );
}

/** Words that stand in the middle of a sentence elsewhere. */
const asLabel = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

const section = (title: string, ...inner: readonly string[]): string =>
  `<section><h2>${title}</h2>\n${inner.join('\n')}\n</section>`;
