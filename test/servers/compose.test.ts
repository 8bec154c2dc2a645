import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findProgram, whyNo } from './program.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, 'docker-compose.yml');
const dir = mkdtempSync(join(tmpdir(), 'shouwang-compose-'));
afterAll(() => rmSync(dir, { recursive: true }));

/**
 * `docker compose` where the plugin is there. Else Debian's `docker-compose` 1.29, which knows all of the file but
 * `required` of a dependency (Compose 2.20): it is given the file without that line.
 */
const hasPlugin =
  findProgram('docker') !== undefined && spawnSync('docker', ['compose', 'version']).status === 0;
const missing = hasPlugin ? undefined : whyNo('docker-compose');
if (missing) console.warn(`skipped: ${missing}`);

interface Resolved {
  readonly services: Readonly<
    Record<string, { image?: string; environment?: Record<string, string>; volumes?: unknown[] }>
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

function config(profiles: readonly string[], env: Readonly<Record<string, string>> = {}): Resolved {
  const chosen = profiles.flatMap((profile) => ['--profile', profile]);
  const options = {
    cwd: ROOT,
    stdio: 'pipe',
    env: { PATH: process.env['PATH'], HOME: dir, ...env },
  } as const;
  if (hasPlugin)
    return parse(execFileSync('docker', ['compose', '-f', FILE, ...chosen, 'config'], options).toString());
  const old = join(dir, 'docker-compose.yml');
  writeFileSync(old, readFileSync(FILE, 'utf8').replace(/^ +required: false\n/m, ''));
  const args = ['-f', old, '--project-directory', ROOT, ...chosen, 'config'];
  return parse(execFileSync('docker-compose', args, options).toString());
}

const PROFILES = ['influx1', 'influx2', 'postgres', 'mosquitto', 'grafana'];

describe.skipIf(missing !== undefined)('docker-compose.yml, read by Compose', () => {
  test.each([[[]], ...PROFILES.map((profile) => [[profile]]), [PROFILES]])(
    'is understood with the profiles %j, without anything in the environment',
    (profiles) => {
      const { services, volumes } = config(profiles);
      const wanted = { influx1: 'influxdb:1.8', influx2: 'influxdb:2.', postgres: 'postgres:15' } as const;
      expect(services['shouwang']?.image).toMatch(/^shouwang:/);
      for (const [name, image] of Object.entries(wanted))
        if (profiles.includes(name)) expect(services[name]?.image).toContain(image);
      expect(Object.keys(volumes)).toContain('data');
    },
  );

  test('what is set in the environment comes to whom it is for', () => {
    const { services } = config(['postgres', 'influx2', 'grafana'], {
      POSTGRES_PASSWORD: 'pw-of-records',
      SHOUWANG_STORE_RECORDS: 'postgres',
      INFLUX2_TOKEN: 'token-of-readings',
      GRAFANA_PASSWORD: 'pw-of-grafana',
      LANG: 'en_GB.UTF-8',
    });
    expect(services['shouwang']?.environment).toMatchObject({
      SHOUWANG_STORE_RECORDS: 'postgres',
      SHOUWANG_STORE_POSTGRES_PASSWORD: 'pw-of-records',
      LANG: 'en_GB.UTF-8',
    });
    expect(services['postgres']?.environment).toMatchObject({ POSTGRES_PASSWORD: 'pw-of-records' });
    expect(services['influx2']?.environment).toMatchObject({
      DOCKER_INFLUXDB_INIT_ADMIN_TOKEN: 'token-of-readings',
    });
    expect(services['grafana']?.environment).toMatchObject({ INFLUX2_TOKEN: 'token-of-readings' });
  });

  test('commands in the container speak Chinese unless the environment says otherwise', () => {
    expect(config([]).services['shouwang']?.environment).toMatchObject({ LANG: 'zh_CN.UTF-8' });
  });
});
