import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { messageIn } from '../../src/config/problem-words.ts';
import { parseRegistryCsv } from '../../src/config/registry-csv.ts';
import { parseRegistryYaml } from '../../src/config/registry-yaml.ts';
import { DAY } from '../../src/lib/clock.ts';
import type { Device } from '../../src/model/registry.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';

const models = ['water-meter'];
const YEARS = 3_650 * DAY;
const IMPORT = { now: Date.UTC(2026, 2, 1) };

let dir: string;
let service: TestService | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'shouwang-interval-'));
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  rmSync(dir, { recursive: true, force: true });
});

const CSV = 'community,grid,building,unit,home,device,model,enrolled_at,expected_interval';

test('a file that expects a device once in years is refused, with its line and what is allowed', () => {
  const csv = (interval: string, at: { now?: number } = {}) =>
    parseRegistryCsv(`${CSV}\nhai,g1,b1,u1,h1,m1,water-meter,2026-01-01,${interval}\n`, 'x.csv', {
      models,
      ...at,
    });
  const yaml = (interval: string, at: { now?: number } = {}) =>
    parseRegistryYaml(
      `communities: [{ id: hai, homes: [{ id: h1, devices: [{ id: m1, model: water-meter, enrolledAt: 2026-01-01, expectedInterval: ${interval} }] }] }]`,
      'x.yaml',
      { models, ...at },
    );
  for (const parsed of [csv('3650d', IMPORT), yaml('3650d', IMPORT), csv('32d', IMPORT)]) {
    const [problem, ...more] = parsed.ok ? [] : parsed.error;
    expect(more).toEqual([]);
    expect(problem?.message).toMatch(/found "\d+d", expected an interval of 31d at most$/);
    expect(messageIn('zh', problem?.message ?? '')).toMatch(/写的是 "\d+d"，应为不超过 31d 的间隔$/);
  }
  // A start is kept back by none: its files may be of before.
  for (const parsed of [csv('31d', IMPORT), yaml('31d', IMPORT), csv('3650d'), yaml('3650d')])
    expect(parsed.ok).toBe(true);
});

test('one that stands in the registry from before is loaded, and told; the API takes no new one', async () => {
  const entries = community({ h1: [{ id: 'm1', model: 'water-meter' }] });
  service = await testService({ dir, entries });
  const device = service.service.registry.device('m1') as Device;
  // As the journal of a version of before has it.
  const put = [{ ...device, expectedIntervalMs: YEARS }];
  expect((await service.service.submit({ type: 'registry.apply', put, remove: [] }, 'x')).ok).toBe(true);
  await service.stop();
  service = await testService({ dir });
  expect(service.service.registry.device('m1')?.expectedIntervalMs).toBe(YEARS);
  const spots = service.service.health().checks['blindSpots'];
  expect(spots?.detail.zh).toContain('1 台设备的上报间隔超过 31 天，失联时无人知晓：m1');
  expect(spots?.detail.en).toContain('so that nobody misses it: m1');

  const cookie = await signIn(service.url);
  const change = async (expectedIntervalMs: number) => {
    const response = await fetch(`${service?.url}/api/v1/registry/device/m1`, {
      method: 'PUT',
      headers: { cookie, origin: service?.url ?? '', 'content-type': 'application/json' },
      body: JSON.stringify({ ...device, secretHash: undefined, expectedIntervalMs }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const refused = await change(YEARS);
  expect(refused.body).toMatchObject({
    code: 'REQUEST_INVALID',
    issues: [{ pointer: '/expectedIntervalMs' }],
  });
  expect((await change(31 * DAY)).status).toBe(200);
  expect(service.service.health().checks['blindSpots']?.detail.en ?? '').not.toContain('m1');
});
