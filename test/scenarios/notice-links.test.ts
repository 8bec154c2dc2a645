import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkToken, noticeBehind, readLink } from '../../src/app/notice-links.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { Notice } from '../../src/model/notice.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { Receiver, SECRET } from '../edges/notify-bench.ts';
import { atLength, SLOW } from '../runs.ts';
import { type TestService, testService } from '../service.ts';
import { productRules } from './story.ts';

const staffOf = (id: string, name: string, ...more: string[]) =>
  registryEntrySchema.parse({
    noun: 'staff',
    id,
    name,
    roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
    channels: ['platform', ...more].map((channel) => ({ channel, address: id })),
  });

/** Where it is noon: nobody is asked at night whether they are back. */
function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours();
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

let receiver: Receiver;
let service: TestService;

beforeAll(async () => {
  receiver = await Receiver.open();
  const homes = {
    h1: [{ id: 'band', model: 'wristband' }],
    h2: [{ id: 'meter', model: 'water-meter' }],
    h3: [{ id: 'pendant', model: 'wristband' }],
    h4: [],
    h5: [{ id: 'clip', model: 'wristband' }],
  };
  const away = { from: Date.now() - DAY, until: Date.now() + DAY, kind: 'travel' as const };
  const entries = community(homes).map((entry) => {
    if (entry.noun === 'device') return { ...entry, enrolledAt: Date.now() - 40 * DAY };
    if (entry.noun === 'resident' && entry.home === 'h3')
      return { ...entry, name: '李德福', channels: [{ channel: 'platform', address: 'h3-r' }] };
    if (entry.noun === 'node' && entry.path === 'haitang') return { ...entry, timeZone: noonZone() };
    return entry.noun === 'home' && entry.id === 'h2' ? { ...entry, away: [away] } : entry;
  });
  service = await testService({
    entries: [...entries, staffOf('zhang', '张敏'), staffOf('li', '李强 <b>', 'dead')],
    rules: productRules,
    service: { http: { host: '127.0.0.1', port: 0, publicUrl: 'https://care.example.org' } },
    channels: [
      { id: 'terminal', channel: 'terminal' },
      { id: 'platform', channel: 'webhook', config: { url: receiver.url, secret: SECRET } },
      // Nobody listens there: what goes over it waits for its next try.
      { id: 'dead', channel: 'webhook', config: { url: 'http://127.0.0.1:1/', secret: SECRET } },
    ],
    notify: {
      routes: [
        { kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker'], channels: ['platform'] },
        { kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['resident'] },
      ],
      fallback: { channels: ['terminal'] },
    },
  });
  const payload = new TextEncoder().encode(JSON.stringify({ event: 'sos' }));
  await service.service.deliver({ receivedAt: Date.now(), topic: 'shouwang/band/telemetry', payload });
  while (receiver.received.length < 3) await receiver.arrival();
});

afterAll(async () => {
  await service.stop();
  await receiver[Symbol.asyncDispose]();
});

interface Sent {
  readonly data: {
    readonly link: string;
    readonly case: string;
    readonly home: string;
    readonly priority: string;
    readonly recipient: { readonly id: string };
  };
}
const sent = (): Sent[] => receiver.received.map(({ body }) => JSON.parse(body) as Sent);
const pathTo = (recipient: string): string => {
  const found = sent().find(({ data }) => data.recipient.id === recipient);
  return new URL(found?.data.link ?? 'https://no.link/').pathname;
};
/** The page that zhang was led to by what is no alarm of this home; of which case, where there are several. */
async function pathAbout(home: string, id?: string): Promise<string> {
  const found = () =>
    sent().find(
      ({ data }) =>
        data.recipient.id === 'zhang' &&
        data.home === home &&
        data.priority === 'P4' &&
        (id === undefined || data.case === id),
    );
  while (!found()) await receiver.arrival();
  return new URL(found()?.data.link ?? '').pathname;
}
const ask = (path: string, init: RequestInit = {}) => fetch(`${service.url}${path}`, init);
/** As a browser says it of a page that somebody opens; fetch keeps these headers to itself. */
const goTo = (url: string, more: Record<string, string> = {}) =>
  service.api.inject({
    url,
    headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', ...more },
  });
const stateOf = async (id: string): Promise<string | undefined> => {
  const { items } = await service.service.records.notices({ paths: [''] }, { limit: 50 });
  return items.find(({ recipient, channel }) => recipient.id === id && channel === 'platform')?.state;
};
const statusOf = async () => (await service.service.records.case('h1.c1'))?.status;

describe('the link of a notice', () => {
  it('of a group leads to the login, not to a page of one person', () => {
    expect(pathTo('platform')).toBe('/cases/h1.c1');
    expect(pathTo('zhang')).toMatch(/^\/n\//);
  });

  it('shows little, and does not acknowledge when it is looked at, by whomever', async () => {
    const page = await ask(pathTo('zhang'));
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(html).toContain('尚无人接手');
    expect(html).toContain('我来接手');
    expect(html).not.toContain('王秀英');
    expect(await statusOf()).toBe('open');
    // Whoever only fetches it has not seen it.
    await goTo(pathTo('zhang'), { 'sec-purpose': 'prefetch' });
    expect(await stateOf('zhang')).toBe('accepted');
    await goTo(pathTo('zhang'));
    expect(await stateOf('zhang')).toBe('seen');
    expect(await statusOf()).toBe('open');
  });

  it('lets somebody say that they cannot come, which takes nothing', async () => {
    expect((await ask(`${pathTo('li')}/cannot-come`)).status).toBe(404);
    const said = await ask(`${pathTo('li')}/cannot-come`, { method: 'POST' });
    expect(await said.text()).toContain('去不了');
    expect(await statusOf()).toBe('open');
    const lines = await service.service.records.caseEntries('h1.c1');
    expect(lines.map(({ text }) => text.zh)).toContain('李强 <b> 去不了');
  });

  it('in English, for names that hold markup', async () => {
    const html = await (await ask(pathTo('li'), { headers: { 'accept-language': 'en' } })).text();
    expect(html).toContain('I take this on');
    expect(html).toContain('李强 &#60;b&#62;');
  });

  it('acknowledges with its button, in the name of its person, as often as it is pressed', async () => {
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const first = await ask(pathTo('zhang'), form);
    expect(first.status).toBe(200);
    expect(await first.text()).toContain('已由 张敏 接手');
    expect(await service.service.records.case('h1.c1')).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: '张敏',
    });
    expect((await ask(pathTo('zhang'), form)).status).toBe(200);
    const second = await ask(pathTo('li'), form);
    expect(second.status).toBe(409);
    expect(await second.text()).toMatch(/事项已有人接手：张敏（\d\d-\d\d \d\d:\d\d）/);
    const late = await (await ask(pathTo('li'))).text();
    for (const words of ['我来接手', '正在赶去', '我去不了', '内接手']) expect(late).not.toContain(words);
  });

  it('says with one more tap that whoever has it sets out, and asks nothing after that', async () => {
    expect(await (await ask(pathTo('zhang'))).text()).toContain('正在赶去');
    const said = await ask(`${pathTo('zhang')}/on-the-way`, { method: 'POST' });
    expect(await said.text()).toContain('已由 张敏 接手，正在赶去');
    expect((await service.service.records.case('h1.c1'))?.onTheWayAt).toBeGreaterThan(0);
    // Nothing more, but that they are there, that it was a mistake, or that they cannot come after all.
    const after = await (await ask(pathTo('zhang'))).text();
    expect([...after.matchAll(/<button[^>]*>([^<]+)</g)].map(([, words]) => words)).toEqual([
      '我到了',
      '按错了，撤回“已出发”',
      '我去不了，交回',
    ]);
  });

  it('stops what still waits to be sent about the case', async () => {
    const dead = async () => {
      const { items } = await service.service.records.notices({ paths: [''] }, { limit: 50 });
      return items.filter(({ channel }) => channel === 'dead');
    };
    await expect
      .poll(dead, { interval: 5 })
      .toMatchObject([{ state: 'withdrawn', failure: 'case-taken', recipient: { id: 'li' } }]);
  });

  it('that nobody of us signed leads nowhere', async () => {
    const [until, , notice] = pathTo('zhang').slice(3).split('.');
    const forged = await ask(`/n/${until}.${'A'.repeat(22)}.${notice}`, { method: 'POST' });
    expect(forged.status).toBe(404);
    const page = await forged.text();
    expect(page).toContain('链接无效');
    // Whoever follows it may be of the family, and may be asking because of an emergency.
    expect(page).toContain('href="tel:120"');
    expect(page).toContain('家属请直接联系社区工作人员');
  });

  it('ends after its time', () => {
    const token = linkToken('secret', { id: 'n1', createdAt: 0 });
    expect(readLink('secret', token, LIMITS.noticeLinkMs)).toEqual({ notice: 'n1' });
    expect(readLink('secret', token, LIMITS.noticeLinkMs + 2_000)).toBe('expired');
    // What is told in the morning was made the evening before: it leads somewhere until the evening.
    const said = { zh: '', en: '' };
    const content = { event: 'case-opened', title: said, body: said, priority: 'P4' } as const;
    const ofMorning = linkToken('secret', { id: 'n1', createdAt: 0, content });
    expect(readLink('secret', ofMorning, 13 * HOUR + LIMITS.noticeLinkMs)).toEqual({ notice: 'n1' });
    expect(readLink('other', token, 0)).toBe('unknown');
  });

  it('ends no later, whatever whoever has the key signs', async () => {
    const notice = { id: 'n1', createdAt: 0 } as Notice;
    const behind = (createdAt: number) =>
      noticeBehind('secret', linkToken('secret', { ...notice, createdAt }), DAY, {
        notice: async () => notice,
      });
    expect(await behind(3650 * DAY)).toBe('unknown');
    expect(await behind(0)).toBe('expired');
  });
});

