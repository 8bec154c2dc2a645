import { expect, test } from 'vitest';
import {
  DESK,
  letBe,
  openTab,
  PHONE,
  picture,
  settled,
  signInAt,
  tooWide,
  withoutStream,
} from './browser.ts';
import { LIN, pressButton, publish, raiseBloodPressure, stopWater, WANG } from './community.ts';
import { browser, onStage, service } from './stage.ts';

onStage({ staff: true });

test('with nothing open the list says what that stands on', async () => {
  const { page } = await openTab(browser);
  await signInAt(page, service.url, WANG);
  await page.getByRole('heading', { name: '没有未处置的事项' }).waitFor();
  await page.getByText('登记住户 12 户').waitFor();
});

test('a case that arrives over the stream appears without a reload, and is said aloud', async () => {
  const { page, troubles } = await openTab(browser, { viewport: DESK });
  await signInAt(page, service.url, WANG);
  await page.locator('[data-connection="live"]').waitFor();
  await page.evaluate('window.neverReloaded = true');
  await pressButton(service, '501');
  await page.locator('[data-live-region]', { hasText: '新事项 P1' }).waitFor({ state: 'attached' });
  const row = page.locator('[data-case="501.c1"]');
  await row.getByText('3号楼2单元501').waitFor();
  await row.getByText('王秀英').waitFor();
  await row.getByText(/紧急呼叫/).waitFor();
  expect(await row.locator('.priority').innerText()).toContain('P1');
  expect(await page.evaluate('window.neverReloaded')).toBe(true);
  expect(troubles).toEqual([]);
});

test('the title of the tab counts what nobody has taken, the gravest first, on every page', async () => {
  const { page } = await openTab(browser, { viewport: DESK, clock: true });
  await signInAt(page, `${service.url}/ledger`, WANG);
  // Of the test before.
  await expect.poll(() => page.title()).toBe('P1×1 · 台账 · 守望');
  await raiseBloodPressure(service, '802');
  await expect.poll(() => page.title()).toBe('P1×1 +1 · 台账 · 守望');
  for (const id of ['501.c1', '802.c1']) {
    expect(await page.title()).toMatch(/^P/);
    await service.service.submit({ type: 'case.acknowledge', case: id }, '王芳');
  }
  await expect.poll(() => page.title()).toBe('台账 · 守望');
  await page.context().setOffline(true);
  await page.locator('[data-connection="reconnecting"]').first().waitFor();
  await letBe(page);
  await expect.poll(() => page.title()).toBe('断线 · 台账 · 守望');
});

