import { describe, expect, test } from 'vitest';
import type { Core } from '../src/app/core.ts';
import { Decoder } from '../src/app/decode.ts';
import { step } from '../src/app/pipeline.ts';
import { HOUR, MINUTE } from '../src/lib/clock.ts';
import { community, coreOf, envelopes, models, T0 } from './core.ts';

const EUI = '70b3d59bd0000001';

/** A meter behind a network server, under an id of its own, and a band beside it. */
const COMMUNITY = community(
  {
    h1: [
      {
        model: 'axioma-qalcosonic-w1',
        id: 'kitchen-meter',
        gateway: 'gw1',
        address: `deveui:${EUI}`,
      },
      { model: 'wristband', id: 'h1-band' },
    ],
  },
  ['gw1'],
);

/** Time and status word of the alarm port; bit patterns as the maker documents them. */
function uplink(at: number, status: number, fCnt: number, devEui = EUI): object {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32LE(at / 1000, 0);
  bytes[4] = status;
  return {
    deviceInfo: { devEui },
    time: new Date(at).toISOString(),
    devAddr: '01020304',
    fCnt,
    fPort: 103,
    data: bytes.toString('base64'),
  };
}

/** Hands messages of the network server to a core; what came of each, in a line. */
function network(core: Core = coreOf(COMMUNITY, [])): {
  core: Core;
  send: (payload: object, at: number, client?: string) => string[];
} {
  const decoder = new Decoder(models, envelopes);
  const send = (payload: object, at: number, client?: string): string[] => {
    const said: string[] = [];
    const message = {
      receivedAt: at,
      topic: `application/a/device/${EUI}/event/up`,
      payload: Buffer.from(JSON.stringify(payload)),
      ...(client === undefined ? {} : { client }),
    };
    decoder.decode(core, message, ({ report, device, refusals }) => {
      for (const { reason } of refusals) said.push(`${device ?? 'nobody'}: ${reason}`);
      if (!report) return;
      const { accepted, refusals: more } = step(core, report);
      for (const { reason } of more) said.push(`${device}: ${reason}`);
      if (accepted)
        said.push(`${device}: ${accepted.events.map(({ event }) => event).join(' ') || 'nothing new'}`);
    });
    return said;
  };
  return { core, send };
}

/** What a message of a topic comes to; whose bytes could not be read. */
function said(core: Core, topic: string, sent: unknown, client = 'gw1'): string[] {
  const decoder = new Decoder(models, envelopes);
  const told: string[] = [];
  const message = {
    receivedAt: T0,
    topic,
    payload: Buffer.from(typeof sent === 'string' ? sent : JSON.stringify(sent)),
    client,
  };
  decoder.decode(core, message, ({ report, device, refusals }) => {
    for (const { reason, calls = [] } of refusals)
      told.push([reason, ...calls.map((one) => `${one.device} calls`)].join(': '));
    for (const { metric, value } of report?.readings ?? []) told.push(`${device}: ${metric} ${value}`);
    for (const { event } of report?.events ?? []) told.push(`${device}: ${event}`);
  });
  return told;
}

/** A gateway with a meter, a band and a cuff behind it. */
const BEHIND = community(
  {
    h1: [
      { model: 'water-meter', id: 'meter-1', gateway: 'gw1', address: 'platform:meter-1' },
      { model: 'wristband', id: 'band-1', gateway: 'gw1', address: 'platform:band-1' },
      { model: 'ble-heart-rate', id: 'cuff-1', gateway: 'gw1', address: 'mac:a4:c1:38:8d:18:b2' },
    ],
  },
  ['gw1'],
);

