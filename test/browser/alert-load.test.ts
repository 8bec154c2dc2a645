import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layMonth } from '../alert-month.ts';
import { type TestService, testService } from '../service.ts';
import { launch, openTab, PHONE, picture, settled, signInAt, tooWide } from './browser.ts';
import { ADMINISTRATOR, addStaff, community, HOMES, WANG } from './community.ts';

let service: TestService;
let browser: Browser;

beforeAll(async () => {
  service = await testService({ entries: community(Date.now()) });
  await addStaff(service);
  const homes = HOMES.map((id) => ({ id, path: service.service.registry.homePath(id) ?? '' }));
  layMonth(join(service.dir, 'data', 'records.db'), {
    homes,
    from: Date.parse('2026-03-01T00:00:00+08:00'),
    days: 31,
    alerts: 300,
    staff: [WANG.name, '赵师傅'],
  });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

const ADDRESS = '/ledger?from=2026-03-01&to=2026-03-31';
const WIDE = { width: 1280, height: 900 };

test.each([
  ['zh', PHONE],
  ['zh', WIDE],
  ['en', PHONE],
  ['en', WIDE],
] as const)('the load of a month with its marks, in %s at %o', async (language, viewport) => {
  const { page, troubles } = await openTab(browser, { viewport });
  await signInAt(page, `${service.url}${ADDRESS}`, ADMINISTRATOR);
  const card = page.locator('.alert-load');
  await card.locator('.load-figures dd').first().waitFor();
  await page.locator('.menu > summary').click();
  await page.getByRole('button', { name: language === 'en' ? 'English' : '中文' }).click();
  await page.keyboard.press('Escape');
  const zh = language === 'zh';
  await card.getByRole('heading', { name: zh ? '告警负荷' : 'Load of alerts', exact: true }).waitFor();
  const missed = card.locator('.load-figures > div').first();
  await expect
    .poll(() => missed.innerText())
    .toContain(zh ? '系统漏掉的人' : 'People whom the service missed');
  expect(await missed.getAttribute('class')).toBe('load-beyond');
  expect(await missed.innerText()).toContain(zh ? '2 人次' : '2');
  // Those found in need, with their cases.
  await card
    .getByRole('heading', { name: zh ? '被发现时已需要帮助的人' : 'People who were found in need' })
    .waitFor();
  await settled(page);
  await card.scrollIntoViewIfNeeded();
  await picture(page, `alert-load-${language}-${viewport.width}`);
  expect(await tooWide(page)).toBe(0);
  expect(troubles).toEqual([]);
});

test('another desk and other alerts are counted as soon as they are chosen', async () => {
  const { page, troubles } = await openTab(browser, { viewport: WIDE });
  await signInAt(page, `${service.url}${ADDRESS}`, ADMINISTRATOR);
  const card = page.locator('.alert-load');
  await card.locator('.load-figures').waitFor();
  await card.locator('select[name=about]').selectOption('people');
  await card.locator('select[name=desk]').selectOption('grid');
  await card.locator('.load-figures').waitFor();
  const mix = card.locator('.load-figures > div', { hasText: '告警等级构成' });
  // There is no low one but leaks among those of people and homes: P3.
  await expect.poll(() => mix.innerText()).not.toContain('0% / 0%');
  const csv = await card.getByRole('link', { name: '导出告警负荷 CSV' }).getAttribute('href');
  expect(csv).toContain('desk=grid&about=people');
  expect(troubles).toEqual([]);
});

test('whoever enters help can say that nobody called and somebody was found, and is told what becomes of it', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/502`, ADMINISTRATOR);
  await page.getByRole('button', { name: '登记求助' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('不是来电求助：有人被发现时已经需要帮助').check();
  await dialog.getByText('会记入台账“系统漏掉的”').waitFor();
  await dialog.getByLabel('什么事', { exact: true }).fill('邻居发现倒在门口，已送医院');
  await settled(page);
  await picture(page, 'found-in-need');
  expect(await tooWide(page)).toBe(0);
  await dialog.locator('button[type=submit]').click();
  await page.waitForURL('**/cases/**');
  const { items } = await service.service.records.alerts(
    { paths: [''], home: '502', rule: 'asked-by-people' },
    { limit: 1 },
  );
  expect(items[0]?.evidence.values).toEqual({ event: 'help-asked', found: 'yes' });
  expect(troubles).toEqual([]);
});