test('that nobody wears the band that calls stands beside what was found, and is no reason not to go', async () => {
  await publish(service, 'wb-902', { at: service.service.clock.now() - 60_000, worn_bool: 0 });
  await pressButton(service, '902');
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/902.c1`, WANG);
  const told = page.locator('.case-head [data-not-worn="wb-902"]');
  await told.getByText('健康手环此刻没有戴在身上').waitFor();
  await told.getByText(/不等于误报，请照常联系老人/).waitFor();
  await settled(page);
  await picture(page, 'case-not-worn-phone');
  expect(await tooWide(page)).toBe(0);
  await service.service.submit({ type: 'case.acknowledge', case: '902.c1' }, '王芳');
});

test('the list and the page of a case follow the registry while they stand open', async () => {
  await pressButton(service, '701');
  const [list, page] = [
    await openTab(browser, { viewport: DESK }),
    await openTab(browser, { viewport: PHONE }),
  ];
  await signInAt(list.page, service.url, WANG);
  await signInAt(page.page, `${service.url}/cases/701.c1`, WANG);
  const row = list.page.locator('[data-case="701.c1"]');
  await row.getByText('3号楼2单元701').waitFor();
  await page.page.getByRole('heading', { name: '3号楼2单元701' }).waitFor();
  const { registry } = service.service;
  const [resident] = registry.residents('701');
  if (!resident) throw new Error('nobody lives there');
  const put = [
    { noun: 'home', id: '701', parent: 'haitang/g1/b3/u2', name: '1111' } as const,
    { ...resident, name: '朱新名', phone: '000-1111' },
    { ...resident, id: 'r-701-2', name: '孙二', phone: '000-2222' },
  ];
  await service.service.submit({ type: 'registry.apply', put, remove: [] }, 'test');
  await row.getByText('3号楼2单元1111').waitFor();
  await row.getByText('朱新名 等 2 人').waitFor();
  await page.page.getByRole('heading', { name: '3号楼2单元1111' }).waitFor();
  await page.page
    .locator('a[href^="tel:"]', { hasText: '朱新名' })
    .or(page.page.getByText('000-1111'))
    .first()
    .waitFor();
  await service.service.submit({ type: 'case.acknowledge', case: '701.c1' }, '王芳');
});

test('a new case does not move the row under the finger: it waits behind a bar', async () => {
  await pressButton(service, '502');
  const { page } = await openTab(browser, { viewport: DESK });
  await signInAt(page, service.url, WANG);
  const row = page.locator('[data-case="502.c1"]');
  await row.hover();
  const before = await row.boundingBox();
  await pressButton(service, '601');
  const bar = page.getByRole('button', { name: /1 条新事项，最高 P1/ });
  await bar.waitFor();
  expect(await row.boundingBox()).toEqual(before);
  expect(await page.locator('[data-case="601.c1"]').count()).toBe(0);
  await bar.click();
  await page.locator('[data-case="601.c1"]').waitFor();
  await bar.waitFor({ state: 'detached' });
});

test('acknowledge, note and resolve with one thumb', async () => {
  await raiseBloodPressure(service, '602');
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, WANG);
  await page.locator('[data-case="602.c1"] a').click();
  await page.getByRole('heading', { name: /602/ }).waitFor();
  expect(await page.getByRole('link', { name: /拨打 王建国 的电话/ }).getAttribute('href')).toBe(
    'tel:+8600000001000',
  );
  const contacts = await page.locator('.contact-name b').allInnerTexts();
  expect(contacts).toEqual(['王建国', '赵师傅']);
  await page.locator('.chart canvas').first().waitFor();

  await page.getByRole('button', { name: '接手' }).click();
  await page.locator('[data-entry="acknowledged"]').waitFor();
  await page.getByText('由 王芳 处理').waitFor();

  await page.getByRole('button', { name: '添加记录' }).click();
  await page.getByLabel('记录内容').fill('电话已接通，老人头晕，已请家庭医生');
  await page.getByRole('button', { name: '保存记录' }).click();
  await page.locator('[data-entry="note"]', { hasText: '头晕' }).waitFor();

  await page.getByRole('button', { name: '处置', exact: true }).click();
  await page.getByRole('button', { name: '确认处置' }).click();
  await page.getByText('请选择一个结果').waitFor();
  // Nobody pressed anything.
  expect(await page.getByLabel('误按或误触').count()).toBe(0);
  await page.getByLabel('确需帮助').check();
  await page.getByRole('button', { name: '确认处置' }).click();
  await page.getByText('请选择通话还是见面').waitFor();
  await page.getByLabel('已通话').check();
  await page.getByRole('button', { name: '确认处置' }).click();
  await page.getByText('请写明谁与老人通过话').waitFor();
  await page.getByRole('button', { name: '是我：王芳' }).click();
  await page.getByRole('button', { name: '确认处置' }).click();
  await page.locator('[data-entry="resolved"]').waitFor();
  await page.getByText('已通话：王芳').first().waitFor();
  expect(await service.service.records.case('602.c1')).toMatchObject({
    status: 'resolved',
    outcome: 'true-need',
    acknowledgedBy: '王芳',
    contactMadeBy: '王芳',
    contact: 'spoken',
  });
  expect(troubles).toEqual([]);
});

test('every target on the phone is at least 44 pixels, and nothing overflows sideways', async () => {
  await stopWater(service, '701');
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, WANG);
  for (const path of ['/', '/cases/701.c1']) {
    await page.goto(service.url + path);
    await page
      .locator(path === '/' ? '.case' : '.case-head')
      .first()
      .waitFor();
    await settled(page);
    const small = await page.evaluate(`[...document.querySelectorAll('button, a, select, input, summary')]
      .filter((e) => e.offsetParent !== null && !e.closest('.hidden') && !e.matches('.skip, details:not(.menu) > summary'))
      .map((e) => [e.textContent.trim() || e.name, Math.round(e.getBoundingClientRect().height)])
      .filter(([, height]) => height < 44 && height > 0)`);
    // The link of a row is the whole row; its own box is only its words.
    expect((small as [string, number][]).filter(([text]) => !/号楼/.test(text))).toEqual([]);
    expect(await tooWide(page)).toBe(0);
  }
});

test('who was second learns who was first, and sees the case as it is now', async () => {
  await pressButton(service, '702');
  const first = await openTab(browser);
  const second = await openTab(browser, { viewport: PHONE });
  // The second page does not hear of it in time: its stream is cut, its requests are not.
  await withoutStream(second.page);
  await signInAt(first.page, `${service.url}/cases/702.c1`, WANG);
  await signInAt(second.page, `${service.url}/cases/702.c1`, LIN);
  await second.page.getByRole('button', { name: '接手' }).waitFor();
  await first.page.getByRole('button', { name: '接手' }).click();
  await first.page.getByText('由 王芳 处理').waitFor();
  await second.page.getByRole('button', { name: '接手' }).click();
  await second.page
    .getByRole('alert')
    .getByText(/接手没有成功：王芳 已于 .* 先接手了/)
    .waitFor();
  await second.page.getByText('由 王芳 处理').waitFor();
  await second.page.getByRole('button', { name: '知道了' }).click();
  await second.page.getByText('接手没有成功').waitFor({ state: 'detached' });
});

test('news that come while the resolve form is open are shown before it can be sent', async () => {
  await pressButton(service, '801');
  const { page } = await openTab(browser);
  await signInAt(page, `${service.url}/cases/801.c1`, WANG);
  await page.getByRole('button', { name: '处置', exact: true }).click();
  await page.getByLabel('其他').check();
  await page.getByLabel('已见到本人').check();
  await page.getByRole('button', { name: /是我/ }).click();
  await raiseBloodPressure(service, '801');
  await page.getByText('您打开表单之后有了新情况').waitFor();
  await page.getByRole('button', { name: '已看过，仍要处置' }).click();
  // "Other" alone says nothing, and a grave case is never one whose person nobody reached.
  await page.getByText('结果为“其他”时请写明实际情况').waitFor();
  expect(await page.getByLabel('未能联系').count()).toBe(0);
  await page.getByLabel('实际情况是什么？').fill('按钮被猫碰到');
  await page.getByRole('button', { name: '已看过，仍要处置' }).click();
  await page.locator('[data-entry="resolved"]').waitFor();
});

test('filters stand in the address and survive a reload', async () => {
  await pressButton(service, '901');
  await raiseBloodPressure(service, '902');
  const outcome = { outcome: 'away', note: '', contactMadeBy: '王芳', contact: 'seen' } as const;
  await service.service.submit({ type: 'case.resolve', case: '902.c1', ...outcome }, '王芳');
  const { page } = await openTab(browser);
  await signInAt(page, service.url, WANG);
  await page.getByRole('button', { name: '待回访' }).click();
  await page.getByRole('button', { name: '待接手' }).click();
  await page.getByRole('button', { name: '处理中' }).click();
  await page.locator('[data-case="902.c1"]').waitFor();
  await page.locator('[data-case="901.c1"]').waitFor({ state: 'detached' });
  await expect.poll(() => new URL(page.url()).search).toBe('?status=resolved');
  await page.reload();
  await page.locator('[data-case="902.c1"]').waitFor();
  await page.getByRole('combobox', { name: '片区' }).selectOption({ label: '\u2003第二网格' });
  await page.getByText('没有符合筛选条件的事项').waitFor();
  await expect.poll(() => new URL(page.url()).searchParams.get('area')).toBe('haitang/g2');
});

test('the way back from a case leads to the list as it was left, with what happened meanwhile', async () => {
  await pressButton(service, '1001');
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/?status=open`, WANG);
  await page.locator('[data-case="1001.c1"] a').click();
  await page.getByRole('heading', { name: /1001/ }).waitFor();
  await pressButton(service, '1002');
  await page.locator('[data-live-region]', { hasText: '1002' }).waitFor({ state: 'attached' });
  await page.getByRole('button', { name: '接手' }).click();
  await page.locator('[data-entry="acknowledged"]').waitFor();
  await page.getByRole('link', { name: '返回列表' }).click();
  await page.locator('[data-case="1002.c1"]').waitFor();
  await page.locator('[data-case="1001.c1"]').waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?status=open');
});

test.each([
  ['a phone', PHONE],
  ['a desk', DESK],
])('where somebody presses the button is on the page of the open case, on %s', async (width, viewport) => {
  const at = Date.now() - 5 * 60_000;
  const place = { latitude_deg: 31.2304, longitude_deg: 121.4737 };
  await publish(service, 'wb-1002', { at, ...place });
  await pressButton(service, '1002');
  const { page, troubles } = await openTab(browser, { viewport });
  await signInAt(page, service.url, WANG);
  const open = { paths: [''], home: '1002', status: ['open'] } as const;
  const [one] = (await service.service.records.cases(open, { limit: 1 })).items;
  await page.goto(`${service.url}/cases/${one?.id}`);
  const position = page.locator('[data-position="wb-1002"]');
  await position.getByText(/5 分钟前/).waitFor();
  const link = position.getByRole('link', { name: /在地图中打开 31\.230400,121\.473700/ });
  expect(await link.getAttribute('href')).toBe('geo:31.230400,121.473700?q=31.230400,121.473700');
  expect(await link.innerText()).toBe('31.230400, 121.473700');
  await picture(page, `case-position-${width.replace(' ', '-')}`);
  expect(await tooWide(page)).toBe(0);
  expect(troubles).toEqual([]);
});
