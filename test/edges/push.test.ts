import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openSession } from '../../src/api/accounts.ts';
import { topFields } from '../../src/api/push-checks.ts';
import { loadServiceConfig } from '../../src/config/service-config.ts';
import { formatProblem } from '../../src/config/yaml-file.ts';
import { HOUR } from '../../src/lib/clock.ts';
import { hashPassword, hashSecret } from '../../src/lib/secrets.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { worked } from '../work.ts';

const TOKEN = 'one-token-of-ours';
const SECRET = 'a-secret-of-the-gateway-0123456789';
/** 32 bytes in base64, without the last sign, as the platform shows it. */
const OLDER_KEY = Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64').slice(0, 43);
const ACCOUNTS = [
  { name: 'aep', envelope: 'ctwing', gateway: 'cloud', token: TOKEN },
  { name: 'one', envelope: 'onenet', gateway: 'cloud', token: TOKEN },
  { name: 'hw', envelope: 'huawei-iot', gateway: 'cloud', token: TOKEN },
  { name: 'sealed', envelope: 'onenet', gateway: 'cloud', token: 'a-token-of-the-sealed', aesKey: OLDER_KEY },
  {
    name: 'sealed-2',
    envelope: 'onenet',
    gateway: 'cloud',
    token: 'a-token-of-today',
    aesKey: 'abcdefgh12345678',
  },
  { name: 'living', envelope: 'aliyun-iot', gateway: 'cloud', token: 'the-app-secret-of-ours' },
  { name: 'lost', envelope: 'aliyun-iot', gateway: 'nowhere', token: TOKEN },
  { name: 'other', envelope: 'ctwing', gateway: 'other-cloud', token: 'another-token-of-ours' },
];

const HOMES = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'];

function entries() {
  const meter = { id: 'm1', model: 'nb-iot-water', address: 'platform:d1', gateway: 'cloud' };
  const bands = Object.fromEntries(
    HOMES.map((home) => [home, [{ id: `${home}-band`, model: 'wristband', gateway: 'cloud' }]]),
  );
  const all = community({ h1: [meter], ...bands }, ['cloud', 'other-cloud']);
  return all.map((entry) =>
    entry.noun === 'gateway' ? { ...entry, secretHash: hashSecret(SECRET) } : entry,
  );
}
const options = { entries: entries(), service: { push: { accounts: ACCOUNTS } } };

let service: TestService;
beforeAll(async () => {
  service = await testService(options);
});
afterAll(() => service.stop());
afterEach(() => vi.restoreAllMocks());

let total = 7;
/** A step so small that no check of plausibility minds it. */
function higher(): number {
  total = Math.round(total * 1000 + 1) / 1000;
  return total;
}
/** A push of CTWing about the meter, each with a higher total. */
const ctwing = (): string =>
  JSON.stringify({
    messageType: 'dataReport',
    tenantId: 't',
    productId: 'p',
    deviceId: 'd1',
    timestamp: Date.now(),
    payload: { total: higher() },
  });

