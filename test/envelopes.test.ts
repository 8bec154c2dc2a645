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
