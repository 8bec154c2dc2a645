import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashSecret } from '../../src/lib/secrets.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { gridWorkerLi, toGridWorkers } from './grid-worker-told.ts';

const EUI = '70b3d59bd00000e1';
const inWords: [payload: unknown, call: string, reason: string][] = [
  [{ event: ['sos'] }, 'sos', 'unknown-event'],
  [{ events: ['sos'] }, 'sos', 'unknown-metric'],
  [{ sos: true, pulse_bpm: 80 }, 'sos', 'unknown-metric'],
  [['sos'], 'sos', 'malformed-payload'],
  ['" sos"', 'sos', 'malformed-payload'],
  ['SOS', 'sos', 'malformed-json'],
  ['求救', 'sos', 'malformed-json'],
  ['help', 'sos', 'malformed-json'],
  ['{"event":"fall"', 'fall', 'malformed-json'],
  [{ event: 'sos_alarm' }, 'sos', 'unknown-event'],
  ['1,SOS,85', 'sos', 'malformed-json'],
  [{ alarm: true }, 'sos', 'unknown-metric'],
  [{ alarmType: '跌倒报警' }, 'fall', 'unknown-metric'],
];
const homeOf = (payload: unknown): string => `w${inWords.findIndex(([one]) => one === payload)}`;
const spares = Array.from({ length: 40 }, (_, i) => `s${i + 1}`);
/** A home of which nobody has heard so far. */
function spare(): { readonly home: string; readonly device: string } {
  const home = spares.shift() ?? '';
  return { home, device: `${home}-band` };
}
const flood = Array.from({ length: LIMITS.strangersCallingMax + 5 }, (_, i) => `f${i}`);
const HOMES = ['h1', 'h2', 'h3', 'h4', 'h5'];
const band = (home: string) => ({ id: `${home}-band`, model: 'wristband', gateway: 'gw1' });

const entries = [
  ...community(
    {
      ...Object.fromEntries(HOMES.map((home) => [home, [band(home)]])),
      m1: [
        { id: 'm1-meter', model: 'water-meter', gateway: 'gw1' },
        { id: 'm1-button', model: 'milesight-ws101', address: `deveui:${EUI}`, gateway: 'gw1' },
      ],
      z1: [{ id: 'z1-radar', model: 'zigbee2mqtt', address: 'topic:zigbee2mqtt/z1', gateway: 'gw1' }],
      ...Object.fromEntries([...flood, ...spares].map((home) => [home, [band(home)]])),
      ...Object.fromEntries(inWords.map(([payload]) => [homeOf(payload), [band(homeOf(payload))]])),
    },
    ['gw1', 'gw2', 'gw3'],
  ).map((entry) =>
    entry.noun === 'device' || entry.noun === 'gateway'
      ? { ...entry, secretHash: hashSecret(`secret of ${entry.id}`) }
      : entry,
  ),
  gridWorkerLi,
];

let service: TestService;
let cookie: string;
beforeAll(async () => {
  service = await testService({
    entries,
    notify: toGridWorkers,
  });
  cookie = await signIn(service.url);
});
afterAll(() => service.stop());

/** Over the broker, under the credential of this client; all that comes of it is on disk then. */
async function publishAs(clientId: string, topic: string, payload: unknown): Promise<void> {
  const client = await mqtt.connectAsync(service.mqttUrl, {
    clientId,
    username: clientId,
    password: `secret of ${clientId}`,
    reconnectPeriod: 0,
  });
  await client.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), {
    qos: 1,
  });
  await client.endAsync();
  // What was refused is told once it is on disk, and is a batch of its own.
  for (let i = 0; i < 3; i++) await service.loop.drained();
}

/** As somebody brings it who may be heard. */
async function publish(topic: string, payload: unknown, client: string): Promise<void> {
  await new Promise<void>((done) => {
    const bytes =
      payload instanceof Uint8Array
        ? payload
        : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const message = { receivedAt: Date.now(), topic, payload: bytes, client };
    expect(service.loop.receive({ message, qos: 1, done })).toBe(true);
  });
  for (let i = 0; i < 3; i++) await service.loop.drained();
}

