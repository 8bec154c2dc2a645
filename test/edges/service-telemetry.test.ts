import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/model/limits.ts';
import { community } from '../core.ts';
import { atLength } from '../runs.ts';
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

// It looks every second whether there is something to be written.
atLength(
  'a telemetry store that cannot be written is told to whoever looks after the service, until it can',
  async () => {
    const { hotAgeMsMax } = LIMITS;
    // What was heard is to be on disk at once.
    Object.assign(LIMITS, { hotAgeMsMax: 0 });
    const service = await testService({ entries: community({ h1: [{ id: 'band', model: 'wristband' }] }) });
    const disk = new DatabaseSync(join(service.dir, 'data', 'telemetry.db'));
    const say = (pulse: number): Promise<void> =>
      new Promise((resolve) => {
        const payload = Buffer.from(JSON.stringify({ pulse_bpm: pulse }));
        const message = { receivedAt: Date.now(), topic: 'shouwang/band/telemetry', payload };
        service.loop.receive({ message, qos: 1, done: resolve });
      });
    try {
      disk.exec(
        "create trigger t before insert on log_pieces begin select raise(abort, 'disk I/O error'); end",
      );
      await say(70);
      await soon(() =>
        expect(service.service.health().checks['readings']).toMatchObject({
          ok: false,
          detail: { en: expect.stringMatching(/cannot be written here: disk I\/O error/) },
        }),
      );
      // People are watched over all the same.
      expect(service.service.health().ready).toBe(true);
      disk.exec('drop trigger t');
      await say(71);
      await soon(() => expect(service.service.health().checks).not.toHaveProperty('readings'));
    } finally {
      disk.close();
      await service.stop();
      Object.assign(LIMITS, { hotAgeMsMax });
    }
  },
);
