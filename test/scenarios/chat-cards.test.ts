import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { DAY, wallClock } from '../../src/lib/clock.ts';
import { hashSecret } from '../../src/lib/secrets.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { DingTalkCards } from '../stand-ins/dingtalk-cards.ts';
import { FeishuApp } from '../stand-ins/feishu-app.ts';
import { WeComBot } from '../stand-ins/wecom-bot.ts';

const BOT = 'aib-1';
const FEISHU = { appId: 'cli_0123456789abcdef', appSecret: 'secret-of-feishu', receivers: ['oc_duty'] };
const DING = {
  clientId: 'ding-app',
  clientSecret: 'secret-of-ding',
  template: 'abc.schema',
  users: ['zhang'],
  groups: [],
};

const staff = (id: string, name: string, channels: object[]) =>
  registryEntrySchema.parse({
    noun: 'staff',
    id,
    name,
    roles: [{ role: 'grid-worker', node: 'haitang/g1' }],
    channels,
  });

/** A platform that is down: what is to go there waits for its next try. */
const down = createServer((_request, response) => response.writeHead(503).end());

let wecom: WeComBot;
let ding: DingTalkCards;
let feishu: FeishuApp;
let service: TestService;
let cookie: string;

beforeAll(async () => {
  const clock = wallClock();
  await new Promise<void>((resolve) => down.listen(0, '127.0.0.1', resolve));
  wecom = await WeComBot.open(clock, { [BOT]: 'secret-of-the-bot' }, ['ZhangMin', 'LiQiang']);
  ding = await DingTalkCards.open(clock, DING);
  feishu = await FeishuApp.open(clock, FEISHU);
  const homes = community({ h1: [{ id: 'band', model: 'wristband' }] }).map((entry) =>
    entry.noun === 'device'
      ? { ...entry, enrolledAt: Date.now() - 40 * DAY, secretHash: hashSecret('secret of band') }
      : entry,
  );
  service = await testService({
    entries: [
      ...homes,
      staff('zhang', '张敏', [
        { channel: 'wecom', address: 'ZhangMin' },
        { channel: 'ding', address: 'zhang' },
      ]),
      staff('li', '李强', [{ channel: 'wecom', address: 'LiQiang' }]),
    ],
    rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
    channels: [
      { id: 'terminal', channel: 'terminal' },
      {
        id: 'wecom',
        channel: 'wecom-bot',
        config: { botId: BOT, secret: 'secret-of-the-bot', url: wecom.url },
      },
      {
        id: 'ding',
        channel: 'dingtalk-card',
        config: {
          clientId: DING.clientId,
          clientSecret: DING.clientSecret,
          cardTemplateId: DING.template,
          origin: ding.origin,
        },
      },
      {
        id: 'feishu',
        channel: 'feishu-card',
        config: {
          appId: FEISHU.appId,
          appSecret: FEISHU.appSecret,
          chat: 'oc_duty',
          origin: feishu.origin,
        },
      },
      {
        id: 'platform',
        channel: 'webhook',
        config: {
          url: `http://127.0.0.1:${(down.address() as AddressInfo).port}/hook`,
          secret: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
        },
      },
    ],
    notify: {
      routes: [
        {
          kinds: ['safety'],
          priorities: ['P1'],
          roles: ['grid-worker'],
          channels: ['feishu', 'platform'],
        },
      ],
      always: ['terminal'],
      fallback: { channels: ['terminal'] },
    },
    service: { http: { host: '127.0.0.1', port: 0, publicUrl: 'https://care.example.org' } },
  });
  cookie = await signIn(service.url);
});

afterAll(async () => {
  await service.stop();
  await Promise.all([wecom, ding, feishu].map((one) => one[Symbol.asyncDispose]()));
  down.closeAllConnections();
  down.close();
});

interface Items<T> {
  readonly items: readonly T[];
}
interface Told {
  readonly id: string;
  readonly channel: string;
  readonly state: string;
  readonly failure?: string;
  readonly follows?: object;
}

async function api<T>(path: string): Promise<T> {
  const response = await fetch(`${service.url}/api/v1${path}`, { headers: { cookie } });
  return (await response.json()) as T;
}
const soon = <T>(question: () => T | Promise<T>) => expect.poll(question, { interval: 10 });
const told = async (): Promise<readonly Told[]> => (await api<Items<Told>>('/notices')).items;
const byChannel = async (channel: string) =>
  (await told()).filter((one) => one.channel === channel && !one.follows);

