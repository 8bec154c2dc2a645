import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { linkToken } from '../../src/app/notice-links.ts';
import { DAY, HOUR } from '../../src/lib/clock.ts';
import { zoneOffset } from '../../src/lib/local-time.ts';
import { LIMITS } from '../../src/model/limits.ts';
import type { Notice } from '../../src/model/notice.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { community, T0 } from '../core.ts';
import { atLength } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { contact, door, MOTHER, resident, SON } from './home-doors.ts';
import { instant, productRules, type Setting, type Story, tell } from './story.ts';

const ZONE = 'Asia/Shanghai';

describe('the personal link of a home, in the browser of the family', () => {
  let service: TestService;
  let cookie: string;

  beforeAll(async () => {
    const entries = community({ h1: [{ id: 'meter', model: 'water-meter' }] })
      .filter((entry) => entry.noun !== 'resident')
      .map(
        (entry): RegistryEntry =>
          entry.noun === 'node' && entry.path === 'haitang/g1'
            ? { ...entry, phone: '0571-8888 1234' }
            : entry,
      );
    service = await testService({
      entries: [...entries, resident, { ...contact, channels: [] } as RegistryEntry],
      rules: productRules,
      service: {
        http: { host: '127.0.0.1', port: 0, publicUrl: 'https://care.example.org' },
        site: { phone: '0571-9999 0000' },
      },
    });
    cookie = await signIn(service.url);
  });
  afterAll(() => service.stop());

  let keys = 0;
  const asStaff = (path: string, body: object) =>
    fetch(`${service.url}/api/v1/homes/h1${path}`, {
      method: 'POST',
      headers: {
        cookie,
        origin: service.url,
        'content-type': 'application/json',
        'idempotency-key': `k${keys++}`,
      },
      body: JSON.stringify(body),
    });
  const linkFor = async (visitor: object): Promise<string> => {
    const made = (await (await asStaff('/links', { visitor })).json()) as { path: string; url: string };
    expect(made.url).toBe(`https://care.example.org${made.path}`);
    return made.path;
  };
  const look = (path: string, locale = 'zh') =>
    fetch(`${service.url}${path}`, { headers: { 'accept-language': locale } });
  const press = (path: string, form: Record<string, string> = {}) =>
    fetch(`${service.url}${path}`, { method: 'POST', body: new URLSearchParams(form) });
  const local = (at: number): string => new Date(at + zoneOffset(at, ZONE)).toISOString().slice(0, 16);
  const home = () => service.service.registry.home('h1');

  it('shows little, in both languages, and nothing of it acts by being looked at', async () => {
    const path = await linkFor(SON);
    const page = await look(path);
    const html = await page.text();
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(html).toContain('王小明');
    expect(html).toContain('王老人');
    for (const secret of ['王秀英', '000-0000', '3号楼', '<script']) expect(html).not.toContain(secret);
    const english = await (await look(path, 'en')).text();
    for (const words of ['Register an absence', 'about the resident 王', 'Hospital', '1 day<', '3 days<'])
      expect(english).toContain(words);
    for (const action of ['register', 'back', 'answer/back'])
      expect((await look(`${path}/${action}`)).status).toBe(404);
    expect(home()?.away).toBeUndefined();
  });

  it('says where the community of this home is called, and by whose clocks its times are', async () => {
    const html = await (await look(await linkFor(SON))).text();
    expect(html).toContain('<a href="tel:057188881234">0571-8888 1234</a>');
    expect(html).not.toContain('0571-9999 0000');
    expect(html).toContain('以上时间为老人所在地时间（UTC+8）');
    // Whose link it was nobody knows: that of the site is all that there is.
    expect(await (await look('/a/none.1.2.3')).text()).toContain('0571-9999 0000');
  });

  it('registers an absence in the name of the contact, tells staff at once, and ends it', async () => {
    const path = await linkFor(SON);
    const from = Math.floor(Date.now() / 60_000) * 60_000;
    const said = await press(`${path}/register`, { kind: 'hospital', from: local(from), days: '3' });
    expect([said.status, (await said.text()).includes('已登记')]).toEqual([200, true]);
    const by = '王小明（儿子）';
    const period = { from, until: from + 3 * DAY, kind: 'hospital' };
    expect(home()?.away).toEqual([{ ...period, by, via: SON }]);
    expect(home()?.awayLog).toMatchObject([{ ...period, by, change: 'registered' }]);
    const { items } = await service.service.records.cases({ paths: [''], kind: 'care' }, { limit: 9 });
    expect(items).toMatchObject([{ status: 'open', priority: 'P4' }]);
    const lines = await service.service.records.caseEntries(items[0]?.id ?? '');
    expect(lines[0]?.text.zh).toContain('王小明（儿子） 通过个人链接登记：住院');
    const done = await press(`${path}/back`, { from: String(from) });
    expect(await done.text()).toContain('已结束，恢复看护');
    expect(home()?.away?.every(({ until }) => until <= Date.now())).toBe(true);
    expect(home()?.awayLog?.at(-1)).toMatchObject({ ...period, by, change: 'ended' });
    expect((await press(`${path}/back`, { from: String(from) })).status).toBe(409);
  });

  atLength(
    'is undone by staff: what was ended lasts again, and who did so stands in the history',
    async () => {
      const ended = home()?.awayLog?.at(-1);
      const { from = 0, until = 0, kind } = ended ?? {};
      expect((await asStaff('/away', { from, until, kind })).status).toBe(200);
      expect(home()?.away?.at(-1)).toMatchObject({ from, until, kind: 'hospital' });
      expect(home()?.awayLog?.at(-1)).toMatchObject({ change: 'registered', until });
      expect((await asStaff('/back', { from })).status).toBe(200);
      expect(home()?.awayLog?.map(({ by }) => by)).toEqual([
        '王小明（儿子）',
        '王小明（儿子）',
        '管理员',
        '管理员',
      ]);
    },
  );

  it('does not say why a home is away to those who did not register it', async () => {
    const from = Date.now();
    await asStaff('/away', { from, until: from + DAY, kind: 'hospital', note: '市一院' });
    const html = await (await look(await linkFor(MOTHER))).text();
    expect(html).toContain('已登记的外出');
    expect(html).not.toMatch(/住院 <b>|市一院|已去世/);
    await asStaff('/back', { from });
  });

  it('lets nobody say of themselves that they have died', async () => {
    const path = await linkFor(MOTHER);
    const from = Math.floor(Date.now() / 60_000) * 60_000 + 2 * HOUR;
    await press(`${path}/register`, { kind: 'deceased', from: local(from), days: '1' });
    expect(home()?.away?.find((one) => one.from === from)).toMatchObject({ kind: 'travel' });
    await press(`${path}/back`, { from: String(from) });
    await press(`${path}/answer/deceased`);
    expect(home()?.away?.some(({ kind }) => kind === 'deceased')).toBe(false);
  });

  it('takes what can wait as a request in the name of its person, once, and only so many in a day', async () => {
    const path = await linkFor(MOTHER);
    expect(await (await look(path)).text()).toContain('我有事要托办');
    const send = (form: Record<string, string>) => press(`${path}/request`, { once: '1', ...form });
    expect((await send({ category: 'errands', note: ' ' })).status).toBe(409);
    const first = { category: 'errands', note: '请代买米' };
    for (let i = 0; i < 2; i++) expect(await (await send(first)).text()).toContain('已收到');
    const requests = async () =>
      (await service.service.records.cases({ paths: [''], kind: 'request' }, { limit: 20 })).items;
    expect(await requests()).toMatchObject([{ home: 'h1', category: 'errands', priority: 'P3' }]);
    const [entry] = await service.service.records.caseEntries((await requests())[0]?.id ?? '');
    expect(entry).toMatchObject({ by: '王秀英（本人）' });
    expect(entry?.text.zh).toBe('王秀英（本人） 提出诉求（代办与送餐，P3）：请代买米');
    for (let n = 2; n <= LIMITS.homeLinkRequestsPerDayMax; n++)
      expect((await send({ category: 'nothing of ours', note: `第 ${n} 件` })).status).toBe(200);
    const more = await (await send({ category: 'company', note: '再一件 <b>' })).text();
    expect(more).toContain('今天提交的诉求过多');
    // What was typed and chosen stands there still, before everything else that could be done.
    expect(more).toContain('>再一件 &#60;b&#62;</textarea>');
    expect(more).toContain('value="company" checked');
    expect(more.indexOf('再一件')).toBeLessThan(more.indexOf('确认登记'));
    expect(await (await look(path)).text()).not.toContain('再一件');
    expect(await requests()).toHaveLength(LIMITS.homeLinkRequestsPerDayMax);
    const metrics = await service.service.metrics.metrics();
    expect(metrics).toContain('shouwang_home_links_refused_total{reason="requests-too-many"} 1');
  });

  it('shows whoever asked what became of it, and nobody else', async () => {
    const [one] = (await service.service.records.cases({ paths: [''], kind: 'request' }, { limit: 20 }))
      .items;
    expect(await (await look(await linkFor(SON))).text()).not.toContain('我托办的事');
    const mothers = await linkFor(MOTHER);
    const lines = async () =>
      (await (await look(mothers)).text()).match(/<li>[^\n]*?<\/li>/g)?.join('\n') ?? '';
    expect(await lines()).toMatch(/代办与送餐 <b>已收到，待办理/);
    expect(await lines()).not.toContain('请代买米');
    const take = {
      type: 'case.acknowledge',
      case: one?.id ?? '',
    } as const;
    expect((await service.service.submit(take, '周敏')).ok).toBe(true);
    expect(await lines()).toMatch(/<b>办理中/);
  });

  it('takes as many characters of a request as its form does, over several lines', async () => {
    const path = await linkFor(SON);
    const lines = ['请帮忙', '修', ''].join('\r\n');
    const note = `${lines}${'灯'.repeat(994)}`;
    const answer = await press(`${path}/request`, { once: '1', category: 'house-repair', note });
    expect(await answer.text()).toContain('已收到');
    const { items } = await service.service.records.cases({ paths: [''], kind: 'request' }, { limit: 20 });
    const one = items.find(({ category }) => category === 'house-repair');
    const [entry] = await service.service.records.caseEntries(one?.id ?? '');
    expect(entry?.text.zh.endsWith(`：请帮忙\n修\n${'灯'.repeat(994)}`)).toBe(true);
  });

  it('says what is wrong with a form', async () => {
    const path = await linkFor(SON);
    const at = (hours: number): string => local(Date.now() + hours * HOUR);
    const wrong = async (form: Record<string, string>): Promise<string> => {
      const page = await press(`${path}/register`, { kind: 'travel', ...form });
      expect(page.status).toBe(409);
      return /role="alert">([^<]+)/.exec(await page.text())?.[1] ?? '';
    };
    expect(await wrong({ from: 'soon', days: '3' })).toBe('请填写开始和结束时间');
    expect(await wrong({ from: at(5), until: at(2) })).toContain('结束时间须晚于开始时间');
    expect(await wrong({ from: at(0), until: at(24 * 200) })).toContain('时间过长');
    expect(await wrong({ from: at(-48), until: at(48) })).toContain('开始时间过早');
    const form = { kind: 'hospital', from: at(5), until: at(2), days: '7' };
    const html = await (await press(`${path}/register`, form)).text();
    for (const stands of [
      `value="${form.from}"`,
      `value="${form.until}"`,
      'value="hospital" checked',
      'value="7" checked',
    ])
      expect(html).toContain(stands);
    const metrics = await service.service.metrics.metrics();
    expect(metrics).toContain('shouwang_home_links_refused_total{reason="too-long"} 1');
  });

  it('leads nowhere once it was withdrawn, or another was made', async () => {
    const first = await linkFor(SON);
    const second = await linkFor(SON);
    expect((await look(first)).status).toBe(404);
    expect((await look(second)).status).toBe(200);
    expect((await asStaff('/links/revoke', { visitor: SON })).status).toBe(204);
    const dead = await (await look(second)).text();
    expect(dead).toContain('链接无效或已停用');
    expect(dead).toContain('href="tel:120"');
    expect((await press(`${second}/register`, { from: local(Date.now()), days: '1' })).status).toBe(404);
    expect((await asStaff('/links', { visitor: { kind: 'contact', id: 'k9' } })).status).toBe(404);
  });
});

