import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadYaml } from '../src/config/yaml-file.ts';
import { envelopesOf } from '../src/devices/envelope.ts';
import { operatorDevice, operatorModelProblems, operatorModelSchema } from '../src/devices/operator-model.ts';
import { tryPayload } from '../src/devices/trial.ts';

const EXAMPLE = readFileSync('config/examples/models/acme-pulse-counter.yaml', 'utf8');

const JSON_MODEL = `
model: acme-cloud-meter
title: { zh: 示例, en: example }
format: json
topics: ['acme/{device}/up']
expectedInterval: 1d
entries: data.list
time: { path: t, form: local }
readings:
  - { metric: water_index_m3, path: 'v[0].total', unit: gal_us, missing: ['', -1] }
  - { metric: water_temperature_c, path: temp, unit: degF }
  - { metric: valve_open_bool, path: valve, trueWhen: [open] }
events:
  - { event: tamper, path: alarm, when: [cover] }
examples:
  - name: one
    payload: { data: { list: [{ t: '2026-03-01 08:00:00', v: [{ total: '1000' }] }] } }
    readings: { water_index_m3: 3.785412 }
`;

const load = (text: string) => loadYaml(text, 'm.yaml', operatorModelSchema, operatorModelProblems);
function deviceOf(text: string): ReturnType<typeof operatorDevice> {
  const loaded = load(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return operatorDevice(loaded.value);
}
const trial = (text: string, json: unknown, timeZone?: string) =>
  tryPayload(deviceOf(text), envelopesOf([]), {
    payload: Buffer.from(JSON.stringify(json)),
    receivedAt: Date.parse('2026-03-01T12:00:00Z'),
    ...(timeZone === undefined ? {} : { timeZone }),
  });

describe('a model that an operator wrote', () => {
  test('reads bytes by place, type and bit, in the unit that it names', () => {
    const result = trial(EXAMPLE, { fPort: 2, bytes_hex: '0032 0000 2710 00'.replaceAll(' ', '') });
    expect(result).toMatchObject({
      ok: true,
      readings: [
        { metric: 'water_index_m3', value: 10 },
        { metric: 'battery_pct', value: 50 },
      ],
      events: [],
    });
  });

  test('refuses a port that it does not name, and a frame that ends too early', () => {
    expect(trial(EXAMPLE, { fPort: 3, bytes_hex: '0032000027100' + '0' })).toMatchObject({
      reason: 'not-supported',
    });
    expect(trial(EXAMPLE, { fPort: 2, bytes_hex: '0032' })).toMatchObject({ reason: 'malformed-payload' });
  });

  test('reads each entry of a list, local time on the clocks of the community, numbers that are text', () => {
    const list = [
      { t: '2026-03-01 08:00:00', v: [{ total: '1000' }], temp: 50, valve: 'open', alarm: 'cover' },
      { t: '2026-03-01 09:00:00', v: [{ total: -1 }], valve: 'shut' },
    ];
    expect(trial(JSON_MODEL, { data: { list } }, 'Asia/Shanghai')).toMatchObject({
      ok: true,
      readings: [
        { metric: 'water_index_m3', value: 3.785412, at: Date.parse('2026-03-01T00:00:00Z') },
        { metric: 'water_temperature_c', value: 10 },
        { metric: 'valve_open_bool', value: 1 },
        { metric: 'valve_open_bool', value: 0, at: Date.parse('2026-03-01T01:00:00Z') },
      ],
      events: [{ event: 'tamper' }],
    });
  });

  test('takes no number from a blank, from text beside digits, or from a name that every object has', () => {
    for (const total of ['', ' ', '12 L', 'NaN', {}, []])
      expect(trial(JSON_MODEL, { data: { list: [{ v: [{ total }] }] } })).toMatchObject({ ok: false });
    const inherited = JSON_MODEL.replace("'v[0].total'", 'constructor.length');
    expect(load(inherited)).toMatchObject({ ok: false });
  });

  test('is refused with line and reason if an example does not come true', () => {
    const wrong = load(EXAMPLE.replace('water_index_m3: 10,', 'water_index_m3: 11,'));
    expect(wrong).toMatchObject({
      ok: false,
      error: [{ line: 29, message: 'water_index_m3 is 10, not 11' }],
    });
  });

  test('is refused if a unit does not fit, a path stands where bytes belong, or nothing would be taken', () => {
    const unit = load(EXAMPLE.replace('unit: L', 'unit: mV'));
    expect(unit).toMatchObject({ error: [{ message: 'water_index_m3 is not told in mV' }] });
    const path = load(EXAMPLE.replace('bytes: { at: 1, type: u8 }', 'path: battery'));
    expect(path).toMatchObject({ error: [{ message: 'a payload of bytes needs bytes, and no path' }] });
  });
});
