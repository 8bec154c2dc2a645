import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { embeddedBroker } from '../../src/broker/embedded.ts';
import { externalBroker } from '../../src/broker/external.ts';
import type { Broker } from '../../src/ports/broker.ts';
import { NotebookHost } from './broker-host.ts';
import { makeCertificate } from './certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'shouwang-tls-'));
const certFile = join(folder, 'current.crt');
const keyFile = join(folder, 'current.key');
const path = (name: string): string => join(folder, name);
let broker: Broker | undefined;

function use(name: string): void {
  copyFileSync(path(`${name}.key`), keyFile);
  copyFileSync(path(`${name}.crt`), certFile);
}

async function start(tls: { watchMs?: number; caFile?: string } = {}) {
  const host = new NotebookHost();
  broker = embeddedBroker(
    { host: '127.0.0.1', ports: { mqtts: 0 }, tls: { certFile, keyFile, watchMs: 60_000, ...tls } },
    host,
    pino({ level: 'silent' }),
  );
  const { mqtts = '', mqtt: plain } = await broker.start();
  expect(plain).toBeUndefined();
  return { host, broker, address: mqtts };
}

/** The common name of the certificate that a new connection is shown. */
function shown(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      port: Number(new URL(address).port),
      host: '127.0.0.1',
      rejectUnauthorized: false,
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
  });
}

beforeAll(() => {
  for (const name of ['first', 'second', 'device']) makeCertificate(folder, name);
});
afterEach(async () => {
  await broker?.stop();
  broker = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('TLS', () => {
  test('a renewed certificate is shown to the next connection, and those that are open stay', async () => {
    use('first');
    const { broker, address, host } = await start();
    const client = await mqtt.connectAsync(address, {
      clientId: 'm1',
      username: 'm1',
      password: 'secret of m1',
      ca: readFileSync(certFile),
      reconnectPeriod: 0,
    });
    expect(await shown(address)).toBe('first');
    use('second');
    expect(await broker.reloadCertificates()).toBe(true);
    expect(await shown(address)).toBe('second');
    await client.publishAsync('shouwang/m1/telemetry', 'x', { qos: 1 });
    expect(host.topics).toEqual(['shouwang/m1/telemetry']);
    await client.endAsync(true);
  });

  test('files that do not load are refused and the old certificate stays', async () => {
    use('first');
    const { broker, address } = await start();
    copyFileSync(path('second.crt'), certFile);
    await expect(broker.reloadCertificates()).rejects.toThrow(/key values mismatch/i);
    writeFileSync(certFile, 'no certificate');
    await expect(broker.reloadCertificates()).rejects.toThrow();
    expect(await shown(address)).toBe('first');
  });

  test('of the certificate in use it says when it ends, and why what came to replace it does not load', async () => {
    use('first');
    const { broker } = await start({ watchMs: 20 });
    const { validTo } = new X509Certificate(readFileSync(path('first.crt')));
    const ends = { endsAt: Date.parse(validTo) };
    expect(broker.stats().certificate).toEqual(ends);
    copyFileSync(path('second.crt'), certFile);
    await expect
      .poll(() => broker.stats().certificate, { interval: 20 })
      .toEqual({ ...ends, renewal: { zh: expect.stringMatching('私钥与证书不符'), en: expect.anything() } });
    copyFileSync(path('second.key'), keyFile);
    await expect.poll(() => broker.stats().certificate?.renewal, { interval: 20 }).toBeUndefined();
  });

  test('of the certificate that an outside broker shows it is known when it ends, also while that is away', async () => {
    use('first');
    const { broker: there, address } = await start();
    const service = externalBroker(
      {
        url: address,
        ...{ clientId: 'm1', username: 'm1', password: 'secret of m1', caFile: path('first.crt') },
        filters: ['shouwang/m1/telemetry'],
      },
      new NotebookHost(),
      pino({ level: 'silent' }),
    );
    try {
      await service.start();
      const { validTo } = new X509Certificate(readFileSync(path('first.crt')));
      const shown = { endsAt: Date.parse(validTo), shownBy: new URL(address).host };
      expect(service.stats().certificate).toEqual(shown);
      await there.stop();
      await expect.poll(() => service.stats().connected, { interval: 5 }).toBe(false);
      expect(service.stats().certificate).toEqual(shown);
    } finally {
      await service.stop();
    }
  });

  test('the files are watched', async () => {
    use('first');
    const { address } = await start({ watchMs: 20 });
    expect(await shown(address)).toBe('first');
    use('second');
    await expect.poll(() => shown(address), { interval: 20 }).toBe('second');
  });

  test('with an authority for client certificates, a client without one is refused', async () => {
    use('first');
    const { broker, address } = await start({ caFile: path('device.crt') });
    const options = {
      clientId: 'm1',
      username: 'm1',
      password: 'secret of m1',
      rejectUnauthorized: false,
      reconnectPeriod: 0,
    };
    await expect(mqtt.connectAsync(address, options)).rejects.toThrow();
    const certificate = { cert: readFileSync(path('device.crt')), key: readFileSync(path('device.key')) };
    const client = await mqtt.connectAsync(address, { ...options, ...certificate });
    await client.endAsync(true);
    expect(broker.stats().refused['protocol-error']).toBe(1);
  });

  test('without a certificate there is nothing to reload, and no TLS port opens', async () => {
    const plain = embeddedBroker(
      { host: '127.0.0.1', ports: { mqtt: 0 } },
      new NotebookHost(),
      pino({ level: 'silent' }),
    );
    await plain.start();
    expect(await plain.reloadCertificates()).toBe(false);
    await plain.stop();
    const wrong = embeddedBroker({ ports: { mqtts: 0 } }, new NotebookHost(), pino({ level: 'silent' }));
    await expect(wrong.start()).rejects.toThrow(/certificate/);
    await wrong.stop();
  });
});