const push = (path: string, body: string, headers: Record<string, string> = {}, to = service) =>
  fetch(`${to.url}/api/v1/push/${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });

async function lastTotal(of = service): Promise<number | undefined> {
  await of.loop.drained();
  const [newest] = await of.service.telemetry.last(['m1'], ['water_index_m3']);
  return newest?.value;
}

async function refused(envelope: string, reason: string): Promise<number> {
  const all = await service.service.metrics.getSingleMetric('shouwang_push_refused_total')?.get();
  const found = all?.values.find(
    ({ labels }) => labels['envelope'] === envelope && labels['reason'] === reason,
  );
  return found?.value ?? 0;
}

const basic = (user: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
});

test.for([
  ['in the address', `ctwing?token=${TOKEN}`, {}],
  ['as a bearer', 'ctwing', { authorization: `Bearer ${TOKEN}` }],
  ['in a header of its own', 'ctwing', { token: TOKEN }],
  ["beside the gateway's secret", 'ctwing', basic('cloud', SECRET)],
] as const)('a push with its token %s is answered when its reading is on disk', async ([, path, headers]) => {
  const body = ctwing();
  const answer = await push(path, body, headers);
  const told = { taken: true, readings: 1, events: 0, refused: [] };
  expect([answer.status, await answer.json()]).toEqual([200, told]);
  expect(await lastTotal()).toBe(total);
});

test.for([
  ['no token', 'ctwing', {}],
  ['a wrong token', 'ctwing?token=wrong-token-of-ours', {}],
  ['a token twice', `ctwing?token=${TOKEN}&token=${TOKEN}`, {}],
  ['the token of another platform', 'onenet?token=another-token-of-ours', {}],
  ['a wrong secret', 'ctwing', basic('cloud', 'wrong')],
  ['a gateway that is not there', 'ctwing', basic('nowhere', SECRET)],
  ['half of a secret', 'ctwing', { authorization: 'Basic !!' }],
  ['a token of the API that nobody has', 'ctwing', { authorization: 'Bearer nobody' }],
] as const)('%s: refused, counted, and nothing is taken', async ([, path, headers]) => {
  const envelope = path.split('?')[0] as string;
  const before = [await refused(envelope, 'credentials'), service.loop.counts.messages];
  const answer = await push(path, ctwing(), headers);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(await answer.json()).toMatchObject({ code: 'PUSH_NOT_KNOWN' });
  expect([await refused(envelope, 'credentials'), service.loop.counts.messages]).toEqual([
    (before[0] as number) + 1,
    before[1],
  ]);
});

test('the right token of an account whose gateway is not enrolled is answered with that, and may come again', async () => {
  const before = [await refused('aliyun-iot', 'gateway-missing'), service.loop.counts.messages];
  const answer = await push(`aliyun-iot?token=${TOKEN}`, ctwing(), { 'accept-language': 'en' });
  expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
  expect(await answer.json()).toMatchObject({
    code: 'PUSH_GATEWAY_MISSING',
    title: expect.stringContaining('not enrolled'),
    details: { account: 'lost', gateway: 'nowhere' },
  });
  // Calls for help are refused with all else: people are told.
  await soon(async () => {
    const { items } = await service.service.records.alerts(
      { paths: [''], rule: 'push-refused' },
      { limit: 9 },
    );
    expect(items).toMatchObject([{ evidence: { values: { accounts: 'lost', gateways: 'nowhere' } } }]);
  });
  expect([await refused('aliyun-iot', 'gateway-missing'), service.loop.counts.messages]).toEqual([
    (before[0] as number) + 1,
    before[1],
  ]);
});

test('an envelope that is not there is not found, and a body above the limit is too large', async () => {
  expect((await push(`nothing?token=${TOKEN}`, ctwing())).status).toBe(404);
  const answer = await push(`ctwing?token=${TOKEN}`, 'x'.repeat(LIMITS.frameBytesMax + 1));
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
    413,
    'PAYLOAD_TOO_LARGE',
  ]);
});

test('a program with a token of an operator of everything may push, one of a grid may not', async () => {
  const tokenOf = async (id: string, node: string): Promise<string> => {
    const roles = [{ role: 'operator' as const, node }];
    const user = { id, name: id, passwordHash: 'scrypt$none', roles, locale: 'zh' as const };
    const { records } = service.service;
    await records.saveUser({ ...user, disabled: false, createdAt: Date.now() });
    return (await openSession(records, { user: id, kind: 'token', label: 'test', now: Date.now() })).token;
  };
  const wide = { authorization: `Bearer ${await tokenOf('bridge', '')}` };
  const narrow = { authorization: `Bearer ${await tokenOf('worker', 'haitang/g1')}` };
  expect((await push('ctwing', ctwing(), narrow)).status).toBe(401);
  expect((await push('ctwing', ctwing(), wide)).status).toBe(200);
  expect(await lastTotal()).toBe(total);
});

test('an account speaks for the devices behind its own gateway only', async () => {
  const before = await lastTotal();
  expect((await push('ctwing?token=another-token-of-ours', ctwing())).status).toBe(200);
  expect(await lastTotal()).toBe(before);
  const { items } = await service.service.records.rejections({}, { limit: 1 });
  expect(items[0]).toMatchObject({ reason: 'foreign-device', device: 'm1' });
});

test('a message that comes twice is acknowledged twice and counts once', async () => {
  const body = ctwing();
  for (let times = 0; times < 2; times++)
    expect((await push(`ctwing?token=${TOKEN}`, body)).status).toBe(200);
  await service.loop.drained();
  const { items } = await service.service.records.rejections({}, { limit: 1 });
  expect(items[0]).toMatchObject({ reason: 'duplicate', device: 'm1' });
});

test('a message without sense is acknowledged, since it would be no better again, and shown', async () => {
  expect((await push(`ctwing?token=${TOKEN}`, '{', { 'content-type': 'text/plain' })).status).toBe(200);
  await service.loop.drained();
  const { items } = await service.service.records.rejections({}, { limit: 1 });
  expect(items[0]).toMatchObject({ reason: 'malformed-json', topic: 'push/ctwing' });
});

test('guesses at a secret that the service made hold up nobody: what is right is taken after any number', async () => {
  for (let times = 0; times < 2 * LIMITS.signInsPerAddressMax; times++)
    expect((await push('ctwing', '{}', basic('cloud', `guess-${times}`))).status).toBe(401);
  expect((await push('ctwing', ctwing(), basic('cloud', SECRET))).status).toBe(200);
});

atLength(
  'secrets that somebody set by hand cannot be guessed without end, and that holds up nobody else',
  async () => {
    const byHand = await hashPassword(SECRET);
    const own = await testService({
      ...options,
      entries: options.entries.map((entry) =>
        entry.noun === 'gateway' && entry.id === 'other-cloud' ? { ...entry, secretHash: byHand } : entry,
      ),
    });
    try {
      let status = 0;
      for (let times = 0; times < 200 && status !== 429; times++)
        ({ status } = await push('ctwing', ctwing(), basic('other-cloud', `guess-${times}`), own));
      expect(status).toBe(429);
      const answer = await push('ctwing', ctwing(), basic('other-cloud', SECRET), own);
      expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
      expect((await push('ctwing', ctwing(), basic('cloud', SECRET), own)).status).toBe(200);
      expect((await push(`ctwing?token=${TOKEN}`, ctwing(), {}, own)).status).toBe(200);
      await signIn(own.url);
    } finally {
      await own.stop();
    }
  },
);

// --- signatures

const oneNetSignature = (nonce: string, msg: string, token = TOKEN): string =>
  createHash('md5')
    .update(token + nonce + msg)
    .digest('base64');

const oneNet = (msg: string, signed: string, asText: boolean): string => {
  const [nonce, time] = ['abcdefgh', Date.now()];
  const written = asText ? JSON.stringify(msg) : msg;
  return `{"msg": ${written} ,"signature":"${oneNetSignature(nonce, signed)}","time":${time},"id":"1","nonce":"${nonce}"}`;
};
const properties = (value: number) =>
  `{"notifyType":"property","messageType":"notify", "deviceId":"d1","data":{"params":{"total":{"value":${value},"time":${Date.now()}}}}}`;

test.for([
  ['text', true],
  ['an object', false],
] as const)('OneNET signs its message as %s', async ([, asText]) => {
  const msg = properties(higher());
  expect((await push('onenet', oneNet(msg, msg, asText))).status).toBe(200);
  expect(await lastTotal()).toBe(total);
  expect((await push('onenet', oneNet(msg.replace('d1', 'd2'), msg, asText))).status).toBe(401);
});

/** As the platforms encrypt: the older one puts chance and a length before the message. */
function sealedByOneNet(msg: string, key: string): string {
  const older = key.length === 43;
  const secret = older ? Buffer.from(`${key}=`, 'base64') : Buffer.from(key);
  const head = Buffer.alloc(20, 'r');
  head.writeUInt32BE(Buffer.byteLength(msg), 16);
  const plain = older ? Buffer.concat([head, Buffer.from(msg)]) : Buffer.from(msg);
  const cipher = createCipheriv(older ? 'aes-256-cbc' : 'aes-128-cbc', secret, secret.subarray(0, 16));
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
}

test.for([
  ['of the older platform', OLDER_KEY, 'a-token-of-the-sealed', 'enc_msg', 'msg_signature'],
  ['of the present one', 'abcdefgh12345678', 'a-token-of-today', 'msg', 'signature'],
] as const)(
  'an encrypted push %s is opened with the key of its account',
  async ([, key, token, field, sign]) => {
    const wrap = (sealed: string) =>
      JSON.stringify({
        [field]: sealed,
        nonce: 'n0nce123',
        [sign]: oneNetSignature('n0nce123', sealed, token),
      });
    const sealed = sealedByOneNet(properties(higher()), key);
    expect((await push('onenet', wrap(sealed))).status).toBe(200);
    expect(await lastTotal()).toBe(total);
    expect((await push('onenet', wrap(sealed).replace('n0nce123', 'n0nce124'))).status).toBe(401);
    // Signed by the platform, and encrypted with a key that is not the one of the account.
    const other = key.length === 43 ? OLDER_KEY.replace('M', 'N') : '0000000000000000';
    expect((await push('onenet', wrap(sealedByOneNet(properties(higher()), other)))).status).toBe(200);
    expect(await lastTotal()).toBe(Math.round(total * 1000 - 1) / 1000);
    const { items } = await service.service.records.rejections({}, { limit: 1 });
    expect(items[0]).toMatchObject({ reason: 'encrypted', topic: 'push/onenet' });
  },
);

test("Alibaba's signature over message, key and code, as JSON and as a form", async () => {
  const report = () =>
    JSON.stringify({ deviceName: 'd1', items: { total: { value: higher(), time: Date.now() } } });
  const signed = (message: string) => {
    const sign = createHash('md5')
      .update(`appKey=25&message=${message}&msgCode=thing_properties_postthe-app-secret-of-ours`)
      .digest('hex');
    return { appKey: '25', message, msgCode: 'thing_properties_post', sign };
  };
  expect((await push('aliyun-iot', JSON.stringify(signed(report())))).status).toBe(200);
  expect(await lastTotal()).toBe(total);
  const form = new URLSearchParams(signed(report())).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await push('aliyun-iot', form, headers)).status).toBe(200);
  expect(await lastTotal()).toBe(total);
  for (const wrong of [
    { ...signed(report()), message: '{}' },
    { ...signed(report()), sign: '' },
    { sign: 'x' },
  ])
    expect((await push('aliyun-iot', JSON.stringify(wrong))).status).toBe(401);
});

test.for(['', '[]', '"msg"', '{"msg":1}', '{"msg":"', '{"msg":{"a":1', '\u0000\u00ff'])(
  'what is no push of OneNET is refused: %j',
  async (body) => {
    expect((await push('onenet', body)).status).toBe(401);
  },
);

test("OneNET's question whether the address is ours is answered with its own text", async () => {
  const ask = async (nonce: string, msg: string, signature: string) => {
    const query = new URLSearchParams({ msg, nonce, signature });
    return fetch(`${service.url}/api/v1/push/onenet?${query}`);
  };
  // One whose signature has a plus, which reads as a blank where the platform does not escape it.
  const nonce = [...Array(200).keys()]
    .map(String)
    .find((n) => oneNetSignature(n, 'hello').includes('+')) as string;
  const signature = oneNetSignature(nonce, 'hello');
  for (const given of [signature, signature.replaceAll('+', ' ')]) {
    const answer = await ask(nonce, 'hello', given);
    expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
    expect(answer.headers.get('content-type')).toMatch('text/plain');
  }
  expect((await ask(nonce, '<script>', signature)).status).toBe(401);
  expect((await fetch(`${service.url}/api/v1/push/onenet`)).status).toBe(401);
  expect((await fetch(`${service.url}/api/v1/push/nothing`)).status).toBe(404);
  expect((await fetch(`${service.url}/api/v1/push/ctwing?token=${TOKEN}`)).status).toBe(200);
});

test("Huawei's signature over token, time and nonce", async () => {
  const [timestamp, nonce] = [String(Date.now()), 'n0nce'];
  const signature = createHash('sha256').update([TOKEN, timestamp, nonce].sort().join('')).digest('hex');
  const services = [{ service_id: 'Water', properties: { total: higher() } }];
  const header = { device_id: 'd1', product_id: 'p' };
  const body = JSON.stringify({
    resource: 'device.property',
    event: 'report',
    notify_data: { header, body: { services } },
  });
  expect((await push('huawei-iot', body, { timestamp, nonce, signature })).status).toBe(200);
  expect(await lastTotal()).toBe(total);
  expect((await push('huawei-iot', body, { timestamp, nonce: 'other', signature })).status).toBe(401);
  expect((await push('huawei-iot', body, { timestamp, nonce })).status).toBe(401);
});

test('what Huawei signed more than a day ago somebody has recorded: it is refused and counted, in whatever form its time is', async () => {
  const pushed = (timestamp: string, query = '') => {
    const signature = createHash('sha256').update([TOKEN, timestamp, 'n'].sort().join('')).digest('hex');
    return push(`huawei-iot${query}`, '{}', { timestamp, nonce: 'n', signature });
  };
  const forms = (at: number) => [String(at), String(Math.floor(at / 1000)), new Date(at).toISOString()];
  for (const timestamp of forms(Date.now() - 26 * HOUR)) {
    const answer = await pushed(timestamp);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('too-old');
  }
  for (const timestamp of forms(Date.now() - 24 * HOUR)) expect((await pushed(timestamp)).status).toBe(200);
  // A form that nobody told us of, and an address that bears the token.
  expect((await pushed('20260301')).status).toBe(200);
  expect((await pushed(String(Date.now() - 26 * HOUR), `?token=${TOKEN}`)).status).toBe(200);
  expect(await refused('huawei-iot', 'too-old')).toBe(3);
});

test('the fields of a text are cut out of it letter for letter', () => {
  const text =
    '{ "a" : {"x":[1,2,{"y":"}"}]} , "b":"q\\"\\u00fc", "n":12345678901234567890,"e":[] ,"z": null }';
  expect(topFields(text)).toEqual([
    ['a', '{"x":[1,2,{"y":"}"}]}'],
    ['b', 'q"ü'],
    ['n', '12345678901234567890'],
    ['e', '[]'],
    ['z', 'null'],
  ]);
});

test('a long text that never closes is looked through once', () => {
  const before = worked();
  for (const piece of ['"', '\\"', '{"a":', '[', '}', ':,']) topFields(`{"msg":"${piece.repeat(100_000)}`);
  expect(worked() - before).toBeLessThan(2000);
});

