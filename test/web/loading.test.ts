import { type Signal, signal } from '@preact/signals';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { get } from '../../src/web/state/api.ts';
import { type Around, browserAround } from './browser-around.ts';

interface Loaded {
  readonly value?: { readonly n: number };
  readonly problem?: { readonly status: number };
  readonly again: () => void;
}
/** It knows the browser, whose types the other tests are checked without. */
interface Loading {
  readonly FIGURES_EVERY_MS: number;
  readonly keepLoaded: (into: Signal<Loaded>, fetchIt: () => unknown, everyMs?: number) => () => void;
}
const moduleOf = (name: string): Promise<Loading> => import(`../../src/web/state/${name}.ts`);
const { FIGURES_EVERY_MS, keepLoaded } = await moduleOf('loading');

let around: Around;
let stops: (() => void)[] = [];
beforeEach(() => {
  around = browserAround();
});
afterEach(async () => {
  for (const stop of stops) stop();
  stops = [];
  await around.end();
});

function keep(everyMs?: number) {
  const loaded = signal<Loaded>({ again: () => {} });
  stops.push(keepLoaded(loaded, () => get('/ledger'), everyMs));
  return loaded;
}
/** Questions that wait for an answer. */
const waiting = () => around.asked('/ledger').length;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const look = () => around.document.dispatchEvent(new Event('visibilitychange'));

test('what is on screen is asked for again every 20 seconds, and when somebody comes back to it', async () => {
  const loaded = keep();
  await around.answer('/ledger', { n: 1 });
  await pass(20_000);
  await around.answer('/ledger', { n: 2 });
  expect(loaded.value).toMatchObject({ value: { n: 2 } });
  look();
  expect(waiting()).toBe(1);
});

test('figures that are heavy to count are not asked for each time somebody looks, but every ten minutes', async () => {
  const loaded = keep(FIGURES_EVERY_MS);
  await around.answer('/ledger', { n: 1 });
  for (let seconds = 0; seconds < 590; seconds += 10) {
    await pass(10_000);
    look();
  }
  expect(waiting()).toBe(0);
  await pass(20_000);
  expect(waiting()).toBe(1);
  await around.answer('/ledger', { n: 2 });
  expect(loaded.value).toMatchObject({ value: { n: 2 } });
  loaded.value.again();
  expect(waiting()).toBe(1);
});

test('where the service did not answer it is asked soon also for heavy figures, and what was there stays', async () => {
  const loaded = keep(FIGURES_EVERY_MS);
  await around.answer('/ledger', { n: 1 });
  loaded.value.again();
  await around.answer('/ledger', {}, 503);
  expect(loaded.value).toMatchObject({ value: { n: 1 }, problem: { status: 503 } });
  await pass(20_000);
  await around.answer('/ledger', { n: 2 });
  expect(loaded.value.problem).toBeUndefined();
  await pass(60_000);
  expect(waiting()).toBe(0);
});
