import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signIn, type TestService, testService } from '../service.ts';
import { launch, openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
import { addStaff, community, LIN, pressButton, WANG } from './community.ts';

let service: TestService;
let browser: Browser;
let dir: string;
const entries = community(Date.now());

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shouwang-browser-'));
  service = await testService({ entries, dir });
  await addStaff(service);
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await rm(dir, { recursive: true, force: true });
});

const portOf = (url: string): number => Number(new URL(url).port);

/** The same service again, on the same data and the same address. */
const again = (http: number): Promise<TestService> =>
  testService({ entries, dir, service: { http: { host: '127.0.0.1', port: http } } });

test('a server that goes away is told in plain sight, and when it is back nothing was missed', async () => {
  await pressButton(service, '501');
  const { page, troubles } = await openTab(browser);
  await signInAt(page, service.url, WANG);
  await page.locator('[data-case="501.c1"]').waitFor();
  await page.locator('[data-connection="live"]').first().waitFor();
  await page.evaluate('window.neverReloaded = true');

  const port = portOf(service.url);
  await service.stop();
  await page.locator('[data-connection="reconnecting"]').waitFor();
  await page.locator('[data-connection="stale"]').waitFor();
  await page
    .getByText(/起未更新/)
    .first()
    .waitFor();

  service = await again(port);
  // These happen before the page has found its way back: it must catch up by the last id that it saw.
  await pressButton(service, '502');
  await pressButton(service, '601');
  await page.locator('[data-connection="live"]').waitFor();
  await page.locator('[data-case="502.c1"]').waitFor();
  await page.locator('[data-case="601.c1"]').waitFor();
  expect(await page.locator('.case').count()).toBe(3);
  expect(await page.evaluate('window.neverReloaded')).toBe(true);
  expect(troubles).toEqual([]);
});

test('a page that is reloaded without a connection says so and since when, shows no case, and goes on by itself', async () => {
  await pressButton(service, '901');
  const desk = { width: 1280, height: 800 };
  for (const [viewport, language, words] of [
    [PHONE, '中文', /之后的事项这里看不到：看不到，不等于没有/],
    [desk, 'English', /No case since .* can be seen here/],
  ] as const) {
    const { page, troubles } = await openTab(browser, { viewport });
    await signInAt(page, service.url, WANG);
    await speak(page, language);
    await page.locator('[data-connection="live"]').first().waitFor();
    await page.evaluate('navigator.serviceWorker.ready');
    await expect.poll(() => page.evaluate(`caches.match('/').then((kept) => kept !== undefined)`)).toBe(true);
    await page.goto(`${service.url}/cases/901.c1`);
    await settled(page);
    const port = portOf(service.url);
    await service.stop();
    await page.reload();
    await page.getByText(words).waitFor();
    await expect.poll(() => page.title()).toMatch(/^(断线|Offline) · /);
    expect(await page.getByText('901').count()).toBe(0);
    // Of what the service said nothing is kept.
    expect(
      await page.evaluate(`caches.open('console-frame').then((cache) => cache.keys())
        .then((keys) => keys.map(({ url }) => new URL(url).pathname).filter((path) => path.startsWith('/api')))`),
    ).toEqual([]);
    await picture(page, `away-${viewport.width}-${language}`);
    service = await again(port);
    await page.getByRole('heading', { name: /901/ }).waitFor();
    await page.locator('[data-connection="live"]').first().waitFor();
    expect(troubles).toEqual([]);
  }
});

