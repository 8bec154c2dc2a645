import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { registerNoticePage } from '../../src/api/notice-page.ts';
import { ChannelReplies } from '../../src/app/channel-replies.ts';
import { linkToken, noticeDoor } from '../../src/app/notice-links.ts';
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
  ],
  notify: {
    routes: [{ kinds: ['safety'], priorities: ['P1', 'P2'], roles: ['grid-worker', 'contact'] }],
    fallback: { channels: ['terminal'] },
  },
} as const;

/** The pages behind the links of a story in which the band has called for help: the real door, over a core in virtual time. */
function pages() {
  const story = new Story(setting);
  pressed(story);
  const find = async (id: string) => story.notices.find((one) => one.id === id);
  const submit = async (...asked: Parameters<Story['command']>) => story.command(...asked);
  const clock = { now: () => story.now };
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
    records: { notice: find, case: async (id) => story.case(id) },
    registry: () => story.core.registry,
    take: replies.take,
    submit,
    clock,
  } as Parameters<typeof noticeDoor>[0]);
  const app = Fastify();
  registerNoticePage(app, { noticeLinks });
  const pathOf = (who: string): string => {
    const notice = story.notices.find(({ recipient: { id } }) => id === who);
    if (!notice) throw new Error(`${who} was not told`);
    return `/n/${linkToken('secret', notice)}`;
  };
  const look = async (who: string): Promise<string> => (await app.inject({ url: pathOf(who) })).body;
  /** Presses what the page offers under these words, as a browser does. */
  const press = async (who: string, words: string, page?: string): Promise<string> => {
    const shown = page ?? (await look(who));
    const form = shown.match(new RegExp(`<form method="post"(?:(?!</form>).)*>${words}</button>`, 's'))?.[0];
    if (!form) throw new Error(`no “${words}” on the page: ${shown}`);
    const action = /action="([^"]+)"/.exec(form)?.[1] ?? pathOf(who);
    const fields = [...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]);
    const payload = new URLSearchParams(fields).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return (await app.inject({ method: 'POST', url: action, payload, headers })).body;
  };
  return { story, look, press };
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
    expect(await look('son')).not.toContain('正在赶去');
  });

  test('is on the way under the same name', async () => {
    const { story, press } = pages();
    expect(await press('son', '正在赶去')).toContain('已由 王建国（儿子） 接手，正在赶去');
    expect(story.lastEntry('h1.c1', 'step')?.by).toBe('王建国（儿子）');
    expect(story.case('h1.c1')).toMatchObject({ acknowledgedBy: '王建国（儿子）', onTheWayAt: story.now });
  });
});
