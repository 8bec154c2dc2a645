import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Alert } from '../../src/model/alert.ts';
import type { NumberedCase } from '../../src/ports/records.ts';
import { type Around, browserAround, TestStream } from './browser-around.ts';

/** They know the browser, whose types the other tests are checked without. */
interface Parts {
  readonly nodes: { value: readonly object[] };
  readonly zoneOf: (path?: string) => string;
  readonly backgrounds: { value: ReadonlyMap<string, { readonly alerts: readonly Alert[] }> };
  readonly startBackgrounds: () => () => void;
  readonly wantBackgrounds: (cases: readonly NumberedCase[]) => void;
  readonly startStream: () => () => void;
}
const moduleOf = (name: string): Promise<Partial<Parts>> => import(`../../src/web/state/${name}.ts`);
const parts = { ...(await moduleOf('places')), ...(await moduleOf('stream')) } as Parts;
const { backgrounds, nodes, startBackgrounds, startStream, wantBackgrounds, zoneOf } = parts;

let around: Around;
let row: NumberedCase;
let cases = 0;
const stops: (() => void)[] = [];
beforeEach(() => {
  around = browserAround();
  cases += 1;
  row = { id: `row${cases}` } as NumberedCase;
  stops.push(startBackgrounds(), startStream());
  TestStream.newest().open();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await around.end();
});

const alert = (id: string, clearedAt?: number): Alert =>
  ({ id, case: row.id, ...(clearedAt === undefined ? {} : { clearedAt }) }) as Alert;
const found = () => backgrounds.value.get(row.id)?.alerts.map(({ id }) => id);
const address = () => `/cases/${row.id}`;

test('what was found while nothing was told stands in the row once the list is loaded again', async () => {
  wantBackgrounds([row]);
  await around.answer(address(), { alerts: [alert('no-water')] });
  wantBackgrounds([row]);
  expect(around.asked(address())).toEqual([]);
  TestStream.newest().tell('reset', 99);
  wantBackgrounds([row]);
  expect(found()).toEqual(['no-water']);
  await around.answer(address(), { alerts: [alert('no-water'), alert('fall')] });
  expect(found()).toEqual(['no-water', 'fall']);
});

test('an answer that was on its way when something was found is asked for once more', async () => {
  wantBackgrounds([row]);
  TestStream.newest().tell('alert', 11, { change: 'raised', alert: alert('fall') });
  await around.answer(address(), { alerts: [alert('no-water')] });
  await around.answer(address(), { alerts: [alert('no-water'), alert('fall')] });
  expect(found()).toEqual(['no-water', 'fall']);
  expect(around.asked(address())).toEqual([]);
});

test('what could not be asked for is asked for later', async () => {
  wantBackgrounds([row]);
  await around.answer(address(), {}, 502);
  expect(around.asked(address())).toEqual([]);
  await vi.advanceTimersByTimeAsync(15_000);
  await around.answer(address(), { alerts: [alert('fall')] });
  expect(found()).toEqual(['fall']);
});

test('what belongs to no community is told by the clocks of the first, and not by those of another country', () => {
  const node = (path: string, timeZone?: string) => ({ path, level: 'community', name: path, timeZone });
  nodes.value = [node('lisboa', 'Europe/Lisbon'), node('haitang', 'Asia/Shanghai')];
  expect(zoneOf('haitang/g1')).toBe('Asia/Shanghai');
  for (const path of [undefined, '', 'nowhere']) expect(zoneOf(path)).toBe('Europe/Lisbon');
  nodes.value = [];
});
