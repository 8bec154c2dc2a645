import mqtt from 'mqtt';
import { expect, test } from 'vitest';
import { hashSecret } from '../../src/lib/secrets.ts';
import type { RegistryEntry } from '../../src/model/registry.ts';
import { DESK, openTab, PHONE, picture, signInAt } from './browser.ts';
import { ADMINISTRATOR, community } from './community.ts';
import { browser, onStage, service } from './stage.ts';

const EUI = '70b3d59bd0000001';
const SECRET = 'a-secret-of-a-network-server';
/** The short form of the water meter, now; 6.054 m³. */
const uplink = (fCnt: number): object => {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt32LE(Math.floor(Date.now() / 1000), 0);
  bytes.writeUInt32LE(6054, 5);
  return { deviceInfo: { devEui: EUI }, devAddr: '01', fCnt, fPort: 100, data: bytes.toString('base64') };
};

onStage(() => {
  const gateway = {
    noun: 'gateway',
    id: 'network-server',
    parent: 'haitang/g1/b3',
    enrolledAt: Date.now() - 86_400_000,
    secretHash: hashSecret(SECRET),
    disabled: false,
  } satisfies RegistryEntry;
  return { entries: [...community(Date.now()), gateway] };
});

async function publish(fCnt: number, eui = EUI, more: object = {}): Promise<void> {
  const client = await mqtt.connectAsync(service.mqttUrl, {
    clientId: 'network-server',
    username: 'network-server',
    password: SECRET,
    reconnectPeriod: 0,
  });
  const message = { ...uplink(fCnt), deviceInfo: { devEui: eui }, ...more };
  await client.publishAsync(`application/a/device/${eui}/event/up`, JSON.stringify(message), { qos: 1 });
  await client.endAsync();
}

test('a device that knocks is let in with a few clicks, and its first message is shown with what was taken', async () => {
  await publish(1);
  const { page, troubles } = await openTab(browser, { viewport: DESK });
  await signInAt(page, service.url, ADMINISTRATOR);
  await page.goto(`${service.url}/onboarding`);
  const knock = page.locator(`[data-knock="deveui:${EUI}"]`);
  await knock.waitFor();
  await picture(page, 'onboarding-knock-desk');
  await knock.getByRole('button', { name: '登记这台' }).click();
  expect(await page.locator('input[name=code]').inputValue()).toBe(`deveui:${EUI}`);
  // Several models could read these bytes: the likeliest is named first, and none is filled in.
  await knock.getByText('报文像是：阿克西玛 W1 超声水表').waitFor();
  expect(await page.locator('input[name=model]').inputValue()).toBe('');
  await page.locator('input[name=id]').fill('kitchen-1');
  await page.locator('input[name=model]').fill('axioma-qalcosonic-w1');
  await page.getByText('LoRaWAN 超声水表').waitFor();
  // Words that a home is looked for by are no home.
  await page.locator('input[name=home]').fill('3号楼 501');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.getByText('没有住户“3号楼 501”').waitFor();
  await page.locator('input[name=home]').fill('501');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.locator('[data-first-messages=kitchen-1]').getByText('正在等待报文').waitFor();
  await publish(2);
  const first = page.locator('[data-first-messages=kitchen-1]');
  await first.getByText('6.054 m³', { exact: true }).waitFor();
  await first.getByText('采用设备时间').waitFor();
  await picture(page, 'onboarding-first-desk');
  expect(troubles).toEqual([]);
});

test('a device that is there already is replaced only when somebody who was told so says it again', async () => {
  const { page } = await openTab(browser, { viewport: DESK });
  await signInAt(page, service.url, ADMINISTRATOR);
  await page.goto(`${service.url}/onboarding`);
  await page.locator('input[name=id]').fill('kitchen-1');
  await page.locator('input[name=model]').fill('axioma-qalcosonic-w1');
  await page.locator('input[name=home]').fill('502');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.getByText('已有设备 kitchen-1').waitFor();
  expect(service.service.registry.device('kitchen-1')?.home).toBe('501');
  await picture(page, 'onboarding-replaces-desk');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.locator('[data-first-messages=kitchen-1]').waitFor();
  expect(service.service.registry.device('kitchen-1')?.home).toBe('502');
});

