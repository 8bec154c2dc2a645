import { expect, test } from 'vitest';
import { LIMITS } from '../src/model/limits.ts';
import { models, T0 } from './core.ts';
import { worked } from './work.ts';

/** A tenth of a second of work would be much for one message; what is tried in all ways works for minutes. */
const LONG_MS = 1_000;

/** As much of one sign as a message may hold. */
const full = (sign: string, end = ''): string => `${sign.repeat(LIMITS.frameBytesMax - 200)}${end}`;

test.each([
  ['zigbee-motion', { battery: full('0', 'x') }],
  ['tasmota', { ENERGY: { Power: full('0', 'x') } }],
  ['wmbusmeters', { id: '1', status: full('(') }],
  ['minifinder', `!D,15/04/17,13:58:53,51.5,-0.5,${'0'.repeat(LIMITS.watchFrameBytesMax - 200)}`],
  ['watch-h02', `*HQ,1,V1,000000,A,1.0,N,1.0,E,${'0'.repeat(LIMITS.watchFrameBytesMax - 200)}`],
])('a message to %s in which one value fills it is read at once: nobody waits behind it', (model, said) => {
  const payload = Buffer.from(typeof said === 'string' ? said : JSON.stringify(said));
  const decode = models.get(model)?.decode;
  const before = worked();
  decode?.(payload, T0, {});
  expect(decode).toBeDefined();
  expect(worked() - before).toBeLessThan(LONG_MS);
});

test('a number that is spelt in text is read as before', () => {
  const battery = (said: unknown): unknown => {
    const decoded = models
      .get('zigbee-motion')
      ?.decode(Buffer.from(JSON.stringify({ battery: said })), T0, {});
    return decoded?.ok ? decoded.readings.find(({ metric }) => metric === 'battery_pct')?.value : undefined;
  };
  expect(['88', ' 88. ', '.5', '+8.8e1', '88'].map(battery)).toEqual([88, 88, 0.5, 88, 88]);
  expect(['', '.', '8 8', '0x58', 'e1', '8.8.8'].map(battery)).toEqual(Array(6).fill(undefined));
});

test('what stands in brackets beside the alarm of a meter is no alarm, and what is never closed is not lost', () => {
  const events = (status: string): unknown => {
    const payload = Buffer.from(JSON.stringify({ id: '1', status }));
    const decoded = models.get('wmbusmeters')?.decode(payload, T0, {});
    return decoded?.ok ? decoded.flags?.raised : undefined;
  };
  expect(events('DRY(dry 22-31 days) LEAK')).toEqual(['leak', 'dry']);
  expect(events('DRY(burst) (LEAK')).toEqual(['dry', 'general_alarm']);
});
