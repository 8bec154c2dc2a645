import { describe, expect, test } from 'vitest';
import type { Core } from '../src/app/core.ts';
import { Decoder } from '../src/app/decode.ts';
import { step } from '../src/app/pipeline.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import { community, coreOf, envelopes, models, T0 } from './core.ts';
import { metric } from './sparkplug-bytes.ts';

/** A home with sensors behind a bridge; what comes of each message, in a line. */
function bridge(devices: Readonly<Record<string, string>>): {
  core: Core;
  hears: (topic: string, payload: unknown, at: number, retained?: boolean) => string[];
} {
  const listed = Object.entries(devices).map(([address, model]) => ({
    id: model,
    model,
    gateway: 'gw1',
    address,
  }));
  const rules = [{ id: 'B1', kind: 'event', params: { events: ['sos'] } }];
  const core = coreOf(community({ h1: listed }, ['gw1']), rules);
  const decoder = new Decoder(models, envelopes);
  const hears = (topic: string, payload: unknown, at: number, retained = false): string[] => {
    const said: string[] = [];
    const bytes = Buffer.isBuffer(payload) || typeof payload === 'string' ? payload : JSON.stringify(payload);
    const message = { receivedAt: at, topic, payload: Buffer.from(bytes), client: 'gw1', retained };
    decoder.decode(core, message, ({ report, refusals }) => {
      for (const { reason, calls = [] } of refusals)
        said.push(`refused: ${reason}`, ...calls.map(({ call, why }) => `${call} ${why}`));
      if (!report) return;
      const { accepted, refusals: more } = step(core, report);
      for (const { reason } of more) said.push(`refused: ${reason}`);
      for (const { event } of accepted?.events ?? []) said.push(event);
      for (const { metric, value } of accepted?.readings ?? []) said.push(`${metric} ${value}`);
    });
    return said;
  };
  return { core, hears };
}

describe('a press of a Zigbee button', () => {
  const BUTTON = { 'topic:zigbee2mqtt/pendant': 'zigbee-button' };

  test('is a call for help; the empty action behind it ends nothing, and another press is another call', () => {
    const { hears } = bridge(BUTTON);
    expect(hears('zigbee2mqtt/pendant', { action: 'emergency' }, T0)).toEqual(['sos']);
    expect(hears('zigbee2mqtt/pendant', { action: '', battery: 90 }, T0 + 100)).toEqual(['battery_pct 90']);
    expect(hears('zigbee2mqtt/pendant', { action: 'emergency' }, T0 + 20_000)).toEqual(['sos']);
  });

  test('is none when a broker had kept it', () => {
    const { hears } = bridge(BUTTON);
    expect(hears('zigbee2mqtt/pendant', { action: 'emergency', battery: 90 }, T0, true)).toEqual([
      'refused: retained',
    ]);
  });

  test('of a device with the wrong model is refused where people see it, and heard in words', () => {
    const { hears } = bridge({ 'topic:zigbee2mqtt/pendant': 'zigbee-leak' });
    expect(hears('zigbee2mqtt/pendant', { action: 'emergency' }, T0)).toEqual([
      'refused: unknown-event',
      'sos in-words',
    ]);
  });
});

describe('a smoke detector behind a bridge', () => {
  test('alarms each time that it says so, and is back to normal once', () => {
    const { hears } = bridge({ 'topic:zigbee2mqtt/smoke': 'zigbee-smoke' });
    const said = [false, true, true, false, false].map((smoke, i) =>
      hears('zigbee2mqtt/smoke', { smoke, battery: 90 - i }, T0 + i * MINUTE).filter((one) => !/ /.test(one)),
    );
    expect(said).toEqual([[], ['smoke'], ['smoke'], ['alarm_cleared'], []]);
  });

  test('alarms also where its message comes late', () => {
    const { hears } = bridge({ 'topic:zigbee2mqtt/smoke': 'zigbee-smoke' });
    const at = (time: number): string => new Date(time).toISOString();
    hears('zigbee2mqtt/smoke', { smoke: false, battery: 90, last_seen: at(T0 + HOUR) }, T0 + HOUR);
    const late = { smoke: true, battery: 91, last_seen: at(T0 + MINUTE) };
    expect(hears('zigbee2mqtt/smoke', late, T0 + HOUR + MINUTE)).toContain('smoke');
  });
});

describe('a state that is not known', () => {
  test('is no reading: null is neither wet nor dry', () => {
    const { hears } = bridge({ 'topic:zigbee2mqtt/sink': 'zigbee-leak' });
    expect(hears('zigbee2mqtt/sink', { water_leak: null, battery: 80 }, T0)).toEqual(['battery_pct 80']);
    expect(hears('zigbee2mqtt/sink', { water_leak: true }, T0 + MINUTE)).toEqual([
      'leak',
      'water_leak_bool 1',
    ]);
  });
});

