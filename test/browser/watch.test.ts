import { expect, test } from 'vitest';
import { weeksOfWater } from '../weeks-of-water.ts';
import { DESK, openTab, PHONE, signInAt, tooWide } from './browser.ts';
import { community, DUTY_STAFF, pressButton, publish, stopWater, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

const PRESSURE = { systolic_mmhg: 128, diastolic_mmhg: 76 };
const SHADOW = [
  { id: 'W1', kind: 'low-consumption', params: { belowLitres: 10 } },
  { id: 'W3', kind: 'low-consumption', mode: 'shadow', params: { belowLitres: 10, windowHours: 12 } },
  { id: 'B1', kind: 'event', params: { events: ['sos'] } },
  { id: 'V1', kind: 'reading-limit', params: { limits: [{ metric: 'systolic_mmhg', above: 180 }] } },
  { id: 'M1', kind: 'silence', params: {} },
  { id: 'W0', kind: 'personal-routine', params: { historyDays: 14 } },
];

onStage({ entries: [...community(Date.now()), ...DUTY_STAFF], rules: SHADOW, staff: true }, async () => {
  for (const home of ['501', '502', '601', '602'])
    await publish(service, `wb-${home}`, { at: Date.now(), worn_bool: true, battery_pct: 80, ...PRESSURE });
  for (const day of weeksOfWater(Date.now())) await publish(service, 'wm-501', day);
  for (const home of ['501', '502', '601'])
    await publish(service, `wm-${home}`, { at: Date.now(), water_index_m3: 12 });
});

test('who is not watched stands first, with the reason, and leads to the home', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, WANG);
  await page.getByRole('link', { name: '看护', exact: true }).click();
  await page.getByRole('heading', { name: /^无人看护/ }).waitFor();
  const blind = page.locator('.watch-level-unwatched [data-home="701"]');
  await blind.getByText('从未上报').waitFor();
  expect(await blind.innerText()).toContain('wm-701');
  await page.locator('.watch-level-partly [data-home="602"]').getByText('从未上报').waitFor();
  expect(await page.locator('[data-home="501"]').count()).toBe(0);
  await page.getByRole('searchbox').fill('702');
  await expect.poll(() => page.locator('.watch-home').count()).toBe(1);
  await page.locator('[data-home="702"] > a').click();
  await page.getByRole('heading', { name: /2单元702/ }).waitFor();
  await page.getByText('此刻没有任何规则能发现这户的异常').waitFor();
  expect(await tooWide(page)).toBe(0);
  // Whom to call comes before everything that can wait.
  const call = page.getByRole('link', { name: '打给老人' });
  await call.waitFor();
  const below = await page.getByRole('button', { name: '登记走访' }).boundingBox();
  expect((await call.boundingBox())?.y).toBeLessThan(below?.y ?? 0);
  expect(troubles).toEqual([]);
});

test('a home without any trouble is found by its door, its people and their telephone, also on the way back', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/watch`, WANG);
  await page.getByRole('searchbox').fill('3号楼2单元501');
  const found = page.locator('[data-found="501"] > a');
  await found.waitFor();
  expect(await page.locator('[data-home="501"]').count()).toBe(0);
  for (const said of ['王秀英 501', '000-0000-0501', 'wm-501']) {
    await page.getByRole('searchbox').fill(said);
    await expect.poll(() => page.locator('[data-found]').count()).toBe(1);
    await found.waitFor();
  }
  await page.getByRole('searchbox').fill('没有这人');
  await page.getByText('没有查到').waitFor();
  await page.getByRole('searchbox').fill('王秀英 501');
  await found.click();
  await page.getByRole('link', { name: '打给老人' }).waitFor();
  await page.getByRole('button', { name: '登记外出' }).waitFor();
  await page.goBack();
  await found.waitFor();
  expect(await tooWide(page)).toBe(0);
  expect(troubles).toEqual([]);
});

test('the page of a home says what is usual there', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/501`, WANG);
  const said = page.locator('[data-rule="W0"]', {
    hasText: '这户平常最长白天约 5 小时、夜里约 5 小时不用水',
  });
  await said.waitFor({ state: 'attached' });
});

