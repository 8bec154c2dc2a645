import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '../src/model/metrics.ts';
import { isWithdrawal, NOTICE_FAILURES, type NoticeFailure } from '../src/model/notice.ts';
import { makeCertificate } from './edges/certificate.ts';

const ROOT = join(import.meta.dirname, '..');
const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly profiles?: readonly string[];
  readonly healthcheck?: unknown;
  readonly restart?: string;
  readonly entrypoint?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>;
  readonly network_mode?: string;
}

const compose = parse(text('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  test('starts the service alone, and with a profile what belongs to it', () => {
    const profiles = Object.fromEntries(
      services.map(([name, { profiles: own = ['default'] }]) => [name, own]),
    );
    expect(profiles).toEqual({
      shouwang: ['default'],
      influx1: ['influx1'],
      influx2: ['influx2'],
      postgres: ['postgres'],
      mosquitto: ['mosquitto'],
      prometheus: ['grafana'],
      grafana: ['grafana'],
    });
  });

  test.each(services)(
    '%s: its image has a version, it comes back after a crash, and says whether it is well',
    (name, service) => {
      expect(service.image).toMatch(/:v?\d+(\.\d+)+$/);
      expect(service.restart).toBe('unless-stopped');
      // The image of the service itself brings its own.
      if (name !== 'shouwang') expect(service.healthcheck).toBeDefined();
    },
  );

  test('every volume that is named is there, every file that is mounted too, and every service that is waited for', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((mount) => mount.split(':')[0] ?? ''),
    );
    const named = mounts.filter((mount) => !mount.startsWith('.'));
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
    for (const mount of mounts.filter((each) => each.startsWith('.')))
      expect(existsSync(join(ROOT, mount)), mount).toBe(true);
    for (const [, { depends_on = {}, network_mode }] of services) {
      for (const other of Object.keys(depends_on)) expect(Object.keys(compose.services)).toContain(other);
      if (network_mode) expect(Object.keys(compose.services)).toContain(network_mode.replace('service:', ''));
    }
  });
});

