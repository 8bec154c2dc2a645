import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { hashSecret } from '../../src/lib/secrets.ts';
import { community } from '../core.ts';
import { type TestService, testService } from '../service.ts';
import { Mosquitto, whyNoMosquitto } from './mosquitto.ts';
import { findProgram } from './program.ts';
import { METER, Receiver } from './rtl433.ts';

function whyNoRtl433(): string | undefined {
  if (findProgram('rtl_433') && findProgram('mosquitto_pub')) return undefined;
  const reason = 'rtl_433 is not installed (Debian: apt-get install rtl-433 mosquitto-clients)';
  if (process.env['CI']) throw new Error(reason);
  return reason;
}
const missing = whyNoRtl433() ?? whyNoMosquitto();
if (missing) console.warn(`skipped: ${missing}`);

const SECRET = 'the-secret-of-the-radio-0123456789';
const entries = community(
  { h1: [{ id: 'm1', model: 'rtl433-water', address: METER.address, gateway: 'radio' }] },
  ['radio'],
).map((entry) => (entry.noun === 'gateway' ? { ...entry, secretHash: hashSecret(SECRET) } : entry));

describe.skipIf(missing !== undefined)('a water meter that the real rtl_433 hears', () => {
  const ends: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function run(program: string, args: readonly string[]): Promise<ChildProcess> {
    const child = spawn(findProgram(program) ?? program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const ended = once(child, 'exit');
    ends.push(async () => {
      child.kill();
      await ended;
    });
    return child;
  }

  async function receiver(): Promise<Receiver> {
    const started = await Receiver.start();
    ends.push(() => started.stop());
    return started;
  }

  async function heard(service: TestService): Promise<void> {
    await vi.waitFor(
      async () => {
        const [newest] = await service.service.telemetry.last(['m1'], ['water_index_m3']);
        expect(newest?.value).toBeCloseTo(METER.m3, 5);
      },
      { timeout: 15_000, interval: 100 },
    );
  }

  test('its lines go through mosquitto_pub to our own broker', async () => {
    const service = await testService({ entries });
    ends.push(() => service.stop());
    const { hostname, port } = new URL(service.mqttUrl);
    const publisher = await run('mosquitto_pub', [
      ...['-h', hostname, '-p', port, '-i', 'radio', '-u', 'radio', '-P', SECRET],
      ...['-q', '1', '-t', 'rtl_433/radio/events', '-l'],
    ]);
    const radio = await run('rtl_433', [...(await receiver()).device, '-M', 'time:iso:tz', '-F', 'json']);
    if (publisher.stdin) radio.stdout?.pipe(publisher.stdin);
    await heard(service);
  });

  test('its own MQTT output goes through an outside broker, where it may choose its client id', async () => {
    const mosquitto = await Mosquitto.start({ shouwang: 'the-service', radio: SECRET });
    ends.push(() => mosquitto.stop());
    const external = { url: mosquitto.url, username: 'shouwang', password: 'the-service' };
    const service = await testService({ entries, service: { mqtt: { mode: 'external', external } } });
    ends.push(() => service.stop());
    const { host } = new URL(mosquitto.url);
    const output = `mqtt://${host},user=radio,pass=${SECRET},events=rtl_433/radio/events`;
    await run('rtl_433', [...(await receiver()).device, '-M', 'time:iso:tz', '-F', output]);
    await heard(service);
  });
});
