import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DAY, HOUR, ManualClock, MINUTE } from '../../src/lib/clock.ts';
import { community, T0 } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';

test('a service on a machine whose clock was set back does not call itself ready', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-clock-'));
  try {
    const before = await testService({ dir, clock: new ManualClock(T0 + DAY) });
    expect(before.service.health().checks['ruleClock']).toMatchObject({ ok: true });
    await before.stop();

    const after = await testService({ dir, clock: new ManualClock(T0) });
    const { ready, checks } = after.service.health();
    await after.stop();
    expect(ready).toBe(false);
    expect(checks['ruleClock']).toEqual({
      ok: false,
      detail: { zh: `比本机时钟快 ${DAY} 毫秒`, en: `${DAY} ms ahead of the machine` },
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

const openAlerts = async (service: TestService): Promise<string[]> => {
  const { items } = await service.service.records.alerts({ paths: [''], open: true }, { limit: 9 });
  return items.map(({ rule }) => rule);
};

test('a service that restarts every night finds a band that has been silent for a day', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-nights-'));
  const clock = new ManualClock(T0);
  const entries = community({ h1: [{ id: 'band', model: 'wristband' }] });
  try {
    for (let night = 0; night < 2; night++) {
      const service = await testService({ dir, clock, entries });
      clock.advance(20 * HOUR);
      // By itself: that it listened is noted where it looks at the clock.
      await soon(() => expect(service.core.now).toBe(clock.now()));
      await service.stop();
      clock.advance(MINUTE);
    }
    const service = await testService({ dir, clock });
    const found = await openAlerts(service);
    await service.stop();
    expect(found).toEqual(['M1']);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('a service that was down for a day calls nobody silent for that', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shouwang-down-'));
  const clock = new ManualClock(T0);
  const entries = community({ h1: [{ id: 'band', model: 'wristband' }] });
  try {
    await (await testService({ dir, clock, entries })).stop();
    clock.advance(2 * DAY);
    const service = await testService({ dir, clock });
    const found = await openAlerts(service);
    await service.stop();
    expect(found).toEqual([]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
