import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { registerNoticePage } from '../../src/api/notice-page.ts';
import { ChannelReplies } from '../../src/app/channel-replies.ts';
import { homeDoor } from '../../src/app/home-door.ts';
import { linkToken, noticeDoor } from '../../src/app/notice-links.ts';
import { MINUTE } from '../../src/lib/clock.ts';
import { person, pressed } from './called.ts';
import { Story } from './story.ts';

const setting = {
  homes: { h1: ['band'] },
  rules: [
    { id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' },
    { id: 'N1', kind: 'event', params: { events: ['fall'] }, priority: 'P2' },
  ],
  channels: ['robot', 'terminal'],
  entries: [
    person('zhou', '周敏', 'grid-worker', 'haitang/g1'),
    {
      noun: 'contact',
      id: 'son',
      home: 'h1',
      name: '王建国',
      relation: '儿子',
      channels: [{ channel: 'robot', address: 'son' }],
    },
    {
      noun: 'contact',
      id: 'daughter',
      home: 'h1',
      name: '王敏',
      relation: '女儿',
      order: 2,
      channels: [{ channel: 'robot', address: 'daughter' }],
    },
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker', 'contact'] }],
    fallback: { channels: ['terminal'] },
  },
} as const;

/** The pages behind the links of a story in which the band has called for help: the real door, over a core in virtual time. */
function pages(site: { readonly name: string; readonly phone?: string } = { name: '海棠社区' }) {
  const story = new Story(setting);
  const kept = new Map<string, string>();
  pressed(story);
  const find = async (id: string) => story.notices.find((one) => one.id === id);
  const submit = async (...asked: Parameters<Story['command']>) => story.command(...asked);
  const clock = { speed: 1, now: () => story.now };
  const current = (id: string) => story.case(id);
  const replies = new ChannelReplies({
    outbox: {
      find: async ({ about }) => ('notice' in about ? find(about.notice) : undefined),
      change: async () => undefined,
    },
    registry: () => story.core.registry,
    submit,
    current,
    logger: { error: () => {} },
  });
  const noticeLinks = noticeDoor({
    secret: 'secret',
    records: {
      notice: find,
      case: async (id) => ({ ...story.case(id), number: 1 }),
      meta: async (key) => kept.get(key),
    },
    registry: () => story.core.registry,
    take: replies.take,
    submit,
    clock,
  });
  const app = Fastify();
  registerNoticePage(app, { noticeLinks, site });
  const door = homeDoor({
    secret: 'secret',
    publicUrl: undefined,
    records: {
      notice: find,
      case: async () => undefined,
      meta: async (key) => kept.get(key),
      metaUnder: async () => [],
      saveMeta: async (key, value) => void kept.set(key, value),
    },
    registry: () => story.core.registry,
    isAsking: () => false,
    submit,
    clock,
  });
  const pathOf = (who: string, since = 0): string => {
    const notice = story.notices.find(({ recipient: { id }, createdAt }) => id === who && createdAt >= since);
    if (!notice) throw new Error(`${who} was not told`);
    return `/n/${linkToken('secret', notice)}`;
  };
  const look = async (who: string, since?: number): Promise<string> =>
    (await app.inject({ url: pathOf(who, since) })).body;
  /** Presses what the page offers under these words, as a browser does. */
  const press = async (who: string, words: string, page?: string): Promise<string> => {
    const shown = page ?? (await look(who));
    const form = shown.match(new RegExp(`<form method="post"(?:(?!</form>).)*>${words}</button>`, 's'))?.[0];
    if (!form) throw new Error(`no “${words}” on the page: ${shown}`);
    const action = /action="([^"]+)"/.exec(form)?.[1] ?? pathOf(who);
    const saw = /name="saw" value="([^"]*)"/.exec(form)?.[1];
    const payload = new URLSearchParams(saw === undefined ? {} : { saw }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return (await app.inject({ method: 'POST', url: action, payload, headers })).body;
  };
  return { story, look, press, door };
}

