import { expect, test } from 'vitest';
import { Line } from '../src/api/alert-load/line.ts';

test('counts are made one after the other, and what nobody waits for any more is not counted', async () => {
  const line = new Line();
  const begun: string[] = [];
  const first = Promise.withResolvers<void>();
  const count = async (name: string, until?: Promise<void>) => {
    begun.push(name);
    await until;
    return name;
  };
  let isThere = true;
  const all = [
    line.next(
      () => true,
      () => count('first', first.promise),
    ),
    line.next(
      () => isThere,
      () => count('gone'),
    ),
    line.next(
      () => true,
      () => count('third'),
    ),
  ];
  await Promise.resolve();
  expect(begun).toEqual(['first']);
  // Whoever asked closed the page while they waited.
  isThere = false;
  first.resolve();
  expect(await Promise.all(all)).toEqual(['first', undefined, 'third']);
  expect(begun).toEqual(['first', 'third']);
});

test('a count that fails fails for whoever asked, and the next is made', async () => {
  const line = new Line();
  const failing = line.next(
    () => true,
    () => Promise.reject(new Error('the records do not answer')),
  );
  const next = line.next(
    () => true,
    async () => 'counted',
  );
  await expect(failing).rejects.toThrow('the records do not answer');
  expect(await next).toBe('counted');
});
