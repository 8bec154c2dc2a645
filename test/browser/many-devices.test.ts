import { expect, test } from 'vitest';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { openTab, PHONE, picture, settled, signInAt, tooWide } from './browser.ts';
import { ADMINISTRATOR, community } from './community.ts';
import { browser, onStage, service } from './stage.ts';

const DAY_MS = 86_400_000;
const MORE = 320;

const meters = Array.from({ length: MORE }, (_, index): RegistryEntry => {
  const id = `more-${String(index).padStart(3, '0')}`;
  const enrolledAt = Date.now() - 90 * DAY_MS;
  return { noun: 'device', id, home: '501', model: 'water-meter', enrolledAt, disabled: false };
});

onStage({ entries: [...community(Date.now()), ...meters], still: true });

test('of hundreds of devices a phone draws what needs somebody first, and the others where they are asked for', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/devices`, ADMINISTRATOR);
  await settled(page);
  const rows = page.locator('tr[data-device]');
  expect(await rows.count()).toBe(100);
  await page.getByText('显示 344 台，其中 0 台失联').waitFor();
  expect(await tooWide(page)).toBe(0);
  await page.getByRole('button', { name: '再显示 200 台（还有 244 台）' }).scrollIntoViewIfNeeded();
  await picture(page, 'many-devices-phone');
  await page.getByRole('button', { name: '再显示 200 台（还有 244 台）' }).click();
  await expect.poll(() => rows.count()).toBe(300);
  await page.getByRole('button', { name: '再显示 44 台（还有 44 台）' }).click();
  await expect.poll(() => rows.count()).toBe(344);
  expect(await page.getByRole('button', { name: /再显示/ }).count()).toBe(0);
  await page.getByRole('searchbox').fill('more-319');
  await expect.poll(() => rows.count()).toBe(1);
});
