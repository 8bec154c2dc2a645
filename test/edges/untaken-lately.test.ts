import { afterAll, beforeAll, expect, test } from 'vitest';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';

let service: TestService;
beforeAll(async () => {
  service = await testService({ entries: community({ h1: [{ id: 'meter', model: 'water-meter' }] }) });
});
afterAll(() => service.stop());

/** Each comes a millisecond after the one before, however fast they are sent. */
let at = Date.now();
const says = (text: string): Promise<unknown> =>
  service.service.deliver({
    receivedAt: at++,
    topic: 'shouwang/meter/telemetry',
    payload: Buffer.from(text),
  });
const status = () => service.service.deviceStatus('meter');

test('a device that speaks and is not understood is told from one that is silent, until something is taken', async () => {
  expect(status()?.untaken).toBeUndefined();
  await says('{"water_index_m3":"x"}');
  await says('{"water_index_m3":12,"at":"2099-01-01T00:00:00Z"}');
  expect(status()).toMatchObject({ untaken: { reason: 'clock-future', count: 2 } });
  expect(status()?.heardAt).toBeUndefined();
  await says('{"water_index_m3":12}');
  expect(status()?.untaken).toBeUndefined();
  await says('{"water_index_m3":12');
  expect(status()?.untaken).toMatchObject({ reason: 'malformed-json', count: 1 });
});