describe('a contact who takes an emergency over their link', () => {
  test('is shown as what they are, and hears that others go on being called', async () => {
    const { story, look, press } = pages();
    expect(await look('son')).toContain('以此身份接手：王建国（儿子）');
    expect(await press('son', '我来接手')).toContain('仍会继续通知社区工作人员');
    expect(story.case('h1.c1').acknowledgedBy).toBe('王建国（儿子）');
    // Whoever is near may take it over by the same link as before.
    expect(await look('zhou')).toContain('已接手 王建国（儿子）');
    await press('zhou', '我来接手');
    expect(story.case('h1.c1').acknowledgedBy).toBe('周敏');
    expect(await look('son')).not.toContain('正在赶去</button>');
  });

  test('is on the way under the same name', async () => {
    const { story, press } = pages();
    expect(await press('son', '正在赶去')).toContain('已由 王建国（儿子） 接手，正在赶去');
    expect(story.lastEntry('h1.c1', 'step')?.by).toBe('王建国（儿子）');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '王建国（儿子）', onTheWayAt: story.now });
    // Nobody is told in between that he has it and does not come.
    const words = story.lines('h1.c1').map(({ text }) => text.zh);
    expect(words.join()).not.toContain('尚未说要赶去');
  });

  test('says that they are there, so that nobody is called because they did not come', async () => {
    const { story, look, press } = pages();
    expect(await look('son')).not.toContain('我到了');
    await press('son', '正在赶去');
    story.after(20 * MINUTE);
    expect(await press('son', '我到了，在老人身边')).toContain('已记录：您已到现场');
    expect(story.case('h1.c1')).toMatchObject({ onSiteAt: story.now, contactAt: story.now });
    expect(await look('son')).not.toContain('我到了');
    const calls = story.notices.length;
    story.after(60 * MINUTE);
    expect(story.notices).toHaveLength(calls);
  });

  test('and is told that it has changed, not that the link is none, where somebody took it over meanwhile', async () => {
    const { story, look, press } = pages();
    await press('son', '正在赶去');
    const before = await look('son');
    story.command({ type: 'case.acknowledge', case: 'h1.c1', takeOver: true }, '周敏');
    const page = await press('son', '我到了，在老人身边', before);
    expect(page).not.toContain('链接无效');
    expect(page).toContain('已接手 周敏');
  });

  test('keeps it from a brother who says the same later, unless he comes', async () => {
    const { story, look, press } = pages();
    const before = await look('son');
    await press('daughter', '我来接手');
    // His page still showed that nobody has it.
    expect(await press('son', '我来接手', before)).toContain('王敏（女儿） 已接手。您能赶去的话');
    expect(story.case('h1.c1').acknowledgedBy).toBe('王敏（女儿）');
    const after = await look('son');
    expect(after).not.toContain('我来接手');
    expect(await press('son', '正在赶去', after)).toContain('已由 王建国（儿子） 接手，正在赶去');
    expect(story.case('h1.c1').acknowledgedBy).toBe('王建国（儿子）');
    // Now somebody comes, and she has nothing to take.
    expect(await look('daughter')).not.toContain('正在赶去</button>');
  });

  test('who takes it over without coming leaves somebody near wanted as before', () => {
    const { story } = pages();
    story.acknowledge('h1.c1', '王敏（女儿）');
    story.command({ type: 'case.acknowledge', case: 'h1.c1', takeOver: true }, '王建国（儿子）');
    expect(story.lastEntry('h1.c1', 'taken-over')?.text.zh).toContain('仍请就近人员前往');
  });
});

describe('whoever is far away', () => {
  test('reads whether somebody goes there, and is there', async () => {
    const { story, look, press } = pages();
    await press('zhou', '正在赶去');
    expect(await look('daughter')).toMatch(/已接手 周敏.*· 已出发/);
    story.after(5 * MINUTE);
    story.step('h1.c1', 'on-site', undefined, '周敏');
    expect(await look('daughter')).toMatch(/已接手 周敏.*· 已到现场/);
  });
});

