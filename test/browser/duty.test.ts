import { expect, test } from 'vitest';
import { DESK, openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
import { ADMINISTRATOR, addStaff, community, DUTY_ROSTERS, DUTY_STAFF, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** Signs in under the name by which the roster knows him. */
const LI_LEI = { user: 'lilei', password: 'a-long-password-3', name: '李雷' };

onStage(
  { entries: [...community(Date.now()), ...DUTY_STAFF], rosters: DUTY_ROSTERS, staff: true },
  async () => {
    await addStaff(service, [LI_LEI], 'haitang/g1');
  },
);

test('who is on duty stands first, with a telephone that one thumb calls', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, WANG);
  await page.getByRole('link', { name: '值班', exact: true }).click();
  await page.getByRole('heading', { name: '现在值班' }).waitFor();
  const phone = page.locator('.duty-now').getByRole('link', { name: /^拨打/ });
  expect(await phone.first().getAttribute('href')).toMatch(/^tel:000-0000-300/);
  expect(await tooWide(page)).toBe(0);
  await settled(page);
  await picture(page, 'duty-phone');
  expect(troubles).toEqual([]);
});

test('the pages of an operator fit beside one another on a telephone', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/duty`, ADMINISTRATOR);
  await settled(page);
  await picture(page, 'duty-operator-phone');
  expect(await tooWide(page)).toBe(0);
  const widths = await page.evaluate(
    "[...document.querySelectorAll('.nav a')].map((one) => one.clientWidth)",
  );
  expect(Math.min(...(widths as number[]))).toBeGreaterThanOrEqual(44);
});

test('a shift is swapped, marked, and swapped back', async () => {
  const { page, troubles } = await openTab(browser, { viewport: DESK });
  await signInAt(page, `${service.url}/duty`, WANG);
  await page.getByRole('button', { name: '下一周' }).click();
  await page
    .getByRole('button', { name: /^换班 白班/ })
    .first()
    .click();
  await page.locator('dialog[open]').waitFor();
  await picture(page, 'duty-swap');
  await page.getByRole('button', { name: '确认换班' }).click();
  await page.getByText('已换班').first().waitFor();
  await settled(page);
  await picture(page, 'duty-desk');
  expect(service.core.duty.book.swaps).toMatchObject([{ roster: 'duty', shift: 'day', by: WANG.name }]);
  await page.getByRole('button', { name: /^撤销换班/ }).click();
  await expect.poll(() => service.core.duty.book.swaps.length).toBe(0);
  expect(troubles).toEqual([]);
});

test('leave that nobody fills is red at once; words for the next stay', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/duty`, WANG);
  await page.getByRole('button', { name: '登记休假' }).click();
  await page.getByLabel('谁').selectOption({ label: '周敏' });
  await page.getByLabel('结束').fill('2099-01-01T08:00');
  await page.getByText('周敏 休假后，以下时段值班表上无人可通知').waitFor();
  await page.getByText('按角色通知的告警仍会通知 周敏：海棠社区的网格员').waitFor();
  await settled(page);
  await picture(page, 'duty-leave-dialog');
  expect(await tooWide(page)).toBe(0);
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('段时间无人可通知，请马上安排').waitFor();
  await settled(page);
  await picture(page, 'duty-leave-opens-phone');
  await page.getByRole('button', { name: '关闭' }).last().click();
  await page.locator('.duty-gaps').getByText('值班人员休假且无人替班').first().waitFor();
  await page.getByLabel('留给下一班').fill('501 王奶奶今天出院，晚上再打一次电话');
  await page.getByRole('button', { name: '保存留言' }).click();
  await page.locator('.duty-note').getByText('501 王奶奶').waitFor();
  await settled(page);
  await picture(page, 'duty-gaps-phone');
  await page.setViewportSize(DESK);
  await picture(page, 'duty-gaps-desk');
  await speak(page, 'English');
  await settled(page);
  await picture(page, 'duty-gaps-desk-en');
  await page.getByRole('button', { name: 'Register leave' }).click();
  await page.getByText('What is told by role still goes to').waitFor();
  await picture(page, 'duty-leave-dialog-desk-en');
  await page.setViewportSize(PHONE);
  await picture(page, 'duty-leave-dialog-phone-en');
  await page.keyboard.press('Escape');
  await picture(page, 'duty-gaps-phone-en');
  expect(await tooWide(page)).toBe(0);
  expect(troubles).toEqual([]);
});

test('what somebody writes for the next shift is there when they come back from an alarm, and sent once', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/duty`, WANG);
  const words = page.getByLabel('留给下一班');
  await words.fill('601 钥匙已还');
  await page.getByRole('link', { name: '事项', exact: true }).click();
  await page.goBack();
  expect(await words.inputValue()).toBe('601 钥匙已还');
  // The answer is lost on its way, and the words are put right meanwhile: the note of before stands, and so do these.
  let lost = 0;
  await page.route('**/api/v1/rosters/*/notes', async (route) => {
    const response = await route.fetch();
    lost += 1;
    if (lost === 1) await route.abort('connectionreset');
    else await route.fulfill({ response });
  });
  await page.getByRole('button', { name: '保存留言' }).click();
  await page.getByText('连不上服务').waitFor();
  await words.fill('601 钥匙已还楼栋长');
  await page.getByRole('button', { name: '保存留言' }).click();
  await page.locator('.duty-note').getByText('601 钥匙已还楼栋长').waitFor();
  await expect.poll(() => words.inputValue()).toBe('');
  expect(troubles).toEqual([]);
});

test('a page that was out of sight shows what there is now as soon as somebody looks', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await page.clock.install();
  await signInAt(page, `${service.url}/duty`, WANG);
  await settled(page);
  const look = (hidden: boolean) =>
    page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
  await look(true);
  // No timer runs on a phone that sleeps.
  await page.clock.pauseAt(Date.now() + 3_600_000);
  const asked = page.waitForRequest('**/api/v1/rosters');
  await look(false);
  await asked;
});

test("whoever answers for a part alone registers and ends their own leave, and nobody else's", async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/duty`, LI_LEI);
  await page.getByRole('button', { name: '登记我的休假' }).click();
  expect(await page.getByLabel('谁').locator('option').allTextContents()).toEqual(['李雷']);
  await page.getByLabel('结束').fill('2099-01-01T08:00');
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByRole('button', { name: '关闭' }).last().click();
  const mine = page.locator('[aria-labelledby="duty-leave"] li', { hasText: '李雷' });
  await mine.waitFor();
  await settled(page);
  await picture(page, 'duty-own-leave-phone');
  await mine.getByRole('button', { name: /已回岗|取消登记/ }).click();
  await mine.waitFor({ state: 'detached' });
  expect(
    service.core.duty.book.leave.filter(({ staff, until }) => staff === 'li' && until > Date.now()),
  ).toEqual([]);
  expect(troubles).toEqual([]);
});
