import { describe, expect, test } from 'vitest';
import { float, sfloat } from '../src/devices/ble/ieee11073.ts';
import { ByteReader } from '../src/devices/byte-reader.ts';
import type { FrameContext } from '../src/devices/frame.ts';
import { envelopes, models } from './core.ts';

const frame = (hex: string): ByteReader => new ByteReader(Buffer.from(hex, 'hex'));
const AT = Date.parse('2026-03-01T00:00:00Z');

/** What a model makes of bytes, in a line. */
function said(model: string, hex: string, context: FrameContext = {}): string {
  const decoded = models.get(model)?.decode(Buffer.from(hex, 'hex'), AT, context);
  if (!decoded?.ok) return decoded?.reason ?? 'no such model';
  const readings = decoded.readings.map(({ metric, value }) => `${metric} ${value}`);
  return [...readings, ...decoded.events.map(({ event }) => event)].join(', ');
}

describe('numbers of medical devices', () => {
  // Assertions of sputnikdev/bluetooth-gatt-parser (Apache-2.0) and weliem/blessed-android (MIT).
  test('are a mantissa and a power of ten', () => {
    expect(sfloat(frame('01fe'))).toBe(-51.1);
    expect(sfloat(frame('ff02'))).toBe(767);
    expect(float(frame('6c0100ff'))).toBe(36.4);
  });

  test('that stand for no value are no value', () => {
    for (const hex of ['ff07', '0008', 'fe07', '0208', '0108']) expect(sfloat(frame(hex))).toBeUndefined();
    for (const hex of ['ffff7f00', '00008000', 'feff7f00', '02008000', '01008000'])
      expect(float(frame(hex))).toBeUndefined();
  });
});

describe('a Bluetooth health device', () => {
  test('is read by the characteristic that the gateway names, however it writes it', () => {
    const characteristic = '00002a19-0000-1000-8000-00805f9b34fb';
    expect(said('ble-blood-pressure', '5d', { characteristic })).toBe('battery_pct 93');
    expect(said('ble-blood-pressure', '007c0052006200', { characteristic: '0x2A35' })).toBe(
      'systolic_mmhg 124, diastolic_mmhg 82',
    );
  });

  test('that tells the pressure while it inflates, or a weight, tells no result', () => {
    for (const characteristic of ['2a36', '2a9d'])
      expect(said('ble-blood-pressure', '007c00ff07ff07', { characteristic })).toBe('not-supported');
  });
});

describe('an encrypted BTHome frame', () => {
  const HEX = '41a47266c95f730011223378237214';
  const address = { scheme: 'mac', id: '54:48:e6:8f:80:a5' } as const;
  const key = '231d39c1d7cc1ab1aee224cd096db932';

  test('is read with its key', () => {
    expect(said('bthome', HEX, { address, settings: { key } })).toBe(
      'ambient_temperature_c 25.06, humidity_pct 50.55',
    );
  });

  test('is refused with another key, another address, or a changed byte', () => {
    const wrong = key.replace('2', '3');
    expect(said('bthome', HEX, { address, settings: { key: wrong } })).toBe('encrypted');
    expect(said('bthome', HEX, { address: { ...address, id: '54:48:e6:8f:80:a6' }, settings: { key } })).toBe(
      'encrypted',
    );
    expect(said('bthome', HEX.replace('a4', 'a5'), { address, settings: { key } })).toBe('encrypted');
  });

  test('is expected of a device with a key: what comes in clear is not its own', () => {
    expect(said('bthome', '44002a01643a01', { address, settings: { key } })).toBe('encrypted');
  });
});

describe('an advertisement that several gateways hear', () => {
  const keyOf = (hex: string, receivedAt: number): string | undefined => {
    const opened = envelopes.get('ble-gateway')?.open({
      topic: 'shouwang/gw1/ble',
      payload: Buffer.from(JSON.stringify({ mac: 'a4c1388d18b2', hex })),
      receivedAt,
    });
    return opened?.ok ? opened.value[0]?.key : undefined;
  };

  test('has one key within seconds, and another after a change of battery', () => {
    expect(keyOf('44002a3a01', AT)).toBe(keyOf('44002a3a01', AT + 800));
    expect(keyOf('44002a3a01', AT)).not.toBe(keyOf('44002b3a01', AT));
    expect(keyOf('44002a3a01', AT)).not.toBe(keyOf('44002a3a01', AT + 3_600_000));
  });

  test('has no key where it does not say which it is: two presses stay two', () => {
    expect(keyOf('443a01', AT)).toBeUndefined();
  });
});