describe('a token', () => {
  it('that nobody of us signed opens nothing', async () => {
    const { door: of, make } = door();
    const parts = (await make()).split('.');
    for (const i of [0, 1, 2, 3]) {
      const forged = parts.map((part, at) => (at === i ? `${part}A` : part)).join('.');
      expect(await of.open(forged)).toBe('unknown');
    }
    expect(await of.open('')).toBe('unknown');
    expect(of.refused.get('unknown')).toBe(5);
  });

  it('ends after its days', async () => {
    const { door: of, make, clock } = door();
    const token = await make();
    clock.set(T0 + 30 * DAY - 1);
    expect(await of.open(token)).toMatchObject({ visitor: '王小明' });
    clock.set(T0 + 30 * DAY + 2_000);
    expect(await of.open(token)).toBe('expired');
    expect(await of.linksOf('h1')).toMatchObject([{ name: '王秀英' }, { name: '王小明', relation: '儿子' }]);
    expect((await of.linksOf('h1')).some(({ link }) => link)).toBe(false);
  });

  it('of another key opens nothing, and staff see that the person has no link', async () => {
    const { make, meta } = door();
    const token = await make();
    const { door: of, make: makeAnew } = door('another', meta);
    expect(await of.open(token)).toBe('unknown');
    expect((await of.linksOf('h1')).some(({ link }) => link)).toBe(false);
    const ended = { home: 'h1', visitor: SON, name: '王小明', relation: '儿子', madeAt: T0, madeBy: '周敏' };
    expect(await of.endedByKey()).toEqual([{ ...ended, until: T0 + 30 * DAY }]);
    expect(await of.open(await makeAnew())).toMatchObject({ visitor: '王小明' });
    expect((await of.linksOf('h1')).some(({ link }) => link)).toBe(true);
    expect(await of.endedByKey()).toEqual([]);
  });

  it('of another key is in no list of who needs a new one, when it was withdrawn, is over, or its person is not here any more', async () => {
    const { door: before, make, meta } = door();
    await make();
    const { door: of, registry, clock } = door('another', meta);
    registry.apply([], [{ noun: 'contact', key: 'k1' }]);
    expect(await of.endedByKey()).toEqual([]);
    registry.apply([contact], []);
    expect(await of.endedByKey()).toHaveLength(1);
    clock.set(T0 + 31 * DAY);
    expect(await of.endedByKey()).toEqual([]);
    const { door: another } = door('another', meta);
    expect(await another.endedByKey()).toHaveLength(1);
    await before.revoke('h1', SON, '周敏');
    expect(await another.endedByKey()).toEqual([]);
  });

  it('is of one person in one home: another name or home wants another link', async () => {
    const { door: of, make, registry } = door();
    const token = await make();
    registry.apply([{ ...contact, home: 'h2' } as RegistryEntry], []);
    expect(await of.open(token)).toBe('unknown');
    registry.apply([{ ...contact, name: '别人' } as RegistryEntry], []);
    expect(await of.open(token)).toBe('unknown');
    registry.apply([contact], []);
    expect(await of.open(token)).toMatchObject({ visitor: '王小明' });
  });

  it('answers the question after an absence in the name of its person', async () => {
    const { door: of, make, asked } = door();
    expect(await of.answer(await make(), 'extend')).toMatchObject({ ok: true });
    expect(asked).toEqual([
      {
        command: { type: 'home.answer', home: 'h1', answer: 'extend', days: 3, via: SON },
        by: '王小明（儿子）',
      },
    ]);
  });

  it('does only so much in a day', async () => {
    const { door: of, make, registry, clock } = door();
    const token = await make();
    const home = registry.home('h1');
    const line = {
      at: T0,
      by: '王小明（儿子）',
      change: 'registered',
      kind: 'travel',
      from: T0,
      until: T0 + 1,
    } as const;
    const awayLog = Array.from({ length: LIMITS.homeLinkChangesPerDayMax }, () => line);
    registry.apply([{ ...home, awayLog } as RegistryEntry], []);
    const period = { kind: 'travel', from: T0, until: T0 + DAY } as const;
    expect(await of.register(token, period)).toEqual({ ok: false, refusal: 'too-often' });
    clock.set(T0 + DAY + 1);
    expect(await of.register(token, { ...period, from: T0 + DAY, until: T0 + 2 * DAY })).toMatchObject({
      ok: true,
    });
  });
});

