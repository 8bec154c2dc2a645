import { expect, test } from 'vitest';
import { ManualClock, MINUTE } from '../../src/lib/clock.ts';
import { ADMIN, letPass } from '../service.ts';
import { openTab, PHONE, picture, settled, signInAt } from './browser.ts';
import { publish } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** Whoever mounts a button stands in the flat with a phone. */
const clock = new ManualClock(Date.now());
onStage({ clock, service: { drill: { schedule: 'off' } } });

const press = (home: string) => publish(service, `wb-${home}`, { at: clock.now(), event: 'sos' });
const safetyCases = async (home: string) =>
  (await service.service.records.cases({ paths: [''], home }, { limit: 20 })).items.filter(
    ({ kind }) => kind === 'safety',
  );

test('a button is tested from the flat: the page says at once that the call came, and it can turn out to be real', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, ADMIN);
  await page.goto(`${service.url}/homes/501`);
  await settled(page);
  const band = page.locator('[data-call-test="wb-501"]');
  await band.getByRole('button', { name: '测试呼叫' }).click();
  await picture(page, 'call-test-dialog');
  await page.getByRole('button', { name: '开始测试' }).click();
  await band.getByText(/正在测试“紧急呼叫.*请现在按一次/).waitFor();
  await page
    .locator('[data-call-tests]')
    .getByText(/测试中：501 wb-501/)
    .waitFor();
  await picture(page, 'call-test-waiting');
  await press('501');
  await band.getByText(/已收到呼叫 \d\d:\d\d:\d\d/).waitFor();
  await page.locator('[data-call-tests]').waitFor({ state: 'detached' });
  await picture(page, 'call-test-heard');
  expect(await safetyCases('501')).toEqual([]);
  await band.getByRole('button', { name: '这是真的' }).click();
  await band.getByRole('link', { name: '打开事项' }).waitFor();
  await picture(page, 'call-test-real');
  expect(await safetyCases('501')).toMatchObject([{ priority: 'P1', status: 'open' }]);
  await band.getByRole('button', { name: '测试呼叫' }).click();
  await page.getByRole('button', { name: '开始测试' }).click();
  await page.getByText('此住户有未处置完的紧急事项（P1）或呼救，不能测试').waitFor();
});

test('a test without a call says so in the list of devices, and is visible on the board while it lasts', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, service.url, ADMIN);
  await page.goto(`${service.url}/devices`);
  await settled(page);
  const band = page.locator('[data-call-test="wb-602"]');
  await band.getByRole('button', { name: '测试呼叫' }).click();
  await page.getByRole('button', { name: '开始测试' }).click();
  await band.getByText(/正在测试/).waitFor();
  await letPass(service, clock, 6 * MINUTE);
  await band.getByText(/未收到呼叫/).waitFor();
  await picture(page, 'call-test-none');
  expect(await safetyCases('602')).toEqual([]);
});