test('what is done without a connection waits, survives a reload, and is sent once', async () => {
  await pressButton(service, '701');
  const { page, context } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/701.c1`, WANG);
  await page.getByRole('button', { name: '接手' }).waitFor();
  await page.route('**/api/v1/cases/**', (route) =>
    route.request().method() === 'POST' ? route.abort('connectionfailed') : route.continue(),
  );
  await page.getByRole('button', { name: '接手' }).click();
  await page.getByText(/接手：等待网络，还没有送出/).waitFor();
  await page.getByRole('button', { name: '添加记录' }).click();
  await page.getByLabel('记录内容').fill('已到楼下');
  await page.getByRole('button', { name: '保存记录' }).click();
  await page.getByText('已到楼下').waitFor();
  await page.getByText('2 项未送出').waitFor({ state: 'attached' });
  await page.reload();
  await page.getByText(/接手：等待网络，还没有送出/).waitFor();
  expect(await service.service.records.case('701.c1')).toMatchObject({ status: 'open' });

  await page.unroute('**/api/v1/cases/**');
  await context.setOffline(true);
  await context.setOffline(false);
  await page.locator('[data-entry="note"]', { hasText: '已到楼下' }).waitFor();
  await page.locator('[data-entry="acknowledged"]').waitFor();
  const entriesOfCase = await service.service.records.caseEntries('701.c1');
  expect(entriesOfCase.filter((one) => one.type === 'note')).toHaveLength(1);
  expect(entriesOfCase.filter((one) => one.type === 'acknowledged')).toHaveLength(1);
});

/** As if what waits had been pressed earlier; nothing on the page without a connection writes it anew. */
const age = (page: Page, ms: number) =>
  page.evaluate(`for (const name of Object.keys(localStorage).filter((one) => one.startsWith('shouwang.action.'))) {
    const action = JSON.parse(localStorage.getItem(name));
    localStorage.setItem(name, JSON.stringify({ ...action, createdAt: action.createdAt - ${ms} }));
  }`);

/** Signed in on a phone at a case, of which nothing that is sent arrives, and the page is kept. */
async function cutOffAt(home: string, language: string): Promise<Page> {
  await pressButton(service, home);
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/${home}.c1`, WANG);
  await speak(page, language);
  await page.evaluate('navigator.serviceWorker.ready');
  await expect.poll(() => page.evaluate(`caches.match('/').then((kept) => kept !== undefined)`)).toBe(true);
  await page.route('**/api/v1/cases/**', (route) =>
    route.request().method() === 'POST' ? route.abort('connectionfailed') : route.continue(),
  );
  return page;
}

test('who pressed hours ago without a connection is named what waits, and asked before anybody is told', async () => {
  const page = await cutOffAt('902', '中文');
  await page.getByRole('button', { name: '接手' }).click();
  await page.getByText(/3 分钟内网络恢复会自动送出/).waitFor();
  await settled(page);
  await picture(page, 'held-young-zh');
  const port = portOf(service.url);
  await service.stop();
  await page.reload();
  await page.getByText(/本机有 1 项未确认送达/).waitFor();
  await age(page, 2 * 3_600_000);
  await page.reload();
  await page.getByText(/接手 · 事项 \d+ · /).waitFor();
  await page.getByText('不会自动送出').waitFor();
  expect(await tooWide(page)).toBe(0);
  await picture(page, 'held-away-zh');

  await page.unroute('**/api/v1/cases/**');
  service = await again(port);
  await page.getByText(/接手：.*按下，未确认送达。现在仍然如此吗？/).waitFor();
  await page.locator('[data-connection="live"]').first().waitFor();
  expect(await service.service.records.case('902.c1')).toMatchObject({ status: 'open' });
  await settled(page);
  await picture(page, 'held-asks-zh');
  await speak(page, 'English');
  await page.getByText(/Acknowledge: pressed .* Is it still so\?/).waitFor();
  await picture(page, 'held-asks-en');
  await speak(page, '中文');
  await page.getByRole('button', { name: '送出', exact: true }).click();
  await page.locator('[data-entry="acknowledged"]').waitFor();
  await page.locator('[data-entry="note"]', { hasText: /“接手”是 .* 做的/ }).waitFor();
  await picture(page, 'held-told-zh');
});

