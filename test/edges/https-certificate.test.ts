import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askPatiently, askService, runningService } from '../../src/api/control.ts';
import { certificateCheck, certificateFact } from '../../src/app/certificate-end.ts';
import { runningFindings } from '../../src/app/doctor/running.ts';
import { HttpsCertificate } from '../../src/app/https-certificate.ts';
import { loadParts } from '../../src/app/load.ts';
import { watchCertificates } from '../../src/broker/certificates.ts';
import { DAY } from '../../src/lib/clock.ts';
import { SERVICE_FINDINGS } from '../../src/model/service-finding.ts';
import { testService } from '../service.ts';
import { makeCertificate } from './certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'shouwang-https-'));
const [certFile, keyFile] = [join(folder, 'current.crt'), join(folder, 'current.key')];
const use = (name: string, kinds = ['key', 'crt']): void => {
  for (const kind of kinds) copyFileSync(join(folder, `${name}.${kind}`), join(folder, `current.${kind}`));
};

beforeAll(() => {
  makeCertificate(folder, 'first', 30);
  makeCertificate(folder, 'second', 90);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The common name of the certificate that a new connection is shown. */
function shown(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
  });
}

test('a renewed certificate of the console is shown without a restart; one that does not load is said, and the old one stays', async () => {
  use('first');
  const certificate = await HttpsCertificate.of(
    { certFile, keyFile, watchMs: 20 },
    pino({ level: 'silent' }),
  );
  if (!certificate) throw new Error('it was named');
  const server = createServer(certificate.certificates);
  certificate.keeps(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const { endsAt } = certificate.inUse;
    expect(await shown(port)).toBe('first');
    use('second', ['crt']);
    await expect
      .poll(() => certificate.inUse, { interval: 20 })
      .toMatchObject({ endsAt, renewal: { zh: expect.stringMatching('私钥与证书不符') } });
    expect(await shown(port)).toBe('first');
    use('second', ['key']);
    await expect.poll(() => shown(port), { interval: 20 }).toBe('second');
    expect(certificate.inUse).toMatchObject({ of: 'console', endsAt: expect.any(Number) });
    expect(certificate.inUse.renewal).toBeUndefined();
    expect(certificate.inUse.endsAt).toBeGreaterThan(endsAt);
  } finally {
    server.close();
  }
});

test('a certificate of the console that is renewed while the service starts is shown too', async () => {
  use('first');
  const certificate = await HttpsCertificate.of(
    { certFile, keyFile, watchMs: 100_000 },
    pino({ level: 'silent' }),
  );
  if (!certificate) throw new Error('it was named');
  const server = createServer(certificate.certificates);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  use('second');
  certificate.keeps(server);
  try {
    const { port } = server.address() as AddressInfo;
    await expect.poll(() => shown(port), { interval: 20 }).toBe('second');
  } finally {
    server.close();
  }
});

test('a key that may be read only a while after it was put there is looked at again: its rights are part of what it is', async () => {
  use('first');
  const seen: number[] = [];
  const unwatch = watchCertificates({ certFile, keyFile, watchMs: 5 }, () => seen.push(seen.length));
  try {
    chmodSync(keyFile, 0o640);
    await expect.poll(() => seen.length, { interval: 5 }).toBe(1);
  } finally {
    unwatch();
  }
});

test('that the certificate of the console ends is told in its own words, beside one for devices that is good', () => {
  const now = Date.UTC(2026, 4, 1);
  const good = { endsAt: now + 300 * DAY };
  const console = { endsAt: now + 20 * DAY, of: 'console' as const };
  expect(certificateCheck([good, console], now)).toMatchObject({
    ok: true,
    warning: true,
    detail: { zh: '控制台的证书有效期至 2026-05-21T00:00:00.000Z' },
  });
  expect(certificateCheck([good, { ...console, endsAt: now - 1 }], now)?.ok).toBe(false);
  expect(certificateCheck([good], now)?.warning).toBeUndefined();
  expect(certificateCheck([], now)).toBeUndefined();
  const fact = certificateFact([good, console], now, 'Asia/Shanghai');
  expect(SERVICE_FINDINGS['certificate-ends'].text(fact?.values ?? {})).toMatchObject({
    zh: expect.stringMatching(/^控制台的证书有效期至 05-21 08:00.*http\.tls/),
    en: expect.stringMatching(/^The certificate of the console/),
  });
});

/** What the HEALTHCHECK of the image says of the service on this folder. */
async function aliveBeside(dataDir: string): Promise<number> {
  const child = spawn(process.execPath, ['docker/alive.js'], { env: { SHOUWANG_DATA_DIR: dataDir } });
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}

test('the commands of this machine reach a service over HTTPS, whoever its certificate names', async () => {
  const tls = makeCertificate(folder, 'shouwang.example');
  const service = await testService({ service: { http: { host: '127.0.0.1', port: 0, tls } } });
  try {
    const control = await runningService(join(service.dir, 'data'));
    if (!control) throw new Error('it runs');
    expect(control.url).toMatch(/^https:/);
    expect(await askService(control, 'GET', '/status')).toMatchObject({ version: expect.any(String) });
    const out = join(service.dir, 'backup');
    expect(await askPatiently(control, 'POST', '/backup', { dir: out })).toMatchObject({ files: {} });
    const parts = await loadParts({ dir: service.dir, env: {}, oldRulesDo: true, oldRegistryDoes: true });
    if (!parts.ok) throw new Error(JSON.stringify(parts.error));
    const found = await runningFindings(control, 'test', parts.value, Date.now());
    expect(found.map(({ check }) => check)).not.toContain('service-unready');
    expect(await aliveBeside(join(service.dir, 'data'))).toBe(0);
    // A service elsewhere has to prove who it is.
    await expect(askService({ ...control, pid: 0 }, 'GET', '/status')).rejects.toThrow('does not answer');
  } finally {
    await service.stop();
  }
});
