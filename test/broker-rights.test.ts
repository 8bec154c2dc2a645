import { describe, expect, test } from 'vitest';
import { brokerHost, type Presence } from '../src/app/broker-host.ts';
import { Decoder } from '../src/app/decode.ts';
import type { Loop } from '../src/app/loop.ts';
import { step } from '../src/app/pipeline.ts';
import { ManualClock } from '../src/lib/clock.ts';
import { generateSecret, hashSecret } from '../src/lib/secrets.ts';
import type { Command } from '../src/model/command.ts';
import { type RegistryEntry, registryEntrySchema } from '../src/model/registry.ts';
import type { Identity } from '../src/ports/broker.ts';
import { community, coreOf, envelopes, models, T0 } from './core.ts';

const secret = generateSecret();
const account = { name: 'dashboard', secretHash: hashSecret(secret) };
const off = { noun: 'device', id: 'off', model: 'water-meter', home: 'h1', enrolledAt: T0, disabled: true };
/** It may be on somebody's wrist all the same. */
const worn = { ...off, id: 'worn', model: 'wristband' };
/** As somebody set it by hand. */
const cuff = {
  noun: 'device',
  id: 'cuff',
  model: 'wristband',
  home: 'h1',
  enrolledAt: T0,
  secretHash: 'scrypt$2$8$1$c2FsdA$aA',
};
const entries: RegistryEntry[] = [
  ...community(
    {
      h1: [
        { id: 'meter', model: 'water-meter', gateway: 'gw' },
        { id: 'band', model: 'wristband' },
      ],
    },
    ['gw', 'other'],
  ),
  registryEntrySchema.parse(off),
  registryEntrySchema.parse(worn),
].map((entry) =>
  entry.noun === 'device' || entry.noun === 'gateway' ? { ...entry, secretHash: hashSecret(secret) } : entry,
);
entries.push(registryEntrySchema.parse(cuff));
const host = brokerHost(
  {
    core: coreOf(entries, []),
    // Nobody publishes here.
    loop: undefined as unknown as Loop,
    decoder: new Decoder(models, envelopes),
    clock: new ManualClock(T0),
    serviceAccounts: [account],
    trusting: false,
  },
  new Map(),
);
const who = (id: string): Promise<Identity | undefined> =>
  Promise.resolve(host.authenticate(id, id, Buffer.from(secret)));
const route = async (id: string, topic: string) => host.route((await who(id)) as Identity, topic);
const hears = async (id: string, filter: string) => host.maySubscribe((await who(id)) as Identity, filter);

