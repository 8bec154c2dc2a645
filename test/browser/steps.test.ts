import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestService, testService } from '../service.ts';
import { launch, openTab, PHONE, picture, signInAt } from './browser.ts';
import { addStaff, community, LIN, pressButton, WANG } from './community.ts';

let service: TestService;
let browser: Browser;

beforeAll(async () => {
  service = await testService({ entries: community(Date.now()) });
  await addStaff(service);
  browser = await launch();
  await pressButton(service, '501');
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

test('who sets out, arrives and calls says so with one tap each', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, WANG);
  await page.goto(`${service.url}/cases/501.c1`);
  await page.getByRole('button', { name: '进展' }).click();
  await picture(page, 'steps-dialog-phone');
  await page.getByRole('button', { name: '已出发' }).click();
  await page.getByText('由 王芳 处理').waitFor();
  await page.locator('[data-entry="step"]', { hasText: '已出发' }).waitFor();
  await page.getByRole('button', { name: '进展' }).click();
  await page.locator('select[name=whom]').selectOption({ label: '王建国' });
  await page.getByRole('button', { name: '电话无人接听' }).click();
  await page.locator('[data-entry="step"]', { hasText: '王建国：电话无人接听' }).waitFor();
  await picture(page, 'steps-case-phone');
  expect(troubles).toEqual([]);
});

test('a case that somebody else has is taken over knowingly', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, LIN);
  await page.goto(`${service.url}/cases/501.c1`);
  await page.getByRole('button', { name: '接过来' }).click();
  await page.getByRole('dialog').getByText('王芳 正在处理').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '接过来' }).click();
  await page.getByText('由 林晓 处理').waitFor();
  await page.locator('[data-entry="taken-over"]').waitFor();
});
