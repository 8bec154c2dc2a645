import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leavesOf } from '../../src/config/environment.ts';
import { metaOf } from '../../src/config/schema-words.ts';
import { loadServiceConfig } from '../../src/config/service-config.ts';
import { recordRetention, serviceSchema, telemetryCutoffs } from '../../src/config/service-schema.ts';
import { formatProblem } from '../../src/config/yaml-file.ts';
import { DAY } from '../../src/lib/clock.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-service-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function load(text: string, env: Record<string, string> = {}, flags: Record<string, unknown> = {}) {
  await writeFile(join(dir, 'service.yaml'), text);
  return loadServiceConfig({ dir, env, flags, cwd: dir });
}

/** What a person would see, without the folder. */
async function complaints(...args: Parameters<typeof load>): Promise<string[]> {
  const result = await load(...args);
  return result.ok ? [] : result.error.map((problem) => formatProblem(problem).replaceAll(`${dir}/`, ''));
}

async function sourceOf(path: string, ...args: Parameters<typeof load>) {
  const result = await load(...args);
  if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'));
  const setting = result.value.explain().find((each) => each.path === path);
  return setting && [setting.value, setting.source.replace(`${dir}/`, '')];
}

describe('the configuration of the service', () => {
  test('needs no file: everything has a default', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'shouwang-empty-'));
    const result = await loadServiceConfig({ dir: empty, env: {}, cwd: empty });
    await rm(empty, { recursive: true });
    expect(result.ok && result.value.config).toMatchObject({
      dataDir: join(empty, 'data'),
      mqtt: { mode: 'embedded', port: 1883, webSocketPort: 8083 },
      http: { host: '0.0.0.0', port: 8080 },
      files: { rules: join(empty, 'rules.yaml'), registry: [join(empty, 'registry.yaml')] },
    });
  });

  test('needs the folder that was named', async () => {
    const result = await loadServiceConfig({ dir: join(dir, 'typo'), env: {} });
    expect(result.ok ? [] : result.error).toEqual([
      { file: join(dir, 'typo'), path: '', message: 'there is no such folder' },
    ]);
  });

  test('is taken from the file, then the environment, then the command line, and says which', async () => {
    const text = '\nhttp:\n  port: 1000\n';
    expect(await sourceOf('http.port', '')).toEqual([8080, 'default']);
    expect(await sourceOf('http.port', text)).toEqual([1000, 'service.yaml:3']);
    expect(await sourceOf('http.port', text, { SHOUWANG_HTTP_PORT: '2000' })).toEqual([
      2000,
      'SHOUWANG_HTTP_PORT',
    ]);
    expect(await sourceOf('http.port', text, { SHOUWANG_HTTP_PORT: '2000' }, { 'http.port': 3000 })).toEqual([
      3000,
      'command line',
    ]);
    expect(await sourceOf('http.port', text, { SHOUWANG_HTTP_PORT: '' }, { 'http.port': undefined })).toEqual(
      [1000, 'service.yaml:3'],
    );
  });

  test('names proxies by address or range', async () => {
    const env = { SHOUWANG_HTTP_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/8' };
    expect(await sourceOf('http.trustedProxies', '', env)).toEqual([
      ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'],
      'SHOUWANG_HTTP_TRUSTED_PROXIES',
    ]);
    for (const wrong of ['proxy.example', '10.0.0.0/99', '10.0.0'])
      expect(await complaints(`http:\n  trustedProxies: ["${wrong}"]\n`)).toEqual([
        expect.stringContaining('an address or a range, such as 10.0.0.0/8'),
      ]);
  });

  test('has a title for every setting', () => {
    const untitled = leavesOf(serviceSchema).filter(({ schema }) => !metaOf(schema)['title']);
    expect(untitled.map(({ path }) => path.join('.'))).toEqual([]);
  });

  test('has one variable for every setting', () => {
    const variables = leavesOf(serviceSchema).flatMap(({ variable }) => variable ?? []);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables).toContain('SHOUWANG_MQTT_WEB_SOCKET_PORT');
  });

  test('as it comes with the service holds nothing but what would hold anyway, and the name of the site', async () => {
    const shipped = await loadServiceConfig({ dir: 'config', env: {} });
    const changed = shipped.ok ? shipped.value.explain().filter(({ source }) => source !== 'default') : [];
    expect(changed.map(({ path }) => path)).toEqual(['site.name']);
  });

  test('is none of what Kubernetes tells a container of the services beside it', async () => {
    const told = {
      SHOUWANG_SERVICE_HOST: '10.0.0.1',
      SHOUWANG_SERVICE_PORT_HTTP: '8080',
      SHOUWANG_PORT: 'tcp://10.0.0.1:8080',
      SHOUWANG_PORT_8080_TCP_ADDR: '10.0.0.1',
      SHOUWANG_MQTT_PORT: 'tcp://10.0.0.2:1883',
      SHOUWANG_MQTT_PORT_1883_TCP: 'tcp://10.0.0.2:1883',
    };
    expect(await complaints('', told)).toEqual([]);
    expect(await sourceOf('mqtt.port', '', told)).toEqual([1883, 'default']);
  });

  test('as it comes with the service shows in its comments exactly the defaults', async () => {
    const text = await readFile('config/service.yaml', 'utf8');
    const uncommented = text
      .split('\n')
      .map((line) => line.replace(/^# ((?: )*[A-Za-z_]+:)/, '$1'))
      .filter(
        (line) =>
          !/^# /.test(line) &&
          !/certFile|keyFile|caFile|tls:|port: 8883|external:|url:|username|password|clientId|filters|publicUrl/i.test(
            line,
          ),
      )
      .join('\n');
    const [shown, usual] = [await load(uncommented), await load('')];
    expect(shown.ok ? [] : shown.error.map(formatProblem)).toEqual([]);
    const stated = shown.ok ? shown.value.explain().filter(({ source }) => source !== 'default') : [];
    expect(stated.length).toBeGreaterThan(20);
    const values = (loaded: typeof shown) =>
      loaded.ok ? { ...loaded.value.config, site: undefined } : loaded.error;
    expect(values(shown)).toEqual(values(usual));
  });
});

