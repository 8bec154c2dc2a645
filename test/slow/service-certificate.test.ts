import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hashSecret } from '../../src/lib/secrets.ts';
import { tempFolder } from '../contracts/bed.ts';
import { makeCertificate } from '../edges/certificate.ts';
import { testService } from '../service.ts';

test('a certificate that ends soon is a warning on /readyz, before devices are locked out', async () => {
  const folder = tempFolder('certificate');
  const near = async (days: number) => {
    const tls = makeCertificate(folder, `of-${days}-days`, days);
    const service = await testService({
      service: { mqtt: { port: 0, webSocketPort: 0, tls: { ...tls, port: 0 } } },
    });
    try {
      return (await (await fetch(`${service.url}/readyz`)).json()) as {
        checks: Record<string, { ok: boolean; warning?: boolean; detail: { zh: string } }>;
      };
    } finally {
      await service.stop();
    }
  };
  try {
    const soon = (await near(3)).checks['certificate'];
    expect(soon).toMatchObject({ ok: true, warning: true });
    expect(JSON.stringify(soon?.detail)).toMatch(/有效期至|valid until/);
    expect((await near(90)).checks['certificate']?.warning).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('so is that of an outside broker, which is named', async () => {
  const folder = tempFolder('certificate-outside');
  const tls = makeCertificate(folder, 'outside', 3);
  const there = await testService({
    service: {
      mqtt: {
        port: 0,
        webSocketPort: 0,
        tls: { ...tls, port: 0 },
        serviceAccounts: [{ name: 'upstream', secretHash: hashSecret('a secret') }],
      },
    },
  });
  const url = (there.addresses.mqtts ?? '').replace('0.0.0.0', '127.0.0.1');
  const service = await testService({
    service: {
      mqtt: {
        mode: 'external',
        external: {
          url,
          username: 'upstream',
          clientId: 'upstream',
          password: 'a secret',
          caFile: tls.certFile,
        },
      },
    },
  });
  try {
    const { certificate } = service.service.health().checks;
    expect(certificate).toMatchObject({ ok: true, warning: true });
    expect(certificate?.detail?.en).toBe(
      `that of ${new URL(url).host} valid until ${certificate?.detail?.en.split(' ').at(-1)}`,
    );
    expect(await service.service.metrics.metrics()).toMatch(
      /^shouwang_certificate_ends_timestamp_seconds [1-9]/m,
    );
  } finally {
    await service.stop();
    await there.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
