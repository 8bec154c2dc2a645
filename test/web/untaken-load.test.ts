import { afterEach, expect, test, vi } from 'vitest';
import type { NumberedCase } from '../../src/ports/records.ts';

/** What is used here of the two; they know the browser, whose types the other tests are checked without. */
interface Lists {
  readonly awaited: { readonly value: ReadonlyMap<string, NumberedCase> };
  readonly untaken: { readonly value: ReadonlyMap<string, NumberedCase> | undefined };
  readonly takenP1: { readonly value: ReadonlyMap<string, NumberedCase> };
  readonly uncounted: { readonly value: boolean };
  readonly startAwaited: () => () => void;
  readonly startUntaken: () => () => void;
}
const moduleOf = (name: string): Promise<Partial<Lists>> => import(`../../src/web/state/${name}.ts`);
const lists = { ...(await moduleOf('untaken')), ...(await moduleOf('awaited')) } as Lists;
const { awaited, startAwaited, startUntaken, takenP1, uncounted, untaken } = lists;

const one = (id: string, status: string): NumberedCase =>
  ({ id, status, version: 1, priority: 'P1' }) as NumberedCase;
const CASES = [one('open', 'open'), one('taken', 'acknowledged'), one('awaited', 'resolved')];

/** A service whose list of cases of one status is out of order, or takes for ever. */
function serviceWith(status: string, trouble: () => Promise<Response>): void {
  vi.stubGlobal('fetch', (address: string) => {
    const asked = new URLSearchParams(address.split('?')[1]).get('status');
    if (asked === status) return trouble();
    return Promise.resolve(Response.json({ items: CASES.filter((known) => known.status === asked) }));
  });
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.unstubAllGlobals();
});

test.each([
  ['fails', () => Promise.resolve(new Response('', { status: 500 }))],
  ['takes for ever', () => new Promise<Response>(() => undefined)],
] as const)('what nobody has taken is known also where the list of call-backs %s', async (_, trouble) => {
  serviceWith('resolved', trouble);
  stops.push(startUntaken(), startAwaited());
  await expect.poll(() => [...(untaken.value?.keys() ?? [])]).toEqual(['open']);
  expect([...takenP1.value.keys()]).toEqual(['taken']);
  expect(uncounted.value).toBe(false);
});

test('call-backs are known also where the list of what is open fails', async () => {
  serviceWith('open', () => Promise.resolve(new Response('', { status: 500 })));
  stops.push(startUntaken(), startAwaited());
  await expect.poll(() => [...awaited.value.keys()]).toEqual(['awaited']);
  expect(uncounted.value).toBe(true);
  expect(untaken.value).toBeUndefined();
});
