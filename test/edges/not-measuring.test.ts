import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY, HOUR, ManualClock } from '../../src/lib/clock.ts';
import { community, gridWorker, T0 } from '../core.ts';
import { atLength } from '../runs.ts';
import { letPass, signIn, type TestService, testService } from '../service.ts';

const entries = community({
  h1: [{ id: 'm1', model: 'water-meter' }],
  h2: [{ id: 'm2', model: 'water-meter' }],
})
  .map((entry) =>
    entry.noun === 'device' && entry.id === 'm2' ? { ...entry, enrolledAt: T0 + 365 * DAY } : entry,
  )
  .concat(gridWorker('zhou'));

let clock = new ManualClock(T0);
let running: TestService;
let cookie = '';

beforeEach(async () => {
  clock = new ManualClock(T0);
  running = await testService({ clock, entries });
  cookie = await signIn(running.url);
});
afterEach(() => running.stop());

async function get(path: string) {
  const response = await fetch(`${running.url}/api/v1${path}`, {
    headers: { cookie, 'accept-language': 'en' },
  });
  return (await response.json()) as ReturnType<typeof JSON.parse>;
}

function publish(device: string, payload: object): void {
  const topic = `shouwang/${device}/telemetry`;
  const message = { receivedAt: clock.now(), topic, payload: Buffer.from(JSON.stringify(payload)) };
  running.loop.receive({ message, qos: 1, done: () => undefined });
}

async function expectUnwatched(): Promise<void> {
  const { items: homes } = await get('/watch?level=unwatched');
  const firstReasons = homes.map(({ home, reasons: [first] }: ReturnType<typeof JSON.parse>) => [
    home.id ?? home,
    first.state,
    first.devices,
  ]);
  expect(firstReasons).toEqual([
    ['h1', 'not-measuring', ['m1']],
    ['h2', 'not-enrolled-yet', ['m2']],
  ]);
}

test('the list of who is not watched names a meter that sent its battery alone', async () => {
  publish('m1', { at: clock.now(), battery_pct: 90 });
  publish('m2', { at: clock.now(), battery_pct: 90 });
  await running.loop.drained();
  await expectUnwatched();
});

atLength(
  'who looks at the service sees a meter that speaks without its index, and one that is not enrolled yet',
  async () => {
    for (let hour = 0; hour < 12; hour++) {
      await letPass(running, clock, HOUR);
      const index = hour < 4 ? { water_index_m3: 5 + hour / 100 } : {};
      publish('m1', { at: clock.now(), ...index, battery_pct: 90 });
      publish('m2', { at: clock.now(), water_index_m3: 7, battery_pct: 90 });
    }
    await running.loop.drained();
    const { items: alerts } = await get('/alerts?open=true');
    expect(alerts).toMatchObject([
      { rule: 'M1', device: 'm1', priority: 'P3', evidence: { coverage: 'not-measuring' } },
    ]);
    await expectUnwatched();
    expect((await get('/devices/m1')).status).toMatchObject({ silent: true, mute: true });
    const { items: rejections } = await get('/rejections?limit=1');
    expect(rejections).toMatchObject([
      {
        reason: 'not-enrolled-yet',
        device: 'm2',
        detail: expect.stringContaining(', before enrolled_at 2027-'),
      },
    ]);
  },
);