describe('a device that describes itself', () => {
  const PLUG = { 'topic:spbv1.0/g/n/meter': 'sparkplug-b' };
  const birth = metric(1500, { name: 'Cellar/Water volume', alias: 7, unit: 'L' });
  const data = metric(1512, { alias: 7 });

  test('is understood by alias once its birth certificate came, in the unit that it gave', () => {
    const { hears } = bridge(PLUG);
    expect(hears('spBv1.0/g/DDATA/n/meter', data, T0)).toEqual(['refused: not-announced']);
    expect(hears('spBv1.0/g/DBIRTH/n/meter', birth, T0 + MINUTE)).toEqual(['water_index_m3 1.5']);
    expect(hears('spBv1.0/g/DDATA/n/meter', data, T0 + 2 * MINUTE)).toEqual(['water_index_m3 1.512']);
  });

  test('is still understood after a restart', () => {
    const { core, hears } = bridge(PLUG);
    hears('spBv1.0/g/DBIRTH/n/meter', birth, T0);
    const device = core.deviceOf('sparkplug-b');
    device?.restore(JSON.parse(JSON.stringify(device.state)));
    expect(hears('spBv1.0/g/DDATA/n/meter', data, T0 + MINUTE)).toEqual(['water_index_m3 1.512']);
  });

  test('may have been described long ago: what a broker kept still holds, and is no sign of life', () => {
    const { core, hears } = bridge({ 'topic:homie/flat': 'homie' });
    const description = { homie: '5.0', nodes: { hall: { properties: { temperature: { unit: '°F' } } } } };
    expect(hears('homie/5/flat/hall/temperature', '68', T0)).toEqual(['refused: not-announced']);
    expect(hears('homie/5/flat/$description', description, T0, true)).toEqual([]);
    expect(hears('homie/5/flat/hall/temperature', '68', T0, true)).toEqual(['refused: retained']);
    expect(core.deviceOf('homie')?.state.heardAt).toBe(0);
    expect(hears('homie/5/flat/hall/temperature', '68', T0 + MINUTE)).toEqual(['ambient_temperature_c 20']);
  });
});

describe('a call for help beside what a model of sensors reads', () => {
  test.each([
    ['zigbee2mqtt', { presence: true, fall_down_status: 'fall', illuminance: 20 }, 'fall'],
    ['zigbee2mqtt', { presence: true, fall_state: 'fall' }, 'fall'],
    ['zigbee-motion', { occupancy: true, fall: true }, 'fall'],
    ['zigbee-button', { battery: 90, alarm: true }, 'sos'],
    ['zigbee-button', { battery: 90, linkquality: 80, event: 'sos' }, 'sos'],
    ['zigbee2mqtt', '{"battery":90,"state":"sos","state":"ok"}', 'sos'],
  ])('is told as one in words, and the rest is taken: %s %j', (model, payload, call) => {
    const { hears } = bridge({ 'topic:zigbee2mqtt/thing': model });
    const said = hears('zigbee2mqtt/thing', payload, T0);
    expect(said.slice(0, 2)).toEqual(['refused: unknown-event', `${call} in-words`]);
    expect(said.length).toBeGreaterThan(2);
  });

  test('is none where the broker had kept it, where it was read, and in what a siren says of itself', () => {
    const { hears } = bridge({
      'topic:zigbee2mqtt/thing': 'zigbee2mqtt',
      'topic:zigbee2mqtt/pendant': 'zigbee-button',
    });
    const radar = { presence: true, fall_down_status: 'fall' };
    expect(hears('zigbee2mqtt/thing', radar, T0, true).join()).not.toContain('in-words');
    expect(hears('zigbee2mqtt/pendant', { action: 'emergency', sos: true, fall: true }, T0)).toEqual(['sos']);
    expect(hears('zigbee2mqtt/thing', { temperature: 20, alarm: true, melody: 3 }, T0)).toEqual([
      'ambient_temperature_c 20',
    ]);
    expect(hears('zigbee2mqtt/thing', { presence: true, fall_down_status: 'none' }, T0 + 1)).toEqual([
      'motion_bool 1',
    ]);
  });

  test('is heard of a module with Tasmota', () => {
    const { hears } = bridge({ 'topic:tasmota/m1': 'tasmota' });
    const sensor = { DS18B20: { Temperature: 21.5 }, TempUnit: 'C', SOS: 'ON' };
    expect(hears('tele/m1/SENSOR', sensor, T0)).toEqual([
      'refused: unknown-event',
      'sos in-words',
      'ambient_temperature_c 21.5',
    ]);
  });
});
