import mqtt from 'mqtt';
import { describe, expect, test } from 'vitest';
import { Rebirths } from '../src/app/rebirths.ts';
import { sparkplugPayload } from '../src/devices/sparkplug/payload.ts';
import { MINUTE } from '../src/lib/clock.ts';
import { hashSecret } from '../src/lib/secrets.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { Rejection } from '../src/model/rejection.ts';
import { community, T0 } from './core.ts';
import { atLength } from './runs.ts';
import { testService } from './service.ts';
import { field, metric } from './sparkplug-bytes.ts';

const numbered = (seq: number): Buffer => field(3, seq);

function watching({ enrolled = true } = {}) {
  const asked: string[] = [];
  const rebirths = new Rebirths({ isEnrolled: () => enrolled, publish: (topic) => asked.push(topic) });
  const say = (verb: string, seq: number, at = T0, node = 'n'): void =>
    rebirths.see({ receivedAt: at, topic: `spBv1.0/g/${verb}/${node}`, payload: numbered(seq) });
  return { rebirths, asked, say };
}

const unknownAlias = (topic: string, at: number): Rejection => ({
  at,
  reason: 'not-announced',
  topic,
  from: 'gw1',
  payload: new Uint8Array(),
  payloadBytes: 0,
});

describe('an edge node of Sparkplug B', () => {
  test('is asked to be born again where a number is missing, and not where 0 follows 255 or a message comes twice', () => {
    const { asked, say } = watching();
    say('NBIRTH', 0);
    for (let seq = 1; seq <= 255; seq++) say('DDATA', seq);
    for (const seq of [0, 1, 1, 2]) say('NDATA', seq);
    expect(asked).toEqual([]);
    say('NDATA', 4);
    expect(asked).toEqual(['spBv1.0/g/NCMD/n']);
  });

  test('may begin with any number when we begin to listen', () => {
    const { asked, say } = watching();
    say('DDATA', 77);
    say('DDATA', 78);
    expect(asked).toEqual([]);
  });

  test('is asked ever less often while it does not answer, and at once again after it was born', () => {
    const { asked, say, rebirths } = watching();
    say('NBIRTH', 0);
    let seq = 0;
    const loseOne = (at: number): void => {
      seq += 2;
      say('DDATA', seq, at);
    };
    for (let minute = 0; minute < 10; minute++) loseOne(T0 + minute * MINUTE);
    // After 0, 1, 1 + 2 and 1 + 2 + 4 minutes.
    expect(asked).toHaveLength(4);
    expect(rebirths.counts).toEqual({ gap: 4, alias: 0, held_back: 6 });
    say('NBIRTH', 0, T0 + 10 * MINUTE);
    seq = 0;
    loseOne(T0 + 10 * MINUTE);
    expect(asked).toHaveLength(5);
  });

  test('that nobody enrolled is asked nothing', () => {
    const { asked, say } = watching({ enrolled: false });
    for (const seq of [0, 5, 9]) say('DDATA', seq);
    expect(asked).toEqual([]);
  });

  test('is one of many: so many are asked in a minute, and so many are remembered', () => {
    const { asked, rebirths } = watching();
    for (let i = 0; i < LIMITS.sparkplugNodesMax + 10; i++)
      rebirths.refused(unknownAlias(`spBv1.0/g/DDATA/n${i}/d`, T0));
    expect(asked).toHaveLength(LIMITS.rebirthsPerMinuteMax);
    rebirths.refused(unknownAlias('spBv1.0/g/DDATA/late/d', T0 + MINUTE));
    expect(asked.at(-1)).toBe('spBv1.0/g/NCMD/late');
  });

  test.each(['', 'ffff', '12041001500a'])('that says %j has no number, and stops nothing', (hex) => {
    const { rebirths, asked } = watching();
    const payload = Buffer.from(hex, 'hex');
    rebirths.see({ receivedAt: T0, topic: 'spBv1.0/g/DDATA/n/d', payload });
    expect(asked).toEqual([]);
  });
});

atLength(
  'whoever is enrolled after the birth is read as soon as the node was asked and born again',
  async () => {
    const secret = 'a-secret-of-the-gateway-0123456789';
    const meter = { id: 'm1', model: 'sparkplug-b', address: 'topic:spbv1.0/g/n/meter', gateway: 'gw1' };
    const entries = community({ h1: [meter] }, ['gw1']).map((entry) =>
      entry.noun === 'gateway' ? { ...entry, secretHash: hashSecret(secret) } : entry,
    );
    const service = await testService({ entries });
    const node = await mqtt.connectAsync(service.mqttUrl, {
      clientId: 'gw1',
      username: 'gw1',
      password: secret,
      reconnectPeriod: 0,
    });
    try {
      const request = new Promise<Buffer>((resolve) => node.on('message', (_, payload) => resolve(payload)));
      await node.subscribeAsync('spBv1.0/g/NCMD/n', { qos: 1 });
      const data = Buffer.concat([metric(1512, { alias: 7 }), numbered(3)]);
      await node.publishAsync('spBv1.0/g/DDATA/n/meter', data, { qos: 1 });
      expect(sparkplugPayload(await request).metrics).toMatchObject([
        { name: 'Node Control/Rebirth', datatype: 11, value: true },
      ]);
      const birth = metric(1500, { name: 'Cellar/Water volume', alias: 7, unit: 'L' });
      await node.publishAsync('spBv1.0/g/NBIRTH/n', numbered(0), { qos: 1 });
      await node.publishAsync('spBv1.0/g/DBIRTH/n/meter', Buffer.concat([birth, numbered(1)]), { qos: 1 });
      await node.publishAsync(
        'spBv1.0/g/DDATA/n/meter',
        Buffer.concat([metric(1513, { alias: 7 }), numbered(2)]),
        {
          qos: 1,
        },
      );
      await service.loop.drained();
      expect(await service.service.telemetry.last(['m1'], ['water_index_m3'])).toMatchObject([
        { value: 1.513 },
      ]);
      const counted = await service.service.metrics.metrics();
      expect(counted).toContain('shouwang_rebirth_requests_total{reason="alias"} 1');
    } finally {
      await node.endAsync();
      await service.stop();
    }
  },
);