describe('the page behind a link', () => {
  test('takes no second tap on the page that was shown for another word', async () => {
    const { story, look, press } = pages();
    const shown = await look('zhou');
    await press('zhou', '我来接手', shown);
    // Both the next step and the word that one cannot come were meant for a case that nobody had.
    for (const words of ['正在赶去', '我去不了'])
      expect(await press('zhou', words, shown)).toContain('这一下没有记录');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '周敏', status: 'acknowledged' });
    expect(story.case('h1.c1')).not.toHaveProperty('onTheWayAt');
    const next = await look('zhou');
    expect(await press('zhou', '正在赶去', next)).toContain('正在赶去');
    // The same once more is the same.
    expect(await press('zhou', '正在赶去', next)).not.toContain('这一下没有记录');
    expect(story.timeLine('h1.c1').filter((type) => type === 'step')).toHaveLength(1);
  });

  test('lets its buttons rest where one has just been tapped', async () => {
    const { look, press } = pages();
    expect(await look('zhou')).not.toContain('class="rest"');
    expect(await press('zhou', '我来接手')).toMatch(/<form [^>]*on-the-way" class="rest"/);
  });

  test('takes back what was said by mistake, and gives the case back', async () => {
    const { story, look, press } = pages();
    await press('zhou', '正在赶去');
    expect(await press('zhou', '按错了，撤回“已出发”')).toContain('已撤回');
    expect(story.lines('h1.c1').at(-1)?.type).toBe('step-withdrawn');
    expect(await press('zhou', '我去不了，交回')).toContain('周敏 已交回。正在通知其他人');
    expect(story.case('h1.c1').status).toBe('open');
    expect(await look('zhou')).toContain('我来接手');
    await press('zhou', '正在赶去');
    story.after(16 * 60_000);
    expect(await look('zhou')).not.toContain('按错了');
    expect(await look('zhou')).not.toContain('已超时');
    story.after(30 * 60_000);
    expect(await look('zhou')).toContain('已超时，正在再次通知');
  });

  test('says to whoever cannot come that others are called, and keeps its buttons', async () => {
    const { press } = pages();
    const html = await press('son', '我去不了');
    expect(html).toContain('王建国（儿子） 去不了。会继续通知其他人');
    expect(html).toContain('我来接手');
  });

  test('names 120 for an emergency of a person, to staff as to the family', async () => {
    const { story, look } = pages();
    for (const who of ['zhou', 'son']) expect(await look(who)).toContain('tel:120');
    story.acknowledge('h1.c1');
    story.resolve('h1.c1');
    expect(await look('zhou')).not.toContain('tel:120');
  });

  test('lets the family say what they heard from the person, which ends no call', async () => {
    const { story, look, press } = pages();
    expect(await look('zhou')).not.toContain('通话了');
    expect(await press('son', '通话了，没事')).toContain('工作人员仍会确认');
    expect(story.case('h1.c1').status).toBe('open');
    expect(story.lastEntry('h1.c1', 'confirmed')).toMatchObject({ by: '王建国（儿子）' });
    // Who needs help waits for nobody, also where the contact has it.
    await press('son', '我来接手');
    const before = story.notices.length;
    expect(await press('son', '通话了，需要帮助')).toContain('正在通知工作人员');
    story.after(1000);
    expect(story.notices.slice(before).map(({ recipient }) => recipient.id)).toContain('zhou');
    // Whoever has it has thereby reached the person.
    await press('son', '通话了，没事');
    expect(story.case('h1.c1').contactAt).toBe(story.now);
  });
});

describe('a contact whose links were withdrawn', () => {
  const SON = { kind: 'contact', id: 'son' } as const;

  test('takes nothing any more by the links of notices that they had, and is told whom to call', async () => {
    const { story, look, press, door } = pages();
    const before = await look('son');
    await door.revoke('h1', SON, '周敏');
    for (const page of [await look('son'), await press('son', '正在赶去', before)]) {
      expect(page).toContain('链接无效或已停用');
      expect(page).toContain('tel:120');
      expect(page).not.toContain('王');
    }
    expect(story.case('h1.c1').status).toBe('open');
    // Nobody else loses theirs.
    expect(await press('daughter', '正在赶去')).toContain('已由 王敏（女儿） 接手');
  });

  test('answers by the links of what they are told from then on', async () => {
    const { story, look, press, door } = pages();
    await door.revoke('h1', SON, '周敏');
    await door.make('h1', SON, 30, '周敏');
    const since = story.now + MINUTE;
    story.after(MINUTE);
    story.acknowledge('h1.c1', '周敏');
    story.command({ type: 'case.give-back', case: 'h1.c1', reason: '' }, '周敏');
    story.after(MINUTE);
    expect(await press('son', '正在赶去', await look('son', since))).toContain('已由 王建国（儿子） 接手');
  });
});

describe('a page behind a link', () => {
  test('says where the community can be called, if that is known', async () => {
    const { look } = pages({ name: '海棠社区', phone: '0571-8888 1234' });
    for (const who of ['zhou', 'son'])
      expect(await look(who)).toContain('社区电话：<a href="tel:057188881234">0571-8888 1234</a>');
    expect(await pages().look('son')).not.toContain('社区电话');
  });
});
