import { expect, test } from 'vitest';
import { Admission } from '../../src/broker/admission.ts';
import { type BrokerLimits, limitsWith } from '../../src/broker/options.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { NotebookHost } from './broker-host.ts';

const GUARD: Partial<BrokerLimits> = { authFailuresMax: 10, flappingConnectsMax: 4, banOneEveryMs: 3_000 };

/** @param slowNames whose secrets somebody set by hand */
function doorOf(...slowNames: string[]) {
  const host = new NotebookHost();
  for (const name of slowNames) host.slowNames.add(name);
  const clock = { now: 1_000_000 };
  const admission = new Admission(host, limitsWith(GUARD), () => clock.now);
  const come = async (id: string, secret = `secret of ${id}`, address = 'building'): Promise<string> => {
    const [password, keepAliveS] = [Buffer.from(secret), 60];
    const answer = await admission.check({ clientId: id, username: id, address, keepAliveS, password });
    return typeof answer === 'string' ? answer : 'in';
  };
  return { host, clock, admission, come };
}

const times = async (n: number, one: () => Promise<string>): Promise<string[]> => {
  const answers: string[] = [];
  for (let i = 0; i < n; i++) answers.push(await one());
  return answers;
};

test('a device with a wrong secret, or many, keep nobody behind the same address out', async () => {
  const { come } = doorOf();
  const tried = await times(500, () => come('m9', 'guess'));
  expect(new Set(tried)).toEqual(new Set(['wrong-credentials']));
  expect([await come('m1'), await come('m9')]).toEqual(['in', 'in']);
});

test('a secret that somebody set by hand is guessed some times, then once in a while', async () => {
  const { come, clock, host } = doorOf('m2');
  const tried = await times(200, () => come('m2', 'guess'));
  expect(tried.filter((answer) => answer === 'wrong-credentials')).toHaveLength(GUARD.authFailuresMax! + 1);
  expect(host.slowChecks).toBe(11);
  expect(await come('m2')).toBe('too-many-auth-failures');
  clock.now += 3_000;
  // Whoever has set it right by then waits no longer.
  expect([await come('m2'), await come('m2')]).toEqual(['in', 'too-many-auth-failures']);
  expect(await come('m2', 'secret of m2', 'elsewhere')).toBe('in');
});

test('guesses that come all at once are not all checked', async () => {
  const { come, host } = doorOf('m2');
  const tried = await Promise.all(Array.from({ length: 500 }, (_, n) => come('m2', `guess ${n}`)));
  expect(host.slowChecks).toBeLessThanOrEqual(11 + LIMITS.passwordChecksMax);
  expect(tried.filter((answer) => answer === 'too-many-auth-failures')).toHaveLength(500 - host.slowChecks);
});

test('one such device with a wrong secret holds up none of its neighbours, checked slowly or not', async () => {
  const { come } = doorOf('m2', 'm3');
  await times(200, () => come('m2', 'guess'));
  expect([await come('m1'), await come('m3')]).toEqual(['in', 'in']);
});

test('who guesses at many names from one address is let through now and then, and who was let in there before always', async () => {
  const names = Array.from({ length: 30 }, (_, n) => `m${n}`);
  const { come, clock, host } = doorOf(...names);
  expect(await come('m1')).toBe('in');
  for (const name of names.slice(2)) await come(name, 'guess');
  expect(host.slowChecks).toBe(1 + 11);
  expect([await come('m1'), await come('m0')]).toEqual(['in', 'too-many-auth-failures']);
  clock.now += 3_000;
  expect([await come('m0'), await come('m1')]).toEqual(['in', 'in']);
});

test('no more names wait for a slow check than there is room for', async () => {
  const { come, host } = doorOf('m1');
  const free = Promise.withResolvers<undefined>();
  host.authenticate = () => free.promise;
  const { passwordChecksMax, slowChecksWaitingMax } = LIMITS;
  const waiting = Array.from({ length: passwordChecksMax + slowChecksWaitingMax }, () => come('m1', 'guess'));
  expect(await come('m1')).toBe('too-many-auth-failures');
  free.resolve(undefined);
  await Promise.all(waiting);
});

test('of two that fight for one id one is let in every few seconds, and who only knows the id takes no turn', async () => {
  const { come, clock, admission } = doorOf();
  expect(await come('m1')).toBe('in');
  for (let n = 0; n < 5; n++) admission.brokeOff('m1');
  expect(await come('m1')).toBe('flapping');
  clock.now += 3_000;
  expect(await times(3, () => come('m1', 'guess'))).toEqual(Array(3).fill('wrong-credentials'));
  expect([await come('m1'), await come('m1')]).toEqual(['in', 'flapping']);
  clock.now += 3_000;
  expect(await come('m1')).toBe('in');
});

test('whose secret was stolen has its turn all the same: the address that has waited longest is next, however often another asks', async () => {
  const { come, clock, admission } = doorOf();
  for (let n = 0; n < 5; n++) admission.brokeOff('band');
  const thief = (): Promise<string> => come('band', undefined, 'thief');
  const turns: string[] = [];
  for (let n = 0; n < 120; n++) {
    clock.now += 100;
    if ((await thief()) === 'in') turns.push('thief');
    // The band tries once in two seconds, behind the thief.
    if (n % 20 === 0 && (await come('band')) === 'in') turns.push('band');
  }
  expect(turns).toEqual(['thief', 'band', 'thief']);
  // Who has gone, or has another address now, is waited for no longer.
  clock.now += 20_000;
  expect(await come('band', undefined, 'other address')).toBe('in');
});