describe('of several in one message', () => {
  test('one that a script wrote wrong is refused by name, and the others are taken', () => {
    const list = [
      { device: 'meter-1', payload: { water_index_m3: 12.5 } },
      { device: 'meter-1', payload: '?!' },
      { payload: { pulse_bpm: 71 } },
      { device: 'band-1', fPort: 4711, payload: { pulse_bpm: 71 } },
      7,
      { device: 'band-1', payload: { event: 'sos' } },
    ];
    expect(said(coreOf(BEHIND, []), 'push/http-json', list)).toEqual([
      'meter-1: water_index_m3 12.5',
      'band-1: sos',
      ...Array.from({ length: 4 }, () => 'malformed-payload'),
    ]);
  });

  test('one that is nested too deep to be written down takes nobody with it', () => {
    const deep = `{"device":"meter-1","payload":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(
      said(coreOf(BEHIND, []), 'push/http-json', `[${deep},{"device":"band-1","payload":{"event":"sos"}}]`),
    ).toEqual(['band-1: sos', 'malformed-payload']);
  });

  test('one in which somebody calls is heard, though it cannot be read', () => {
    const list = [
      { device: 'meter-1', payload: { water_index_m3: 12.5 } },
      { device: 'band-1', fPort: 4711, payload: { event: 'sos' } },
    ];
    expect(said(coreOf(BEHIND, []), 'push/http-json', list)).toEqual([
      'meter-1: water_index_m3 12.5',
      'malformed-payload: band-1 calls',
    ]);
  });

  test('one in which somebody calls, though it cannot be read, accuses nobody beside it whom nobody enrolled', () => {
    const list = [
      { device: 'guest-7', payload: { pulse_bpm: 71 } },
      { device: 'band-1', fPort: 4711, payload: { event: 'sos' } },
    ];
    const core = coreOf(BEHIND, []);
    const payload = Buffer.from(JSON.stringify(list));
    const refused: unknown[] = [];
    new Decoder(models, envelopes).decode(
      core,
      { receivedAt: T0, topic: 'push/http-json', payload, client: 'gw1' },
      ({ refusals }) => refused.push(...refusals),
    );
    expect(refused).toMatchObject([
      { reason: 'unknown-device', callsNot: true },
      { reason: 'malformed-payload', calls: [{ device: 'band-1' }] },
    ]);
  });

  test('one of a ThingsBoard gateway that says nothing takes nobody with it', () => {
    const devices = { 'meter-1': 1, 'band-1': [{ ts: T0, values: { pulse_bpm: 71 } }] };
    expect(said(coreOf(BEHIND, []), 'v1/gateway/telemetry', devices)).toEqual([
      'band-1: pulse_bpm 71',
      'malformed-payload',
    ]);
  });

  test('one of a Bluetooth gateway without an address takes nobody with it', () => {
    const cuff = { mac: 'A4:C1:38:8D:18:B2', characteristic: '2a37', hex: '0048' };
    const list = [{ mac: 'kitchen', hex: '00' }, { ...cuff, hex: 1 }, cuff];
    expect(said(coreOf(BEHIND, []), 'shouwang/gw1/ble', list)).toEqual([
      'cuff-1: pulse_bpm 72',
      'malformed-payload',
      'malformed-payload',
    ]);
  });

  test('all of them wrong are one message that is refused', () => {
    expect(said(coreOf(BEHIND, []), 'push/http-json', [{ payload: '00' }, 7])).toEqual(['malformed-payload']);
  });
});

const NONE = 0;
const LEAK = 0x30;
const BURST = 0xb0;

describe('what comes in an envelope', () => {
  test('is taken for the device that is called so outside, however the network writes it', () => {
    const { send } = network();
    expect(send(uplink(T0, LEAK, 1, EUI.toUpperCase()), T0)).toEqual(['kitchen-meter: leak']);
  });

  test('is taken from the gateway that the device stands behind, and from no other', () => {
    const { send } = network();
    expect(send(uplink(T0, LEAK, 1), T0, 'gw1')).toEqual(['kitchen-meter: leak']);
    expect(send(uplink(T0 + 1000, LEAK, 2), T0 + 1000, 'h1-band')).toEqual(['kitchen-meter: foreign-device']);
  });

  test('of a device that nobody enrolled is refused under its address', () => {
    const { send } = network();
    expect(send(uplink(T0, LEAK, 1, '0000000000000009'), T0)).toEqual(['nobody: unknown-device']);
  });

  test('twice, over two gateways of the network, counts once', () => {
    const { send } = network();
    send(uplink(T0, LEAK, 7), T0);
    expect(send(uplink(T0, LEAK, 7), T0 + 300)).toEqual(['kitchen-meter: duplicate']);
  });
});

describe('the battery that a network server asked for', () => {
  test('is a reading of the device, whatever its model', () => {
    const status = {
      deviceInfo: { devEui: EUI },
      time: new Date(T0).toISOString(),
      margin: 10,
      externalPowerSource: false,
      batteryLevelUnavailable: false,
      batteryLevel: 41,
    };
    const message = {
      receivedAt: T0 + 500,
      topic: `application/a/device/${EUI}/event/status`,
      payload: Buffer.from(JSON.stringify(status)),
    };
    const said: unknown[] = [];
    new Decoder(models, envelopes).decode(coreOf(COMMUNITY, []), message, ({ report }) => said.push(report));
    expect(said).toMatchObject([
      { device: 'kitchen-meter', readings: [{ metric: 'battery_pct', value: 41, at: T0 }] },
    ]);
  });
});

describe('a status word', () => {
  test('is news when a bit rises and when it falls, and not in all the weeks between', () => {
    const { send } = network();
    const said = [NONE, LEAK, LEAK, LEAK, BURST, NONE].flatMap((status, i) => {
      const at = T0 + i * 12 * HOUR;
      return send(uplink(at, status, i), at);
    });
    expect(said).toEqual([
      'kitchen-meter: nothing new',
      'kitchen-meter: leak',
      'kitchen-meter: nothing new',
      'kitchen-meter: nothing new',
      'kitchen-meter: burst leak_cleared',
      'kitchen-meter: burst_cleared',
    ]);
  });

  test('that is older than what is known changes nothing', () => {
    const { send } = network();
    send(uplink(T0 + HOUR, LEAK, 2), T0 + HOUR);
    expect(send(uplink(T0, NONE, 1), T0 + HOUR + MINUTE)).toEqual(['kitchen-meter: nothing new']);
    expect(send(uplink(T0 + 2 * HOUR, NONE, 3), T0 + 2 * HOUR)).toEqual(['kitchen-meter: leak_cleared']);
  });

  test('that says the same again still proves that the device is there', () => {
    const { core, send } = network();
    send(uplink(T0, NONE, 1), T0);
    send(uplink(T0 + 12 * HOUR, NONE, 2), T0 + 12 * HOUR);
    expect(core.deviceOf('kitchen-meter')?.state.heardAt).toBe(T0 + 12 * HOUR);
  });
});