// --- room, restarts

test('a full inbox asks to come again, and what was refused is not there', async () => {
  const full = vi.spyOn(service.loop, 'receive').mockReturnValue(false);
  const before = await lastTotal();
  const body = ctwing();
  const answer = await push(`ctwing?token=${TOKEN}`, body);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, String(LIMITS.pushRetryAfterS)]);
  expect(await answer.json()).toMatchObject({ code: 'NOT_READY' });
  expect([await lastTotal(), await refused('ctwing', 'full')]).toEqual([before, 1]);
  full.mockRestore();
  expect((await push(`ctwing?token=${TOKEN}`, body)).status).toBe(200);
  expect(await lastTotal()).toBe(total);
});

test('a commit that does not come is not waited for without end', async () => {
  const wait = LIMITS.pushWaitMsMax;
  Object.assign(LIMITS, { pushWaitMsMax: 20 });
  vi.spyOn(service.loop, 'receive').mockReturnValue(true);
  try {
    const answer = await push(`ctwing?token=${TOKEN}`, ctwing());
    expect([answer.status, await refused('ctwing', 'late')]).toEqual([503, 1]);
  } finally {
    Object.assign(LIMITS, { pushWaitMsMax: wait });
  }
});

atLength('senders that all come at once are held back by the real inbox, and no answer lies', async () => {
  const limits = { ...LIMITS };
  const busy = await testService({
    entries: entries(),
    service: { push: { accounts: ACCOUNTS }, limits: { inboxLengthMax: 16 } },
  });
  let goOn = (): void => {};
  try {
    const { telemetry } = busy;
    const append = telemetry.append.bind(telemetry);
    const stalled = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    telemetry.append = async (...readings: Parameters<typeof append>) => {
      await stalled;
      return append(...readings);
    };
    const first = await push(`ctwing?token=${TOKEN}`, ctwing(), {}, busy);
    expect(first.status).toBe(200);
    const bodies = [...Array(40).keys()].map(() => ctwing());
    const answers = bodies.map((body) => push(`ctwing?token=${TOKEN}`, body, {}, busy));
    const statuses: number[] = [];
    for (const answer of answers) void answer.then(({ status }) => statuses.push(status));
    // Not to the last one: the clock's own ticks wait in the same inbox.
    await soon(() => expect(statuses.length).toBeGreaterThanOrEqual(24));
    expect(new Set(statuses)).toEqual(new Set([503]));
    goOn();
    await Promise.all(answers);
    await busy.loop.drained();
    const taken = statuses.filter((status) => status === 200).length;
    expect([taken > 8, taken <= 16, busy.loop.counts.messages]).toEqual([true, true, 1 + taken]);
  } finally {
    goOn();
    await busy.stop();
    Object.assign(LIMITS, limits);
  }
});

