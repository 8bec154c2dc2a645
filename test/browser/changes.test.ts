import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { HOUR, ManualClock } from '../../src/lib/clock.ts';
import { ADMIN, letPass } from '../service.ts';
import { openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
import { publish } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** As wide as the screens of many offices. */
const DESK = { width: 1280, height: 800 } as const;
const NOON = Date.UTC(2026, 4, 20, 4);

const clock = new ManualClock(NOON);

onStage({ clock, service: { drill: { schedule: 'off' } } }, async () => {
  for (const device of ['wm-601', 'wm-602', 'wm-701'])
    await publish(service, device, { at: clock.now(), water_index_m3: 12 });
  await letPass(service, clock, HOUR);
});

async function openAt(path: string, viewport = PHONE as { width: number; height: number }): Promise<Page> {
  const { page } = await openTab(browser, { viewport });
  await signInAt(page, service.url, ADMIN);
  await page.goto(service.url + path);
  await settled(page);
  return page;
}

const registry = () => service.service.registry;

test('a device moves to the home that somebody chose by its room, and is enrolled there from now', async () => {
  const page = await openAt('/homes/601');
  await page.getByRole('button', { name: '移动、更换、停用 wm-601' }).click();
  await picture(page, 'device-change-390-zh');
  expect(await tooWide(page)).toBe(0);
  await page.getByRole('button', { name: '移到别户', exact: true }).click();
  await page.getByRole('button', { name: '确认移动' }).click();
  await page.getByText('请先选定新住户').waitFor();
  await page.getByLabel('移到哪一户').fill('3-2-702');
  await page.getByRole('button', { name: /3号楼2单元702 赵永年/ }).click();
  await page.getByText('移到：3号楼2单元702').waitFor();
  await picture(page, 'device-move-390-zh');
  await page.getByRole('button', { name: '确认移动' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(registry().device('wm-601')?.home).toBe('702');
  expect(registry().device('wm-601')?.enrolledAt).toBeGreaterThanOrEqual(clock.now());
  const history = await service.telemetry.range({
    device: 'wm-601',
    metric: 'water_index_m3',
    from: NOON,
    to: NOON + 1,
    limit: 10,
  });
  expect(history.map(({ value }) => value)).toEqual([12]);
});

test('a device that goes where its gateway is not heard does not take it along unseen', async () => {
  const building = { noun: 'node', path: 'haitang/g2/b9', level: 'building', name: '9号楼' } as const;
  const home = { noun: 'home', id: '9-101', parent: building.path, name: '101' } as const;
  const gateway = {
    noun: 'gateway',
    id: 'gw-b3',
    parent: 'haitang/g1/b3',
    enrolledAt: NOON,
    disabled: false,
  } as const;
  const meter = registry().device('wm-1002');
  if (!meter) throw new Error('there is no such meter');
  const put = [building, home, gateway, { ...meter, gateway: gateway.id }];
  await service.service.submit({ type: 'registry.apply', put, remove: [] }, 'test');
  const page = await openAt('/homes/1002');
  await page.getByRole('button', { name: '移动、更换、停用 wm-1002' }).click();
  await page.getByRole('button', { name: '移到别户', exact: true }).click();
  const field = page.locator('input[name=gateway]');
  expect(await field.inputValue()).toBe('gw-b3');
  await page.getByLabel('移到哪一户').fill('9号楼 101');
  await page.getByRole('button', { name: /9号楼101/ }).click();
  await page.getByText('原网关 gw-b3 不在新住户那里').waitFor();
  expect(await field.inputValue()).toBe('');
  await picture(page, 'device-move-gateway-390-zh');
  // In the same building it is heard still.
  await page.getByLabel('移到哪一户').fill('3-2-1001');
  await page.getByRole('button', { name: /3号楼2单元1001/ }).click();
  await page.getByText('原网关 gw-b3').waitFor({ state: 'detached' });
  expect(await field.inputValue()).toBe('gw-b3');
});

test('a new device takes the place of a broken one, which is stopped and keeps its readings', async () => {
  const page = await openAt('/devices?q=wm-602');
  await page.getByRole('button', { name: '移动、更换、停用 wm-602' }).click();
  await page.getByRole('button', { name: '换新设备' }).click();
  await page.getByRole('heading', { name: '用新设备替换 wm-602' }).waitFor();
  await page.locator('input[name=id]').fill('wm-602');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.getByText('新设备要用自己的编号').waitFor();
  await page.locator('input[name=id]').fill('wm-602b');
  await picture(page, 'device-replace-390-zh');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.getByText('已登记 wm-602b，旧设备 wm-602 已停用').waitFor();
  await picture(page, 'device-replaced-390-zh');
  expect(registry().device('wm-602b')).toMatchObject({ home: '602', model: 'water-meter', disabled: false });
  expect(registry().device('wm-602')).toMatchObject({ home: '602', disabled: true });
});

test('what was just hung stands first, and a room, a name or a serial number finds it among all', async () => {
  const page = await openAt('/devices');
  const ids = () =>
    page
      .locator('tr[data-device]')
      .evaluateAll((rows: { dataset: { device: string } }[]) => rows.map(({ dataset }) => dataset.device));
  await page.getByText('24 小时内登记').waitFor();
  expect((await ids()).slice(0, 2).sort()).toEqual(['wm-601', 'wm-602b']);
  await picture(page, 'devices-fresh-390-zh');
  expect(await tooWide(page)).toBe(0);
  for (const [words, device] of [
    ['3-2-902', 'wb-902'],
    ['刘玉珍 1001', 'wb-1001'],
    ['WM-602', 'wm-602b'],
  ] as const) {
    await page.getByPlaceholder('房号、姓名、电话、设备编号').fill(words);
    await page.locator(`tr[data-device="${device}"]`).waitFor();
    await expect.poll(async () => (await ids()).length).toBe(2);
  }
  await page.getByPlaceholder('房号、姓名、电话、设备编号').fill('');
  await page.locator('select[name=order]').selectOption('place');
  await expect.poll(async () => (await ids())[0]).toBe('wb-501');
});

test('whoever mounts a meter compares its first index with the dial, and is told what is wrong with the unit', async () => {
  const page = await openAt('/onboarding?device=wm-902');
  await page.getByText('正在等待报文').waitFor();
  await publish(service, 'wm-902', { at: clock.now(), water_index_m3: 123_456 });
  const dial = page.locator('[data-dial]');
  await dial.getByText('多半是把升当成了立方米').waitFor();
  await dial.getByRole('button', { name: '00123.456 m³' }).click();
  await dial.getByText('报来的大了 1000 倍').waitFor();
  await picture(page, 'dial-390-zh');
  expect(await tooWide(page)).toBe(0);
  await speak(page, 'English');
  await dial.getByText('1000 times too large').waitFor();
  await page.setViewportSize(DESK);
  await page.keyboard.press('Escape');
  await picture(page, 'dial-1280-en');
});

test('a device whose call nobody has attended to is not stopped, and the way to the case stands there', async () => {
  await publish(service, 'wb-801', { at: clock.now(), event: 'sos' });
  const page = await openAt('/homes/801');
  await page.getByRole('button', { name: '移动、更换、停用 wb-801' }).click();
  await page.getByRole('button', { name: '停用', exact: true }).click();
  await page.getByRole('button', { name: '确认停用' }).click();
  await page.getByRole('link', { name: '查看这件事项' }).waitFor();
  await picture(page, 'device-stop-refused-390-zh');
  expect(registry().device('wb-801')?.disabled).toBe(false);
});

test('a home with a case that is not over is not removed, and its dialog leads there', async () => {
  const page = await openAt('/homes/801');
  await page.getByRole('button', { name: '删除住户…' }).click();
  await page.getByText(/还有 1 件事项没有销号/).waitFor();
  await picture(page, 'home-end-hindered-390-zh');
  expect(await page.getByRole('button', { name: '删除住户和读数' }).count()).toBe(0);
});

test('a home is removed by whoever types its room, with its devices and people', async () => {
  const page = await openAt('/homes/701');
  await page.getByRole('button', { name: '删除住户…' }).click();
  await page.getByText('2 台设备和它们的全部读数').waitFor();
  await picture(page, 'home-end-390-zh');
  await page.getByLabel(/请输入房号/).fill('70');
  await page.getByRole('button', { name: '删除住户和读数' }).click();
  await page.getByText('输入的不是“701”').waitFor();
  expect(registry().home('701')).toBeDefined();
  await page.getByLabel(/请输入房号/).fill('701');
  await page.getByRole('button', { name: '删除住户和读数' }).click();
  await page.waitForURL(/\/watch/);
  expect(registry().home('701')).toBeUndefined();
  expect(registry().device('wm-701')).toBeUndefined();
});

test('all of it has its place on a desk and in English', async () => {
  const page = await openAt('/homes/901', DESK);
  await speak(page, 'English');
  await page.getByRole('button', { name: 'Move, replace, stop wm-901' }).click();
  await picture(page, 'device-change-1280-en');
  await page.getByRole('button', { name: 'Move to another home' }).click();
  await page.getByLabel('Which home it moves to').fill('902');
  await page.getByRole('button', { name: /902/ }).click();
  await picture(page, 'device-move-1280-en');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Remove this home…' }).click();
  await page.getByLabel(/type the room/).waitFor();
  await picture(page, 'home-end-1280-en');
});
