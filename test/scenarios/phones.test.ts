import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY, ManualClock, MINUTE, SECOND, wallClock } from '../../src/lib/clock.ts';
import { hashSecret } from '../../src/lib/secrets.ts';
import { type RegistryEntry, registryEntrySchema } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { openAliyun, smsChannel, TOKEN, voiceChannel } from '../edges/notify-phone-settings.ts';
import { letPass, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import type { Aliyun } from '../stand-ins/aliyun.ts';
import { WeComRobot } from '../stand-ins/wecom-robot.ts';

const KEY = '11111111-2222-3333-4444-555555555555';
const ALL = { paths: [''] };
const [WU, SUN] = ['13800000002', '13800000003'];

const clock = new ManualClock(Date.now());
let service: TestService;
let robot: WeComRobot;
let cloud: Aliyun;

const person = (id: string, name: string, role: string, node: string, channel: string, address: string) =>
  registryEntrySchema.parse({
    noun: 'staff',
    id,
    name,
    roles: [{ role, node }],
    channels: [{ channel, address }],
  });

beforeAll(async () => {
  robot = await WeComRobot.open(wallClock(), [KEY]);
  cloud = await openAliyun(wallClock());
  const homes = community({ h1: [{ id: 'band', model: 'wristband' }] }).map(
    (entry): RegistryEntry =>
      entry.noun === 'device'
        ? { ...entry, enrolledAt: clock.now() - DAY, secretHash: hashSecret('secret') }
        : entry,
  );
  service = await testService({
    clock,
    // The clock leaps here. A service that calls people because it is late calls the very numbers that the story is about.
    service: { selfWatch: { behindSeconds: 3600 } },
    entries: [
      ...homes,
      person('zhou', '周敏', 'grid-worker', 'haitang/g1', 'robot', 'zhou'),
      person('wu', '吴强', 'committee', 'haitang', 'sms', WU),
      person('sun', '孙伟', 'sub-district-duty', 'haitang', 'voice', SUN),
    ],
    rules: [{ id: 'B1', kind: 'event', params: { events: ['sos'] }, priority: 'P1' }],
    channels: [
      { id: 'terminal', channel: 'terminal' },
      { id: 'robot', channel: 'wecom-robot', config: { key: KEY, origin: robot.origin } },
      smsChannel(cloud.origin),
      voiceChannel(cloud.origin),
    ],
    notify: {
      routes: [{ kinds: ['safety'], priorities: ['P1'], roles: ['grid-worker'] }],
      fallback: { channels: ['terminal'] },
      escalation: [
        {
          kinds: ['safety'],
          priorities: ['P1'],
          steps: [
            { after: '3min', roles: ['committee'] },
            { after: '8min', roles: ['sub-district-duty'] },
          ],
          repeatEvery: '2min',
        },
      ],
    },
  });
});

afterAll(async () => {
  await service.stop();
  await robot[Symbol.asyncDispose]();
  await cloud[Symbol.asyncDispose]();
});

const push = (channel: string, body: string, token = TOKEN): Promise<Response> =>
  fetch(`${service.url}/api/v1/channel-replies/${channel}?token=${token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });

const notices = async () =>
  (await service.service.records.notices(ALL, { limit: 50 })).items.filter((one) => one.case === 'h1.c1');

/** Who was called, the newest first, and what became of it. */
const calls = async (): Promise<[name: string, state: string][]> =>
  (await notices()).filter(({ follows }) => !follows).map(({ recipient, state }) => [recipient.name, state]);

const states = async (): Promise<Record<string, string>> => Object.fromEntries(await calls());

const theCase = () => service.service.records.case('h1.c1');

// What is due at an instant is done once it is past.
const pass = (ms: number): Promise<void> => letPass(service, clock, ms + SECOND);

test('nobody answers the group or the message; a key on the telephone takes the case, and nobody else is called', async () => {
  const band = await mqtt.connectAsync(service.mqttUrl, {
    clientId: 'band',
    username: 'band',
    password: 'secret',
    reconnectPeriod: 0,
  });
  const at = new Date(clock.now()).toISOString();
  await band.publishAsync('shouwang/band/telemetry', JSON.stringify({ at, event: 'sos' }), { qos: 1 });
  await band.endAsync();
  await soon(() => expect(robot.messages).toHaveLength(1));

  await pass(3 * MINUTE);
  await soon(() => expect(cloud.messages).toHaveLength(1));
  const [sms] = cloud.messages;
  if (!sms) throw new Error('no message');
  expect(sms.number).toBe(WU);
  expect(sms.text).toContain('海棠社区1号楼1单元h1王老人：');
  await soon(async () => expect(await states()).toMatchObject({ 吴强: 'accepted' }));

  const stranger = await push('sms', cloud.smsReport(sms), 'somebody-elses-token-000000');
  expect(stranger.ok).toBe(false);
  expect(await states()).toMatchObject({ 吴强: 'accepted' });
  const receipt = await push('sms', cloud.smsReport(sms));
  expect([receipt.status, await receipt.json()]).toEqual([200, { code: 0, msg: '接收成功' }]);
  expect(await states()).toMatchObject({ 吴强: 'delivered' });

  await pass(5 * MINUTE);
  await soon(() => expect(cloud.calls).toHaveLength(1));
  const [call] = cloud.calls;
  if (!call) throw new Error('no call');
  expect(call.number).toBe(SUN);
  await soon(async () => expect(await states()).toMatchObject({ 孙伟: 'accepted' }));
  expect(await theCase()).toMatchObject({ status: 'open' });

  expect((await push('voice', cloud.keyReport(call, '1'))).status).toBe(200);
  expect(await theCase()).toMatchObject({ status: 'acknowledged', acknowledgedBy: '孙伟' });
  // The report at the end of the call says the key again.
  expect((await push('voice', cloud.callReport(call, '200000', '1'))).status).toBe(200);
  expect(await states()).toEqual({ 周敏: 'accepted', 吴强: 'delivered', 孙伟: 'seen' });

  // Twice the next call would have gone out; after five minutes without a word whoever took it would be late.
  await pass(4 * MINUTE);
  expect(await calls()).toEqual([
    ['孙伟', 'seen'],
    ['吴强', 'delivered'],
    ['周敏', 'accepted'],
  ]);
  // The group hears who has it; for that nobody gets an SMS or a call.
  await soon(() =>
    expect(robot.messages.map(({ content }) => content).slice(1)).toEqual([
      expect.stringContaining('孙伟 已接手'),
    ]),
  );
  expect(cloud.messages).toHaveLength(1);
  expect(cloud.calls).toHaveLength(1);
  expect(new Set(cloud.answers)).toEqual(new Set(['OK']));
});

test('the other key says that one cannot come: whoever has the case gives it back', async () => {
  const [call] = cloud.calls;
  if (!call) throw new Error('no call');
  expect((await push('voice', cloud.keyReport(call, '2'))).status).toBe(200);
  expect(await theCase()).toMatchObject({ status: 'open' });
});

test('the report of a call that is pushed again says nothing again: who has given it back does not have it anew', async () => {
  const [call] = cloud.calls;
  if (!call) throw new Error('no call');
  expect((await push('voice', cloud.callReport(call, '200000', '1'))).status).toBe(200);
  expect(await theCase()).toMatchObject({ status: 'open' });
});
