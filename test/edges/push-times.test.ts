import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR } from '../../src/lib/clock.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';

/** A time beside readings of our own format, in the push of a script. */

const TOKEN = 'one-token-of-a-script';
const HOMES = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'];

let service: TestService;
beforeAll(async () => {
  const bands = HOMES.map((home) => [home, [{ id: `${home}-band`, model: 'wristband', gateway: 'cloud' }]]);
  service = await testService({
    entries: community(Object.fromEntries(bands), ['cloud']),
    service: {
      push: { accounts: [{ name: 'script', envelope: 'http-json', gateway: 'cloud', token: TOKEN }] },
    },
  });
});
afterAll(() => service.stop());

const at = Math.floor(Date.now() / 1000) * 1000 - HOUR;

/** What was made of one reading of this device, and when it is said to have been measured. */
async function pushed(device: string, time: unknown, reading = {}) {
  const answer = await fetch(`${service.url}/api/v1/push/http-json?token=${TOKEN}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ device, time, payload: { pulse_bpm: 70, ...reading } }),
  });
  const { readings, refused } = (await answer.json()) as { readings: number; refused: object[] };
  await service.loop.drained();
  const [kept] = await service.service.telemetry.last([device], ['pulse_bpm']);
  return { readings, refused, at: kept?.at };
}

test.for([
  ['b1-band', 'in text', new Date(at).toISOString()],
  ['b2-band', 'in milliseconds', at],
  ['b3-band', 'in seconds', at / 1000],
  ['b4-band', 'in seconds as text', String(at / 1000)],
] as const)('dates those that have none of their own (%s: %s)', async ([device, , time]) => {
  expect(await pushed(device, time)).toEqual({ readings: 1, refused: [], at });
});

test('gives way to a time of their own', async () => {
  const own = at - HOUR;
  const told = await pushed('b5-band', new Date(at).toISOString(), { at: own });
  expect(told).toEqual({ readings: 1, refused: [], at: own });
});

test('is told where it is not understood or not believed: they are then of their arrival', async () => {
  const zoneless = new Date(at).toISOString().slice(0, 19);
  for (const time of [zoneless, '2020-01-01T00:00:00Z']) {
    const { readings, refused, at: kept } = await pushed('b6-band', time);
    const message = `time: "${time}"; dated by its arrival`;
    expect([readings, refused]).toEqual([1, [{ code: 'clock-malformed', message }]]);
    expect(kept).toBeGreaterThan(at);
  }
});