test('an absence is registered with one thumb, seen in the open case, and ended', async () => {
  await pressButton(service, '501');
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/501.c1`, WANG);
  await page.getByRole('link', { name: '看护与外出' }).click();
  await page.getByText('没有登记外出').waitFor();
  await page.getByRole('button', { name: '登记外出' }).click();
  await page.getByRole('button', { name: '住院' }).click();
  await page.getByRole('button', { name: '1 周' }).click();
  await page.getByLabel(/^说明/).fill('市一医院');
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('市一医院').waitFor();
  await page.locator('[data-rule="W1"][data-state="away"]').waitFor();
  const [period] = service.service.registry.home('501')?.away ?? [];
  expect(period).toMatchObject({ kind: 'hospital', note: '市一医院' });
  expect((period?.until ?? 0) - (period?.from ?? 0)).toBe(7 * 86_400_000);
  await page.goto(`${service.url}/cases/501.c1`);
  await page.locator('[data-entry="note"]', { hasText: '已登记外出：住院' }).waitFor();
  await page.goto(`${service.url}/homes/501`);
  await page.getByRole('button', { name: '已回家，结束' }).click();
  await page.getByText('没有登记外出').waitFor();
  await page.locator('[data-rule="W1"][data-state="watching"]').waitFor({ state: 'attached' });
  expect(troubles).toEqual([]);
});

test('an absence that ends before it begins is not sent, and says why', async () => {
  const { page } = await openTab(browser, { viewport: DESK });
  await signInAt(page, `${service.url}/homes/502`, WANG);
  await page.getByRole('button', { name: '登记外出' }).click();
  await page.getByLabel('结束').fill('2020-01-01T08:00');
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByText('结束时间须晚于开始时间').waitFor();
  expect(service.service.registry.home('502')?.away).toBeUndefined();
});

test('what a rule on trial found is shown, of which nobody was told', async () => {
  await stopWater(service, '801');
  // What stands on the door, and not the id.
  const door = { noun: 'home', id: '801', parent: 'haitang/g1/b3/u2', name: '801号' } as const;
  await service.service.submit({ type: 'registry.apply', put: [door], remove: [] }, 'test');
  const { page, troubles } = await openTab(browser, { viewport: DESK });
  await signInAt(page, `${service.url}/watch`, WANG);
  await page.getByRole('link', { name: '试运行规则的发现' }).click();
  const finding = page.locator('.shadow-list li', { hasText: 'W3' });
  await finding.getByText('仍在持续').waitFor();
  expect(await page.locator('.shadow-list li').count()).toBe(1);
  await finding.getByRole('link', { name: '801号' }).click();
  await page.getByRole('heading', { name: /2单元801/ }).waitFor();
  await page.locator('[data-rule="W3"]', { hasText: '试运行' }).waitFor({ state: 'attached' });
  // Whoever judges a rule by how often it spoke is told when that is not all.
  await stopWater(service, '802');
  // The list may be asked for again at any time, and is then as short as before.
  await page.route('**/api/v1/alerts*', (route) =>
    route.continue({ url: route.request().url().replace('limit=100', 'limit=1') }),
  );
  await page.goto(`${service.url}/shadow`);
  await page.getByText('只列出并统计最近 1 条').waitFor();
  await page.route('**/api/v1/alerts*cursor*', (route) => route.abort('connectionfailed'));
  await page.getByRole('button', { name: '加载更多' }).click();
  await page.getByText('没有加载出更多：').waitFor();
  await page.unroute('**/api/v1/alerts*cursor*');
  await page.getByRole('button', { name: '重试' }).click();
  await page.getByText('只列出并统计最近').waitFor({ state: 'detached' });
  expect(await page.locator('.shadow-list li').count()).toBe(2);
  expect(troubles).toEqual([]);
});

test('the page of a home that cannot be read has a heading all the same, and says why', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await page.route('**/api/v1/homes/501*', (route) => route.abort('connectionrefused'));
  await signInAt(page, `${service.url}/homes/501`, WANG);
  await page.getByRole('alert').getByText('没有加载成功：连不上服务').waitFor();
  await page.getByRole('heading', { level: 1, name: '住户' }).waitFor();
  await page.unrouteAll();
  // It may have tried again by itself meanwhile.
  await page.evaluate(`document.querySelector('.message-bad button')?.click()`);
  await page.getByRole('heading', { level: 1, name: /2单元501/ }).waitFor();
});
