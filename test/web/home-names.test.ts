import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Around, browserAround, TestStream } from './browser-around.ts';

/** They know the browser, whose types the other tests are checked without. */
interface Parts {
  readonly homeNames: { readonly value: ReadonlyMap<string, string> };
  readonly wantHomeNames: (ids: readonly string[]) => void;
  readonly startStream: () => () => void;
}
const moduleOf = (name: string): Promise<Partial<Parts>> => import(`../../src/web/state/${name}.ts`);
const parts = { ...(await moduleOf('home-names')), ...(await moduleOf('stream')) } as Parts;
const { homeNames, startStream, wantHomeNames } = parts;

let around: Around;
let stop: () => void;
beforeEach(() => {
  around = browserAround();
  stop = startStream();
  TestStream.newest().open();
});
afterEach(async () => {
  stop();
  await around.end();
});

const entry = (id: string, name: string) => ({ entry: { noun: 'home', id, name } });

test('a home is called by its door once that is known, and asked for once', async () => {
  wantHomeNames(['3-2-501-zhvv', '', '3-2-501-zhvv']);
  expect(around.asked('/registry/home/')).toEqual(['/registry/home/3-2-501-zhvv']);
  await around.answer('/registry/home/', entry('3-2-501-zhvv', '501'));
  wantHomeNames(['3-2-501-zhvv']);
  expect(around.asked('/registry/home/')).toEqual([]);
  expect(homeNames.value.get('3-2-501-zhvv')).toBe('501');
  TestStream.newest().tell('registry', 11, entry('3-2-501-zhvv', '501A'));
  expect(homeNames.value.get('3-2-501-zhvv')).toBe('501A');
});

test('what could not be asked for is asked for by whoever wants it next', async () => {
  wantHomeNames(['late']);
  await around.answer('/registry/home/', {}, 503);
  expect(around.asked('/registry/home/')).toEqual([]);
  wantHomeNames(['late']);
  expect(around.asked('/registry/home/')).toEqual(['/registry/home/late']);
});
