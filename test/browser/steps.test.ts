import { expect, test } from 'vitest';
import { openTab, PHONE, picture, signInAt } from './browser.ts';
import { LIN, pressButton, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

onStage({ staff: true }, async () => {
  await pressButton(service, '501');
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

test('taps in haste say no more than one step, which is taken back where nobody has set out', async () => {
  await pressButton(service, '502');
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, WANG);
  await page.goto(`${service.url}/cases/502.c1`);
  await page.locator('.action-bar').waitFor();
  await page.evaluate(TAP_WHAT_COMES);
  await page.getByRole('button', { name: '接手', exact: true }).click();
  await page.locator('body[data-tapped]').waitFor({ state: 'attached' });
  await page.getByRole('button', { name: '已出发', disabled: false }).waitFor();
  expect(await page.locator('[data-entry="step"]').count()).toBe(0);
  await page.getByRole('button', { name: '已出发', disabled: false }).click();
  await page.getByText('已记下“已出发”。按错了？').waitFor();
  await picture(page, 'steps-just-said-phone');
  await page.getByRole('button', { name: '撤回' }).click();
  await page.locator('[data-entry="step-withdrawn"]', { hasText: '撤回“已出发”' }).waitFor();
  await page.getByRole('button', { name: '已出发', disabled: false }).waitFor();

  await page.getByRole('button', { name: '更多' }).click();
  await page.getByRole('button', { name: '交回，请别人去' }).click();
  await page.getByRole('dialog').getByLabel('理由').fill('孩子发烧，走不开');
  await picture(page, 'steps-give-back-phone');
  await page.getByRole('dialog').getByRole('button', { name: '交回，请别人去' }).click();
  await page.locator('[data-entry="given-back"]', { hasText: '走不开' }).waitFor();
  await page.getByRole('button', { name: '接手', exact: true }).waitFor();
  await picture(page, 'steps-given-back-phone');
  expect(troubles).toEqual([]);
});

/** In the page: a finger that is still tapping where the next step appears, in the very moment that it does. */
const TAP_WHAT_COMES = `(() => {
  const bar = document.querySelector('.action-bar');
  const tap = () => {
    const button = bar.querySelector('button');
    if (button.textContent !== '已出发' || document.body.dataset.tapped) return;
    document.body.dataset.tapped = 'yes';
    for (let times = 0; times < 3; times++) button.click();
  };
  new MutationObserver(tap).observe(bar, { subtree: true, childList: true, characterData: true });
})()`;
