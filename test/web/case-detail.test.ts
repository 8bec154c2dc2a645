import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NumberedCase } from '../../src/ports/records.ts';
import { type Around, browserAround, TestStream } from './browser-around.ts';

/** They know the browser, whose types the other tests are checked without. */
interface Parts {
  readonly detail: {
    value: { readonly id: string; readonly phase: string; readonly value?: { readonly case: NumberedCase } };
  };
  readonly openDetail: (id: string) => () => void;
  readonly startStream: () => () => void;
}
const moduleOf = (name: string): Promise<Partial<Parts>> => import(`../../src/web/${name}.ts`);
const parts = { ...(await moduleOf('cases/case-detail')), ...(await moduleOf('state/stream')) } as Parts;
const { detail, openDetail, startStream } = parts;

let around: Around;
let close: () => void;
const stops: (() => void)[] = [];
beforeEach(() => {
  around = browserAround();
  detail.value = { id: '', phase: 'loading' };
  close = openDetail('501.c1');
  stops.push(startStream(), close);
  TestStream.newest().open();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await around.end();
});

const asItIs = (status: string) => ({ case: { id: '501.c1', status }, alerts: [], entries: [] });
const CALM_MS = 200;

test('what was told of the case on screen, and could not be loaded, is asked for until it is there', async () => {
  await around.answer('/cases/501.c1', asItIs('open'));
  await vi.advanceTimersByTimeAsync(CALM_MS);
  await around.answer('/cases/501.c1', asItIs('open'));
  TestStream.newest().tell('case', 11, { change: 'updated', case: { id: '501.c1' }, entries: [] });
  await vi.advanceTimersByTimeAsync(CALM_MS);
  await around.answer('/cases/501.c1', {}, 502);
  // The stream stands, and says nothing more: what is on screen looks live.
  await vi.advanceTimersByTimeAsync(5_000);
  await around.answer('/cases/501.c1', asItIs('acknowledged'));
  expect(detail.value.value?.case.status).toBe('acknowledged');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(around.asked('/cases/')).toEqual([]);
});

test('a case that nobody looks at any more is not asked for', async () => {
  await around.answer('/cases/501.c1', asItIs('open'));
  TestStream.newest().tell('case', 11, { change: 'updated', case: { id: '501.c1' }, entries: [] });
  await vi.advanceTimersByTimeAsync(CALM_MS);
  close();
  await around.answer('/cases/501.c1', {}, 502);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(around.asked('/cases/')).toEqual([]);
});