describe('the link of a notice', () => {
  const notice = (kind: Notice['recipient']['kind'], id: string, name: string): Notice =>
    ({ id: `n-${id}`, home: 'h1', createdAt: T0, recipient: { kind, id, name, role: '' } }) as Notice;

  it('opens the door of the home to a contact, and to nobody else', async () => {
    const { door: of, notices, clock } = door();
    for (const one of [notice('contact', 'k1', '王小明'), notice('staff', 's1', '周敏')])
      notices.set(one.id, one);
    const token = (id: string): string => linkToken('secret', { id, createdAt: T0 });
    expect(await of.open(token('n-k1'))).toMatchObject({ visitor: '王小明' });
    expect(await of.open(token('n-s1'))).toBe('unknown');
    clock.set(T0 + LIMITS.noticeLinkMs + 2_000);
    expect(await of.open(token('n-k1'))).toBe('expired');
  });

  it('does not, once the links of that person were withdrawn', async () => {
    const { door: of, notices } = door();
    notices.set('n-k1', notice('contact', 'k1', '王小明'));
    await of.revoke('h1', SON, '周敏');
    expect(await of.open(linkToken('secret', { id: 'n-k1', createdAt: T0 }))).toBe('unknown');
  });

  it('does not either, once that person has got a new personal link', async () => {
    const { door: of, notices, make } = door();
    notices.set('n-k1', notice('contact', 'k1', '王小明'));
    await of.revoke('h1', SON, '周敏');
    await make();
    expect(await of.open(linkToken('secret', { id: 'n-k1', createdAt: T0 }))).toBe('unknown');
  });
});

