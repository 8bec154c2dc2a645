import mqtt from 'mqtt';
import { expect, test } from 'vitest';
import { HOUR, ManualClock } from '../../src/lib/clock.ts';
import { ADMIN, letPass } from '../service.ts';
import { openTab, PHONE, picture, settled, signInAt, speak, type Tab } from './browser.ts';
import { addStaff, publish } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** As wide as the screens of many offices. */
const DESK = { width: 1280, height: 800 } as const;

const clock = new ManualClock(Date.now());

/** As a device does on which the new secret was never set. */
const knockWrongly = (device: string): Promise<unknown> =>
  mqtt
    .connectAsync(service.mqttUrl, {
      clientId: device,
      username: device,
      password: 'the secret of before',
      reconnectPeriod: 0,
    })
    .then(
      () => Promise.reject(new Error('it was let in')),
      () => undefined,
    );

onStage({ clock, service: { drill: { schedule: 'off' } } }, async () => {
  const index = (device: string) => publish(service, device, { at: clock.now(), water_index_m3: 12 });
  await index('wm-601');
  await index('wm-602');
  await letPass(service, clock, 5 * HOUR);
  await letPass(service, clock, HOUR);
  await index('wm-601');
  await publish(service, 'wm-501', { at: '2099-01-01T00:00:00Z', water_index_m3: 1 });
  await knockWrongly('wm-502');
});

const VIEWS = [
  [PHONE, '中文'],
  [PHONE, 'English'],
  [DESK, '中文'],
  [DESK, 'English'],
] as const;

async function openAt(path: string, [viewport, language]: (typeof VIEWS)[number]): Promise<Tab> {
  const tab = await openTab(browser, { viewport });
  await signInAt(tab.page, service.url, ADMIN);
  await speak(tab.page, language);
  await tab.page.goto(service.url + path);
  await settled(tab.page);
  return tab;
}

test('the devices that need somebody stand first, and each says why', async () => {
  for (const view of VIEWS) {
    const { page } = await openAt('/devices', view);
    await picture(page, `devices-${view[0].width}-${view[1]}`);
    const states = await page
      .locator('tr[data-device]')
      .evaluateAll(
        (rows: { dataset: { device: string }; querySelector(of: string): { innerText: string } }[]) =>
          rows.map((row) => `${row.dataset.device} ${row.querySelector('.state').innerText}`),
      );
    if (view[1] === 'English') continue;
    expect(states.slice(0, 3)).toEqual(['wm-502 连接被拒', 'wm-501 未采用', 'wm-1001 从未上报']);
    expect(states.slice(-2)).toEqual(['wm-602 失联', 'wm-601 正常']);
    await page.getByText('需要处理 23 台：连接被拒 1 · 未采用 1 · 从未上报 20 · 失联 1').waitFor();
  }
});

test('the case of a silent device says that it does speak, and is refused or not understood', async () => {
  for (const [home, device, words] of [
    ['502', 'wm-502', /连接被拒 1 次.*密钥不对/],
    ['501', 'wm-501', /1 次未被采用/],
  ] as const) {
    const { items } = await service.service.records.cases({ paths: [''], home }, { limit: 20 });
    const found: string[] = [];
    for (const one of items)
      for (const id of one.alerts) {
        const alert = await service.service.records.alert(id);
        if (alert?.ruleKind === 'silence' && alert.device === device) found.push(one.id);
      }
    const [id] = found;
    expect(id).toBeDefined();
    for (const view of VIEWS) {
      const { page } = await openAt(`/cases/${id}`, view);
      await picture(page, `silent-${device}-${view[0].width}-${view[1]}`);
      const said = page.locator(`.case-head [data-speaking="${device}"]`);
      await said.waitFor();
      if (view[1] === '中文') await said.getByText(words).waitFor();
      expect(await page.locator('.case-head [data-speaking]').count()).toBe(1);
    }
  }
});

test('who only reads is offered nothing that the service would refuse', async () => {
  const screen = { user: 'screen', password: 'a-long-password-3', name: '大屏' };
  await addStaff(service, [screen], 'haitang', 'viewer');
  const { page } = await openTab(browser, { viewport: DESK });
  await signInAt(page, `${service.url}/devices`, screen);
  await page.locator('tr[data-device="wm-601"]').waitFor();
  expect(await page.getByRole('button', { name: '换表' }).count()).toBe(0);
  expect(await page.getByRole('link', { name: '看报文' }).count()).toBe(0);
});