atLength('what was acknowledged is there after a restart, and its repeat is known', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-'));
  try {
    const first = await testService({ ...options, dir });
    const body = ctwing();
    expect((await push(`ctwing?token=${TOKEN}`, body, {}, first)).status).toBe(200);
    await first.stop();
    const again = await testService({ ...options, dir });
    expect(await lastTotal(again)).toBe(total);
    expect((await push(`ctwing?token=${TOKEN}`, body, {}, again)).status).toBe(200);
    await again.loop.drained();
    const { items } = await again.service.records.rejections({}, { limit: 1 });
    expect(items[0]).toMatchObject({ reason: 'duplicate' });
    await again.stop();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

// --- configuration

test('a token may stand in a file; what is missing or doubled is told with its line', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-'));
  try {
    await writeFile(join(dir, 'token.txt'), `${TOKEN}\n`);
    await writeFile(join(dir, 'short.txt'), 'abc\n');
    const load = async (account: string) => {
      const head = '{ name: a, envelope: ctwing, gateway: g';
      await writeFile(join(dir, 'service.yaml'), `push:\n  accounts:\n    - ${head}, ${account} }\n`);
      const loaded = await loadServiceConfig({ dir, env: {}, envelopes: ['ctwing'] });
      if (!loaded.ok) return loaded.error.map(formatProblem).join('\n');
      expect(JSON.stringify(loaded.value.explain())).not.toContain(TOKEN);
      return loaded.value.config.push.accounts[0]?.token;
    };
    expect(await load('tokenFile: token.txt')).toBe(TOKEN);
    expect(await load(`token: ${TOKEN}`)).toBe(TOKEN);
    expect(await load('check: token')).toMatch(/service\.yaml:3.*says neither token nor tokenFile/);
    expect(await load(`token: ${TOKEN}, tokenFile: token.txt`)).toMatch(
      /service\.yaml:3.*one of them is enough/,
    );
    expect(await load('tokenFile: none.txt')).toMatch(/service\.yaml:3.*there is no file/);
    expect(await load('tokenFile: short.txt')).toMatch(/service\.yaml:3.*less than 8 characters/);
    await writeFile(join(dir, 'key.txt'), `${OLDER_KEY}\n`);
    expect(await load(`token: ${TOKEN}, aesKeyFile: key.txt`)).toBe(TOKEN);
    expect(await load(`token: ${TOKEN}, aesKeyFile: none.txt`)).toMatch(/there is no file/);
    expect(await load(`token: ${TOKEN}, aesKeyFile: short.txt`)).toMatch(/43 or 16 characters/);
    expect(await load(`token: ${TOKEN}, aesKey: short`)).toMatch(/43 or 16 characters/);
    expect(await load(`token: ${TOKEN}, aesKey: abcdefgh12345678, aesKeyFile: key.txt`)).toMatch(
      /one of them is enough/,
    );
    await writeFile(
      join(dir, 'service.yaml'),
      `push:\n  accounts:\n    - { name: a, envelope: ctwin, gateway: g, token: ${TOKEN} }\n`,
    );
    const loaded = await loadServiceConfig({ dir, env: {}, envelopes: ['ctwing'] });
    expect(loaded.ok ? '' : loaded.error.map(formatProblem).join()).toMatch(
      /no envelope "ctwin"; did you mean ctwing/,
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

const alertsOf = async (subject: string) => {
  for (let i = 0; i < 3; i++) await service.loop.drained();
  const { items } = await service.service.records.alerts({ paths: [''] }, { limit: 200 });
  return items.filter((one) => one.subject === subject);
};

test.for([
  ['b1', '{"device":"b1-band","time":"2026-11-27T13:00:01","payload":"{\\"event\\":\\"sos\\"}"}', 'B1'],
  ['b2', '{"device":"b2-band","payload":"help"}', 'calls-in-words'],
  ['b3', '{"dev":"b3-band","event":"sos"}', 'calls-in-words'],
  ['b4', 'sos b4-band', 'calls-in-words'],
  ['cloud', '{"event":"sos"}', 'stranger-calls'],
] as const)(
  'a call for help that is pushed in a form of its own is told: %s %s',
  async ([subject, body, rule]) => {
    expect((await push('http-json', body, basic('cloud', SECRET))).status).toBe(200);
    await soon(async () => expect(await alertsOf(subject)).toMatchObject([{ rule }]));
  },
);

test('of another gateway as one over a way that is not its own, and of a setting as none', async () => {
  await push('http-json', '{"dev":"b5-band","event":"fall"}', basic('other-cloud', SECRET));
  await soon(async () => expect(await alertsOf('b5')).toMatchObject([{ rule: 'calls-on-a-foreign-way' }]));
  for (const body of [
    '{"dev":"b6-band","sosNumber":"138","sos":false,"alarm":0}',
    '{"dev":"b6-band"',
    '{bad',
  ])
    await push('http-json', body, basic('cloud', SECRET));
  expect(await alertsOf('b6')).toEqual([]);
});

test.for([
  ['{bad', { readings: 0, events: 0, refused: [{ code: 'malformed-json' }] }],
  [
    '{"device":"nobody","payload":{"pulse_bpm":70}}',
    { readings: 0, events: 0, refused: [{ code: 'unknown-device' }] },
  ],
  [
    '{"device":"b6-band","payload":{"pulse_bpm":71,"steps_count":"x"}}',
    { readings: 1, events: 0, refused: [{ code: 'not-a-number', message: 'steps_count: "x"' }] },
  ],
  ['{"device":"b6-band","payload":{"event":"boot"}}', { readings: 0, events: 1, refused: [] }],
] as const)('the answer says what was made of it: %s', async ([body, told]) => {
  const answer = await push('http-json', body, basic('cloud', SECRET));
  expect([answer.status, await answer.json()]).toMatchObject([200, { taken: true, ...told }]);
});
