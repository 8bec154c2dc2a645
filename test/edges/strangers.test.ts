import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callInText } from '../../src/model/call-words.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { WatchClient } from './watch-client.ts';

/** A gateway with a technician above it, and nothing enrolled behind it. */
const entries = [
  ...community({ h1: [] }, ['gw1']),
  {
    noun: 'staff' as const,
    id: 's1',
    name: '陈工',
    roles: [{ role: 'technician' as const, node: 'haitang' }],
    channels: [{ channel: 'terminal', address: '' }],
  },
];

let service: TestService;
let cookie: string;
beforeAll(async () => {
  service = await testService({ entries, service: { watches: { port: 0, host: '127.0.0.1' } } });
  cookie = await signIn(service.url);
});
afterAll(() => service.stop());

async function ask(
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
  who: Record<string, string> = { cookie, origin: service.url },
) {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...who };
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** As a gateway brings it; resolves when it is on disk and what comes of it is too. */
async function publish(topic: string, payload: unknown, client = 'gw1'): Promise<void> {
  await new Promise<void>((resolve) => {
    const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const message = { receivedAt: Date.now(), topic, payload: bytes, client };
    expect(service.loop.receive({ message, qos: 1, done: resolve })).toBe(true);
  });
  await service.loop.drained();
}

interface CaseRow {
  readonly id: string;
  readonly kind: string;
  readonly priority: string;
  readonly subject: string;
  readonly status: string;
}
const cases = async (): Promise<CaseRow[]> =>
  (await service.service.records.cases({ paths: [''] }, { limit: 500 })).items as unknown as CaseRow[];
const alertsOf = async (subject: string) =>
  (await service.service.records.alerts({ paths: [''] }, { limit: 500 })).items.filter(
    (alert) => alert.subject === subject && alert.rule === 'stranger-calls',
  );

const EUI = '70b3d59bd00000f1';
const sos = {
  deviceInfo: { devEui: EUI },
  fPort: 85,
  fCnt: 1,
  data: 'AXVk',
  object: { sos: true, battery: 90 },
};
const TOPIC = `application/a/device/${EUI}/event/up`;

