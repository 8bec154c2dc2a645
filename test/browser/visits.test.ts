import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DESK, dialogGone, openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
import { ADMINISTRATOR, addStaff, community, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

const RULES = [{ id: 'C3', kind: 'visit-overdue' }];
const inClass = (home: string) => (({ '501': 'high', '502': 'key' }) as const)[home] ?? undefined;

onStage(() => {
  const entries = community(Date.now()).map((entry) => {
    const visitClass = entry.noun === 'home' ? inClass(entry.id) : undefined;
    return visitClass ? { ...entry, visitClass } : entry;
  });
  return { entries, rules: RULES, staff: true };
});

const card = (page: Page) => page.locator('section', { has: page.locator('#visits') });
const lines = async (home: string) =>
  (await service.service.records.visits({ paths: [''], home }, { limit: 9 })).items;

test('a visit is recorded at the door with two presses', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/501`, WANG);
  await card(page).getByText('高风险住户').waitFor();
  await card(page).getByText('没有走访记录。').waitFor();
  await settled(page);
  const before = Date.now();
  await page.getByRole('button', { name: '登记走访' }).click();
  await page.getByRole('button', { name: '见到本人' }).waitFor();
  await page.getByRole('button', { name: '确认登记' }).click();
  await card(page).locator('[data-visit="seen"]').waitFor();
  const [line] = await lines('501');
  expect(line).toMatchObject({ result: 'seen', source: 'console', home: '501' });
  expect(line?.by).toBe(line?.recordedBy);
  expect(line?.at).toBeGreaterThanOrEqual(before);
  await card(page).getByRole('button', { name: '撤回' }).click();
  await page.getByRole('button', { name: '确认撤回' }).click();
  await page.getByText('请写明原因。').waitFor();
  await page.getByLabel('撤回原因').fill('住户填错');
  await page.getByRole('button', { name: '确认撤回' }).click();
  await card(page)
    .getByText(/已由 .* 撤回：住户填错/)
    .waitFor();
  await card(page).getByText('下次走访不晚于').waitFor();
  expect(await tooWide(page)).toBe(0);
  await settled(page);
  await picture(page, 'visits-one-phone-zh');
  expect(troubles).toEqual([]);
});

test('what somebody says on the telephone is a case, from the page of the home', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/502`, WANG);
  await page.getByRole('button', { name: '登记求助' }).click();
  await page.getByRole('button', { name: '有生命危险，立即' }).click();
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('请写明是什么事。').waitFor();
  await page.getByLabel('什么事', { exact: true }).fill('敲门没有人应');
  await page.getByLabel('谁在求助').fill('邻居');
  expect(await tooWide(page)).toBe(0);
  await picture(page, 'help-asked-phone-zh');
  await page.evaluate('globalThis.isTheSamePage = true');
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('邻居 求助：敲门没有人应').first().waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/cases\/502\.c/);
  // Nothing was loaded anew, and "back" leads to the home without its dialog.
  expect(await page.evaluate('globalThis.isTheSamePage')).toBe(true);
  await page.goBack();
  await page.getByRole('button', { name: '登记求助' }).waitFor();
  await dialogGone(page);
  expect(new URL(page.url()).pathname).toBe('/homes/502');
  expect(troubles).toEqual([]);
});

test('whoever is seen in a home that counts as away is asked where: at home ends the absence, elsewhere does not', async () => {
  const now = Date.now();
  const period = { from: now - 60_000, until: now + 86_400_000, kind: 'hospital' } as const;
  const lasts = () => service.service.registry.home('601')?.away?.some(({ until }) => until > Date.now());
  await service.service.submit({ type: 'home.away', home: '601', period }, '王芳');
  for (const [viewport, language, open, elsewhere] of [
    [PHONE, '中文', '登记走访', '在别处见到'],
    [DESK, '中文', '登记走访', '在别处见到'],
    [PHONE, 'English', 'Record a visit', 'Elsewhere'],
    [DESK, 'English', 'Record a visit', 'Elsewhere'],
  ] as const) {
    const { page, troubles } = await openTab(browser, { viewport });
    await signInAt(page, `${service.url}/homes/601`, WANG);
    await speak(page, language);
    await page.getByRole('button', { name: open }).click();
    await page.getByLabel(elsewhere).waitFor();
    expect(await tooWide(page)).toBe(0);
    await picture(page, `visit-while-away-${viewport.width}-${language}`);
    expect(troubles).toEqual([]);
    if (language === 'English' || viewport === DESK) continue;
    await page.getByRole('button', { name: '未见到' }).click();
    await page.getByLabel(elsewhere).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '见到本人' }).click();
    await page.getByLabel(elsewhere).check();
    await page.getByRole('button', { name: '确认登记' }).click();
    await card(page).locator('[data-visit="seen"]').first().waitFor();
    expect(lasts()).toBe(true);
  }
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/601`, WANG);
  await page.getByRole('button', { name: '登记走访' }).click();
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByRole('button', { name: '已回家，结束' }).waitFor({ state: 'detached' });
  expect(lasts()).toBe(false);
});

test('who only reads is told that there is a note about the door, and not what it says', async () => {
  const screen = { user: 'screen', password: 'a-long-password-3', name: '大屏' };
  await addStaff(service, [screen], 'haitang', 'viewer');
  for (const [viewport, language, words] of [
    [PHONE, '中文', '已登记进门须知'],
    [DESK, 'English', 'There is a note about the door'],
  ] as const) {
    const { page, troubles } = await openTab(browser, { viewport });
    await signInAt(page, `${service.url}/homes/501`, screen);
    await speak(page, language);
    await page.getByText(words).waitFor();
    expect(await page.getByText('钥匙在楼栋长赵师傅处').count()).toBe(0);
    await settled(page);
    await picture(page, `notes-withheld-${viewport.width}-${language}`);
    expect(troubles).toEqual([]);
  }
});

test('a request is entered from the page of the home, and becomes a request for help where it cannot wait', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/502`, WANG);
  await page.getByRole('button', { name: '登记诉求' }).click();
  await page.getByRole('button', { name: '代办与送餐' }).click();
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('请写明是什么事。').waitFor();
  await page.getByLabel('什么事', { exact: true }).fill('请代取降压药');
  await page.getByLabel('谁提出').fill('老人本人');
  expect(await tooWide(page)).toBe(0);
  await picture(page, 'request-phone-zh');
  await page.getByRole('button', { name: '不能等：改为登记求助' }).click();
  await page.getByRole('button', { name: '有生命危险，立即' }).waitFor();
  expect(await page.getByLabel('什么事', { exact: true }).inputValue()).toBe('请代取降压药');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '登记诉求' }).click();
  await page.getByRole('button', { name: '代办与送餐' }).click();
  await page.getByLabel('什么事', { exact: true }).fill('请代取降压药');
  await page.getByLabel('谁提出').fill('老人本人');
  await page.getByRole('button', { name: '确认登记' }).click();
  const card = page.locator('section', { has: page.locator('#request') });
  await card.getByText('老人本人 提出诉求（代办与送餐，P3）：请代取降压药').waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/cases\/502\.c/);
  await page.getByText('· 诉求').first().waitFor();
  expect(await tooWide(page)).toBe(0);
  await picture(page, 'request-case-phone-zh');
  expect(troubles).toEqual([]);
});

