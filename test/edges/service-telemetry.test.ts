import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { community } from '../core.ts';
import { testService } from '../service.ts';
import { soon } from '../soon.ts';

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
  const { promise: busy, resolve: goOn } = Promise.withResolvers<void>();
  try {
    telemetry.append = async (...readings: Parameters<typeof append>) => {
      await busy;
      return append(...readings);
    };
    publish(50);
    await soon(() => expect(acknowledged).toBe(1));
    publish(51);
    for (let times = 0; times < 50; times++) await turn();
    expect(acknowledged).toBe(1);
    // The ticks of the clock wait there too.
    expect(service.loop.inboxLength).toBeGreaterThanOrEqual(1);
    goOn();
    await soon(() => expect(acknowledged).toBe(2));
    await service.loop.drained();
    const [newest] = await telemetry.last(['band'], ['battery_pct']);
    expect(newest).toMatchObject({ value: 51 });
  } finally {
    // Whatever failed above: a service that waits for its store does not stop.
    goOn();
    await service.stop();
  }
});