describe('an SOS', () => {
  test('becomes a card in every chat', async () => {
    const band = await mqtt.connectAsync(service.mqttUrl, {
      clientId: 'band',
      username: 'band',
      password: 'secret of band',
      reconnectPeriod: 0,
    });
    const payload = JSON.stringify({ at: new Date().toISOString(), event: 'sos' });
    await band.publishAsync('shouwang/band/telemetry', payload, { qos: 1 });
    await band.endAsync(true);
    await soon(() => [wecom.cards.size, ding.cards.size, feishu.messages.size]).toEqual([2, 1, 1]);
    const [card] = ding.cards.values();
    expect(card?.data['title']).toMatch(/^【P1】.*王/);
    expect(JSON.stringify([card?.data, [...feishu.messages.values()]])).not.toContain('王秀英');
    await soon(async () => (await byChannel('platform')).map(({ state }) => state)).toEqual(['queued']);
  });

  test('is taken by a press, in the name of who pressed; what waits elsewhere is not sent, and other cards change', async () => {
    const [id = ''] = ding.cards.keys();
    ding.press('zhang', id, 'on-the-way');
    await soon(() => ding.cards.get(id)?.data).toMatchObject({
      body: '张敏 已接手，正在赶去',
      open: 'false',
    });
    const { items } = await api<Items<{ status: string; acknowledgedBy: string }>>('/cases');
    expect(items).toMatchObject([{ status: 'acknowledged', acknowledgedBy: '张敏' }]);
    await soon(async () => byChannel('platform')).toMatchObject([
      { state: 'withdrawn', failure: 'case-taken' },
    ]);
    await soon(async () => byChannel('ding')).toMatchObject([{ state: 'seen' }]);

    const [message] = feishu.messages.values();
    await soon(() => message?.versions.at(-1)?.elements[0]?.text?.content).toContain('张敏 已接手');
    expect(message?.versions.at(-1)?.header.template).toBe('grey');
    // Cards over the bot cannot be changed without a press: a line follows them.
    for (const person of ['LiQiang', 'ZhangMin'])
      await soon(() => wecom.lines.findLast(({ chat }) => chat === person)?.content).toContain(
        '张敏 已接手，正在赶去',
      );
  });

  test('that a second person wants to take is theirs no more: they are told who has it', async () => {
    const [taskId, card] = [...wecom.cards].find(([, { chat }]) => chat === 'LiQiang') ?? ['', undefined];
    wecom.press(BOT, 'LiQiang', taskId, 0);
    await soon(() => card?.versions.at(-1)?.sub_title_text).toContain('张敏');
    expect(card?.versions.at(-1)?.card_type).toBe('text_notice');
    const { items } = await api<Items<{ acknowledgedBy: string }>>('/cases');
    expect(items).toMatchObject([{ acknowledgedBy: '张敏' }]);
  });
});

describe('a drill', () => {
  test('measures how long it takes until somebody presses', async () => {
    const response = await fetch(`${service.url}/api/v1/channels/wecom/test`, {
      method: 'POST',
      headers: {
        cookie,
        origin: service.url,
        'content-type': 'application/json',
        'idempotency-key': 'drill-1',
      },
      body: JSON.stringify({ address: 'ZhangMin' }),
    });
    expect(await response.json()).toMatchObject({ ok: true });
    const [taskId, card] = [...wecom.cards].at(-1) ?? ['', undefined];
    expect(card?.versions[0]?.main_title.title).toContain('演练');
    wecom.press(BOT, 'ZhangMin', taskId, 0);
    await soon(() => card?.versions.at(-1)?.sub_title_text).toMatch(/演练：已收到，用时 \d+ 秒/);
  });
});

describe('what the operator sees', () => {
  test('names a bot that another program uses as well', async () => {
    const other = new WebSocket(wecom.url);
    await once(other, 'open');
    const body = { bot_id: BOT, secret: 'secret-of-the-bot' };
    other.send(JSON.stringify({ cmd: 'aibot_subscribe', headers: { req_id: 'aibot_subscribe_1' }, body }));
    const channels = async () =>
      (await api<{ channels: readonly { id: string; session?: object }[] }>('/status')).channels;
    await soon(async () => (await channels()).find(({ id }) => id === 'wecom')?.session).toMatchObject({
      connected: false,
      problem: 'displaced',
    });
    other.terminate();
    const metrics = await (await fetch(`${service.url}/metrics`, { headers: { cookie } })).text();
    expect(metrics).toMatch(/channel_session_problems_total\{channel="wecom",problem="displaced"\} 1/);
  });
});