describe('a device that nobody enrolled and that calls for help', () => {
  test('opens one technical case at the gateway that brought it, whose people are told, and stands first in the list', async () => {
    await publish('application/a/device/70b3d59bd00000f0/event/up', {
      ...sos,
      deviceInfo: { devEui: '70b3d59bd00000f0' },
      object: { sos: false, battery: 90 },
    });
    await publish(TOPIC, sos);
    await publish(TOPIC, { ...sos, fCnt: 2 });
    expect(await cases()).toMatchObject([
      { subject: 'gw1', kind: 'technical', priority: 'P2', status: 'open' },
    ]);
    const [alert] = await alertsOf('gw1');
    expect(alert?.evidence.text.zh).toContain(`deveui:${EUI}`);
    expect(alert?.evidence.text.en).toContain('heard through the gateway gw1');
    const { items } = await service.service.records.notices({ paths: [''] }, { limit: 50 });
    expect(items.map(({ recipient }) => recipient.name)).toContain('陈工');
    const { body } = await ask('/knocking');
    expect(body['items']).toMatchObject([
      { address: `deveui:${EUI}`, calls: { call: 'sos', count: 2 } },
      { address: 'deveui:70b3d59bd00000f0' },
    ]);
    expect((body['items'] as object[])[1]).not.toHaveProperty('calls');
  });

  test('ends that when it is enrolled, and its call is a case of its home, whose people are told', async () => {
    const device = {
      noun: 'device',
      id: 'button-1',
      model: 'milesight-ws101',
      address: `deveui:${EUI}`,
      home: 'h1',
      gateway: 'gw1',
      enrolledAt: Date.now(),
    };
    expect((await ask(`/registry/device/${device.id}`, device, 'PUT')).status).toBe(200);
    expect(await alertsOf('gw1')).toMatchObject([{ clearReason: 'removed' }]);
    expect((await ask('/knocking')).body['items']).toHaveLength(1);
    const all = await cases();
    const technical = all.find(({ subject }) => subject === 'gw1');
    const lines = await service.service.records.caseEntries(technical?.id ?? '');
    expect(lines.find(({ type }) => type === 'alert-cleared')?.text.zh).toMatch(
      /，设备已登记在 \S+，呼救已转为该户的事项/,
    );
    const own = all.find(({ subject }) => subject === 'h1');
    expect(own).toMatchObject({ kind: 'safety', priority: 'P2', status: 'open' });
    const { items: alerts } = await service.service.records.alerts({ paths: [''] }, { limit: 50 });
    const [call] = alerts.filter(({ subject }) => subject === 'h1');
    expect(call).toMatchObject({ rule: 'calls-before-enrolment', device: 'button-1', about: 'person' });
    expect(call?.evidence.text.zh).toMatch(/^设备 button-1 于 .* 呼救（SOS），当时尚未登记.*请立即联系老人/);
    const { items: notices } = await service.service.records.notices({ paths: [''] }, { limit: 50 });
    expect(notices.some(({ home }) => home === 'h1')).toBe(true);
    // What is put once more has called once.
    expect((await ask(`/registry/device/${device.id}`, device, 'PUT')).status).toBe(200);
    expect((await cases()).filter(({ subject }) => subject === 'h1')).toHaveLength(1);
  });

  test('is dismissed with a reason that stands with it, and is then not told again', async () => {
    const fall = { event: 'fall' };
    await publish('shouwang/somebody/telemetry', fall);
    expect(await alertsOf('gw1')).toHaveLength(2);
    expect((await ask('/knocking/dismiss', { address: 'somebody', reason: '' })).status).toBe(400);
    expect((await ask('/knocking/dismiss', { address: 'nobody', reason: 'x' })).status).toBe(404);
    const reason = '对面楼的手环，已与物业核实';
    expect(await ask('/knocking/dismiss', { address: 'somebody', reason })).toMatchObject({ status: 200 });
    const [newest] = await alertsOf('gw1');
    expect(newest).toMatchObject({ clearReason: 'recovered' });
    expect(newest?.evidence.text.zh).toContain(reason);
    await publish('shouwang/somebody/telemetry', fall);
    expect(await alertsOf('gw1')).toHaveLength(2);
    expect((await ask('/knocking')).body['items']).toMatchObject([
      { address: 'somebody', calls: { call: 'fall' }, dismissed: { reason } },
      {},
    ]);
  });

  test('whose place nobody knows is told to everybody: the case stands with the service', async () => {
    await publish('shouwang/lost/telemetry', [{ event: 'sos' }], 'an-outside-broker');
    expect((await cases()).map(({ subject }) => subject)).toContain('service~');
    const [alert] = await alertsOf('service~');
    expect(alert?.evidence.text.en).toContain('where it is nobody knows');
  });

  test('whose place nobody knows is found and taken by whoever was told, with rights on one grid alone', async () => {
    const roles = [{ role: 'responder', node: 'haitang/g1' }];
    await ask('/users', { id: 'li', name: '李网格员', password: 'long enough 2026', locale: 'zh', roles });
    const { token } = (await ask('/tokens', { label: 'li', user: 'li' })).body;
    const asLi = { authorization: `Bearer ${token}` };
    const seen = (await ask('/cases?limit=100', undefined, 'GET', asLi)).body['items'] as CaseRow[];
    const one = seen.find(({ subject }) => subject === 'service~');
    expect((await ask(`/cases/${one?.id}`, undefined, 'GET', asLi)).body).toMatchObject({
      alerts: [{ rule: 'stranger-calls' }],
    });
    expect(await ask(`/cases/${one?.id}/acknowledge`, {}, 'POST', asLi)).toMatchObject({
      status: 200,
      body: { case: { acknowledgedBy: '李网格员' } },
    });
  });

  test('over the port for watches is heard, though the login before it said nothing yet', async () => {
    const alarm =
      'AL,240123,181628,V,54.427538,N,6.409275,W,0.00,0,0,0,19,90,0,0,00010000,1,1,234,10,55C0,3B882A2,132,,10';
    const length = alarm.length.toString(16).padStart(4, '0');
    const watch = await WatchClient.open(service.addresses.watches ?? '');
    await watch.say(`[SG*8800000077*0002*LK][SG*8800000077*${length}*${alarm}]`).closed;
    await service.loop.drained();
    const texts = (await alertsOf('service~')).map(({ evidence }) => evidence.text.en);
    expect(texts.some((text) => text.includes('watch:8800000077'))).toBe(true);
  });

  atLength('is one of a flood: so many alerts at a gateway, and one more for all the others', async () => {
    for (let i = 0; i < LIMITS.strangersCallingMax + 5; i++)
      await publish(`shouwang/flood-${i}/telemetry`, { event: 'sos' });
    const open = (await alertsOf('gw1')).filter(({ clearedAt }) => clearedAt === undefined);
    expect(open.length).toBe(LIMITS.strangersCallingMax + 1);
    expect(open.some(({ evidence }) => evidence.text.en.startsWith('Further devices'))).toBe(true);
  });
});