describe('the link of a notice of a case that has become another matter', () => {
  it('says what the case is now, and as what it was sent', async () => {
    const deliver = (body: object) =>
      service.service.deliver({
        receivedAt: Date.now(),
        topic: 'shouwang/clip/telemetry',
        payload: new TextEncoder().encode(JSON.stringify(body)),
      });
    const pathOf = async (priority: string): Promise<string> => {
      const found = () =>
        sent().find(
          ({ data: { home, recipient, ...one } }) =>
            home === 'h5' && recipient.id === 'zhang' && one.priority === priority,
        );
      while (!found()) await receiver.arrival();
      return new URL(found()?.data.link ?? '').pathname;
    };
    for (const ago of [20, 15, 10, 5, 0]) await deliver({ at: Date.now() - ago * 60_000, pulse_bpm: 30 });
    const path = await pathOf('P2');
    const before = await (await ask(path)).text();
    expect(before).toContain('<span class="priority p2">P2</span>');
    expect(before).not.toContain('通知时为');
    await deliver({ at: Date.now(), event: 'sos' });
    await pathOf('P1');
    const html = await (await ask(path)).text();
    expect(html).toContain('<span class="priority p1">P1</span>');
    expect(html).toMatch(/<h1>.*紧急呼叫.*<\/h1>/);
    expect(html).toMatch(/通知时为 P2 /);
    expect(html).not.toContain('王秀英');
    expect(html).toContain('我来接手');
    const english = await (await ask(path, { headers: { 'accept-language': 'en' } })).text();
    expect(english).toMatch(/It was sent as P2 /);
  });
});

