import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WatchGateway, type WatchGatewayOptions } from '../../src/gateways/watches/gateway.ts';
import type { InboundMessage } from '../../src/ports/broker.ts';
import type { GatewayDevice, GatewayHost, GatewayRefusal } from '../../src/ports/gateway.ts';
import { atLength } from '../runs.ts';
import { soon } from '../soon.ts';
import { WatchClient } from './watch-client.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const SOS =
  '[3G*8800000015*0066*AL,010326,000000,V,0.0,N,0.0,E,0,0,0,0,100,80,0,0,00010000,1,1,460,0,9360,4082,131]';
const PULSE = '[3G*8800000015*0008*heart,71]';

/** The service's side, as small as it can be: three watches, an inbox that the test empties, and a notebook. */
class NotebookHost implements GatewayHost {
  readonly inbox: InboundMessage[] = [];
  readonly presences: string[] = [];
  readonly refusals: GatewayRefusal[] = [];
  readonly devices = new Map<string, GatewayDevice>([
    ['watch:8800000015', { id: 'w1', model: 'watch-3g', timeZone: 'Asia/Shanghai' }],
    ['imei:353456789012345', { id: 'w2', model: 'watch-iwap', timeZone: 'Asia/Shanghai' }],
    ['imei:353456789012346', { id: 'w3', model: 'minifinder2', timeZone: 'Asia/Shanghai' }],
    ['imei:353456789012347', { id: 'w4', model: 'minifinder', timeZone: 'Asia/Shanghai' }],
  ]);
  capacity = Number.POSITIVE_INFINITY;
  #resume: (() => void)[] = [];

  now = (): number => NOW;
  device = (scheme: string, id: string): GatewayDevice | undefined => this.devices.get(`${scheme}:${id}`);
  refused = (refusal: GatewayRefusal): void => void this.refusals.push(refusal);
  presence = (device: string, online: boolean): void =>
    void this.presences.push(`${device} ${online ? 'on' : 'off'}`);
  onRoom = (resume: () => void): void => void this.#resume.push(resume);

  receive(inbound: InboundMessage): boolean {
    if (this.inbox.length >= this.capacity) return false;
    this.inbox.push(inbound);
    return true;
  }

  get payloads(): string[] {
    return this.inbox.map(({ message }) => Buffer.from(message.payload).toString('latin1'));
  }

