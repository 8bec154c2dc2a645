import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import check from '../../src/commands/check.ts';
import { hashSecret } from '../../src/lib/secrets.ts';
import { tempFolder } from '../contracts/bed.ts';
import { community } from '../core.ts';
import { signIn, type TestService, testService } from '../service.ts';
import { soon } from '../soon.ts';
import { run } from './command-line.ts';

const MODEL = `
model: acme-band
title: { zh: 手环, en: Band }
format: json
topics: ['acme/{device}/up']
expectedInterval: 1h
silenceGrace: 1h
readings:
  - { metric: pulse_bpm, path: hr }
events:
  - { event: sos, path: key, when: [1] }
examples:
  - { name: a press, payload: { hr: 70, key: 1 }, readings: { pulse_bpm: 70 }, events: [sos] }
`;
const BANDS = ['acme-1', 'acme-2', 'acme-3'];
const entries = community(
  Object.fromEntries(BANDS.map((id, i) => [`h${i + 1}`, [{ id, model: 'acme-band' }]])),
).map((entry) => (entry.noun === 'device' ? { ...entry, secretHash: hashSecret('s') } : entry));

let dir: string;
let service: TestService;
beforeAll(async () => {
  dir = tempFolder('missing-model');
  await mkdir(join(dir, 'models'), { recursive: true });
  await writeFile(join(dir, 'models/acme-band.yaml'), MODEL);
  await (await testService({ dir, entries })).stop();
  await rm(join(dir, 'models'), { recursive: true });
  service = await testService({ dir });
});
afterAll(async () => {
  await service.stop();
  await rm(dir, { recursive: true, force: true });
});

const casesOf = async (home: string) => {
  const { items } = await service.service.records.cases({ paths: [''] }, { limit: 100 });
  return items.filter((one) => one.home === home).map(({ priority, kind }) => `${priority} ${kind}`);
};

async function says(id: string, topic: string, payload: string): Promise<void> {
  const client = await mqtt.connectAsync(service.mqttUrl, { clientId: id, username: id, password: 's' });
  await client.publishAsync(topic, payload, { qos: 1 });
  await client.endAsync();
}

test('that the model of enrolled devices is not there is a case for technicians, and stands in /readyz', async () => {
  service.look();
  await soon(async () => {
    const { items } = await service.service.records.cases({ paths: [''] }, { limit: 100 });
    expect(items.map(({ priority, kind, title }) => [priority, kind, title.en])).toContainEqual([
      'P2',
      'technical',
      'Shouwang service: Devices are enrolled with models that are not there',
    ]);
  });
  const cookie = await signIn(service.url);
  const ready = await fetch(`${service.url}/readyz`, { headers: { cookie, 'accept-language': 'en' } });
  const { checks } = (await ready.json()) as { checks: Record<string, object> };
  expect(checks['blindSpots']).toMatchObject({
    warning: true,
    detail: expect.stringMatching(/^3 enrolled devices have models .*\(acme-band\)/),
  });
});

test('check says it of the records beside the configuration', async () => {
  const { err } = await run(check, 'check', '--config', dir);
  expect(err.join(' ')).toContain(
    '3 enrolled devices have models that this installation does not have (acme-band)',
  );
});

test.each([
  ['acme-1', 'acme/acme-1/up', '{"hr":70,"key":1}', 'h1'],
  ['acme-2', 'shouwang/acme-2/telemetry', '{"event":"sos"}', 'h2'],
])('%s, whose model is not there, is heard under %s when it calls', async (id, topic, payload, home) => {
  await says(id, topic, payload);
  await soon(async () => expect(await casesOf(home)).toEqual(['P2 safety']));
  expect(service.service.knocking()).toEqual([]);
});

test('what else it says is refused for that reason, and for no other', async () => {
  await says('acme-3', 'acme/acme-3/up', '{"hr":70,"key":0}');
  await says('acme-3', 'shouwang/acme-3/telemetry', '{"pulse_bpm":70}');
  const { items } = await service.service.records.rejections({ device: 'acme-3' }, { limit: 10 });
  expect(items.map(({ reason, detail, from }) => [reason, detail, from])).toEqual([
    ['model-missing', 'acme-band', 'acme-3'],
    ['model-missing', 'acme-band', 'acme-3'],
  ]);
  expect(await casesOf('h3')).toEqual([]);
});
