import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LIMITS } from '../../src/model/limits.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';

const limits = { ...LIMITS };
let service: TestService;
beforeAll(async () => {
  // What was heard is to be on disk at once.
  Object.assign(LIMITS, { hotAgeMsMax: 0 });
  service = await testService({ entries: community({ h1: [{ id: 'wb1', model: 'wristband' }] }) });
});
afterAll(async () => {
  await service.stop();
  Object.assign(LIMITS, limits);
});

async function say(pulse: number): Promise<void> {
  const payload = Buffer.from(JSON.stringify({ pulse_bpm: pulse }));
  const message = { receivedAt: Date.now(), topic: 'shouwang/wb1/telemetry', payload, client: 'wb1' };
  await new Promise<void>((resolve) => service.loop.receive({ message, qos: 1, done: resolve }));
}

test('a store of readings that cannot be written is told to whoever looks after the service, until it can', async () => {
  const disk = new DatabaseSync(join(service.dir, 'data', 'telemetry.db'));
  disk.exec(
    "create trigger damaged before insert on log_pieces begin select raise(abort, 'disk I/O error'); end",
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
  disk.exec('drop trigger damaged');
  disk.close();
  await say(71);
  await soon(() => expect(service.service.health().checks).not.toHaveProperty('readings'));
});
