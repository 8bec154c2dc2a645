import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DESK, openTab, PHONE, picture, settled, signInAt, tooWide } from './browser.ts';
import { HOMES, pressButton, publish, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

onStage({ staff: true });

const barOf = (page: Page) => page.getByRole('complementary', { name: '紧急事项' });
/** Whether a finger would meet it. */
const isWayBackFree = (page: Page) =>
  page.evaluate(`(() => {
    const link = document.querySelector('a.back');
    const { left, top, height } = link.getBoundingClientRect();
    return link.contains(document.elementFromPoint(left + 8, top + height / 2));
  })()`);
const take = (home: string) =>
  service.service.submit({ type: 'case.acknowledge', case: `${home}.c1` }, '王芳');

test('a new P1 is in sight on every page, leads to its case, and goes when somebody has it', async () => {
  const [desk, phone] = [
    await openTab(browser, { viewport: DESK }),
    await openTab(browser, { viewport: PHONE }),
  ];
  await signInAt(desk.page, `${service.url}/ledger`, WANG);
  await signInAt(phone.page, `${service.url}/?priority=P3`, WANG);
  for (const { page } of [desk, phone]) await page.locator('[data-connection="live"]').waitFor();
  await pressButton(service, '501');
  for (const [name, { page }] of Object.entries({ desk, phone })) {
    await barOf(page)
      .getByText(/3号楼2单元501.*紧急呼叫/)
      .waitFor();
    await barOf(page).getByText('无人接手').waitFor();
    await page.getByRole('link', { name: /^事项.*1 件 P1/ }).waitFor();
    expect(await tooWide(page)).toBe(0);
    await picture(page, `alarm-${name}`);
  }
  await barOf(phone.page).getByRole('link').click();
  await phone.page.getByRole('heading', { name: /501/ }).waitFor();
  // Whoever looks at the case is told of the others.
  await expect.poll(() => barOf(phone.page).count()).toBe(0);
  await pressButton(service, '502');
  await barOf(phone.page).getByText(/502/).waitFor();
  await picture(phone.page, 'alarm-phone-case');
  await take('501');
  await take('502');
  for (const { page } of [desk, phone]) await expect.poll(() => barOf(page).count()).toBe(0);
  expect([...desk.troubles, ...phone.troubles]).toEqual([]);
});

test('a case that becomes a P1 in a scrolled list is told of in sight, and stands first when that is pressed', async () => {
  // The last one has no case yet when a new row is looked at.
  for (const home of HOMES.slice(2, -1))
    await publish(service, `wm-${home}`, { at: Date.now(), event: 'leak' });
  const { page } = await openTab(browser, { viewport: { width: 1280, height: 420 } });
  await signInAt(page, service.url, WANG);
  await page.locator('.case').nth(8).waitFor();
  await settled(page);
  await page.mouse.move(1270, 200);
  await page.mouse.wheel(0, 3000);
  // It scrolls smoothly: a row stands still once it has arrived at the end.
  await expect
    .poll(() => page.evaluate('scrollY > 200 && scrollY + innerHeight >= document.body.scrollHeight - 1'))
    .toBe(true);
  const row = page.locator('[data-case="601.c1"]');
  const before = await row.boundingBox();
  await pressButton(service, '601');
  await barOf(page)
    .getByText(/601.*紧急呼叫/)
    .waitFor();
  const news = page.getByRole('button', { name: /1 条事项变得更急，最高 P1/ });
  await news.waitFor();
  expect(await row.boundingBox()).toEqual(before);
  await picture(page, 'alarm-raised-scrolled');
  await news.click();
  await expect.poll(() => page.locator('.case').first().getAttribute('data-case')).toBe('601.c1');
  await expect.poll(() => barOf(page).count()).toBe(0);
  // The age is that of the call; the case was opened for a leak.
  await row
    .getByText(/刚刚|秒前/)
    .first()
    .waitFor();
  await take('601');
});

test('a call for help in a case that somebody has is said aloud, stands beside what was known, and is in sight elsewhere', async () => {
  const [desk, other] = [
    await openTab(browser, { viewport: DESK }),
    await openTab(browser, { viewport: PHONE }),
  ];
  await publish(service, 'wb-702', { at: Date.now() - 60_000, event: 'fall' });
  await take('702');
  await signInAt(desk.page, service.url, WANG);
  await signInAt(other.page, `${service.url}/duty`, WANG);
  const row = desk.page.locator('[data-case="702.c1"]');
  await row.getByText(/跌倒/).first().waitFor();
  for (const { page } of [desk, other]) await page.locator('[data-connection="live"]').waitFor();
  await pressButton(service, '702');
  await row.getByText('又', { exact: true }).waitFor();
  await row.getByText(/此前：.*跌倒/).waitFor();
  await desk.page
    .locator('[data-live-region]', { hasText: '又有告警“紧急呼叫”' })
    .waitFor({ state: 'attached' });
  await barOf(other.page)
    .getByText(/又有新的告警，由 王芳 处理/)
    .waitFor();
  await picture(desk.page, 'alarm-again-list');
  await picture(other.page, 'alarm-again-duty');
  await desk.page.locator('[data-case="702.c1"] a').click();
  await desk.page.locator('.case-sentence').getByText('又', { exact: true }).waitFor();
  await picture(desk.page, 'alarm-again-case');
});

test('whoever wants it hears a P1 come; where the browser keeps it silent the page says so', async () => {
  const { page, context } = await openTab(browser, { viewport: DESK });
  await context.addInitScript(`
    window.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };`);
  await signInAt(page, `${service.url}/ledger`, WANG);
  const tones = () => page.evaluate('window.tones');
  await page.locator('.menu summary').click();
  await page.getByRole('button', { name: '开启 P1 提示音' }).click();
  await expect.poll(tones).toBe(6);
  await picture(page, 'alarm-menu');
  await pressButton(service, '801');
  await expect.poll(tones).toBe(12);
  await take('801');
  await page.reload();
  await page.getByRole('button', { name: '提示音被浏览器拦下，点此恢复' }).click();
  await expect.poll(() => page.getByRole('button', { name: /拦下/ }).count()).toBe(0);
  await pressButton(service, '802');
  await expect.poll(tones).toBeGreaterThan(6);
});

test('an alarm that comes while somebody looks at a case lies over the way back no longer than a finger rests', async () => {
  const { page } = await openTab(browser, { viewport: PHONE, clock: true });
  await signInAt(page, service.url, WANG);
  await page.locator('[data-case="901.c1"] a').click();
  await page.getByRole('heading', { name: /901/ }).waitFor();
  await pressButton(service, '902');
  await barOf(page).getByText(/902/).waitFor();
  await page.clock.pauseAt(Date.now() + 5_000);
  await expect.poll(() => isWayBackFree(page)).toBe(true);
  await take('902');
});

test('on a case that is opened while another P1 waits the way back is free at once', async () => {
  await pressButton(service, '1001');
  const { page } = await openTab(browser, { viewport: PHONE, clock: true });
  await signInAt(page, service.url, WANG);
  await page.locator('[data-case="1001.c1"]').waitFor();
  await page.clock.pauseAt(Date.now() + 5_000);
  await page.locator('[data-case="901.c1"] a').click();
  // Less than a finger rests.
  for (let tenths = 0; tenths < 15; tenths++) await page.clock.runFor(100);
  await page.getByRole('heading', { name: /901/ }).waitFor();
  await barOf(page).getByText(/1001/).waitFor();
  expect(await isWayBackFree(page)).toBe(true);
  await take('1001');
});

test('a new row says where it is before its home is fetched', async () => {
  const { page } = await openTab(browser, { viewport: DESK });
  await page.route('**/api/v1/cases/1002.c1', (route) => route.abort());
  await signInAt(page, service.url, WANG);
  await page.locator('[data-connection="live"]').waitFor();
  await pressButton(service, '1002');
  const row = page.locator('[data-case="1002.c1"]');
  await row.waitFor();
  expect(await row.locator('.case-place').innerText()).toBe('3号楼2单元1002\n赵永年');
  expect(await row.locator('.case-what').innerText()).toBe('紧急呼叫');
});