  /** Commits what is there, and makes room. */
  commit(): void {
    for (const inbound of this.inbox.splice(0)) inbound.done();
    for (const resume of this.#resume.splice(0)) setImmediate(resume);
  }
}

let host: NotebookHost;
let gateway: WatchGateway;
let address = '';
const clients: WatchClient[] = [];

const start = async (limits: WatchGatewayOptions['limits'] = {}): Promise<void> => {
  gateway = new WatchGateway({ host: '127.0.0.1', port: 0, limits }, host, pino({ level: 'silent' }));
  address = await gateway.start();
};
const open = async (): Promise<WatchClient> => {
  const client = await WatchClient.open(address);
  clients.push(client);
  return client;
};
const taken = (count: number): Promise<void> => soon(() => expect(host.inbox).toHaveLength(count));

beforeEach(() => {
  host = new NotebookHost();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end();
  host.commit();
  await gateway.stop();
});

describe('a frame', () => {
  beforeEach(() => start());

  test('goes into the inbox as if it had been published, and is answered once it is committed', async () => {
    const watch = (await open()).say(SOS);
    await taken(1);
    const [{ message, qos }] = host.inbox as [InboundMessage];
    expect({ ...message, payload: host.payloads[0], qos }).toEqual({
      topic: 'shouwang/w1/raw',
      client: 'w1',
      receivedAt: NOW,
      payload: SOS,
      qos: 1,
    });
    expect(watch.heard).toBe('');
    host.commit();
    await watch.hears('[3G*8800000015*0002*AL]');
  });

  test('may come in pieces, or two at once, with blank lines between', async () => {
    const watch = await open();
    watch.socket.setNoDelay(true);
    for (const piece of ['\r\n[3G*88000', '00015*0008*hea', `rt,71]\r\n${PULSE}[3G*880000`]) {
      watch.say(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await taken(2);
    watch.say('0015*0002*LK]');
    await taken(3);
    expect(host.payloads).toEqual([PULSE, PULSE, '[3G*8800000015*0002*LK]']);
    host.commit();
    await watch.hears('[3G*8800000015*0005*heart][3G*8800000015*0005*heart][3G*8800000015*0002*LK]');
  });

  test('ends with its bracket where its length lies, and not within the name of a network', async () => {
    const lying = '[3G*8800000015*0002*heart,71]';
    const named = '[3G*8800000015*0012*oxygen,0,98,Lu]z12]';
    (await open()).say(lying + named);
    await taken(2);
    expect(host.payloads).toEqual([lying, named]);
  });

  test('is not taken from a watch that was switched off meanwhile', async () => {
    const watch = (await open()).say(PULSE);
    await taken(1);
    host.devices.clear();
    watch.say(PULSE);
    await watch.closed;
    expect(host.inbox).toHaveLength(1);
    expect(gateway.stats().refused['unknown-device']).toBe(1);
  });
});

describe('a watch', () => {
  beforeEach(() => start());

  test('is known by its login where its frames bear no number, and told the time', async () => {
    const watch = (await open()).say('IWAP00353456789012345#');
    await watch.hears('IWBP00,20260301000000,8#');
    watch.say('IWAP49,68#');
    await taken(1);
    expect(host.inbox[0]?.message).toMatchObject({ topic: 'shouwang/w2/raw', client: 'w2' });
    host.commit();
    await watch.hears('IWBP49#');
  });

  test('that speaks in bytes is answered in bytes, with the number of its frame', async () => {
    const watch = (await open()).say(
      Buffer.from(
        'ab103f007e2533000110013335333435363738393031323334360930e09d245d210100000924b49e245d01025b201620c034381ec05f3b0400000000aa026d00c90e0000100110',
        'hex',
      ),
    );
    await taken(1);
    host.commit();
    await watch.hears('\x7f\x01\x00');
    expect(Buffer.from(watch.heard, 'latin1').toString('hex')).toBe('ab00030008c733007f0100');
  });

  test('that waits for no answer gets none', async () => {
    const watch = (await open()).say('!1,353456789012347;!5,26,V,98;');
    await taken(1);
    host.commit();
    expect(host.inbox).toEqual([]);
    expect(watch.heard).toBe('');
  });

  test('is there while it is connected; one that comes anew takes the place of the old connection', async () => {
    const first = (await open()).say(PULSE);
    await taken(1);
    const second = (await open()).say(PULSE);
    await first.closed;
    await taken(2);
    expect(host.presences).toEqual(['w1 on', 'w1 on']);
    await second.end();
    await soon(() => expect(host.presences.at(-1)).toBe('w1 off'));
    expect(gateway.stats()).toMatchObject({ connections: 0, devices: 0, received: 2 });
  });
});

describe('when the inbox is full', () => {
  test('the watch is not read until there is room, and nothing is lost or turned round', async () => {
    host.capacity = 2;
    await start();
    const frames = Array.from({ length: 5 }, (_, i) => `[3G*8800000015*0008*heart,${70 + i}]`);
    const watch = (await open()).say(frames.join(''));
    await taken(2);
    const seen: string[] = [];
    while (seen.length < frames.length) {
      seen.push(...host.payloads);
      host.commit();
      if (seen.length < frames.length) await soon(() => expect(host.inbox.length).toBeGreaterThan(0));
    }
    expect(seen).toEqual(frames);
    await watch.hears('[3G*8800000015*0005*heart]'.repeat(5));
  });
});

describe('is refused, counted and shown with what it sent', () => {
  const refused = async (what: string | Uint8Array, refusal: string, reason: string): Promise<void> => {
    const client = (await open()).say(what);
    await client.closed;
    expect(gateway.stats().refused).toMatchObject({ [refusal]: 1 });
    expect(host.refusals.map((shown) => shown.reason)).toEqual([reason]);
    expect(host.inbox).toEqual([]);
  };

  test('a watch that is not enrolled; once in a while, however often it comes', async () => {
    await start();
    await refused('[3G*8800000099*0002*LK]', 'unknown-device', 'unknown-device');
    expect(host.refusals[0]).toMatchObject({ protocol: 'watch-3g', from: '127.0.0.1' });
    expect(host.refusals[0]?.detail).toBe('watch:8800000099');
    expect(Buffer.from(host.refusals[0]?.payload ?? []).toString()).toBe('[3G*8800000099*0002*LK]');
    await (await open()).say('[3G*8800000099*0002*LK]').closed;
    expect(host.refusals).toHaveLength(1);
    expect(gateway.stats().refused['unknown-device']).toBe(2);
  });

  test('bytes of no protocol that we know', async () => {
    await start();
    await refused('GET / HTTP/1.1\r\n\r\n', 'unknown-protocol', 'not-supported');
  });

  test('a device of another protocol, or one that turns into another', async () => {
    await start();
    host.devices.set('watch:8800000016', { id: 'm', model: 'water-meter', timeZone: 'UTC' });
    await refused('[3G*8800000016*0002*LK]', 'wrong-protocol', 'foreign-device');
    const watch = (await open()).say(PULSE);
    await taken(1);
    watch.say('[3G*8800000016*0002*LK]');
    await watch.closed;
    expect(gateway.stats().refused['identity-changed']).toBe(1);
  });

  test('but a watch that was enrolled as another kind of watch is heard, in its own words, and that is told', async () => {
    await start();
    host.devices.set('watch:8800000016', { id: 'w', model: 'watch-iwap', timeZone: 'UTC' });
    (await open()).say('[3G*8800000016*0004*AL,1]');
    await taken(1);
    expect(host.inbox.at(-1)?.message).toMatchObject({ model: 'watch-3g', client: 'w' });
    expect(gateway.stats().refused['wrong-protocol']).toBe(1);
  });

  test('a frame before the login that would have said whose it is', async () => {
    await start();
    await refused('IWAP49,68#', 'not-identified', 'malformed-payload');
  });

  test('a frame that is too large, or never ends', async () => {
    await start({ watchFirstFrameBytesMax: 200 });
    await refused(`[3G*8800000015*FFFF*UD,${'0'.repeat(300)}`, 'frame-too-large', 'too-large');
  });

  test('rubbish without end', async () => {
    await start({ watchFirstFrameBytesMax: 200 });
    await refused(`!${';'.repeat(300)}`, 'not-identified', 'malformed-payload');
    await (await open()).say(`IW${' '.repeat(300)}`).closed;
    expect(gateway.stats().refused['frame-too-large']).toBe(1);
  });
});

describe('is closed and counted', () => {
  test('who does not say who it is in time', async () => {
    await start({ watchLoginMs: 20, brokerSweepMs: 10 });
    await (await open()).closed;
    expect(gateway.stats().refused['login-timeout']).toBe(1);
  });

  test('who has said nothing for too long', async () => {
    await start({ watchIdleMs: 20, brokerSweepMs: 10 });
    const watch = (await open()).say(PULSE);
    await watch.closed;
    await soon(() => expect(host.presences).toEqual(['w1 on', 'w1 off']));
  });

  test('whoever is one too many from one address', async () => {
    host.devices.set('watch:8800000016', { id: 'w5', model: 'watch-3g', timeZone: 'Asia/Shanghai' });
    await start({ watchConnectionsPerAddressMax: 1 });
    (await open()).say(PULSE);
    await soon(() => expect(host.presences).toEqual(['w1 on']));
    await (await open()).say(PULSE.replace('15*', '16*')).closed;
    expect(gateway.stats().refused['too-many-connections']).toBe(1);
  });

  test('whoever says nothing is dropped for the next from its address, and keeps no watch out', async () => {
    await start({ watchConnectionsPerAddressMax: 4 });
    const silent = [await open(), await open(), await open()];
    await silent[0]?.closed;
    (await open()).say(PULSE);
    await soon(() => expect(host.presences).toEqual(['w1 on']));
    expect(gateway.stats().refused['too-many-connections']).toBe(2);
  });

  atLength('who does not take what is said to it', async () => {
    await start({ watchUnsentBytesMax: 1000 });
    const watch = await open();
    watch.socket.pause();
    watch.say(PULSE);
    await taken(1);
    const pushed = { sosNumbers: ['12345678901234567890', '12345678901234567890', '12345678901234567890'] };
    for (let i = 0; i < 100_000 && gateway.stats().devices > 0; i++) {
      gateway.command('w1', pushed);
      if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(gateway.stats().refused['slow-reader']).toBe(1);
  });
});

describe('a command', () => {
  beforeEach(() => start());

  test('is said in the words of the watch that is connected', async () => {
    const watch = (await open()).say('[ZJ*8800000015*0007*0002*LK]');
    await taken(1);
    expect(gateway.command('w1', { measure: 'blood_pressure' })).toBe('sent');
    await watch.hears('[ZJ*8800000015*0007*000A*hrtstart,1]');
    expect(gateway.command('w1', { intervalSeconds: 600 })).toBe('sent');
    await watch.hears('[ZJ*8800000015*0007*000A*UPLOAD,600]');
    expect(gateway.command('w1', { sosNumbers: ['10086', ''] })).toBe('sent');
    await watch.hears('[ZJ*8800000015*0007*000A*SOS1,10086][ZJ*8800000015*0007*0005*SOS2,]');
    expect(gateway.command('w1', { find: true })).toBe('sent');
    await watch.hears('*0004*FIND]');
  });

  test('of the IWAP family bears the number of the watch and of the command', async () => {
    const watch = (await open()).say('IWAP00353456789012345#');
    await watch.hears('IWBP00');
    expect(gateway.command('w2', { measure: 'blood_pressure' })).toBe('sent');
    await watch.hears('IWBPXY,353456789012345,000000#');
    expect(gateway.command('w2', { sosNumbers: ['10086'] })).toBe('sent');
    await watch.hears('IWBP12,353456789012345,000000,10086,,#');
  });

  test('that cannot be said gets a no with a name, and is counted', async () => {
    expect(gateway.command('w1', { measure: 'pulse' })).toBe('not-connected');
    (await open()).say('!1,353456789012347;');
    await soon(() => expect(gateway.stats().devices).toBe(1));
    expect(gateway.command('w4', { find: true })).toBe('not-supported');
    expect(gateway.command('w4', { explode: true })).toBe('malformed-command');
    // What could end the frame and begin another is no telephone number.
    expect(gateway.command('w4', { sosNumbers: ['1][3G*x*0005*RESET'] })).toBe('malformed-command');
    expect(gateway.stats().commands).toEqual({
      sent: 0,
      'not-connected': 1,
      'not-supported': 1,
      'malformed-command': 2,
    });
  });
});

test('a gateway that stops answers what was committed meanwhile, and marks nobody offline', async () => {
  await start();
  const watch = (await open()).say(PULSE);
  await taken(1);
  const stopped = gateway.stop();
  host.commit();
  await stopped;
  await watch.closed;
  expect(watch.heard).toBe('[3G*8800000015*0005*heart]');
  expect(host.presences).toEqual(['w1 on']);
});
