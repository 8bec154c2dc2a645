import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
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