test('what is missing in the form is said, and a model that there is not is named', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, ADMINISTRATOR);
  await page.goto(`${service.url}/onboarding`);
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.getByRole('alert').getByText('请填写：设备编号').waitFor();
  await page.locator('input[name=code]').fill('LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122');
  await page.getByText('识别为 deveui:aabbccddeeff0011').waitFor();
  const id = page.locator('input[name=id]');
  expect(await id.inputValue()).toBe('aabbccddeeff0011');
  // Another label is another device: nobody may enrol it under the id of the one before.
  await page.locator('input[name=code]').fill('DevEUI: 70B3D59BD0000001');
  expect(await id.inputValue()).toBe('70b3d59bd0000001');
  await id.fill('hall-1');
  await page.locator('input[name=code]').fill('LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122');
  expect(await id.inputValue()).toBe('hall-1');
  await page.locator('input[name=model]').fill('no-such-model');
  await page.locator('input[name=home]').fill('501');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await page.getByRole('alert').getByText(/型号/).waitFor();
  await picture(page, 'onboarding-phone');
});

test('a payload is tried on a model, in hex with its port, and nothing is stored', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, ADMINISTRATOR);
  await page.goto(`${service.url}/onboarding`);
  await page.locator('input[name=trial-model]').fill('axioma-qalcosonic-w1');
  await page.locator('input[name=trial-port]').fill('103');
  await page.locator('textarea[name=trial-payload]').fill('AE AC 98 6A B0');
  await page.getByRole('button', { name: '解析', exact: true }).click();
  await page.locator('[data-trial]').getByText('爆管标志').waitFor();
  await page.locator('textarea[name=trial-payload]').fill('AE AC');
  await page.getByRole('button', { name: '解析', exact: true }).click();
  await page.getByText('malformed-payload').waitFor();
});

test('a meter is exchanged in three clicks', async () => {
  const { page, troubles } = await openTab(browser, { viewport: DESK });
  // As browsers have it where the service is reached over plain HTTP.
  await page.addInitScript('delete Crypto.prototype.randomUUID');
  await signInAt(page, service.url, ADMINISTRATOR);
  await page.getByRole('link', { name: '设备', exact: true }).click();
  const row = page.getByRole('row', { name: /wm-501/ });
  await row.getByRole('button', { name: '换表' }).click();
  await page.getByRole('button', { name: '确认换表' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('旧表最后读数').waitFor();
  await dialog.getByText('新表第一个读数').waitFor();
  await picture(page, 'exchange-desk');
  await expect.poll(() => service.service.registry.device('wm-501')?.exchangedAt).toBeGreaterThan(0);
  expect(troubles).toEqual([]);
});

test('a device that nobody enrolled and that calls for help stands first, until somebody says whose it is', async () => {
  const stranger = '70b3d59bd00000f1';
  await publish(1, '70b3d59bd00000f0');
  await publish(1, stranger, { fPort: 85, data: 'AXVk', object: { sos: true } });
  const { page, troubles } = await openTab(browser, { viewport: DESK });
  await signInAt(page, service.url, ADMINISTRATOR);
  await page.goto(`${service.url}/onboarding`);
  const call = page.locator('[data-knock]').first();
  await call.getByText('已呼救（SOS）1 次').waitFor();
  expect(await call.getAttribute('data-knock')).toBe(`deveui:${stranger}`);
  await picture(page, 'onboarding-call-desk');
  await call.getByRole('button', { name: '不是我们的设备' }).click();
  await page.getByLabel('原因（写入记录）').fill('对面楼的按钮，已与物业核实');
  await page.getByRole('dialog').getByRole('button', { name: '不是我们的设备' }).click();
  await page.getByText(/已排除：对面楼的按钮/).waitFor();
  expect(troubles).toEqual([]);
});

test('the page is in English as well', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, ADMINISTRATOR);
  await page.goto(`${service.url}/onboarding`);
  await page.getByRole('heading', { name: '接入设备' }).waitFor();
  await page.locator('summary[aria-label]').first().click();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Take in a device' }).waitFor();
  await picture(page, 'onboarding-phone-en');
});