describe('a mistake in the configuration of the service', () => {
  test.each<[string, string, Record<string, string>, string[]]>([
    [
      'in the file',
      'http:\n  port: 99999',
      {},
      ['service.yaml:2:9 http.port: found 99999, expected a whole number between 0 and 65535'],
    ],
    [
      'in the environment',
      '',
      { SHOUWANG_HTTP_PORT: 'abc' },
      ['SHOUWANG_HTTP_PORT http.port: found "abc", expected a whole number between 0 and 65535'],
    ],
    [
      'in the name of a variable',
      '',
      { SHOUWANG_HTTP_PROT: '1' },
      ['SHOUWANG_HTTP_PROT no setting has this name; did you mean SHOUWANG_HTTP_PORT?'],
    ],
    [
      'in a key',
      'mqtt:\n  websocketport: 1',
      {},
      ['service.yaml:2:3 mqtt.websocketport: unknown key; did you mean "webSocketPort"?'],
    ],
    [
      'in what two keys say together',
      'http:\n  port: 1883',
      {},
      ['service.yaml:2:9 http.port: found 1883, which is already mqtt.port'],
    ],
    [
      'in what is not said',
      '',
      { SHOUWANG_MQTT_MODE: 'external' },
      ['SHOUWANG_MQTT_MODE mqtt.mode: found "external", but mqtt.external does not say where that broker is'],
    ],
    [
      'half said by a variable',
      '',
      { SHOUWANG_HTTP_TLS_CERT_FILE: 'x' },
      ['SHOUWANG_HTTP_TLS_CERT_FILE http.tls.keyFile: is missing, expected text of 1 to 1000 characters'],
    ],
    [
      'in the name of a file',
      'http:\n  tls: { certFile: a.crt, keyFile: service.yaml }',
      {},
      ['service.yaml:2:20 http.tls.certFile: there is no file a.crt'],
    ],
    [
      'in a time that no clock shows',
      'retention:\n  schedule: 99 * * * *\ndrill:\n  schedule: 0 10 * * 9',
      {},
      [
        'service.yaml:2:13 retention.schedule: found "99 * * * *", expected five fields of a cron schedule, such as 17 3 * * *',
        'service.yaml:4:13 drill.schedule: found "0 10 * * 9", expected five fields of a cron schedule, such as 0 10 * * 3',
      ],
    ],
    [
      'in a mapping that is none',
      'http: 8080',
      { SHOUWANG_HTTP_HOST: '::' },
      ['service.yaml:1:7 http: found 8080, expected keys with values'],
    ],
  ])('%s is told where it was made', async (_, text, env, lines) => {
    expect(await complaints(text, env)).toEqual(lines);
  });

  test('is told with all others', async () => {
    const lines = await complaints('http:\n  port: x\nlocale: fr\n', {
      SHOUWANG_LOG_LEVEL: 'loud',
      SHOUWANG_NOPE: '1',
    });
    expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual([
      'SHOUWANG_LOG_LEVEL',
      'SHOUWANG_NOPE',
      'service.yaml:2:9',
      'service.yaml:3:9',
    ]);
  });
});

