import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Decoder } from '../src/app/decode.ts';
import { announcedBy } from '../src/devices/announce/all.ts';
import { deviceAddress } from '../src/model/device-address.ts';
import type { RegistryEntry } from '../src/model/registry.ts';
import { Registry } from '../src/registry/registry.ts';
import { readDeviceCode } from '../src/web/onboarding/device-code.ts';
import { community, coreOf, envelopes, models, T0 } from './core.ts';

const bytes = ({ payload, hex }: { payload?: unknown; hex?: string }): Uint8Array =>
  hex === undefined
    ? Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
    : Buffer.from(hex, 'hex');

/** How each envelope calls the devices of its examples, other names of theirs among them. */
const named = envelopes.all().flatMap(({ envelope, examples, open }) =>
  examples.flatMap((example) => {
    const { topic, client } = example;
    const opened = open({
      topic,
      client,
      payload: bytes(example),
      receivedAt: Date.parse(example.receivedAt),
    });
    const frames = opened.ok ? opened.value : [];
    const announced = announcedBy(topic, bytes(example)).map(({ address }) => address);
    return [
      ...announced,
      ...frames.flatMap(({ address, also = [] }) =>
        [address, ...also].map(({ scheme, id }) => `${scheme}:${id}`),
      ),
    ].map((address) => [envelope, address] as const);
  }),
);

const IN_TEXT =
  /\b(?:deveui|imei|mac|wmbus|mbus|watch|ieee|topic|platform|cjt188|radio):[\w:./-]{6,}(?![\w:./<…-])/g;
/** What our pages tell people to write, where it is no pattern with a name in brackets. */
const ROOT = new URL('..', import.meta.url);
const pages = readdirSync(new URL('docs/devices', ROOT)).map((name) => `docs/devices/${name}`);
const written = ['README.md', 'docs/devices.md', ...pages].flatMap((file) => {
  const text = readFileSync(new URL(file, ROOT), 'utf8');
  const found = [...text.matchAll(IN_TEXT)].map(([address]) => address.replace(/\.$/, ''));
  return [...new Set(found)].map((address) => [file, address] as const);
});

describe('the address of a device', () => {
  test.each(named)('of %s, %s, is taken by the registry and by the form as it is', (_, address) => {
    expect(deviceAddress.safeParse(address).data).toBe(address);
    expect(readDeviceCode(address)?.address).toBe(address);
  });

  test.each(written)('in %s, %s, is taken by the registry', (_, address) => {
    expect(deviceAddress.safeParse(address)).toMatchObject({ success: true });
  });
});

const MAC = 'a4:c1:38:8d:18:b2';
/** 200/125, as a cuff says it. */
const MEASURED = { mac: MAC.toUpperCase(), characteristic: '2a35', hex: '00c8007d009600' };

/** What came of it when the gateway spoke for the cuff. */
function heard(entries: readonly RegistryEntry[]): string[] {
  const said: string[] = [];
  new Decoder(models, envelopes).decode(
    coreOf(entries, []),
    {
      receivedAt: T0,
      topic: 'shouwang/gw1/ble',
      payload: Buffer.from(JSON.stringify(MEASURED)),
      client: 'gw1',
    },
    ({ report, refusals }) => {
      for (const { reason } of refusals) said.push(reason);
      for (const { metric, value } of report?.readings ?? [])
        said.push(`${report?.device} ${metric} ${value}`);
    },
  );
  return said;
}

const cuffAt = (address: string): RegistryEntry[] =>
  community({ h1: [{ model: 'ble-blood-pressure', id: 'cuff', gateway: 'gw1', address }] }, ['gw1']);

describe('a Bluetooth device', () => {
  const forms = [MAC, MAC.toUpperCase(), MAC.replaceAll(':', ''), MAC.replaceAll(':', '-')];

  test.each(forms)('that was enrolled as %s is heard', (form) => {
    expect(heard(cuffAt(`mac:${form}`))).toContain('cuff systolic_mmhg 200');
  });

  test.each(forms)('that was stored as %s before is heard', (form) => {
    const address = `mac:${form.toLowerCase()}`;
    const stored = cuffAt(`mac:${MAC}`).map((entry) =>
      entry.noun === 'device' ? { ...entry, address } : entry,
    );
    expect(heard(stored)).toContain('cuff systolic_mmhg 200');
  });

  test('is one device, however its address is written', () => {
    const stored = cuffAt(`mac:${MAC}`).map((entry) =>
      entry.noun === 'device' ? { ...entry, address: 'mac:a4c1388d18b2' } : entry,
    );
    const [twin] = cuffAt('mac:A4-C1-38-8D-18-B2').filter(({ noun }) => noun === 'device');
    const problem = Registry.from(stored).check([{ ...twin, id: 'other' } as RegistryEntry], [], () => true);
    expect(problem).toMatchObject({ details: { problem: 'the device cuff has this address already' } });
  });

  test('whose address is none is refused with what is wanted', () => {
    expect(deviceAddress.safeParse('mac:kitchen').error?.issues[0]?.message).toBe(
      'mac: wants twelve hexadecimal digits',
    );
  });
});
