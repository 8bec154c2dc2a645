import { describe, expect, test } from 'vitest';
import type { Presence } from '../src/app/broker-host.ts';
import { notePresence } from '../src/app/broker-host.ts';
import { gatewayRefused, gatewayStatus } from '../src/app/gateway-status.ts';
import { RefusedConnections } from '../src/app/refused-connections.ts';
import type { ConnectionRefusal } from '../src/model/connection-refusal.ts';
import { LIMITS } from '../src/model/limits.ts';
import type { RegistryEntry } from '../src/model/registry.ts';
import { community, coreOf, T0 } from './core.ts';

const meters = [{ id: 'meter', model: 'water-meter', gateway: 'gw' }];
const entries = community({ h1: meters }, ['gw', 'bare', 'off']).map((entry): RegistryEntry => {
  if (entry.noun !== 'gateway' || entry.id === 'bare') return entry;
  return { ...entry, secretHash: 'sha256$c2FsdA$c2VjcmV0', disabled: entry.id === 'off' };
});

function bench() {
  const core = coreOf(entries, []);
  const presence: Presence = new Map();
  const door = new RefusedConnections();
  const accounts = [{ name: 'dashboard' }];
  const refuse = (
    [username, clientId]: readonly [string, string],
    why: ConnectionRefusal = 'wrong-secret',
    { from = '192.0.2.1', at = T0, known = false } = {},
  ) => door.note({ username, clientId, why, from, known }, { core, presence, accounts }, at);
  const names = () => door.logins(core.registry).names.map(({ name }) => name);
  return { core, presence, door, refuse, names };
}

describe('a gateway that is refused', () => {
  test('says why: its registry knows whether secret, name or entry are to be mended', () => {
    const { core, presence, refuse } = bench();
    refuse(['gw', 'gw']);
    refuse(['bare', 'bare']);
    refuse(['off', 'off']);
    const why = (id: string) => gatewayStatus(core, presence, id)?.refused?.why;
    expect(['gw', 'bare', 'off'].map(why)).toEqual(['wrong-secret', 'no-secret', 'disabled']);
    refuse(['mqtt', 'gw']);
    expect(why('gw')).toBe('user-name');
    refuse(['gw', 'mqttjs_1234'], 'client-id');
    expect(why('gw')).toBe('client-id');
    expect(gatewayStatus(core, presence, 'gw')).toMatchObject({
      devices: 1,
      connected: false,
      silent: false,
    });
    expect(gatewayStatus(core, presence, 'nobody')).toBeUndefined();
  });

  test('keeps since when, and begins anew once it was let in', () => {
    const { core, presence, refuse } = bench();
    refuse(['gw', 'gw'], 'keep-alive', { at: T0 });
    refuse(['gw', 'gw'], 'keep-alive', { at: T0 + 60_000 });
    expect(gatewayStatus(core, presence, 'gw')?.refused).toMatchObject({
      since: T0,
      at: T0 + 60_000,
      count: 2,
    });
    notePresence(core, presence, 'gw', true, 1);
    expect(gatewayStatus(core, presence, 'gw')?.refused).toBeUndefined();
  });

  test('explains its devices, but none that was heard since and none while it is connected', () => {
    const { core, presence, refuse } = bench();
    const device = core.deviceOf('meter');
    if (!device) throw new Error('it is enrolled');
    expect(gatewayRefused(device, presence)).toBeUndefined();
    refuse(['gw', 'gw'], 'protocol-version', { at: T0 + 1000 });
    expect(gatewayRefused(device, presence)).toMatchObject({
      gateway: 'gw',
      why: 'protocol-version',
      since: T0 + 1000,
    });
    device.state.heardAt = T0 + 2000;
    expect(gatewayRefused(device, presence)).toBeUndefined();
    device.state.heardAt = T0;
    notePresence(core, presence, 'gw', true, 1);
    refuse(['gw', 'gw'], 'wrong-secret', { at: T0 + 3000 });
    expect(gatewayRefused(device, presence)).toBeUndefined();
    notePresence(core, presence, 'gw', false, 1);
    refuse(['gw', 'gw'], 'wrong-secret', { at: T0 + 4000 });
    expect(gatewayRefused(device, presence)?.since).toBe(T0 + 4000);
  });
});

describe('who connects under a name that nobody enrolled', () => {
  test('is listed once, newest first, with count, address and reason', () => {
    const { core, door, refuse } = bench();
    refuse(['chirpstack', 'mqttjs_1'], 'wrong-secret', { at: T0 });
    refuse(['', 'auto-1'], 'keep-alive', { at: T0 + 1 });
    refuse(['dashboard', 'dashboard'], 'wrong-secret', { at: T0 + 2 });
    refuse(['chirpstack', 'mqttjs_2'], 'wrong-secret', { at: T0 + 3, from: '192.0.2.9' });
    const { count, lastAt, names } = door.logins(core.registry);
    expect([count, lastAt]).toEqual([4, T0 + 3]);
    expect(names).toEqual([
      {
        name: 'chirpstack',
        clientId: 'mqttjs_2',
        firstAt: T0,
        lastAt: T0 + 3,
        count: 2,
        why: 'not-enrolled',
        from: '192.0.2.9',
      },
      expect.objectContaining({ name: 'dashboard', why: 'wrong-secret', account: true }),
      expect.objectContaining({ name: 'auto-1', why: 'keep-alive' }),
    ]);
  });

  test('leaves the list when it is let in, or enrolled', () => {
    const { core, door, refuse, names } = bench();
    refuse(['dashboard', 'dashboard']);
    refuse(['newcomer', 'newcomer']);
    door.letIn('dashboard');
    expect(names()).toEqual(['newcomer']);
    core.registry.apply(community({}, ['newcomer']), []);
    expect(names()).toEqual([]);
  });

  test('takes a bounded place, and whoever tries many names pushes out only their own', () => {
    const { core, door, refuse, names } = bench();
    refuse(['zigbee2mqtt', 'z2m'], 'wrong-secret', { from: '192.0.2.7' });
    for (let n = 0; n < 1000; n++) refuse([`guess-${n}`, `guess-${n}`]);
    expect(names()).toHaveLength(LIMITS.refusedNamesOfAddressMax + 1);
    expect(names()).toContain('zigbee2mqtt');
    expect(names()[0]).toBe('guess-999');
    for (let n = 0; n < 1000; n++) refuse([`far-${n}`, ''], 'wrong-secret', { from: `198.51.100.${n}` });
    expect(names()).toHaveLength(LIMITS.refusedNamesKeptMax);
    refuse(['x'.repeat(65_000), 'y'.repeat(65_000)]);
    const [{ name, clientId } = { name: '', clientId: '' }] = door.logins(core.registry).names;
    expect([name.length, clientId.length]).toEqual([100, 100]);
  });
});
