import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DESK, openTab, PHONE, picture, settled, signInAt, tooWide } from './browser.ts';
import { ADMINISTRATOR, community, pressButton, publish, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

const HOUR = 3_600_000;

onStage(() => {
  const now = Date.now();
  const away = { from: now - 20 * HOUR, until: now + 48 * HOUR, kind: 'travel' as const, by: '周敏' };
  const entries = community(now).map((entry) =>
    entry.noun === 'home' && entry.id === '601' ? { ...entry, away: [away] } : entry,
  );
  return { entries, staff: true };
});

test('whoever is asked whether somebody is back answers by one tap', async () => {
  const now = Date.now();
  await publish(
    service,
    'wm-601',
    [3, 2, 1].map((hours) => ({ at: now - hours * HOUR, water_index_m3: hours === 1 ? 10.03 : 10 })),
  );
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/601.c1`, WANG);
  await page.getByRole('heading', { name: '其实没有回来？' }).waitFor();
  expect(await page.getByRole('button', { name: '已去世' }).count()).toBe(0);
  await page.getByText('有用水').first().waitFor();
  await settled(page);
  await picture(page, 'care-phone');
  await page.getByRole('button', { name: '未回，延长 3 天' }).click();
  await page.locator('[data-entry="struck-off"]').waitFor();
  expect(await page.getByRole('button', { name: '未回，延长 3 天' }).count()).toBe(0);
  expect(troubles).toEqual([]);
});

/** Pressed again before the service has answered; says how often it was asked. */
async function twice(page: Page, address: string, button: Locator): Promise<() => number> {
  const answered = Promise.withResolvers<void>();
  let asked = 0;
  await page.route(address, async (route) => {
    if (route.request().method() === 'POST') {
      asked += 1;
      await answered.promise;
    }
    await route.continue();
  });
  await button.click();
  await button.dispatchEvent('click');
  answered.resolve();
  return () => asked;
}

test('a home is silenced: it is seen everywhere, held back, and ended by hand', async () => {
  const { page, troubles } = await openTab(browser, { viewport: DESK });
  await signInAt(page, `${service.url}/homes/501`, ADMINISTRATOR);
  await page.getByRole('button', { name: '静音此住户' }).click();
  await page.getByLabel('原因', { exact: true }).fill('换水表');
  await page
    .getByLabel('如需连 P1 和呼救（紧急呼叫、跌倒，不论级别）也不通知，请写明原因')
    .fill('与老人演示按钮');
  await picture(page, 'silence-dialog-desk');
  // Two taps on a slow line: a second silence would go on when the first is ended.
  const silencesAsked = await twice(page, '**/api/v1/silences', page.getByRole('button', { name: '确认' }));
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(silencesAsked()).toBe(1);
  await pressButton(service, '501');
  await page.goto(`${service.url}/cases/501.c1`);
  await page.getByText('换水表').first().waitFor();
  await page.getByText('1 项静音生效中').waitFor();
  await page.getByText(/^连 P1 和呼救也不通知：501，至 /).waitFor();
  const responder = await openTab(browser, { viewport: PHONE });
  await signInAt(responder.page, service.url, WANG);
  await responder.page.getByText(/^连 P1 和呼救也不通知：501，至 /).waitFor();
  await responder.page.locator('[data-case="501.c1"]').getByText('静音，未通知').waitFor();
  await responder.page.getByRole('link', { name: '查看', exact: true }).click();
  await responder.page.getByText('包括 P1 和呼救：与老人演示按钮').waitFor();
  expect(await responder.page.getByRole('button', { name: '立即结束' }).count()).toBe(0);
  expect(await tooWide(responder.page)).toBe(0);
  expect(responder.troubles).toEqual([]);
  await settled(page);
  await picture(page, 'silenced-desk');
  await page.goto(`${service.url}/status`);
  await page.getByRole('heading', { name: '静音与试运行' }).waitFor();
  await page.getByText('拦下').waitFor();
  await settled(page);
  await picture(page, 'silences-desk');
  await page.getByRole('button', { name: '立即结束' }).click();
  await page.getByRole('button', { name: '立即结束' }).waitFor({ state: 'detached' });
  expect(troubles).toEqual([]);
});

test('a drill is begun from the home, and its report stands with it; the ledger says how right rules were', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/502`, ADMINISTRATOR);
  await page.getByRole('button', { name: '演练', exact: true }).click();
  const begin = page.getByRole('button', { name: '开始 P1 演练' });
  const drillsAsked = await twice(page, '**/api/v1/homes/502/drill', begin);
  await page.getByRole('heading', { name: '演练报告' }).waitFor();
  expect(drillsAsked()).toBe(1);
  await page.getByRole('button', { name: '接手' }).click();
  await page.getByText('接手 ·').first().waitFor();
  await settled(page);
  await picture(page, 'drill-phone');
  const outcome = { outcome: 'asleep', note: '', contactMadeBy: '王芳', contact: 'spoken' } as const;
  await service.service.submit({ type: 'case.resolve', case: '501.c1', ...outcome }, '王芳');
  await page.goto(`${service.url}/ledger`);
  await page.getByRole('heading', { name: '规则准确率' }).waitFor();
  await page.getByText('0%（0% 至 79%）').first().waitFor();
  // A rule by what it finds, with its id beside it for whoever writes the rules.
  const rules = page.getByRole('region', { name: /已有处置结果的事项中/ });
  await rules.getByRole('rowheader', { name: '紧急呼叫 B1' }).waitFor();
  expect(await page.locator('main').innerText()).not.toContain('Wilson');
  await page.getByText('左右滑动看全部列').first().waitFor();
  expect(await tooWide(page)).toBe(0);
  await settled(page);
  await picture(page, 'precision-phone');
  expect(troubles).toEqual([]);
});