describe('what the family registered', () => {
  const setting = {
    homes: { h1: ['meter'] },
    rules: productRules,
    channels: ['robot', 'terminal'],
    entries: [
      {
        noun: 'staff',
        id: 'zhou',
        name: '周敏',
        roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
        channels: [{ channel: 'robot', address: 'zhou' }],
      },
      contact,
    ],
    notify: {
      routes: [{ kinds: ['safety'], priorities: ['P1'], roles: ['grid-worker'] }],
      fallback: { channels: ['terminal'] },
    },
  } satisfies Setting;
  const BY = '王小明（儿子）';
  const register = (story: Story, until: string): void => {
    story.until('day 2 09:00');
    story.home('h1').meter.standsStill();
    const period = { from: story.now, until: instant(until), kind: 'travel' as const, via: SON };
    expect(story.command({ type: 'home.away', home: 'h1', period }, BY).ok).toBe(true);
  };
  const told = (story: Story): string[] =>
    story.notices.map(({ case: of, recipient: { id } }) => `${of} ${id}`);

  tell('is told to the grid worker, and is over as news after a day', setting, (story) => {
    register(story, 'day 4 10:00');
    expect(told(story)).toEqual(['h1.c1 zhou']);
    // Nobody is asked for what needs no answer.
    expect(story.notices[0]?.content.body.zh).toMatch(/无需答复。详情请登录查看。$/);
    story.until('day 3 09:01');
    expect(story.cases('h1')).toEqual(['h1.c1 care P4 struck-off: ']);
  });

  tell('stands beside what another of them registered in the same minute', setting, (story) => {
    register(story, 'day 9 10:00');
    const period = { from: story.now, until: instant('day 3 10:00'), kind: 'visitors' as const };
    const via = { kind: 'contact', id: 'k2' } as const;
    const reply = story.command(
      { type: 'home.away', home: 'h1', period: { ...period, via } },
      '王小红（女儿）',
    );
    expect(reply.ok).toBe(true);
    expect(story.core.registry.home('h1')?.away?.map(({ until }) => until)).toEqual([
      instant('day 9 10:00'),
      instant('day 3 10:00'),
    ]);
  });

  tell('is told once, also where the button was pressed twice', setting, (story) => {
    register(story, 'day 4 10:00');
    const period = { from: instant('day 2 09:00'), until: instant('day 4 10:00'), kind: 'travel' as const };
    expect(story.command({ type: 'home.away', home: 'h1', period: { ...period, via: SON } }, BY).ok).toBe(
      true,
    );
    expect(told(story)).toEqual(['h1.c1 zhou']);
    expect(story.core.registry.home('h1')?.awayLog).toHaveLength(1);
  });

  tell('is asked about at its end of whoever registered it, too', setting, (story) => {
    register(story, 'day 4 10:00');
    story.until('day 4 10:01');
    expect(told(story).slice(1)).toEqual(['h1.c2 zhou', 'h1.c2 k1']);
  });

  tell('is ended by one tap in its news', setting, (story) => {
    register(story, 'day 9 10:00');
    story.until('day 2 10:00');
    const reply = story.command({ type: 'home.answer', home: 'h1', answer: 'back', days: 3 }, '周敏');
    expect(reply.ok).toBe(true);
    expect(story.core.registry.home('h1')?.away).toMatchObject([{ until: instant('day 2 10:00') }]);
    expect(story.core.registry.home('h1')?.awayLog?.map(({ by, change }) => `${change} ${by}`)).toEqual([
      `registered ${BY}`,
      'ended 周敏',
    ]);
  });

  tell('ends by itself at the first use, and the history says so', setting, (story) => {
    register(story, 'day 9 10:00');
    story.until('day 4 17:30');
    story.home('h1').meter.lives();
    story.until('day 4 18:05');
    expect(story.core.registry.home('h1')?.awayLog?.at(-1)).toMatchObject({ by: 'system', change: 'ended' });
  });
});

test('what an entry that is put says of the history of absences is not taken', async () => {
  const service = await testService({ entries: community({ h1: [] }), rules: [] });
  const home = service.service.registry.home('h1');
  const line = { at: 1, by: '冒名', change: 'ended', kind: 'travel', from: 1, until: 2 } as const;
  const put = [{ ...home, awayLog: [line] } as RegistryEntry];
  await service.service.submit({ type: 'registry.apply', put, remove: [] }, '周敏');
  expect(service.service.registry.home('h1')?.awayLog).toBeUndefined();
  await service.stop();
});