test('the image runs on the Node that is promised, for nobody with rights, and says whether it is well', () => {
  const lines = text('Dockerfile').split('\n');
  const bases = lines.filter((line) => line.startsWith('FROM'));
  expect(bases.every((line) => line.startsWith('FROM node:24-slim'))).toBe(true);
  const last = lines.slice(lines.lastIndexOf(bases.at(-1) ?? ''));
  expect(last).toContain('USER node');
  expect(last.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
  const copied = last.filter((line) => line.startsWith('COPY') && !line.includes('--from'));
  for (const source of copied.flatMap((line) => line.split(' ').slice(1, -1)))
    expect(existsSync(join(ROOT, source)), source).toBe(true);
});

describe('the check of the image', () => {
  const [line = ''] = text('Dockerfile')
    .split('\n')
    .filter((each) => each.startsWith('HEALTHCHECK'));
  const [, ...words] = JSON.parse(line.slice(line.indexOf('['))) as string[];

  /** What it says of a service with this control file; of none where there is no such file. */
  async function check(url?: string): Promise<number | null> {
    const data = mkdtempSync(join(tmpdir(), 'shouwang-alive-'));
    onTestFinished(() => rmSync(data, { recursive: true }));
    if (url !== undefined) writeFileSync(join(data, 'control.json'), JSON.stringify({ url }));
    const child = spawn(process.execPath, words, { cwd: ROOT, env: { SHOUWANG_DATA_DIR: data } });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  }

  const answers = (healthz: number) => (request: IncomingMessage, response: ServerResponse) => {
    response.statusCode = request.url === '/healthz' ? healthz : 503;
    response.end('{}');
  };
  async function answering(server: Server, scheme = 'http'): Promise<string> {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('takes a service that waits for its database for alive: to end it would help nobody', async () => {
    expect(await check(await answering(createServer(answers(200))))).toBe(0);
  });

  test('asks a console over TLS as well, whatever name stands in its certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shouwang-alive-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { certFile, keyFile } = makeCertificate(folder, 'shouwang.example');
    const server = createTlsServer(
      { cert: readFileSync(certFile), key: readFileSync(keyFile) },
      answers(200),
    );
    expect(await check(await answering(server, 'https'))).toBe(0);
  });

  test('takes one that does not answer for dead', async () => {
    expect(await check(await answering(createServer(answers(500))))).toBe(1);
    expect(await check('http://127.0.0.1:1')).toBe(1);
    expect(await check()).toBe(1);
  });

  test('leaves a start the time to bring the tables of a large site up to date', () => {
    expect(line).toMatch(/--start-period=60m /);
  });
});

test('the image takes no keys and no passwords along', () => {
  const ignored = text('.dockerignore').split('\n');
  for (const secret of ['config/**/*.key', 'config/**/tls', 'config/mosquitto/passwords'])
    expect(ignored).toContain(secret);
});

test('Grafana does not start with the password that everybody knows', () => {
  const [shell = '', ...args] = compose.services['grafana']?.entrypoint ?? [];
  const words = args.map((each) => each.replaceAll('$$', '$').replace('/run.sh', 'echo started'));
  const run = (password: string) =>
    spawnSync(shell, words, {
      env: { PATH: process.env['PATH'], GF_SECURITY_ADMIN_PASSWORD: password },
      encoding: 'utf8',
    });
  expect(run('')).toMatchObject({ status: 1, stderr: expect.stringContaining('GRAFANA_PASSWORD') });
  expect(run('a b')).toMatchObject({ status: 0, stdout: 'started\n' });
});

describe('what Grafana and Prometheus are given', () => {
  const known = new Set(text('docs/operations.md').match(/shouwang_[a-z0-9_]+/g));
  const folder = join(ROOT, 'docker/grafana/dashboards');
  const dashboards = readdirSync(folder).map(
    (name) => [name, readFileSync(join(folder, name), 'utf8')] as const,
  );
  const sources = parse(text('docker/grafana/provisioning/datasources/shouwang.yml')) as {
    datasources: { uid: string; url: string }[];
  };

  test('every metric of the service in it is one that the service has', () => {
    const asked = [text('docker/prometheus/alerts.yml'), ...dashboards.map(([, content]) => content)].flatMap(
      (content) => content.match(/shouwang_[a-z0-9_]+/g) ?? [],
    );
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  test('a warning of a check is an alarm for the day, and what leaves people unwatched one for the night', () => {
    const { groups } = parse(text('docker/prometheus/alerts.yml')) as {
      groups: { rules: { expr: string; labels?: { severity?: string } }[] }[];
    };
    const severityOf = (asked: string): (string | undefined)[] =>
      groups.flatMap(({ rules }) =>
        rules.filter(({ expr }) => expr.includes(asked)).map(({ labels }) => labels?.severity),
      );
    expect(severityOf('shouwang_check_warns')).toEqual(['warning']);
    expect(severityOf('shouwang_check_well')).toEqual(['warning']);
    expect(severityOf('shouwang_ready')).toEqual(['critical']);
    expect([...new Set(severityOf(''))].sort()).toEqual(['critical', 'warning']);
  });

  test('an alarm about notices counts what failed, and not what nobody needed any more', () => {
    const [, left = ''] =
      /outbox_failed_total\{reason!~"([^"]*)"\}/.exec(text('docker/prometheus/alerts.yml')) ?? [];
    const failures = Object.keys(NOTICE_FAILURES) as NoticeFailure[];
    expect(left.split('|').sort()).toEqual(failures.filter(isWithdrawal).sort());
  });

  test('every measurement in it is one that readings are written under', () => {
    const asked = dashboards.flatMap(([, content]) => [
      ...[...content.matchAll(/FROM \\"(\w+)\\"/g)].map(([, name]) => name),
      ...[...content.matchAll(/_measurement == \\"(\w+)\\"/g)].map(([, name]) => name),
    ]);
    expect(asked.length).toBeGreaterThan(8);
    expect(asked.filter((name) => !Object.hasOwn(METRICS, name ?? ''))).toEqual([]);
  });

  test.each(dashboards)(
    '%s: panels have queries, a place of their own and a source that is provisioned',
    (_name, content) => {
      const { panels } = JSON.parse(content) as {
        panels: {
          title: string;
          targets: unknown[];
          datasource: { uid: string };
          gridPos: { x: number; y: number };
        }[];
      };
      const uids = sources.datasources.map(({ uid }) => uid);
      for (const { datasource, targets, title } of panels) {
        expect(uids, title).toContain(datasource.uid);
        expect(targets.length, title).toBeGreaterThan(0);
      }
      expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size).toBe(panels.length);
    },
  );

  test('every source is a service of docker-compose.yml', () => {
    // Prometheus is in the network of the service.
    for (const { url } of sources.datasources)
      expect(Object.keys(compose.services)).toContain(new URL(url).hostname);
  });
});

describe('the systemd unit', () => {
  const unit = text('docker/systemd/shouwang.service');

  test('comes back always, runs without rights, and may write its data alone', () => {
    for (const line of [
      'Restart=always',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'CapabilityBoundingSet=',
      'User=shouwang',
    ])
      expect(unit.split('\n')).toContain(line);
    expect(unit.match(/^ReadWritePaths=(.*)$/m)?.[1]).toBe('/var/lib/shouwang');
  });

  test.skipIf(!existsSync('/usr/bin/systemd-analyze'))('is one that systemd understands', () => {
    const dir = mkdtempSync(join(tmpdir(), 'shouwang-unit-'));
    // It wants programs that are there.
    const here = unit.replace('/opt/shouwang/node_modules/.bin/node', process.execPath);
    const file = join(dir, 'shouwang.service');
    writeFileSync(file, here);
    try {
      expect(
        execFileSync('systemd-analyze', ['verify', '--man=no', file], { stdio: 'pipe' }).toString(),
      ).toBe('');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

test('wherever the service is started for good, Node is told the same', () => {
  const given = JSON.parse(text('src/service-flags.json')) as string[];
  const flags = given.join(' ');
  const scripts = (JSON.parse(text('package.json')) as { scripts: Record<string, string> }).scripts;
  expect(scripts['start']).toContain(`node ${flags} src/main.ts start`);
  expect(scripts['demo']).toContain(`node ${flags} src/main.ts demo`);
  expect(text('docker/systemd/shouwang.service')).toContain(`node ${flags} src/main.ts start`);
  const image = given.map((flag) => `"${flag}"`).join(', ');
  expect(text('Dockerfile')).toContain(`"node", ${image}, "src/main.ts", "start"`);
});
