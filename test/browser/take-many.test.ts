import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openTab, PHONE, picture, settled, signInAt, speak, tooWide, withoutStream } from './browser.ts';
import { LIN, pressButton, raiseBloodPressure, stopWater, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

const EIGHT = ['501', '502', '601', '602', '701', '702', '801', '802'] as const;
/** High enough for the whole list: at its beginning new cases would come in by themselves. */
const HIGH_DESK = { width: 1280, height: 1400 };

onStage({ staff: true }, async () => {
  for (const home of EIGHT) await raiseBloodPressure(service, home);
});

const idsOf = (page: Page): Promise<string[]> =>
  page.locator('.case').evaluateAll((rows) => rows.map((one) => String(one.getAttribute('data-case'))));
const boxOf = (page: Page, home: string) => page.locator(`[data-case="${home}.c1"] input[type=checkbox]`);
const choosing = (page: Page) => page.getByRole('region', { name: '一起接手' });
const report = (page: Page) => page.getByRole('region', { name: '接手结果' });
const ready = (page: Page, name: string | RegExp) => page.getByRole('button', { name, disabled: false });
const stored = (home: string) => service.service.records.case(`${home}.c1`);

test('of five that are taken together one is somebody else’s already, one waits for the connection, and all are told by name', async () => {
  const { page, context, troubles } = await openTab(browser, { viewport: PHONE });
  // It does not hear what others do: only the service can say no.
  await withoutStream(page);
  const keys: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/acknowledge')) keys.push(request.headers()['idempotency-key'] ?? '');
  });
  await signInAt(page, service.url, WANG);
  await settled(page);
  await picture(page, 'many-before-phone-zh');
  await ready(page, '选择多项').click();
  await expect.poll(() => page.getByRole('checkbox').count()).toBe(8);
  for (const home of ['501', '502', '601', '602']) await boxOf(page, home).check();
  await service.service.submit({ type: 'case.acknowledge', case: '602.c1' }, '林晓');
  await settled(page);
  await picture(page, 'many-choosing-phone-zh');
  expect(await tooWide(page)).toBe(0);
  await ready(page, '接手所选 4 项').click();
  await report(page).getByText('已接手 3 项').waitFor();
  await report(page)
    .getByRole('listitem')
    .filter({ hasText: /602 #\d+.*林晓 已于 .* 先接手/ })
    .waitFor();
  await page
    .locator('[data-live-region]', { hasText: '已接手 3 项、1 项没有接手' })
    .waitFor({ state: 'attached' });
  await picture(page, 'many-told-phone-zh');
  expect(await tooWide(page)).toBe(0);
  for (const home of ['501', '502', '601'])
    expect(await stored(home)).toMatchObject({ acknowledgedBy: '王芳' });
  expect(await stored('602')).toMatchObject({ acknowledgedBy: '林晓' });
  expect(new Set(keys).size).toBe(4);
  await ready(page, '知道了').click();
  await report(page).waitFor({ state: 'detached' });
  expect(await page.getByText('没有成功').count()).toBe(0);

  await ready(page, '选择多项').click();
  await boxOf(page, '701').check();
  await context.setOffline(true);
  await ready(page, '接手所选 1 项').click();
  await report(page).getByText('1 项等待网络，还没有送出').waitFor();
  await picture(page, 'many-waiting-phone-zh');
  expect(await stored('701')).toMatchObject({ status: 'open' });
  await context.setOffline(false);
  await report(page).getByText('已接手 1 项').waitFor();
  expect(await stored('701')).toMatchObject({ acknowledgedBy: '王芳' });
  const lines = await service.service.records.caseEntries('701.c1');
  expect(lines.filter(({ type }) => type === 'acknowledged')).toHaveLength(1);
  for (const home of ['702', '801', '802']) expect(await stored(home)).toMatchObject({ status: 'open' });
  expect(troubles).toEqual([]);
});

test('while somebody chooses nothing moves, what can be taken no more is let go by name, and "back" leaves the choice', async () => {
  for (const home of ['901', '902']) await stopWater(service, home);
  const { page, troubles } = await openTab(browser, { viewport: HIGH_DESK });
  await page.clock.install();
  await signInAt(page, `${service.url}/?status=open`, WANG);
  await page.locator('[data-case="702.c1"]').waitFor();
  await page.locator('[data-connection="live"]').first().waitFor();
  await settled(page);
  await picture(page, 'many-before-desk-zh');
  await ready(page, '选择多项').click();
  await boxOf(page, '702').focus();
  await page.keyboard.press('Space');
  const before = await idsOf(page);
  const place = await boxOf(page, '801').boundingBox();

  await pressButton(service, '1001');
  await page.getByRole('button', { name: /1 条新事项，最高 P1/ }).waitFor();
  await service.service.submit({ type: 'case.acknowledge', case: '702.c1' }, '林晓');
  await page.locator('[data-case="702.c1"]', { hasText: '林晓' }).waitFor();
  // Nobody has pointed at anything for long: only that somebody chooses keeps the list as it is.
  await page.clock.fastForward(30_000);
  await boxOf(page, '801').check();
  expect(await idsOf(page)).toEqual(before);
  expect(await boxOf(page, '801').boundingBox()).toEqual(place);
  await picture(page, 'many-choosing-desk-zh');

  // The person asks for what is new: it comes in, and what was chosen stays chosen.
  await page.getByRole('button', { name: /1 条新事项/ }).click();
  await page.locator('[data-case="1001.c1"]', { hasText: '须单独接手' }).waitFor();
  expect(await page.locator('[data-case="1001.c1"] input').count()).toBe(0);
  expect(await boxOf(page, '801').isChecked()).toBe(true);
  await speak(page, 'English');
  await ready(page, 'Take 1 case').waitFor();
  await picture(page, 'many-choosing-desk-en');
  await speak(page, '中文');

  await ready(page, '接手所选 1 项').click();
  await report(page).getByText('已接手 1 项').waitFor();
  await speak(page, 'English');
  await page
    .getByRole('listitem')
    .filter({ hasText: /702 #\d+.*林晓 acknowledged first/ })
    .waitFor();
  await picture(page, 'many-told-desk-en');
  await speak(page, '中文');
  await ready(page, '知道了').click();

  await ready(page, '选择多项').click();
  await expect.poll(() => page.evaluate('history.state?.dialogs')).toBe(1);
  await page.goBack();
  await choosing(page).waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?status=open');
  await ready(page, '选择多项').click();
  await page.keyboard.press('Escape');
  await choosing(page).waitFor({ state: 'detached' });
  expect(troubles).toEqual([]);
});

test('all that is shown is chosen with one tap, Shift reaches over rows, and another filter begins anew', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/?status=open`, LIN);
  await page.locator('[data-case="901.c1"]').waitFor();
  await settled(page);
  await ready(page, '选择多项').click();
  const boxes = page.locator('.case input[type=checkbox]');
  const n = await boxes.count();
  await page.getByRole('button', { name: `全选可见 ${n} 项` }).click();
  await ready(page, `接手所选 ${n} 项`).waitFor();
  await page.getByRole('button', { name: `全选可见 ${n} 项` }).click();
  await page.getByRole('button', { name: '接手所选 0 项', disabled: true }).waitFor();
  await boxes.first().click();
  await boxes.nth(2).click({ modifiers: ['Shift'] });
  await ready(page, '接手所选 3 项').waitFor();
  await speak(page, 'English');
  await settled(page);
  await picture(page, 'many-choosing-phone-en');
  expect(await tooWide(page)).toBe(0);
  await speak(page, '中文');
  await page.getByRole('button', { name: '处理中' }).click();
  await page.getByRole('button', { name: '接手所选 0 项', disabled: true }).waitFor();

  // A finger that is still tapping where the choice was takes nothing.
  await page.locator('.cases').waitFor();
  await page.evaluate(TAP_WHAT_COMES);
  await choosing(page).getByRole('button', { name: '取消' }).click();
  await page.locator('body[data-tapped]').waitFor({ state: 'attached' });
  await ready(page, /^接手 .*1001/).waitFor();
  expect(await stored('1001')).toMatchObject({ status: 'open' });
  expect(troubles).toEqual([]);
});

test('what was taken together too long ago without a connection is asked about once, and sent when it is still so', async () => {
  const { page, context, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/?status=open`, WANG);
  await page.locator('[data-case="902.c1"]').waitFor();
  await ready(page, '选择多项').click();
  for (const home of ['901', '902']) await boxOf(page, home).check();
  await context.setOffline(true);
  await ready(page, '接手所选 2 项').click();
  await report(page).getByText('2 项等待网络，还没有送出').waitFor();
  await page.clock.setFixedTime(Date.now() + 4 * 60_000);
  await report(page).getByText('2 项按下后未确认送达，现在仍要接手吗？').waitFor();
  await context.setOffline(false);
  await settled(page);
  await picture(page, 'many-held-phone-zh');
  expect(await tooWide(page)).toBe(0);
  expect(await stored('901')).toMatchObject({ status: 'open' });
  await ready(page, '仍要接手 2 项').click();
  await report(page).getByText('已接手 2 项').waitFor();
  for (const home of ['901', '902']) expect(await stored(home)).toMatchObject({ acknowledgedBy: '王芳' });
  expect(troubles).toEqual([]);
});

/** In the page: taps on the button of the first row in the very moment that it stands there again. */
const TAP_WHAT_COMES = `(() => {
  const tap = () => {
    const button = document.querySelector('.cases button.acknowledge');
    if (!button || document.body.dataset.tapped) return;
    document.body.dataset.tapped = 'yes';
    for (let times = 0; times < 3; times++) button.click();
  };
  new MutationObserver(tap).observe(document.body, { subtree: true, childList: true });
})()`;