test('what waits can be given up without a connection, and is never sent', async () => {
  const page = await cutOffAt('1001', 'English');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByText(/the network is back within 3 minutes/).waitFor();
  await settled(page);
  await picture(page, 'held-young-en');
  const port = portOf(service.url);
  await service.stop();
  await page.reload();
  await age(page, 2 * 3_600_000);
  await page.reload();
  await page.getByText(/1 deed on this device not confirmed/).waitFor();
  expect(await tooWide(page)).toBe(0);
  await picture(page, 'held-away-en');
  await page.getByRole('button', { name: /Discard: Acknowledge/ }).click();
  await page.getByText(/on this device not confirmed/).waitFor({ state: 'detached' });

  await page.unroute('**/api/v1/cases/**');
  service = await again(port);
  await page.getByRole('heading', { name: /1001/ }).waitFor();
  await page.locator('[data-connection="live"]').first().waitFor();
  await settled(page);
  expect(await page.locator('.fate').count()).toBe(0);
  expect(await service.service.records.case('1001.c1')).toMatchObject({ status: 'open' });
});

test('a page that stays open asks as well, and a signal that comes back sends nothing before the answer', async () => {
  const page = await cutOffAt('1002', '中文');
  await page.getByRole('button', { name: '接手' }).click();
  await page.getByText(/接手：等待网络，还没有送出/).waitFor();
  await page.clock.setFixedTime(Date.now() + 4 * 60_000);
  await page.getByText(/接手：.*现在仍然如此吗？/).waitFor();
  await page.unroute('**/api/v1/cases/**');
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  // What is written afterwards arrives, and what is asked about still waits.
  await page.getByRole('button', { name: '添加记录' }).click();
  await page.getByLabel('记录内容').fill('电话打不通');
  await page.getByRole('button', { name: '保存记录' }).click();
  await page.locator('[data-entry="note"]', { hasText: '电话打不通' }).waitFor();
  expect(await service.service.records.case('1002.c1')).toMatchObject({ status: 'open' });
  await page.getByRole('button', { name: '放弃' }).click();
  await expect.poll(() => page.locator('.fate').count()).toBe(0);
});

test('an answer that was lost on the way back does not do it twice', async () => {
  await pressButton(service, '702');
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/702.c1`, WANG);
  let lost = 0;
  await page.route('**/api/v1/cases/*/notes', async (route) => {
    const response = await route.fetch();
    lost += 1;
    if (lost === 1) await route.abort('connectionreset');
    else await route.fulfill({ response });
  });
  await page.getByRole('button', { name: '添加记录' }).click();
  await page.getByLabel('记录内容').fill('邻居说昨天见过');
  await page.getByRole('button', { name: '保存记录' }).click();
  await expect.poll(() => lost).toBe(2);
  await expect.poll(() => page.getByText('等待网络').count()).toBe(0);
  const notes = (await service.service.records.caseEntries('702.c1')).filter((one) => one.type === 'note');
  expect(notes).toHaveLength(1);
});

test('whoever is given another grid sees at once what is theirs now, and nothing else, without a reload', async () => {
  const other = { noun: 'node', path: 'haitang/g2', level: 'grid', name: '二网格' } as const;
  await service.service.submit({ type: 'registry.apply', put: [other], remove: [] }, 'test');
  await pressButton(service, '801');
  const { page } = await openTab(browser);
  await signInAt(page, service.url, LIN);
  await page.locator('[data-case="801.c1"]').waitFor();
  await page.locator('[data-connection="live"]').first().waitFor();
  await page.evaluate('window.neverReloaded = true');
  const cookie = await signIn(service.url);
  const give = (node: string) =>
    fetch(`${service.url}/api/v1/users/${LIN.user}`, {
      method: 'PUT',
      headers: { cookie, origin: service.url, 'content-type': 'application/json' },
      body: JSON.stringify({ name: LIN.name, roles: [{ role: 'responder', node }] }),
    });
  expect((await give(other.path)).status).toBe(200);
  await page.locator('[data-case="801.c1"]').waitFor({ state: 'detached' });
  expect((await give('haitang')).status).toBe(200);
  await page.locator('[data-case="801.c1"]').waitFor();
  await page.locator('[data-connection="live"]').first().waitFor();
  expect(await page.evaluate('window.neverReloaded')).toBe(true);
});
