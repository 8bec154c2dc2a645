import { expect, test } from 'vitest';
import { ADMIN } from '../service.ts';
import { DESK, openTab, PHONE, picture, signInAt } from './browser.ts';
import { browser, onStage, service } from './stage.ts';

onStage(
  {
    // Nobody listens there.
    service: { store: { telemetry: 'influx1', influx1: { url: 'http://127.0.0.1:9' } } },
  },
  async () => {
    const payload = Buffer.from(JSON.stringify({ water_index_m3: 1 }));
    const [device] = service.service.registry.allDevices();
    await service.service.deliver({
      receivedAt: Date.now(),
      topic: `shouwang/${device?.id}/telemetry`,
      payload,
    });
    await service.telemetry.maintain(Date.now());
  },
);

test.each([
  ['phone', PHONE],
  ['desk', DESK],
] as const)('the status page says what waits for a store that is away: %s', async (name, viewport) => {
  const { page, troubles } = await openTab(browser, { viewport });
  await signInAt(page, service.url, ADMIN);
  await page.goto(`${service.url}/status`);
  await page.getByRole('heading', { name: '读数的外部数据库' }).waitFor();
  await page.getByText('外部数据库无法连接').waitFor();
  await picture(page, `status-outside-${name}`);
  expect(troubles).toEqual([]);
});
