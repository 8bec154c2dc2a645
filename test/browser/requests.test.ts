import { expect, test } from 'vitest';
import type { RequestCategory } from '../../src/model/request-category.ts';
import { openTab, PHONE, picture, settled, signInAt, tooWide } from './browser.ts';
import { WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

const DESK = { width: 1280, height: 800 } as const;
const SIZES = [
  ['phone', PHONE],
  ['desk', DESK],
] as const;

onStage({ staff: true }, async () => {
  await ask('errands', '请代取降压药');
  await ask('errands', '请买米');
  await ask('complaint', '送餐太晚');
});

async function ask(category: RequestCategory, note: string): Promise<void> {
  const command = { type: 'home.request', home: '501', category, from: '', note } as const;
  expect((await service.service.submit(command, '吴强')).ok).toBe(true);
}

test('of several requests of one home the list says which is which, and not what each says', async () => {
  for (const [size, viewport] of SIZES) {
    const { page, troubles } = await openTab(browser, { viewport });
    await signInAt(page, `${service.url}/`, WANG);
    const rows = page.locator('[data-case]');
    await rows.filter({ hasText: '投诉' }).getByText('提出于').waitFor();
    await settled(page);
    await picture(page, `request-rows-${size}`);
    const errands = rows.filter({ hasText: '诉求：代办与送餐' });
    expect(await errands.count()).toBe(2);
    expect(await errands.locator('.case-what time').count()).toBe(2);
    expect(await errands.locator('.priority').first().textContent()).toContain('待办理');
    expect(await page.locator('.cases').textContent()).not.toMatch(/降压药|买米|今日核查/);
    expect(await tooWide(page)).toBe(0);
    expect(troubles).toEqual([]);
  }
});

test('its page and the dialog about its outcome speak of something to be done', async () => {
  for (const [size, viewport] of SIZES) {
    const { page } = await openTab(browser, { viewport });
    await signInAt(page, `${service.url}/`, WANG);
    await page.locator('[data-case]').filter({ hasText: '代办与送餐' }).first().locator('.case-link').click();
    await page.locator('.case-head').getByText('待办理').waitFor();
    const take = page.getByRole('button', { name: '接手', exact: true });
    await settled(page);
    if (await take.count()) await take.first().click();
    await page.getByText('由 王芳 处理').waitFor();
    await settled(page);
    await picture(page, `request-page-${size}`);
    await page.getByRole('button', { name: '处置', exact: true }).click();
    await page.getByLabel('已办结').waitFor();
    await picture(page, `request-outcomes-${size}`);
    const offered = await page.locator('dialog').textContent();
    expect(offered).not.toMatch(/漏水|停水停电|紧急情况/);
  }
});

test('the ledger counts them by category', async () => {
  for (const [size, viewport] of SIZES) {
    const { page } = await openTab(browser, { viewport });
    await signInAt(page, `${service.url}/ledger?from=2026-01-01`, WANG);
    const card = page.locator('.card', { has: page.getByRole('heading', { name: '诉求类别' }) });
    await card.waitFor();
    expect(await card.locator('dl').textContent()).toBe('代办与送餐2投诉1');
    await settled(page);
    await picture(page, `request-ledger-${size}`);
    expect(await tooWide(page)).toBe(0);
  }
});

test('what the family typed stands there still where their link ended meanwhile', async () => {
  const son = { kind: 'contact', id: 'k-501-1' } as const;
  for (const [size, viewport] of SIZES) {
    const made = await service.service.homeDoor.make('501', son, 30, '王芳');
    const { page } = await openTab(browser, { viewport });
    await page.goto(`${service.url}${made?.path}`);
    await page.getByLabel('什么事').fill('厨房水龙头滴水，周三上午在家');
    await service.service.homeDoor.revoke('501', son, '王芳');
    await page.getByRole('button', { name: '提交' }).click();
    await page.getByText('链接无效或已停用').waitFor();
    const kept = page.getByLabel('您写的内容没有提交，可以复制');
    expect(await kept.inputValue()).toBe('厨房水龙头滴水，周三上午在家');
    await picture(page, `home-door-ended-${size}`);
    expect(await tooWide(page)).toBe(0);
  }
});