describe.runIf(SLOW)('the link of a question after an absence', () => {
  atLength('is answered by one tap, in the name of its person, and by no look', async () => {
    const period = { from: Date.now() - DAY, until: Date.now() + 200, kind: 'travel' as const };
    await service.service.submit({ type: 'home.away', home: 'h4', period }, '张敏');
    // The first one told that it was registered.
    const path = await pathAbout('h4', 'h4.c2');
    const html = await (await ask(path)).text();
    for (const words of ['已回来', '未回，延长 3 天', '已搬走', '已去世']) expect(html).toContain(words);
    expect(html).not.toContain('接手');
    const status = async () => (await service.service.records.case('h4.c2'))?.status;
    expect(await status()).toBe('open');
    expect((await ask(`${path}/extend`)).status).toBe(404);
    const said = await ask(`${path}/extend`, { method: 'POST' });
    expect(await said.text()).toContain('已答复');
    expect(await status()).toBe('struck-off');
    expect(service.service.registry.home('h4')?.away).toMatchObject([{ by: '张敏', kind: 'travel' }]);
    // Who presses once more learns that it was answered.
    const again = await ask(`${path}/back`, { method: 'POST' });
    expect([again.status, (await again.text()).includes('可能已有人答复')]).toEqual([409, true]);
  });
});

