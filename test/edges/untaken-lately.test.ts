import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock, SECOND } from '../../src/lib/clock.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';

const clock = new ManualClock(Date.now());
let service: TestService;
beforeAll(async () => {
  service = await testService({ entries: community({ h1: [{ id: 'meter', model: 'water-meter' }] }), clock });
});
afterAll(() => service.stop());

/** Each comes a second after the one before, however fast they are sent. */
const says = (text: string): Promise<unknown> => {
  clock.advance(SECOND);
  const [receivedAt, topic] = [clock.now(), 'shouwang/meter/telemetry'];
  return service.service.deliver({ receivedAt, topic, payload: Buffer.from(text) });
};
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

test('the list of devices can be asked for what needs somebody, and for the others', async () => {
  const cookie = await signIn(service.url);
  const listed = async (trouble: boolean) => {
    const response = await fetch(`${service.url}/api/v1/devices?trouble=${trouble}`, { headers: { cookie } });
    const { items } = (await response.json()) as { items: { device: { id: string } }[] };
    return items.map(({ device }) => device.id);
  };
  // The last word of the test before was not understood.
  expect([await listed(true), await listed(false)]).toEqual([['meter'], []]);
  await says('{"water_index_m3":12.001}');
  expect([await listed(true), await listed(false)]).toEqual([[], ['meter']]);
});