const telemetry = (device: string): string => `shouwang/${device}/telemetry`;
const casesOf = async (subject: string) =>
  (await service.service.records.cases({ paths: [''] }, { limit: 500 })).items.filter(
    (one) => one.subject === subject,
  );
const alertsOf = async (subject: string) =>
  (await service.service.records.alerts({ paths: [''] }, { limit: 500 })).items.filter(
    (one) => one.subject === subject,
  );
const refusalsOf = async (device: string): Promise<string[]> =>
  (await service.service.records.rejections({ device }, { limit: 50 })).items.map(({ reason }) => reason);

async function resolveCase(id: string): Promise<void> {
  const post = async (path: string, body: object): Promise<number> => {
    const response = await fetch(`${service.url}/api/v1/cases/${id}/${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `${id}-${path}`,
        cookie,
        origin: service.url,
      },
      body: JSON.stringify(body),
    });
    return response.status;
  };
  expect(await post('acknowledge', {})).toBe(200);
  const outcome = { outcome: 'asleep', note: '本人平安', contactMadeBy: '李网格', contact: 'spoken' };
  expect(await post('resolve', outcome)).toBe(200);
}

describe('an enrolled device that calls for help over a way that is not its own', () => {
  test('reaches the people of its home through another gateway, which is named beside the registered one', async () => {
    await publishAs('gw2', telemetry('h1-band'), { event: 'sos', pulse_bpm: 99 });
    await soon(async () => expect(await casesOf('h1')).toHaveLength(1));
    const [one] = await casesOf('h1');
    expect(one).toMatchObject({ kind: 'safety', priority: 'P2', home: 'h1', status: 'open' });
    expect(one?.title.zh).toContain('王秀英');
    const [alert] = await alertsOf('h1');
    expect(alert?.evidence.text.zh).toMatch(/h1-band 呼救.*经网关 gw2（海棠社区.*登记的网关是 gw1/);
    expect(alert?.evidence.text.en).toContain('the gateway that it is registered behind is gw1');
    const { items } = await service.service.records.notices({ paths: [''] }, { limit: 50 });
    expect(items.filter(({ home }) => home === 'h1').map(({ recipient }) => recipient.name)).toContain(
      '李网格',
    );
  });

  test('is told once however often it repeats itself, and its readings are not taken', async () => {
    await publishAs('gw2', telemetry('h1-band'), { event: 'sos', pulse_bpm: 99 });
    expect(await alertsOf('h1')).toMatchObject([{ count: 1 }]);
    expect(service.core.devices.get('h1-band')?.state.heardAt).toBe(0);
  });

  test('is taken as ever over its own way, beside that', async () => {
    await publishAs('gw1', telemetry('h1-band'), { event: 'sos' });
    expect((await alertsOf('h1')).map(({ priority }) => priority).sort()).toEqual(['P1', 'P2']);
    expect(await casesOf('h1')).toMatchObject([{ priority: 'P1' }]);
  });

  test('in an envelope is heard through another gateway as well', async () => {
    const press = Buffer.from('017510ff2e01', 'hex').toString('base64');
    const uplink = { deviceInfo: { devEui: EUI }, fPort: 85, fCnt: 1, data: press };
    await publish(`application/a/device/${EUI}/event/up`, uplink, 'gw2');
    expect(await refusalsOf('m1-button')).toEqual(['foreign-device']);
    expect(await casesOf('m1')).toMatchObject([{ kind: 'safety', priority: 'P2' }]);
  });

  test('under a topic that means nothing is known by its credential', async () => {
    await publishAs('h2-band', 'some/where', { event: 'fall' });
    await soon(async () => expect(await casesOf('h2')).toHaveLength(1));
    expect((await alertsOf('h2'))[0]?.evidence.text.en).toContain('reports a fall');
  });

  test('under the topic of another device is told at both homes, for nobody knows which is meant', async () => {
    await publishAs('h3-band', telemetry('h4-band'), { event: 'sos' });
    await soon(async () => expect(await casesOf('h4')).toHaveLength(1));
    expect(await casesOf('h3')).toHaveLength(1);
    expect((await alertsOf('h4'))[0]?.evidence.text.en).toContain('the device h3-band under the topic');
  });

  test('calls nobody with readings alone', async () => {
    await publishAs('gw2', telemetry('h5-band'), { pulse_bpm: 99, battery_pct: 50 });
    await publishAs('gw2', telemetry('h5-band'), { sos: false });
    expect(await casesOf('h5')).toEqual([]);
  });

  atLength(
    'comes of a stolen credential for many homes: so many in a day, and one alert with the sender for all others',
    async () => {
      const client = await mqtt.connectAsync(service.mqttUrl, {
        clientId: 'gw3',
        username: 'gw3',
        password: 'secret of gw3',
        reconnectPeriod: 0,
      });
      for (const home of flood)
        await client.publishAsync(telemetry(`${home}-band`), '{"event":"fall"}', { qos: 1 });
      await client.endAsync();
      for (let i = 0; i < 5; i++) await service.loop.drained();
      const told = await Promise.all(flood.map(async (home) => (await alertsOf(home)).length));
      expect(told.reduce((sum, one) => sum + one)).toBe(LIMITS.strangersCallingMax);
      expect(await casesOf('gw3')).toMatchObject([{ kind: 'technical', priority: 'P2' }]);
      expect((await alertsOf('gw3'))[0]?.evidence.text.en).toContain('whether the registry is wrong');
    },
  );

  test('is told anew after people resolved it only when the pause is over, where it may be forged', async () => {
    const [one] = await casesOf('h2');
    await resolveCase(one?.id ?? '');
    expect(await alertsOf('h2')).toMatchObject([{ clearReason: 'resolved' }]);
    const call = { type: 'device.called', device: 'h2-band', call: 'sos', why: 'foreign-way' } as const;
    const said = { from: 'gw2', topic: '', sent: '' };
    await service.loop.submit({ ...call, ...said, at: Date.now() }, 'system');
    expect(await alertsOf('h2')).toHaveLength(1);
    await service.loop.submit({ ...call, ...said, why: 'in-words', at: Date.now() }, 'system');
    expect(await alertsOf('h2')).toHaveLength(2);
  });
});

describe('an enrolled device that calls for help in words that its model cannot read', () => {
  test.each(inWords)('reaches the people of its home, with its words: %j', async (payload, call, reason) => {
    const home = homeOf(payload);
    await publish(telemetry(`${home}-band`), payload, 'gw1');
    expect(await refusalsOf(`${home}-band`)).toContain(reason);
    expect(await casesOf(home)).toMatchObject([{ kind: 'safety', priority: 'P2', status: 'open' }]);
    const [alert] = await alertsOf(home);
    expect(alert?.evidence).toMatchObject({ values: { event: call } });
    expect(alert?.evidence.text.zh).toContain(
      typeof payload === 'string' ? payload : JSON.stringify(payload),
    );
  });

  test.each([{ event: 'SOS' }, { event: ' sos\n' }])(
    'is taken as what it means where only capitals and blanks differ, and told of: %j',
    async (payload) => {
      const { device, home } = spare();
      await publish(telemetry(device), payload, 'gw1');
      expect(await alertsOf(home)).toMatchObject([{ priority: 'P1', title: { en: 'SOS' } }]);
      expect(await refusalsOf(device)).toEqual(['event-respelt']);
    },
  );

  test('is heard in GBK, and its words are shown as people read them', async () => {
    const { device, home } = spare();
    await publish(telemetry(device), Buffer.from('7b226576656e74223a22bdf4bcb1baf4bdd0227d', 'hex'), 'gw1');
    expect(await alertsOf(home)).toMatchObject([{ priority: 'P2', rule: 'calls-in-words' }]);
    expect((await alertsOf(home))[0]?.evidence.text.zh).toContain('{"event":"紧急呼叫"}');
  });

  test('is taken though another event stands under the same key of its message', async () => {
    const { device, home } = spare();
    await publish(telemetry(device), '{"event":"sos","pulse_bpm":80,"event":"put_on"}', 'gw1');
    expect(await alertsOf(home)).toMatchObject([{ priority: 'P1', title: { en: 'SOS' } }]);
    expect(await refusalsOf(device)).toEqual(['key-repeated']);
    const other = spare();
    await publish(telemetry(other.device), '{"sos":true,"sos":false}', 'gw1');
    expect(await alertsOf(other.home)).toMatchObject([{ rule: 'calls-in-words' }]);
  });

  test('is told of by the rule for it where a band says an alarm without saying which', async () => {
    const { device, home } = spare();
    await publish(telemetry(device), { event: 'general_alarm' }, 'gw1');
    expect(await alertsOf(home)).toMatchObject([{ priority: 'P2', rule: 'B3' }]);
    expect(await refusalsOf(device)).toEqual([]);
  });

  test('is heard though its model knows of no such event', async () => {
    const before = (await alertsOf('m1')).length;
    await publish(telemetry('m1-meter'), { event: 'sos', water_index_m3: 3 }, 'gw1');
    expect((await alertsOf('m1')).length).toBe(before + 1);
    expect(service.core.devices.get('m1-meter')?.state.heardAt).toBeGreaterThan(0);
  });

  test('is not said to call for help beside one that was taken', async () => {
    const { device, home } = spare();
    await publish(telemetry(device), [{ event: 'sos' }, { sos: true }], 'gw1');
    expect(await alertsOf(home)).toMatchObject([{ priority: 'P1' }]);
  });

  test('calls nobody with a word that is off, a battery, or what a broker had kept', async () => {
    const { device, home } = spare();
    for (const payload of [
      { sos: false },
      { sos: 0 },
      { sos: '', battery: 'low' },
      { sos_battery: 90 },
      { event: 'sos_cleared' },
      'battery low',
    ])
      await publish(telemetry(device), payload, 'gw1');
    const kept = {
      receivedAt: Date.now(),
      topic: telemetry(device),
      payload: Buffer.from('SOS'),
      retained: true,
    };
    service.loop.receive({ message: kept, qos: 1, done: () => undefined });
    for (let i = 0; i < 3; i++) await service.loop.drained();
    expect((await refusalsOf(device)).length).toBe(7);
    expect(await casesOf(home)).toEqual([]);
  });
});

describe('a radar whose state says that somebody fell, beside who is there', () => {
  const says = (state: string | null) =>
    publish('zigbee2mqtt/z1', { presence: true, fall_down_status: state }, 'gw1');

  test('is told once, and after people resolved it only when it is over and comes again', async () => {
    await says('fall');
    await says('fall');
    expect(await alertsOf('z1')).toMatchObject([{ rule: 'calls-in-words', priority: 'P2' }]);
    await resolveCase((await casesOf('z1'))[0]?.id ?? '');
    // Null is not known: the bridge was started again.
    for (const state of ['fall', null, 'fall']) await says(state);
    expect(await alertsOf('z1')).toHaveLength(1);
    await publish('zigbee2mqtt/z1', { presence: true, action: 'sos' }, 'gw1');
    expect(await alertsOf('z1')).toHaveLength(2);
    await says('none');
    await says('fall');
    expect(await alertsOf('z1')).toHaveLength(3);
  });
});

describe('an enrolled device that calls for help on its status topic', () => {
  const status = (device: string): string => `shouwang/${device}/status`;

  test('is heard as on its own topic, and its readings are taken', async () => {
    const { device, home } = spare();
    await publishAs(device, status(device), { event: 'sos', pulse_bpm: 99 });
    expect(await alertsOf(home)).toMatchObject([{ priority: 'P1', title: { en: 'SOS' } }]);
    expect(service.core.devices.get(device)?.state.heardAt).toBeGreaterThan(0);
    expect(await refusalsOf(device)).toEqual([]);
  });

  test('is heard in words, and over a way that is not its own, as everywhere', async () => {
    const { device, home } = spare();
    await publishAs('gw1', status(device), 'SOS');
    expect(await alertsOf(home)).toMatchObject([{ priority: 'P2', rule: 'calls-in-words' }]);
    const other = spare();
    await publishAs('gw2', status(other.device), { event: 'fall' });
    await soon(async () =>
      expect(await alertsOf(other.home)).toMatchObject([{ rule: 'calls-on-a-foreign-way' }]),
    );
  });

  test('says no more than that it is there with a word of presence; all else that cannot be read has a name', async () => {
    const { device, home } = spare();
    const words = ['online', 'offline', '"Online"', '', '{"state":"online"}', 'offline 17', 'online 3'];
    for (const word of [...words, '{"status":"offline","session":17}'])
      await publishAs(device, status(device), word);
    expect(await refusalsOf(device)).toEqual([]);
    expect(service.core.devices.get(device)?.state.heardAt).toBe(0);
    await publishAs(device, status(device), { rssi: -60 });
    expect(await refusalsOf(device)).toContain('unknown-metric');
    await publishAs('gw1', status('gw1'), { uptime_s: 4 });
    const { items } = await service.service.records.rejections(
      { reason: 'malformed-payload' },
      { limit: 50 },
    );
    expect(items.map(({ topic }) => topic)).toContain(status('gw1'));
    expect(await casesOf(home)).toEqual([]);
  });
});

describe('people resolve the case, and the same device calls again within the minute', () => {
  test.each([
    ['in words', (device: string) => [telemetry(device), '救命'] as const, 'calls-in-words'],
    [
      'on a topic of nobody',
      (device: string) => [`x/${device}`, '{"event":"sos"}'] as const,
      'calls-on-a-foreign-way',
    ],
  ])('%s: they are told at once', async (_how, said, rule) => {
    const { device, home } = spare();
    const [topic, payload] = said(device);
    await publishAs(device, topic, payload);
    await soon(async () => expect(await alertsOf(home)).toMatchObject([{ rule }]));
    await resolveCase((await casesOf(home))[0]?.id ?? '');
    await publishAs(device, topic, payload);
    await soon(async () => expect(await alertsOf(home)).toHaveLength(2));
    expect((await casesOf(home)).map(({ status }) => status).sort()).toEqual(['open', 'resolved']);
  });
});

describe('a topic that is nobody’s and says by itself that somebody calls', () => {
  test('is heard, whatever its message says, unless that takes it back', async () => {
    const bodies = ['1', '', '{"battery":80}', 'pressed'];
    for (const [i, topic] of ['sos', 'up/SOS_ALARM', 'fall', 'alarm'].entries()) {
      const { device, home } = spare();
      await publishAs(device, `shouwang/${device}/${topic}`, bodies[i] ?? '');
      const rule = 'calls-on-a-foreign-way';
      await soon(async () => expect(await alertsOf(home)).toMatchObject([{ rule, priority: 'P2' }]));
      expect(await refusalsOf(device)).toContain('foreign-topic');
    }
    const { device, home } = spare();
    await publishAs(device, 'sos', '1');
    await soon(async () => expect(await alertsOf(home)).toHaveLength(1));
  });

  test('calls nobody with a 0, a cancellation or a test, nor where it says something else', async () => {
    const { device, home } = spare();
    for (const body of ['0', 'cancel', '{"test":true}', 'off'])
      await publishAs(device, `shouwang/${device}/sos`, body);
    for (const topic of ['sos_count', 'config', 'alarm/settings'])
      await publishAs(device, `shouwang/${device}/${topic}`, '1');
    expect(await casesOf(home)).toEqual([]);
  });
});

describe('a gateway that calls for help under a topic of its own', () => {
  test('is heard at the homes of the enrolled devices that its message names', async () => {
    const said: ((device: string) => readonly [topic: string, payload: unknown])[] = [
      (device) => ['shouwang/gw2/telemetry', [{ device, event: 'sos' }]],
      (device) => ['shouwang/gw2/telemetry', { deviceId: device, sos: true }],
      (device) => ['gw2/up', { id: device, alarm: 'SOS' }],
      (device) => [`shouwang/gw2/${device}/telemetry`, { event: 'sos' }],
      (device) => ['shouwang/gw2/sos', device],
      (device) => ['gw2/up', `sos ${device}`],
      (device) => ['gw2/up', { [device]: [{ event: 'sos' }], 'h5-band': [{ event: 'removed' }] }],
      (device) => ['shouwang/gw2/status', { device, event: 'sos' }],
    ];
    for (const of of said) {
      const { device, home } = spare();
      await publishAs('gw2', ...of(device));
      await soon(async () =>
        expect(await alertsOf(home)).toMatchObject([{ rule: 'calls-on-a-foreign-way', priority: 'P2' }]),
      );
    }
    expect(await casesOf('h5')).toEqual([]);
  });

  test('is told as one that cannot be read, where the device stands behind it', async () => {
    const { device, home } = spare();
    await publishAs('gw1', 'gw1/up', [
      { dev: device, event: 'fall' },
      { dev: 'h5-band', pulse_bpm: 70 },
    ]);
    await soon(async () => expect(await alertsOf(home)).toMatchObject([{ rule: 'calls-in-words' }]));
    expect((await alertsOf(home))[0]?.title.zh).toBe('跌倒（报文格式不符）');
    expect(await casesOf('h5')).toEqual([]);
  });

  test('is told at the gateway where nobody enrolled is named, each name by itself', async () => {
    await publishAs('gw2', 'shouwang/gw2/telemetry', { event: 'sos' });
    await publishAs('gw2', 'gw2/up', [
      { sn: 'pendant-7', alarm: 'SOS' },
      { sn: 'pendant-8', event: 'fall' },
    ]);
    await soon(async () => expect(await alertsOf('gw2')).toHaveLength(3));
    expect((await alertsOf('gw2')).map(({ evidence }) => evidence.values['address']).sort()).toEqual([
      'pendant-7',
      'pendant-8',
      'topic:shouwang/gw2/telemetry',
    ]);
    expect(await casesOf('gw2')).toMatchObject([{ kind: 'technical', priority: 'P2' }]);
  });

  test('calls nobody with what it says of itself and of settings', async () => {
    const before = (await alertsOf('gw2')).length;
    const { device, home } = spare();
    for (const payload of [
      { uptime_s: 4, sos_enabled: true, alarm: 0 },
      { device, sosNumber: '13800000000', fall_sensitivity: 3, sos: false },
      { device, event: 'sos_cancelled' },
      `config ${device}`,
    ])
      await publishAs('gw2', 'gw2/up', payload);
    expect(await casesOf(home)).toEqual([]);
    expect(await alertsOf('gw2')).toHaveLength(before);
  });
});

describe('a band that has another platform in mind', () => {
  test('is heard among the attributes of ThingsBoard, but for what these say of settings', async () => {
    const topic = 'v1/devices/me/attributes';
    const { device, home } = spare();
    await publishAs(device, topic, {
      sos_enabled: true,
      sosNumber: '13800000000',
      fall_sensitivity: 3,
      alarm: 0,
    });
    expect(await casesOf(home)).toEqual([]);
    await publishAs(device, topic, { event: 'sos' });
    expect(await alertsOf(home)).toMatchObject([{ priority: 'P1', title: { en: 'SOS' } }]);
    const other = spare();
    await publishAs(other.device, topic, { sos: true });
    await soon(async () => expect(await alertsOf(other.home)).toMatchObject([{ rule: 'calls-in-words' }]));
  });

  test('is heard in telemetry that ThingsBoard would not read either', async () => {
    const { device, home } = spare();
    await publishAs(device, 'v1/devices/me/telemetry', 'SOS');
    await soon(async () => expect(await alertsOf(home)).toMatchObject([{ rule: 'calls-in-words' }]));
  });
});