describe('who may say and hear what at the broker', () => {
  test('is let in by name and secret; who is switched off or unknown is not', async () => {
    expect(await who('band')).toEqual({ kind: 'device', id: 'band' });
    expect(await who('gw')).toEqual({ kind: 'gateway', id: 'gw' });
    expect(await who('dashboard')).toEqual({ kind: 'service', id: 'dashboard' });
    expect(await who('off')).toBeUndefined();
    expect(await who('worn')).toEqual({ kind: 'device', id: 'worn' });
    expect(await who('nobody')).toBeUndefined();
    expect(await host.authenticate('band', 'band', Buffer.from('wrong'))).toBeUndefined();
  });

  test('only secrets that somebody set by hand are slow to check, and may be guessed', () => {
    const slow = ['band', 'gw', 'dashboard', 'off', 'nobody', 'cuff'].filter((id) => host.checksSlowly?.(id));
    expect(slow).toEqual(['cuff']);
  });

  test('a refused connection is counted at the device whose name it bears, until that is let in', () => {
    const presence: Presence = new Map();
    const core = coreOf(entries, []);
    const parts = { core, decoder: new Decoder(models, envelopes), loop: undefined as unknown as Loop };
    const host = brokerHost(
      { ...parts, clock: new ManualClock(T0), serviceAccounts: [], trusting: false },
      presence,
    );
    const refused = (username: string, clientId: string, known = false): void =>
      host.refusedConnection?.({ username, clientId, why: 'client-id', from: known ? 'home' : 'far', known });
    refused('band', 'mqttjs_1234', true);
    refused('somebody', 'band');
    refused('off', 'off');
    refused('somebody', 'somebody');
    expect([...presence]).toMatchObject([
      ['band', { refused: { at: T0, count: 2, why: 'client-id', from: 'home', known: true } }],
    ]);
    host.presence({ kind: 'device', id: 'band' }, true, 1);
    expect(presence.get('band')?.refused).toBeUndefined();
  });

  test('a device speaks for itself, a gateway for those behind it and no others', async () => {
    expect(await route('band', 'shouwang/band/telemetry')).toBe('ingest');
    expect(await route('band', 'shouwang/band/status')).toBe('status');
    expect(await route('band', 'shouwang/meter/telemetry')).toBe('foreign');
    expect(await route('band', 'shouwang/meter/status')).toBe('foreign');
    expect(await route('band', 'shouwang/band/command')).toBe('foreign');
    expect(await route('band', 'shouwang/alerts/haitang/g1')).toBe('foreign');
    expect(await route('gw', 'shouwang/meter/telemetry')).toBe('ingest');
    expect(await route('gw', 'shouwang/meter/status')).toBe('status');
    expect(await route('gw', 'shouwang/gw/status')).toBe('status');
    expect(await route('gw', 'shouwang/band/telemetry')).toBe('foreign');
    expect(await route('other', 'shouwang/meter/telemetry')).toBe('foreign');
  });

  test('what a topic means is found out once, and not believed any more when the registry has changed', () => {
    const core = coreOf(entries, []);
    const decoder = new Decoder(models, envelopes);
    const parts = { core, decoder, loop: undefined as unknown as Loop, clock: new ManualClock(T0) };
    const { route, routesAsOf } = brokerHost({ ...parts, serviceAccounts: [], trusting: false }, new Map());
    const remembered = { text: 'shouwang/meter/telemetry', meaning: undefined, asOf: routesAsOf?.() ?? -1 };
    const message = { receivedAt: T0, topic: remembered.text, payload: Buffer.from('{}'), remembered };
    expect(decoder.speakerOf(core, message)).toBeUndefined();
    expect(route({ kind: 'gateway', id: 'gw' }, remembered.text, remembered)).toBe('ingest');
    expect(decoder.speakerOf(core, message)).toBe(core.deviceOf('meter'));
    const moved = entries.filter((entry) => entry.noun === 'device' && entry.id === 'meter');
    const put = moved.map((entry) => ({ ...entry, gateway: 'other' }) as RegistryEntry);
    const command: Command = { type: 'registry.apply', put, remove: [] };
    const { effects } = step(core, { kind: 'command', receivedAt: T0, id: '1', by: 'admin', command });
    expect(effects).toContainEqual({ type: 'reply', id: '1', reply: { ok: true } });
    expect(decoder.speakerOf(core, message)).toBeUndefined();
    expect(routesAsOf?.()).not.toBe(remembered.asOf);
    expect(route({ kind: 'gateway', id: 'gw' }, remembered.text, remembered)).toBe('foreign');
  });

  test('a device hears its own commands, a gateway those of its devices, a service account everything', async () => {
    expect(await hears('band', 'shouwang/band/command')).toBe(true);
    expect(await hears('gw', 'shouwang/meter/command')).toBe(true);
    for (const filter of ['#', '$SYS/#', '+/+/command', 'shouwang/+/command', 'shouwang/meter/command']) {
      expect(await hears('band', filter), filter).toBe(false);
      expect(await hears('dashboard', filter), filter).toBe(true);
    }
    expect(await hears('other', 'shouwang/meter/command')).toBe(false);
    expect(await hears('gw', 'shouwang/band/command')).toBe(false);
    expect(await hears('band', 'shouwang/alerts/haitang/g1')).toBe(false);
  });
});
