import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY, ManualClock } from '../../src/lib/clock.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { signIn, type TestService, testService } from '../service.ts';

const NOW = Date.UTC(2026, 4, 20, 4);
const clock = new ManualClock(NOW);
let service: TestService;
let cookie: string;

const node = (path: string, level: 'community' | 'building', name: string): RegistryEntry => ({
  noun: 'node',
  path,
  level,
  name,
});
const meter = (id: string, home: string, enrolledAt: number): RegistryEntry => ({
  noun: 'device',
  id,
  model: 'water-meter',
  home,
  enrolledAt,
  disabled: false,
});

beforeAll(async () => {
  service = await testService({
    clock,
    entries: [
      node('玉兰', 'community', '玉兰'),
      node('玉兰/3号楼', 'building', '3号楼'),
      { noun: 'home', id: 'h1', parent: '玉兰/3号楼', name: '501' },
      { noun: 'home', id: 'h2', parent: '玉兰/3号楼', name: '502' },
      { noun: 'resident', id: 'h1-r1', home: 'h1', name: '王秀英', livesAlone: true },
      meter('wm-1', 'h1', NOW - 90 * DAY),
      meter('wm-2', 'h2', NOW - DAY / 2),
    ],
  });
  cookie = await signIn(service.url);
});
afterAll(() => service?.stop());

async function devices(query: string): Promise<unknown[]> {
  const answer = await fetch(`${service.url}/api/v1/devices?${query}`, { headers: { cookie } });
  const { items } = (await answer.json()) as { items: { device: { id: string }; residents: string[] }[] };
  return items.map(({ device, residents }) => [device.id, ...residents].join(' '));
}

async function dryRun(...lines: string[]): Promise<Record<string, unknown>> {
  const answer = await fetch(`${service.url}/api/v1/registry/import`, {
    method: 'POST',
    headers: {
      cookie,
      origin: service.url,
      'content-type': 'application/json',
      'idempotency-key': lines.join(' ').replace(/[^\w]/g, '') || 'list',
    },
    body: JSON.stringify({ format: 'csv', text: lines.join('\n'), dryRun: true }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

test('a dry run says which homes are meant by rows without an id, and what is probably a mistake', async () => {
  const answer = await dryRun('社区,楼栋,房号,姓名', '玉兰,3号楼,501室,王秀英', '玉兰,3栋,601,李德福');
  expect(answer).toMatchObject({
    applied: false,
    made: [
      { line: 2, home: 'h1', known: true },
      { line: 3, home: expect.stringMatching(/^3-601-\w{10}$/), known: false },
    ],
    warnings: [{ line: 3, code: 'place-spelt-otherwise', noun: 'node' }],
  });
});

test('a row that would give a home to somebody else is refused, in both languages', async () => {
  const { problems, put } = await dryRun('社区,楼栋,房号,姓名', '玉兰,3号楼,501,赵永年');
  expect(put).toBe(0);
  expect(problems).toMatchObject([
    {
      line: 2,
      text: { zh: expect.stringContaining('登记的是别人'), en: expect.stringMatching(/^other people/) },
    },
  ]);
});

test('devices are found by room and name of who lives there, and by when they were enrolled', async () => {
  expect(await devices(`q=${encodeURIComponent('3-502')}`)).toEqual(['wm-2']);
  expect(await devices(`q=${encodeURIComponent('王秀英')}`)).toEqual(['wm-1 王秀英']);
  expect(await devices(`enrolledFrom=${NOW - DAY}`)).toEqual(['wm-2']);
});
