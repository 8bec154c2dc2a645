import { describe, expect, test } from 'vitest';
import { likelyModels } from '../src/app/likely-models.ts';
import type { DeviceExample } from '../src/devices/define.ts';
import { envelopes, models, T0 } from './core.ts';

const proposed = (topic: string, payload: unknown): readonly string[] =>
  likelyModels(models.all(), envelopes, {
    topic,
    payload: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    receivedAt: T0,
  });

/** As a network server would bring it. */
const uplink = (hex: string, fPort: number) => ({
  deviceInfo: { devEui: '70b3d59bd0000001' },
  fPort,
  fCnt: 1,
  data: Buffer.from(hex, 'hex').toString('base64'),
});

describe('the model that is proposed for a device which nobody enrolled', () => {
  test('of a telegram of wmbusmeters is a water meter and no button, also where one value of it is refused', () => {
    const telegram = {
      _: 'telegram',
      media: 'water',
      meter: 'multical21',
      name: 'kitchen',
      id: '76348799',
      total_m3: 6.408,
      target_m3: 6.408,
      status: 'DRY',
      timestamp: '2026-03-01T08:00:00Z',
    };
    expect(proposed('wmbusmeters/kitchen', telegram)).toEqual(['wmbusmeters']);
  });

  test('of text is never one that reads bytes: it would find a call for help in it', () => {
    for (const payload of [
      { pulse_bpm: 72, steps_count: 100 },
      { contact: false, battery: 97 },
    ])
      expect(proposed('shouwang/x-17/telemetry', payload)).not.toContain('browan-tbpb100');
    expect(proposed('shouwang/band-17/telemetry', { pulse_bpm: 72, steps_count: 100 })[0]).toBe('wristband');
  });

  test('of a door contact is not one of those that know its battery alone; the narrowest comes first', () => {
    const door = { contact: false, battery: 97, linkquality: 120, voltage: 3000 };
    const [first, ...others] = proposed('zigbee2mqtt/door-101', door);
    expect(first).toBe('zigbee-contact');
    expect(others).not.toContain('zigbee-motion');
    expect(proposed('zigbee2mqtt/leak', { water_leak: false, battery: 97 })[0]).toBe('zigbee-leak');
  });

  test('of bytes on a port that a model knows is that model, before all that could read them too', () => {
    expect(proposed('application/a/device/x/event/up', uplink('aeac986a00a6170000', 100))[0]).toBe(
      'axioma-qalcosonic-w1',
    );
  });

  test('is still one that finds the battery alone, where none finds more', () => {
    expect(proposed('zigbee2mqtt/x', { battery: 97 })).toContain('zigbee-contact');
  });
});

/** What a model says of its own examples, over LoRaWAN where they are bytes. */
const own = models
  .all()
  .flatMap(({ model, examples, topics }) =>
    examples.flatMap((example) => (tells(example) ? [{ model, example, topic: topics[0] ?? 'x' }] : [])),
  );
function tells({ expect: wanted, settings, topic }: DeviceExample): boolean {
  if ('rejection' in wanted || settings !== undefined || topic !== undefined) return false;
  const { readings, events = [], flags = [] } = wanted;
  const telling = readings.filter(({ metric }) => !metric.startsWith('battery'));
  return telling.length + events.length + flags.length > 0;
}

test('what a model tells in its own examples has that model among the proposals: of text among the first five', () => {
  const missing = own.flatMap(({ model, example: { name, hex, payload, fPort }, topic }) => {
    if (hex !== undefined && fPort === undefined) return [];
    const all =
      hex === undefined
        ? proposed(topic.replace('{device}', 'd1'), payload)
        : proposed('application/a/device/x/event/up', uplink(hex, fPort ?? 0));
    const place = all.indexOf(model);
    return place >= 0 && (hex !== undefined || place < 5)
      ? []
      : [`${model}: ${name}: ${place} ${all.slice(0, 6)}`];
  });
  expect(missing).toEqual([]);
});
