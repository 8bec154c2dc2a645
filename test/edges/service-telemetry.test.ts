import { setImmediate as turn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { community } from '../core.ts';
import { testService } from '../service.ts';

test('a telemetry store that does not keep up holds back the senders, and loses nothing', async () => {
  const service = await testService({ entries: community({ h1: [{ id: 'band', model: 'wristband' }] }) });
  const { telemetry } = service;
  const append = telemetry.append.bind(telemetry);
  let acknowledged = 0;
  const publish = (battery: number): void => {
    const payload = Buffer.from(JSON.stringify({ battery_pct: battery }));
    const message = { receivedAt: Date.now(), topic: 'shouwang/band/telemetry', payload };
    expect(service.loop.receive({ message, qos: 1, done: () => void acknowledged++ })).toBe(true);
  };
  try {
    let goOn = (): void => {};
    const busy = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    telemetry.append = async (...readings: Parameters<typeof append>) => {
      await busy;
      return append(...readings);
    };
    publish(50);
    await vi.waitFor(() => expect(acknowledged).toBe(1));
    publish(51);
    for (let times = 0; times < 50; times++) await turn();
    expect([acknowledged, service.loop.inboxLength]).toEqual([1, 1]);
    goOn();
    await vi.waitFor(() => expect(acknowledged).toBe(2));
    await service.loop.drained();
    const [newest] = await telemetry.last(['band'], ['battery_pct']);
    expect(newest).toMatchObject({ value: 51 });
  } finally {
    await service.stop();
  }
});