describe('words of a call', () => {
  test.each([
    ['{"event":"sos"}', 'sos'],
    ['[{"pulse_bpm":71},{"event":"fall"}]', 'fall'],
    ['{"action":"emergency","battery":0}', 'sos'],
    ['{"payload":{"sosFlag": 1 }}', 'sos'],
    ['{"object":{"man_down":true}}', 'fall'],
    ['{"alarmType":"SOS"}', 'sos'],
    ['{"fall_detected":"on"}', 'fall'],
    ['{"event":" SOS "}', 'sos'],
    ['event=sos&at=1', 'sos'],
    ["{'event': 'sos'}", 'sos'],
    ['{"event":"跌倒"}', 'fall'],
    ['SOS', 'sos'],
    ['救命！', 'sos'],
  ])('%s', (text, call) => {
    expect(callInText(text)).toBe(call);
  });

  test.each([
    '{"sos":false}',
    '{"sosFlag":0}',
    '{"action":""}',
    '{"sosNumbers":["10086"]}',
    '{"sos_number":"13800000000"}',
    '{"water_leak":true}',
    '{"event":"removed"}',
    '{"name":"sos button"}',
    '{"sos":null,"x":1}',
    '{"sos":13800000000}',
    '{"sos":"off"}',
    '{"no_sos":true}',
    '{"event":"sos test"}',
    '{"status":"help desk"}',
    'sos=0',
    'no help',
  ])('%s is none', (text) => {
    expect(callInText(text)).toBeUndefined();
  });
});

describe('a message of several devices', () => {
  const strangersCalling = async () =>
    ((await ask('/knocking')).body['items'] as { address: string; calls?: object }[])
      .filter(({ calls }) => calls)
      .map(({ address }) => address);

  test('accuses the one that calls, and none of the others', async () => {
    await publish('v1/gateway/telemetry', {
      'wb-57': [{ ts: Date.now(), values: { event: 'sos' } }],
      'wmb-1': [{ ts: Date.now(), values: { total_m3: 7 } }],
    });
    const calling = await strangersCalling();
    expect(calling).toContain('platform:wb-57');
    expect(calling).not.toContain('platform:wmb-1');
  });

  test('may be of anybody where the call stands in the part of none', async () => {
    await publish('v1/gateway/telemetry', {
      'sos: 1, wb-58': [{ ts: Date.now(), values: { event: 'boot' } }],
      'wb-59': [{ ts: Date.now(), values: { event: 'boot' } }],
    });
    expect(await strangersCalling()).toContain('platform:wb-59');
  });
});

test('who is called by the id of an enrolled device with another address calls at its home', async () => {
  const device = {
    noun: 'device',
    id: 'nb-1',
    model: 'wristband',
    address: 'imei:490154203237518',
    home: 'h1',
    gateway: 'gw1',
    enrolledAt: Date.now() - 86_400_000,
  };
  expect((await ask('/registry/device/nb-1', device, 'PUT')).status).toBe(200);
  const before = (await alertsOf('gw1')).length;
  await publish('push/http-json', { device: 'nb-1', payload: { event: 'sos' } });
  expect(await alertsOf('gw1')).toHaveLength(before);
  const { items } = await service.service.records.alerts({ paths: [''] }, { limit: 500 });
  const [call] = items.filter(({ device: of }) => of === 'nb-1');
  expect(call).toMatchObject({ home: 'h1', priority: 'P2', rule: 'calls-on-a-foreign-way' });
  expect(call?.evidence.text.zh).toContain('不是登记的地址（imei:490154203237518）');
});
