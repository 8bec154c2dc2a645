import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { instantOfLocal, shortLocal, zoneOffset } from '../lib/local-time.ts';
import { AWAY_KINDS, AWAY_TITLES, type AwayKind } from '../model/away-kinds.ts';
import type { CaseStatus } from '../model/case.ts';
import { LIMITS } from '../model/limits.ts';
import { AWAY_ANSWERS, type AwayAnswer } from '../model/registry.ts';
import { REQUEST_CATEGORIES, requestCategory } from '../model/request-category.ts';
import type { Locale, Text } from '../model/text.ts';
import { DOOR_REFUSALS, type DoorRefusal, type DoorResult, type HomeDoorView } from '../ports/home-door.ts';
import type { LinkRefusal } from '../ports/notice-door.ts';
import type { Service } from '../ports/service.ts';
import {
  emergency,
  escaped,
  linkLimit,
  page,
  registerForms,
  resultLine,
  sendPage,
  zoneLine,
} from './plain-page.ts';
import { localeOf } from './problem.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * /a/<token>: where a resident or the family says that a home is away, or that somebody is back, or asks for something. It works on any phone,
 * without a script and without an account. To look changes nothing; each button is a POST.
 */
export function registerHomePage(
  app: FastifyInstance,
  { homeDoor, site }: Pick<Service, 'homeDoor' | 'site'>,
): void {
  app.register(async (pages) => {
    registerForms(pages);
    const looks = { schema: { hide: true }, config: linkLimit(LIMITS.noticePagesPerMinuteMax, site) };
    const acts = { schema: { hide: true }, config: linkLimit(LIMITS.homeLinkPressesPerMinuteMax, site) };
    const answer = async (
      request: FastifyRequest,
      reply: FastifyReply,
      result?: DoorResult | LinkRefusal,
      sent?: SentForm,
    ) => {
      const view = await homeDoor.open(tokenOf(request));
      return show(request, reply, view, typeof result === 'string' ? undefined : result, sent);
    };
    pages.get<Token>('/a/:token', looks, (request, reply) => answer(request, reply));
    pages.post<Token & Form>('/a/:token/register', acts, async (request, reply) => {
      const { token } = request.params;
      const view = await homeDoor.open(token);
      if (typeof view === 'string') return show(request, reply, view);
      const result = await homeDoor.register(token, periodOf(request.body, view));
      return answer(request, reply, result, { name: 'register', typed: request.body });
    });
    pages.post<Token & Form>('/a/:token/request', acts, async (request, reply) => {
      const said = (name: string): string => request.body?.get(name) ?? '';
      const category = REQUEST_CATEGORIES.find((one) => one === said('category')) ?? 'other';
      const asked = { category, note: said('note'), once: said('once') };
      const result = await homeDoor.request(request.params.token, asked);
      return answer(request, reply, result, { name: 'request', typed: request.body });
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

/** A form, and what was typed into it. Where it was refused that stands there again: nobody types it twice on a phone. */
interface SentForm {
  readonly name: 'register' | 'request';
  readonly typed: URLSearchParams | undefined;
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
  sent?: SentForm,
): FastifyReply {
  const locale = localeOf(request.headers['accept-language']);
  if (typeof view === 'string') {
    const title = WORDS[view][locale];
    const why = `<h1>${escaped(title)}</h1>${emergency(request)}<p>${escaped(WORDS.askAnew[locale])}</p>`;
    const html = page(locale, why + unsent(request, locale), { title, main: 'large' });
    return sendPage(reply.code(view === 'expired' ? 410 : 404), html);
  }
  const refusal = result && !result.ok ? result.refusal : undefined;
  const said = result && {
    ok: result.ok,
    words: (result.ok ? result.text : DOOR_REFUSALS[result.refusal])[locale],
  };
  const path = `/a/${encodeURIComponent(tokenOf(request))}`;
  const help = emergency(request, view.phone);
  const shown = { view, locale, path, said, help, faulty: refusal && FAULTY[refusal] };
  const html = page(locale, body(shown, refusal && sent), {
    title: said?.words ?? WORDS.title[locale],
    main: 'large',
  });
  return sendPage(reply.code(refusal ? 409 : 200), html);
}

/**
 * What was typed while the link ended, to be copied. Here no link says that whoever sends it belongs here: what a page of somebody else
 * sent is not shown as if it stood on ours.
 */
function unsent({ body, headers }: FastifyRequest, locale: Locale): string {
  const note = body instanceof URLSearchParams ? (body.get('note') ?? '').trim() : '';
  if (note === '' || (headers['sec-fetch-site'] ?? 'same-origin') !== 'same-origin') return '';
  return `\n<label><span>${escaped(WORDS.unsent[locale])}</span><textarea rows="6" readonly>${escaped(note)}</textarea></label>`;
}

const WORDS = {
  title: { zh: '外出登记与托办', en: 'Absences and requests' },
  hello: { zh: '您好，', en: 'Hello, ' },
  about: { zh: '看护对象：', en: 'This is about the resident ' },
  means: {
    zh: '登记外出期间，不会因为没有用水、没有活动而报警。紧急呼叫、跌倒等仍然照常。有客人时一切照常看护。搬走或去世的登记 90 天后再询问。',
    en: 'While an absence is registered, nothing is raised for want of water or movement. A call for help or a fall is, as ever. With guests all goes on as ever. After “moved out” and “deceased” it is asked again in 90 days.',
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
  mine: { zh: '我托办的事', en: 'What I asked for' },
  recorded: {
    zh: '登记、托办和答复以您的名字记录，社区工作人员可以看到并更改。此链接只给您本人，请勿转发。有效期至 ',
    en: 'What you do here is recorded in your name; the community staff see it and can change it. This link is for you alone. It is good until ',
  },
  unknown: { zh: '链接无效或已停用', en: 'This link leads nowhere, or was withdrawn' },
  expired: { zh: '链接已过期', en: 'This link has expired' },
  unsent: {
    zh: '您写的内容没有提交，可以复制：',
    en: 'What you wrote was not sent. You can copy it:',
  },
  askAnew: { zh: '请向社区工作人员索取新的链接。', en: 'Please ask the community staff for a new one.' },
} as const satisfies Record<string, Text>;

/** What became of a request, as whoever sent it may read it. */
const BECAME: Readonly<Record<CaseStatus, Text>> = {
  open: { zh: '已收到，待办理', en: 'received' },
  acknowledged: { zh: '办理中', en: 'somebody sees to it' },
  resolved: { zh: '已办理，将回访', en: 'done; you will be asked how it went' },
  'struck-off': { zh: '已办结', en: 'closed' },
};

/** What is on the page of one link: what came of what was sent, and which field was not right. */
interface Shown {
  readonly view: HomeDoorView;
  readonly locale: Locale;
  readonly path: string;
  readonly said: { readonly ok: boolean; readonly words: string } | undefined;
  /** Whom to call where the page does not help. */
  readonly help: string;
  readonly faulty: 'from' | 'until' | 'note' | undefined;
}

const FAULTY: Partial<Record<DoorRefusal, Shown['faulty']>> = {
  'times-unclear': 'from',
  'too-far-ahead': 'from',
  'wrong-order': 'until',
  'too-long': 'until',
  'what-unsaid': 'note',
};
const fault = (name: Shown['faulty'], { faulty }: Shown): string =>
  name === faulty ? ' aria-invalid="true" aria-describedby="result"' : '';

function body(shown: Shown, refused: SentForm | undefined): string {
  const { view, locale, path, said, help } = shown;
  const { visitor, resident, isResident, timeZone, until, asksForReturn } = view;
  const say: Say = (word) => escaped(WORDS[word][locale]);
  const typedInto = (name: SentForm['name']) => (refused?.name === name ? refused.typed : undefined);
  const forms = [registration(shown, typedInto('register')), requesting(shown, typedInto('request'))];
  return [
    `<h1>${say('title')}</h1>`,
    `<p>${say('hello')}${escaped(visitor)}${locale === 'zh' ? '。' : '. '}${isResident ? '' : escaped(WORDS.about[locale] + resident[locale])}</p>`,
    resultLine(said),
    help,
    asksForReturn ? question(view, path, say) : '',
    refused ? '' : `<p><a class="jump" href="#request">${say('request')}</a></p>`,
    ...periods(view, path, locale),
    requests(shown, say),
    // What has to be put right comes first.
    ...(refused?.name === 'request' ? forms.reverse() : forms),
    zoneLine(timeZone, view.now, locale),
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

/** What they sent lately, so that nobody sends it again to be sure. The words stay with the community: a link may be passed on. */
function requests({ view, locale }: Shown, say: Say): string {
  if (view.requests.length === 0) return '';
  const lines = view.requests.map(({ at, category, status }) => {
    const what = escaped(asLabel(requestCategory(category).title[locale]));
    return `<li>${shortLocal(at, view.timeZone)} ${what} <b>${escaped(BECAME[status][locale])}</b></li>`;
  });
  return section(say('mine'), `<ul>${lines.join('')}</ul>`);
}

/** Something to choose from: what was chosen before, or the first. */
function choices(
  name: string,
  options: readonly (readonly [value: string, words: string])[],
  before: string | null | undefined,
): string {
  const chosen = options.find(([value]) => value === before) ?? options[0];
  const each = options.map(
    ([value, words]) =>
      `<label><input type="radio" name="${name}" value="${value}"${value === chosen?.[0] ? ' checked' : ''}>${escaped(words)}</label>`,
  );
  return `<div class="choices">${each.join('')}</div>`;
}

function registration(shown: Shown, typed: URLSearchParams | undefined): string {
  const { view, locale, path } = shown;
  const { now, timeZone } = view;
  const say: Say = (word) => escaped(WORDS[word][locale]);
  const kinds = fitting(AWAY_KINDS, view).map((one) => [one, asLabel(AWAY_TITLES[one][locale])] as const);
  const days = DAYS.map(
    (one) => [one, `${one} ${WORDS[one === '1' ? 'oneDay' : 'moreDays'][locale]}`] as const,
  );
  const from = escaped(typed?.get('from') ?? inputOf(now, timeZone));
  const until = escaped(typed?.get('until') ?? '');
  return section(
    say('register'),
    `<form method="post" class="register" action="${path}/register">`,
    `<fieldset><legend>${say('kind')}</legend>${choices('kind', kinds, typed?.get('kind'))}</fieldset>`,
    `<label><span>${say('from')}</span><input type="datetime-local" name="from" required value="${from}"${fault('from', shown)}></label>`,
    `<fieldset><legend>${say('days')}</legend>${choices('days', days, typed?.get('days'))}</fieldset>`,
    `<label><span>${say('until')}</span><input type="datetime-local" name="until" value="${until}"${fault('until', shown)}></label>`,
    `<button>${say('submit')}</button>`,
    '</form>',
  );
}

/** Something that can wait: the page says whom to call where it cannot. */
function requesting(shown: Shown, typed: URLSearchParams | undefined): string {
  const { view, locale, path } = shown;
  const say: Say = (word) => escaped(WORDS[word][locale]);
  const categories = REQUEST_CATEGORIES.map(
    (id) => [id, asLabel(requestCategory(id).title[locale])] as const,
  );
  const once = escaped(typed?.get('once') ?? String(view.now));
  const note = escaped(typed?.get('note') ?? '');
  const form = section(
    say('request'),
    `<p>${say('canWait')}</p>`,
    `<form method="post" class="register" action="${path}/request">`,
    `<input type="hidden" name="once" value="${once}">`,
    `<fieldset><legend>${say('category')}</legend>${choices('category', categories, typed?.get('category'))}</fieldset>`,
    `<label><span>${say('what')}</span><textarea name="note" rows="3" maxlength="1000" required${fault('note', shown)}>${note}</textarea></label>`,
    `<button>${say('send')}</button>`,
    '</form>',
  );
  return `<div id="request">${form}</div>`;
}

/** Words that stand in the middle of a sentence elsewhere. */
const asLabel = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

const section = (title: string, ...inner: readonly string[]): string =>
  `<section><h2>${title}</h2>\n${inner.join('\n')}\n</section>`;
