import { describe, expect, test } from 'vitest';
import { announcedBy, type Proposal } from '../src/devices/announce/all.ts';
import { models } from './core.ts';

const said = (topic: string, payload: unknown): readonly Proposal[] =>
  announcedBy(topic, Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload)));

const exposed = (...names: string[]): object => ({
  definition: { exposes: names.map((property) => ({ type: 'binary', property })) },
});

describe('the list of a Zigbee bridge', () => {
  test('proposes each device with the model of its use, its address and its place', () => {
    const list = [
      { type: 'Coordinator', friendly_name: 'Coordinator' },
      {
        type: 'EndDevice',
        friendly_name: 'Kitchen sink',
        ...exposed('water_leak', 'battery', 'linkquality'),
      },
      { type: 'EndDevice', friendly_name: '0x00124B0022AABBCC', ...exposed('action', 'battery') },
      { type: 'EndDevice', friendly_name: 'both', ...exposed('contact', 'occupancy') },
      { type: 'Router', friendly_name: 'lamp', definition: null },
    ];
    expect(said('zigbee2mqtt/h1/bridge/devices', list)).toEqual([
      {
        address: 'topic:zigbee2mqtt/h1/kitchen sink',
        model: 'zigbee-leak',
        name: 'Kitchen sink',
        metrics: ['water_leak_bool', 'battery_pct'],
        events: ['leak'],
        place: 'kitchen',
      },
      {
        address: 'ieee:0x00124b0022aabbcc',
        model: 'zigbee-button',
        name: '0x00124B0022AABBCC',
        metrics: ['battery_pct'],
        events: ['sos'],
      },
      {
        address: 'topic:zigbee2mqtt/h1/both',
        model: 'zigbee2mqtt',
        name: 'both',
        metrics: ['door_open_bool', 'motion_bool'],
        events: [],
      },
      { address: 'topic:zigbee2mqtt/h1/lamp', name: 'lamp', metrics: [], events: [] },
    ]);
  });
});

describe('a description of Homie', () => {
  test('proposes the properties that were understood, by name and unit', () => {
    const properties = { temperature: { unit: '°C' }, power: {}, motion: { datatype: 'boolean' } };
    expect(said('homie/5/flat-1/$description', { name: 'Hall', nodes: { env: { properties } } })).toEqual([
      {
        address: 'topic:homie/flat-1',
        model: 'homie',
        name: 'Hall',
        metrics: ['ambient_temperature_c', 'motion_bool'],
        settings: { ambient_temperature_c: 'env/temperature', motion_bool: 'env/motion' },
        place: 'hall',
      },
    ]);
  });
});

describe('discovery for Home Assistant', () => {
  test('proposes an entity where it will speak, with abbreviations spelled out', () => {
    const config = { '~': 'zigbee2mqtt/bath', stat_t: '~', dev_cla: 'moisture', dev: { name: 'Bath leak' } };
    expect(said('homeassistant/binary_sensor/0x1/leak/config', config)).toEqual([
      {
        address: 'topic:zigbee2mqtt/bath',
        name: 'Bath leak',
        metrics: ['water_leak_bool'],
        events: ['leak'],
        place: 'bathroom',
      },
    ]);
  });

  test('with all components of a device is one proposal', () => {
    const config = {
      dev: { name: 'plug' },
      stat_t: 'tele/plug/SENSOR',
      cmps: {
        a: { p: 'sensor', device_class: 'power' },
        b: { p: 'sensor', device_class: 'energy' },
        c: { p: 'switch' },
      },
    };
    expect(said('homeassistant/device/plug/config', config)).toEqual([
      {
        address: 'topic:tasmota/plug',
        model: 'tasmota',
        name: 'plug',
        metrics: ['power_w', 'energy_index_kwh'],
      },
    ]);
  });
});

describe('an announcement', () => {
  test('of Tasmota proposes the module by its topic', () => {
    expect(said('tasmota/discovery/A1/config', { t: 'tasmota_A1', fn: ['卫生间'], dn: 'x' })).toEqual([
      {
        address: 'topic:tasmota/tasmota_a1',
        model: 'tasmota',
        name: '卫生间',
        metrics: [],
        place: 'bathroom',
      },
    ]);
  });

  test('names models that exist', () => {
    for (const model of ['zigbee-leak', 'zigbee-climate', 'zigbee2mqtt', 'homie', 'tasmota', 'sparkplug-b'])
      expect(models.get(model)).toBeDefined();
  });

  test('that is broken proposes nothing, and so does everything that is none', () => {
    for (const topic of [
      'zigbee2mqtt/bridge/devices',
      'homie/5/x/$description',
      'homeassistant/sensor/a/b/config',
      'homeassistant/device/a/config',
      'tasmota/discovery/A/config',
      'spBv1.0/g/DBIRTH/n/d',
      'shouwang/meter/telemetry',
    ])
      for (const payload of ['', '{', 'null', '[null,1]', '{"nodes":{"a":null}}', '{"cmps":[]}'])
        expect(announcedBy(topic, Buffer.from(payload))).toEqual([]);
  });
});
