import { describe, expect, test } from 'vitest';
import { nativeDecoder } from '../src/devices/native.ts';
import { LIMITS } from '../src/model/limits.ts';
import { models } from './core.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const decode = nativeDecoder({
  metrics: ['pulse_bpm', 'battery_pct'],
  events: ['sos', 'fall', 'removed', 'put_on'],
});
const told = (entries: readonly unknown[]) => {
  const decoded = decode(Buffer.from(JSON.stringify(entries)), NOW);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded;
};

describe('a very long message', () => {
  test('of a band that was out of reach is taken whole, as long as a frame may be, and the SOS at its end with it', () => {
    const entry = (i: number) => ({ pulse_bpm: 60 + (i % 40) });
    const count = Math.floor((LIMITS.frameBytesMax - 20) / '{"pulse_bpm":60},'.length);
    const entries = [...Array.from({ length: count }, (_, i) => entry(i)), { event: 'sos' }];
    expect(JSON.stringify(entries).length).toBeLessThanOrEqual(LIMITS.frameBytesMax);
    expect(told(entries)).toMatchObject({ events: [{ event: 'sos' }], rejections: [] });
    expect(told(entries).readings).toHaveLength(count);
  });

  test('that came over HTTP and holds more readings than that gives the newest, and says how many were left', () => {
    const { readingsPerMessageMax: most } = LIMITS;
    const entries = Array.from({ length: most + 3 }, (_, i) => ({ at: NOW - i * 1000, pulse_bpm: 70 }));
    const { readings, rejections } = told(entries);
    expect(readings.map(({ at }) => at)).toEqual(entries.slice(0, most).map(({ at }) => at));
    expect(rejections).toMatchObject([
      { reason: 'batch-too-long', detail: expect.stringMatching(/^3 of 20003 /) },
    ]);
  });

  test('of events gives those first by which somebody calls for help', () => {
    const worn = Array.from({ length: LIMITS.eventsPerMessageMax }, (_, i) => ({
      at: NOW - i,
      event: i % 2 ? 'removed' : 'put_on',
    }));
    const { events, rejections } = told([...worn, { event: 'fall' }]);
    expect(events).toHaveLength(LIMITS.eventsPerMessageMax);
    expect(events.at(-1)).toMatchObject({ event: 'fall' });
    expect(rejections).toMatchObject([{ reason: 'batch-too-long' }]);
  });

  test('of nonsense is refused by name, and not in a hundred thousand lines', () => {
    const { rejections } = told([...Array.from({ length: 50_000 }, () => 0), { pulse_bpm: 70 }]);
    expect(rejections).toHaveLength(LIMITS.refusalsPerMessageMax + 1);
    expect(rejections.at(-1)?.detail).toMatch(/^49000 of 50000 values refused/);
    expect(decode(Buffer.from(JSON.stringify(Array.from({ length: 5_000 }, () => 0))), NOW)).toMatchObject({
      reason: 'malformed-payload',
    });
  });

  test('of a meter behind a platform keeps its leak, though it holds more frozen totals than are taken', () => {
    const meter = models.get('nb-iot-water');
    const history = Array.from({ length: LIMITS.readingsPerMessageMax + 2 }, () => 5).join(',');
    const payload = { totalflow: 5, leakalarm: 1, history, historystart: '2026-02-01 00:00:00' };
    const settings = { history_minutes: 1 };
    const decoded = meter?.decode(Buffer.from(JSON.stringify(payload)), NOW, { settings, timeZone: 'UTC' });
    expect(decoded).toMatchObject({ ok: true, flags: { raised: ['leak'] } });
    expect(decoded?.ok && decoded.rejections.map(({ reason }) => reason)).toContain('batch-too-long');
  });
});