describe('a secret', () => {
  const external = 'mqtt:\n  mode: external\n  external: { url: mqtt://broker:1883 }\n';

  test('may stand in a file that a variable names, and is not shown', async () => {
    await writeFile(join(dir, 'password'), 'open sesame\n');
    const result = await load(external, { SHOUWANG_MQTT_EXTERNAL_PASSWORD_FILE: join(dir, 'password') });
    expect(result.ok && result.value.config.mqtt.external?.password).toBe('open sesame');
    expect(JSON.stringify(result.ok && result.value.explain())).not.toContain('sesame');
  });

  test('that stands in a variable is not shown, but where it came from', async () => {
    const env = { SHOUWANG_MQTT_EXTERNAL_PASSWORD: 'open sesame' };
    expect(await sourceOf('mqtt.external.password', external, env)).toEqual([
      '***',
      'SHOUWANG_MQTT_EXTERNAL_PASSWORD',
    ]);
  });

  test('of the first administrator may stand in a file too', async () => {
    await writeFile(join(dir, 'admin'), 'correct horse\n');
    const result = await load('', { SHOUWANG_ADMIN_PASSWORD_FILE: join(dir, 'admin') });
    expect(result.ok && result.value.adminPassword).toBe('correct horse');
    expect(await complaints('', { SHOUWANG_ADMIN_PASSWORD_FILE: join(dir, 'nope') })).toEqual([
      'SHOUWANG_ADMIN_PASSWORD_FILE nope cannot be read or is empty',
    ]);
  });

  test('of service accounts shows only whose it is', async () => {
    const text = 'mqtt:\n  serviceAccounts: [{ name: dashboard, secretHash: scrypt$abc }]\n';
    expect(await sourceOf('mqtt.serviceAccounts', text)).toEqual([['dashboard'], 'service.yaml:2']);
  });
});

test('lists may be set by a variable, with commas', async () => {
  const result = await load('', { SHOUWANG_FILES_REGISTRY: 'a.yaml, b.csv' });
  expect(result.ok && result.value.config.files.registry).toEqual([join(dir, 'a.yaml'), join(dir, 'b.csv')]);
});

test('a port may be switched off', async () => {
  const result = await load('', { SHOUWANG_MQTT_WEB_SOCKET_PORT: 'off' });
  expect(result.ok && result.value.config.mqtt.webSocketPort).toBe('off');
});

test('retention is given in days and used in milliseconds and instants', async () => {
  const result = await load(
    'retention:\n  telemetry: { default: 10, water_index_m3: 20 }\n  records: { cases: 5 }\n',
  );
  if (!result.ok) throw new Error('the text has no mistake');
  const now = 100 * DAY;
  expect(telemetryCutoffs(result.value.config, now)).toEqual({
    default: 90 * DAY,
    water_index_m3: 80 * DAY,
    latitude_deg: 70 * DAY,
    longitude_deg: 70 * DAY,
  });
  expect(recordRetention(result.value.config)).toMatchObject({ casesMs: 5 * DAY, alertsMs: 1095 * DAY });
});

describe('the store of readings', () => {
  const influx2 = (rest: string): string =>
    `store:\n  telemetry: influx2\n  influx2: { url: 'http://influx:8086', org: city, ${rest} }\n`;

  test('is the embedded one, and a server only where it is said which', async () => {
    expect(await sourceOf('store.telemetry', '')).toEqual(['sqlite', 'default']);
    expect(await complaints('store: { telemetry: influx1 }\n')).toEqual([
      'service.yaml:1:21 store.telemetry: found "influx1", but store.influx1 does not say where that server is',
    ]);
    expect(
      await complaints("store: { telemetry: influx1, influx1: { url: 'http://influx:8086' } }\n"),
    ).toEqual([]);
  });

  test('takes its secrets out of files and variables, and shows none', async () => {
    await writeFile(join(dir, 'influx-token'), 'the-token\n');
    const result = await load(influx2('tokenFile: influx-token'));
    expect(result.ok && result.value.config.store.influx2?.token).toBe('the-token');
    const shown = ['***', 'influx-token'];
    expect(await sourceOf('store.influx2.token', influx2('tokenFile: influx-token'))).toEqual(shown);
    const env = { SHOUWANG_STORE_INFLUX2_TOKEN: 'another' };
    expect(await sourceOf('store.influx2.token', influx2('bucket: b'), env)).toEqual([
      '***',
      'SHOUWANG_STORE_INFLUX2_TOKEN',
    ]);
    expect(await complaints(influx2('bucket: b'))).toEqual([
      expect.stringContaining('says neither token nor tokenFile'),
    ]);
    expect(await complaints(influx2('token: a, tokenFile: influx-token'))).toEqual([
      expect.stringContaining('stands beside token; one of them is enough'),
    ]);
  });
});
