import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DAY, ManualClock } from '../../src/lib/clock.ts';
import { T0 } from '../core.ts';
import { testService } from '../service.ts';

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
    expect(checks['ruleClock']).toEqual({ ok: false, detail: `${DAY} ms ahead of the machine` });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
