import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openTab, PHONE, settled, signInAt } from './browser.ts';
import { pressButton, publish, raiseBloodPressure, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** What a person hears who does not see the page. */

onStage({ staff: true, still: true });

/** All that is added to a live region from now on, with how urgent it is: what is replaced at once counts, too. */
const LISTEN = `
  window.heard = [];
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const region = target.closest?.('[data-live-region]');
      // Outside an open dialog nothing is heard.
      const dialog = document.querySelector('dialog:modal');
      if (!region || (dialog && !dialog.contains(region))) continue;
      for (const node of addedNodes) heard.push(region.getAttribute('aria-live') + ' ' + node.textContent);
    }
  }).observe(document.body, { subtree: true, childList: true });`;

const heard = async (page: Page): Promise<string[]> => (await page.evaluate('window.heard')) as string[];

async function listenAt(page: Page, path: string): Promise<void> {
  await signInAt(page, service.url + path, WANG);
  await page.locator('[data-connection="live"]').waitFor();
  await settled(page);
  await page.evaluate(LISTEN);
}

test('a new P1 interrupts once, on any page, and not again with what comes after it', async () => {
  const { page } = await openTab(browser);
  await listenAt(page, '/duty');
  await pressButton(service, '501');
  await expect.poll(() => heard(page)).toHaveLength(1);
  await publish(service, 'wm-601', { at: service.service.clock.now(), event: 'leak' });
  await pressButton(service, '502');
  await expect.poll(() => heard(page)).toHaveLength(2);
  expect(await heard(page)).toEqual([
    expect.stringMatching(/^assertive 新事项 P1 .*501/),
    expect.stringMatching(/^assertive 新事项 P1 .*502/),
  ]);
});

test('a P1 is heard in a dialog as well, and what one did oneself waits until it was read', async () => {
  const { page } = await openTab(browser);
  await listenAt(page, '/cases/501.c1');
  await page.getByRole('button', { name: '添加记录' }).click();
  await page.locator('dialog[open]').waitFor();
  await pressButton(service, '602');
  await expect.poll(() => heard(page)).toEqual([expect.stringMatching(/^assertive 新事项 P1 .*602/)]);
  // An error takes the keyboard to its field.
  await page.getByRole('button', { name: '保存记录' }).click();
  await page.getByText('请写下内容').waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
  await page.keyboard.type('打过电话');
  await page.getByRole('button', { name: '保存记录' }).click();
  await expect.poll(() => heard(page)).toContainEqual(expect.stringMatching(/^polite 记录 ✓/));
  // Nothing that was said was replaced by it.
  expect(await page.locator('.shell > [data-live-region="urgent"]').textContent()).toMatch(/602/);
});

test('whoever takes a case in the list by the keyboard stays in its row, and hears that it worked', async () => {
  const { page } = await openTab(browser);
  await listenAt(page, '/');
  const button = page.getByRole('button', { name: /接手 3号楼2单元502/ });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-case="502.c1"] .owner').waitFor();
  const row = () => page.evaluate(`document.activeElement.closest('[data-case]')?.dataset.case`);
  await expect.poll(row).toBe('502.c1');
  await expect.poll(() => heard(page)).toContainEqual(expect.stringMatching(/^polite 接手 ✓ .*502/));
});

test('after the sign-in the page has the focus', async () => {
  const { page } = await openTab(browser);
  await signInAt(page, service.url, WANG);
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
});

test('a chart says how low and how high it went and when, and is a table for whoever wants one', async () => {
  await raiseBloodPressure(service, '702');
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/702.c1`, WANG);
  const chart = page.locator('.chart[role="img"]').first();
  await chart.waitFor();
  expect(await chart.getAttribute('aria-label')).toMatch(/收缩压 最低 132（.+），最高 192（.+\d\d:\d\d）/);
  const asTable = page.getByText(/用表格看（\d+ 个时刻）/);
  const times = Number(/\d+/.exec((await asTable.textContent()) ?? '')?.[0]);
  await asTable.click();
  const table = page.getByRole('table', { name: /血压/ });
  await table.getByRole('cell', { name: '188' }).waitFor();
  expect(times).toBeGreaterThan(23);
  expect(await table.getByRole('row').count()).toBe(times + 1);
});

test('behind a personal link a mistake is read first, is tied to its field, and loses nothing that was entered', async () => {
  const made = await service.service.homeDoor.make('801', { kind: 'resident', id: 'r-801' }, 30, '王芳');
  const context = await browser.newContext({ viewport: { width: 195, height: 422 }, locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(`${service.url}${made?.path}`);
  const heading = await page.getByRole('heading', { level: 1 }).textContent();
  expect(await page.title()).toBe(`${heading} · 守望 Shouwang`);
  // Before any form, and one tap away.
  const calls = page.getByRole('link', { name: '120' });
  const form = page.getByRole('button', { name: '确认登记' });
  expect((await calls.boundingBox())?.y).toBeLessThan((await form.boundingBox())?.y ?? 0);
  expect(await calls.getAttribute('href')).toBe('tel:120');
  await page.getByLabel('住院').check();
  await page.getByLabel('7 天').check();
  await page.getByLabel('或者到（可不填）').fill('2026-01-01T10:00');
  await form.click();
  const error = page.getByRole('alert');
  await error.waitFor();
  expect(await page.title()).toMatch(/^结束时间须晚于开始时间/);
  expect(await page.evaluate('document.activeElement.id')).toBe('result');
  const until = page.getByLabel('或者到（可不填）');
  expect(await until.getAttribute('aria-invalid')).toBe('true');
  expect(await until.getAttribute('aria-describedby')).toBe(await error.getAttribute('id'));
  expect(await until.inputValue()).toBe('2026-01-01T10:00');
  expect(await page.getByLabel('住院').isChecked()).toBe(true);
  expect(await page.getByLabel('7 天').isChecked()).toBe(true);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  await until.fill('');
  await form.click();
  await page.getByRole('status').waitFor();
  expect(await page.title()).toMatch(/^已登记/);
});
