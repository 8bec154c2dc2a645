import { expect, test } from 'vitest';
import { Displacements } from '../../src/broker/displacements.ts';
import { limitsWith } from '../../src/broker/options.ts';

const LIMITS = limitsWith({ displacedInARowMax: 3, displacedWithinMs: 60 });
const HERE = { old: 'here', young: 'there' };

test('it is plain after so many in a row, each a short while after the one before, and stays so while it goes on', () => {
  const seen = new Displacements(LIMITS);
  const told = [0, 60, 120, 180].map((now) => seen.note('m1', HERE, now));
  const from = 'here, there';
  expect(told).toEqual([undefined, undefined, { count: 3, from }, { count: 4, from }]);
  expect(seen.note('m1', HERE, 241)).toBeUndefined();
});

test('a device that wakes now and then and never says goodbye is no fight, and others do not count for it', () => {
  const seen = new Displacements(LIMITS);
  for (let now = 0; now < 6_100; now += 61) expect(seen.note('m1', HERE, now)).toBeUndefined();
  expect(['m2', 'm3', 'm4'].map((id) => seen.note(id, HERE, 6_100))).toEqual(Array(3).fill(undefined));
});

test('what is over is forgotten', () => {
  const seen = new Displacements(LIMITS);
  for (const now of [0, 1]) seen.note('m1', HERE, now);
  seen.prune(62);
  expect(seen.note('m1', HERE, 62)).toBeUndefined();
});
