import { expect, test } from 'vitest';
import type { Alert } from '../../src/model/alert.ts';
import type { HomeDevice } from '../../src/web/state/answers.ts';
import { draftOf, ended, NOON } from '../cases-fixtures.ts';

/** It knows the browser, whose types the other tests are checked without. */
const { unwornOf } = (await import(`../../src/web/cases/${'unworn'}.ts`)) as {
  unwornOf: (
    alerts: readonly Alert[],
    devices: readonly HomeDevice[],
  ) => { device: HomeDevice; at: number }[];
};

const alert = (change: Partial<Alert>): Alert => ({
  ...draftOf('a', { priority: 'P1', about: 'person', device: 'band', ...change }),
  case: 'h1.c1',
});
const band = (id: string, worn?: number) =>
  ({
    device: { id },
    status: { last: worn === undefined ? {} : { worn_bool: { value: worn, at: NOON } } },
  }) as unknown as HomeDevice;
const found = (alerts: readonly Alert[], ...devices: HomeDevice[]) =>
  unwornOf(alerts, devices).map(({ device, at }) => [device.device.id, at]);

test('of a band that nobody wears and that calls it is said at once, of one that is worn or says nothing it is not', () => {
  expect(found([alert({})], band('band', 0), band('other', 0))).toEqual([['band', NOON]]);
  expect(found([alert({})], band('band', 1))).toEqual([]);
  expect(found([alert({})], band('band'))).toEqual([]);
});

test('of what is over, or is a matter for technicians, nobody has to know who wears what', () => {
  expect(found([{ ...ended(alert({}), NOON), case: 'h1.c1' }], band('band', 0))).toEqual([]);
  expect(found([alert({ about: 'device', priority: 'P4' })], band('band', 0))).toEqual([]);
});
