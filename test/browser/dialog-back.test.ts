import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { dialogGone, openTab, PHONE, picture, settled, signInAt } from './browser.ts';
import { community, DUTY_STAFF, pressButton, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

onStage({ entries: [...community(Date.now()), ...DUTY_STAFF], staff: true }, async () => {
  await pressButton(service, '501');
});

const dialog = (page: Page) => page.locator('dialog[open]');
const path = (page: Page): string => new URL(page.url()).pathname;

test('"back" closes the open dialog and nothing else, however dialogs follow each other', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, WANG);
  await page.locator('[data-case="501.c1"] .case-link').click();
  await page.getByRole('button', { name: '处置', exact: true }).click();
  await dialog(page).waitFor();
  await expect.poll(() => page.evaluate('history.state?.dialogs')).toBe(1);
  await page.goBack();
  await dialog(page).waitFor({ state: 'hidden' });
  expect(path(page)).toBe('/cases/501.c1');

  // One dialog in the place of another.
  await page.getByRole('button', { name: '更多', exact: true }).click();
  await dialog(page).getByRole('button', { name: '转派' }).click();
  await page.getByRole('heading', { name: /请谁/ }).waitFor();
  await dialog(page).getByText('网格员').first().waitFor();
  await picture(page, 'assign-dialog-phone');
  await expect.poll(() => page.evaluate('history.state?.dialogs')).toBe(1);
  await page.goBack();
  await dialog(page).waitFor({ state: 'hidden' });
  expect(path(page)).toBe('/cases/501.c1');

  // Closed otherwise, it leaves nothing behind that "back" would have to pass.
  await page.getByRole('button', { name: '添加记录' }).click();
  await expect.poll(() => page.evaluate('history.state?.dialogs')).toBe(1);
  await dialog(page).getByRole('button', { name: '关闭' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
  await expect.poll(() => page.evaluate('history.state?.dialogs')).toBeUndefined();
  await page.goBack();
  await page.waitForURL((url) => url.pathname === '/');

  // Whoever left the page out of a dialog comes back to the page, and not to a dialog that is not there.
  await page.goForward();
  await page.getByRole('button', { name: '添加记录' }).click();
  await expect.poll(() => page.evaluate('history.state?.dialogs')).toBe(1);
  await page.evaluate(`document.querySelector('a.back').click()`);
  await page.waitForURL((url) => url.pathname === '/');
  await page.goBack();
  await page.waitForURL((url) => url.pathname === '/cases/501.c1');
  await expect.poll(() => page.evaluate('history.state?.dialogs')).toBeUndefined();
  expect(await dialog(page).count()).toBe(0);
  // Nor does a page that is loaded anew where one was open.
  await page.getByRole('button', { name: '添加记录' }).click();
  await expect.poll(() => page.evaluate('history.state?.dialogs')).toBe(1);
  await page.reload();
  await page.getByRole('button', { name: '添加记录' }).waitFor();
  await dialogGone(page);
  await page.goBack();
  await page.waitForURL((url) => url.pathname === '/');
  await settled(page);
  expect(troubles).toEqual([]);
});

test('a press of a button is not said to last', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/501.c1`, WANG);
  await page.getByText('一次性事件，处置后结束').waitFor();
  expect(await page.getByText('仍在持续').count()).toBe(0);
});
