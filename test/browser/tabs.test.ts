import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openTab, settled, signInAt } from './browser.ts';
import { LIN, pressButton, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

onStage({ staff: true });

/** More than a browser has connections for a service over HTTP/1.1. */
const TABS = 8;
const live = (page: Page) => page.locator('[data-connection="live"]').first().waitFor();
const streams = async (): Promise<number> => {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  return Number(/^shouwang_stream_readers (\d+)/m.exec(text)?.[1]);
};

async function openTabs(context: BrowserContext, first: Page): Promise<Page[]> {
  const pages = [first];
  while (pages.length < TABS) {
    const page = await context.newPage();
    await page.goto(service.url);
    await settled(page);
    pages.push(page);
  }
  return pages;
}

test('a browser with eight tabs shows in each what happens, over one connection, and each can ask for more', async () => {
  const { page, context, troubles } = await openTab(browser);
  await signInAt(page, service.url, WANG);
  const pages = await openTabs(context, page);
  for (const one of pages) await live(one);
  await expect.poll(streams).toBe(1);
  await pressButton(service, '501');
  for (const one of pages) await one.locator('[data-case="501.c1"]').waitFor();
  await pages.at(-1)?.locator('[data-case="501.c1"] a').click();
  await pages.at(-1)?.getByRole('heading', { name: /501/ }).waitFor();
  // The tab that was there first goes, and takes nothing from the others.
  await page.close();
  await pressButton(service, '502');
  for (const one of pages.slice(1, -1)) await one.locator('[data-case="502.c1"]').waitFor();
  await expect.poll(streams).toBe(1);
  expect(troubles).toEqual([]);
  await context.close();
  await expect.poll(streams).toBe(0);
});

test('whoever signs in after somebody else in one of the tabs is who all of them are, and all of them hear on', async () => {
  const { page, context } = await openTab(browser);
  await signInAt(page, service.url, WANG);
  const other = await context.newPage();
  await other.goto(service.url);
  for (const one of [page, other]) await live(one);
  await page.getByLabel(/^用户菜单/).click();
  await page.getByRole('button', { name: '退出登录' }).click();
  await other.getByText('登录已过期').waitFor();
  await signInAt(page, service.url, LIN);
  await live(page);
  await other.getByLabel('用户菜单：林晓').waitFor({ state: 'attached' });
  await live(other);
  await expect.poll(streams).toBe(1);
  await pressButton(service, '601');
  for (const one of [page, other]) await one.locator('[data-case="601.c1"]').waitFor();
  await context.close();
});

test('whoever signs in again in one tab has signed in again in all, and what they were writing in another is there', async () => {
  const { page, context } = await openTab(browser);
  await signInAt(page, service.url, WANG);
  const other = await context.newPage();
  await other.goto(`${service.url}/cases/501.c1`);
  await other.getByRole('button', { name: '添加记录' }).click();
  await other.getByLabel('记录内容').fill('敲门无人应答');
  for (const one of [page, other]) await live(one);
  await context.clearCookies();
  await page.getByRole('link', { name: '台账' }).click();
  // The dialog may lie over it already: the worker has told all tabs.
  await other.getByRole('button', { name: '保存记录' }).dispatchEvent('click');
  for (const one of [page, other]) await one.getByText('登录已过期').waitFor();
  await page.getByLabel('密码', { exact: true }).fill(WANG.password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  for (const one of [page, other]) await one.getByText('登录已过期').waitFor({ state: 'detached' });
  for (const one of [page, other]) await live(one);
  await other.locator('[data-entry="note"]').getByText('敲门无人应答').waitFor();
  await context.close();
});

test('where the worker that tabs share never answers each page has a connection of its own', async () => {
  const { page, context } = await openTab(browser, { clock: true });
  await context.addInitScript(`window.SharedWorker = class {
    port = { postMessage() {}, close() {}, onmessage: null };
  };`);
  await signInAt(page, service.url, WANG);
  await page.clock.fastForward(7_000);
  await live(page);
  await pressButton(service, '602');
  await page.locator('[data-case="602.c1"]').waitFor();
  await expect.poll(streams).toBe(1);
  await context.close();
});

test('where the worker dies a page has a connection of its own, and misses nothing', async () => {
  const { page, context } = await openTab(browser, { clock: true });
  // It dies once the page is live: from then on it says nothing.
  await context.addInitScript(`
    const Shared = window.SharedWorker;
    window.SharedWorker = class extends Shared {
      constructor(...of) {
        super(...of);
        window.killWorker = () => { this.port.close(); };
      }
    };`);
  await signInAt(page, service.url, WANG);
  await live(page);
  await page.evaluate('window.killWorker()');
  await pressButton(service, '701');
  // It is quiet for so long that the page asks, and is not answered.
  await page.clock.fastForward(46_000);
  await page.clock.fastForward(7_000);
  await page.locator('[data-case="701.c1"]').waitFor();
  await live(page);
  await context.close();
});
