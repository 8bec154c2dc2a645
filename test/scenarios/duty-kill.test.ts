import { expect, test } from 'vitest';
import { DAY } from '../../src/lib/clock.ts';
import { registryEntrySchema } from '../../src/model/registry.ts';
import { ruleSetSchema } from '../../src/model/rule-set.ts';
import { community, T0 } from '../core.ts';
import { LoopBench } from '../loop-bench.ts';

test('leave that was confirmed is known after a kill, whether or not a checkpoint came between', async () => {
  const bench = new LoopBench(ruleSetSchema.parse({ version: 'none', rules: [] }));
  const zhou = registryEntrySchema.parse({ noun: 'staff', id: 'zhou', name: '周敏' });
  await bench.open([...community({ h1: [] }), zhou]);
  const leave = { type: 'roster.leave', staff: 'zhou', from: T0, until: T0 + DAY, note: '发烧' } as const;
  try {
    expect(await bench.loop.submit(leave, '周敏')).toEqual({ ok: true });
    const known = bench.core.duty.book;
    const before = await bench.afterKill();
    expect(before.core.duty.book).toEqual(known);
    await before.close();
    await bench.checkpoints.complete();
    expect(await bench.loop.submit({ ...leave, from: T0 + 2 * DAY, until: T0 + 3 * DAY }, '李雷')).toEqual({
      ok: true,
    });
    const after = await bench.afterKill();
    expect(after.core.duty.book.leave.map(({ by }) => by)).toEqual(['周敏', '李雷']);
    await after.close();
  } finally {
    await bench.close();
  }
});