describe('the link of somebody who is asked whether all is well', () => {
  it('offers two answers in plain words, and nothing to take', async () => {
    const payload = new TextEncoder().encode(JSON.stringify({ event: 'sos' }));
    await service.service.deliver({ receivedAt: Date.now(), topic: 'shouwang/pendant/telemetry', payload });
    while (!sent().some(({ data }) => data.recipient.id === 'h3-r')) await receiver.arrival();
    const path = pathTo('h3-r');
    const html = await (await ask(path)).text();
    expect(html).toContain('我没事');
    expect(html).toContain('我需要帮助');
    // What a person reads: the address of the link is random, and may hold these letters.
    const read = html.replaceAll(/<[^>]*>/g, ' ');
    for (const words of ['接手', 'P1', '事项']) expect(read).not.toContain(words);
    const lines = async () => {
      const entries = await service.service.records.caseEntries('h3.c1');
      return entries.filter(({ by }) => by === '李德福').map(({ type, text }) => `${type} ${text.zh}`);
    };
    expect((await ask(`${path}/help`)).status).toBe(404);
    expect(await (await ask(`${path}/help`, { method: 'POST' })).text()).toContain('会尽快联系您');
    expect(await lines()).toEqual([expect.stringContaining('需要帮助')]);
    await ask(path, { method: 'POST' });
    expect(await lines()).toHaveLength(2);
    expect((await service.service.records.case('h3.c1'))?.status).toBe('open');
    // Nobody else answers in their place.
    expect((await ask(`${pathTo('zhang')}/help`, { method: 'POST' })).status).toBe(404);
    for (const press of ['on-the-way', 'cannot-come'])
      expect((await ask(`${path}/${press}`, { method: 'POST' })).status).toBe(404);
  });
});

describe('the link of mere news after an absence', () => {
  it('that somebody is back asks nothing, and lets whoever knows better say so', async () => {
    const readings = [3, 2, 1].map((hours) => ({
      at: Date.now() - (hours * DAY) / 24,
      water_index_m3: hours === 1 ? 10.05 : 10,
    }));
    const payload = new TextEncoder().encode(JSON.stringify(readings));
    await service.service.deliver({ receivedAt: Date.now(), topic: 'shouwang/meter/telemetry', payload });
    const html = await (await ask(await pathAbout('h2'))).text();
    expect(html).toContain('外出登记自动结束');
    for (const words of ['已回来<', '已搬走', '已去世', '接手']) expect(html).not.toContain(words);
    expect(html).toContain('其实没有回来');
  });

  it('that the family has registered one takes it back with one tap, and asks nothing', async () => {
    const period = { from: Date.now(), until: Date.now() + DAY, kind: 'travel' as const };
    const via = { kind: 'resident', id: 'h3-r' } as const;
    await service.service.submit({ type: 'home.away', home: 'h3', period: { ...period, via } }, '李德福');
    const path = await pathAbout('h3');
    const html = await (await ask(path)).text();
    for (const words of ['已去世', '已搬走', '我来接手', '尚无人接手']) expect(html).not.toContain(words);
    expect(html).toContain('撤销登记');
    await ask(`${path}/back`, { method: 'POST' });
    const [ended] = service.service.registry.home('h3')?.away ?? [];
    expect(ended?.until).toBeLessThanOrEqual(Date.now());
  });
});
