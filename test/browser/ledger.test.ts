import { expect, test } from 'vitest';
import { DESK, openTab, PHONE, picture, settled, signInAt, tooWide } from './browser.ts';
import { ADMINISTRATOR, pressButton } from './community.ts';
import { browser, onStage, service } from './stage.ts';

onStage({ staff: true }, async () => {
  await pressButton(service, '501');
});

test('the ledger of one place stands beside the period before, and whoever comes back finds it so', async () => {
  for (const viewport of [DESK, PHONE]) {
    const { page, troubles } = await openTab(browser, { viewport });
    await signInAt(page, `${service.url}/ledger`, ADMINISTRATOR);
    await page.locator('.ledger-row').waitFor();
    await page.getByLabel('与上一期对比').check();
    await page.getByText(/^上期：\d{4}-\d\d-\d\d 至/).waitFor();
    await page.getByText('（上期 0）').first().waitFor();
    const area = page.getByLabel('片区');
    await area.selectOption('haitang/g2');
    await page.getByText('这段时间没有事项').waitFor();
    await page.reload();
    await page.getByText('这段时间没有事项').waitFor();
    expect(await page.getByLabel('与上一期对比').isChecked()).toBe(true);
    expect(await area.inputValue()).toBe('haitang/g2');
    await page.getByText('这些数字怎么算').click();
    await page.getByText('一半不超过 5 分').waitFor();
    await settled(page);
    await picture(page, `ledger-compared-${viewport.width}`);
    expect(await tooWide(page)).toBe(0);
    expect(troubles).toEqual([]);
  }
});

test('on paper stand the period and the figures, all columns, and nobody’s name or door', async () => {
  const { page } = await openTab(browser, { viewport: { width: 794, height: 1123 } });
  await signInAt(page, `${service.url}/ledger`, ADMINISTRATOR);
  await page.locator('.ledger-row').waitFor();
  await settled(page);
  await page.emulateMedia({ media: 'print' });
  await picture(page, 'ledger-on-paper');
  await page.getByText(/我的全部片区，\d{4}-\d\d-01 至 \d{4}-\d\d-\d\d（打印于/).waitFor();
  for (const hidden of ['.ledger-row', '.ledger-filters', 'nav', 'header.top', '.alarm-bar'])
    expect(await page.locator(hidden).first().isVisible()).toBe(false);
  expect(await page.locator('body').innerText()).not.toContain('王秀英');
  const cut = await page
    .locator('.table-scroll')
    .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
  expect(cut).toBe(0);
});