test('an attempt and a major change of yesterday are told, each as what it is', async () => {
  const { page, troubles } = await openTab(browser, { viewport: DESK });
  await signInAt(page, `${service.url}/homes/502`, WANG);
  await page.getByRole('button', { name: '登记走访' }).click();
  await page.getByRole('button', { name: '未见到' }).click();
  await page.getByText('未见到本人不算走访').waitFor();
  await page.getByLabel('时间').fill('2100-01-01T08:00');
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('时间不能晚于现在。').waitFor();
  await page.getByLabel('时间').fill('2026-01-02T08:00');
  await page.getByLabel('走访人').fill('志愿者小陈');
  await page.getByLabel(/^情况/).fill('敲门无人应');
  await page.getByRole('button', { name: '确认登记' }).click();
  await card(page).locator('[data-visit="not-met"]', { hasText: '敲门无人应' }).waitFor();
  await page.getByRole('button', { name: '登记重大变化' }).click();
  await page.getByRole('button', { name: '丧亲' }).click();
  await page.getByRole('button', { name: '确认登记' }).click();
  await card(page).locator('[data-visit="bereavement"]').waitFor();
  expect(await lines('502')).toMatchObject([
    { kind: 'change', change: 'bereavement' },
    { kind: 'visit', by: '志愿者小陈', at: Date.parse('2026-01-02T08:00:00+08:00') },
  ]);
  await settled(page);
  expect(troubles).toEqual([]);
});

test('who answers for the place says how often a home is to be visited', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/601`, ADMINISTRATOR);
  await card(page).getByText('未设走访类别').waitFor();
  await card(page).getByText('更改走访类别').click();
  await page.getByRole('button', { name: '高风险' }).click();
  await card(page).getByText('高风险住户').waitFor();
  await settled(page);
  await picture(page, 'visits-class-phone-zh');
  expect(service.service.registry.home('601')?.visitClass).toBe('high');
  expect(troubles).toEqual([]);
});

const WORDS = {
  中文: { inClass: '重点住户', lost: '重大变化：丧亲', visit: '登记走访', change: '登记重大变化' },
  English: {
    inClass: 'Class: key',
    lost: 'Major change: bereavement',
    visit: 'Record a visit',
    change: 'Record a major change',
  },
} as const;

test('the visits to a home and both forms fit, on both widths and in both languages', async () => {
  for (const [viewport, language] of [
    [PHONE, '中文'],
    [PHONE, 'English'],
    [DESK, '中文'],
    [DESK, 'English'],
  ] as const) {
    const words = WORDS[language];
    const { page, troubles } = await openTab(browser, { viewport });
    await signInAt(page, `${service.url}/homes/502`, WANG);
    await speak(page, language);
    await card(page).getByText(words.inClass).waitFor();
    await card(page).getByText(words.lost).waitFor();
    await settled(page);
    await picture(page, `visits-${viewport.width}-${language}`);
    expect(await tooWide(page)).toBe(0);
    for (const name of ['visit', 'change'] as const) {
      await page.getByRole('button', { name: words[name], exact: true }).click();
      await page.locator('dialog[open]').waitFor();
      await settled(page);
      await picture(page, `visits-${name}-${viewport.width}-${language}`);
      await page.keyboard.press('Escape');
      await dialogGone(page);
    }
    expect(troubles).toEqual([]);
  }
});
