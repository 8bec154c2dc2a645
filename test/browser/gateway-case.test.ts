import { expect, test } from 'vitest';
import { HOUR, ManualClock } from '../../src/lib/clock.ts';
import { letPass } from '../service.ts';
import { DESK, openTab, PHONE, picture, settled, signInAt, tooWide } from './browser.ts';
import { ADMINISTRATOR, community, publish } from './community.ts';
import { browser, onStage, service } from './stage.ts';

const BEHIND = ['501', '502', '601'];
/** Names in the header that take more than a line: a word was cut in two. */
const CUT_NAMES = `[...document.querySelectorAll('.brand span, .nav a span')].filter((one) => {
  const text = document.createRange();
  text.selectNodeContents(one);
  return text.getClientRects().length > 1;
}).map((one) => one.textContent)`;

const clock = new ManualClock(Date.now() - 8 * HOUR);

onStage(
  () => {
    const enrolledAt = clock.now() - HOUR;
    const entries = community(clock.now()).map((one) =>
      one.noun === 'device' && one.model === 'water-meter' && BEHIND.includes(one.home)
        ? { ...one, gateway: 'gw-1' }
        : one,
    );
    const gateway = { noun: 'gateway', id: 'gw-1', parent: 'haitang/g1/b3/u2', name: '地下室网关' } as const;
    return {
      entries: [...entries, { ...gateway, enrolledAt, disabled: false }],
      rules: [
        { id: 'W1', kind: 'low-consumption', params: {} },
        { id: 'M1', kind: 'silence', params: { models: [] } },
        { id: 'V1', kind: 'reading-limit', params: { limits: [{ metric: 'systolic_mmhg', above: 180 }] } },
      ],
      clock,
    };
  },
  async () => {
    for (const home of BEHIND) await publish(service, `wm-${home}`, { at: clock.now(), water_index_m3: 12 });
    await publish(service, 'wb-701', {
      at: clock.now(),
      systolic_mmhg: 128,
      diastolic_mmhg: 76,
      battery_pct: 80,
    });
    await letPass(service, clock, 8 * HOUR);
  },
);

test.each([
  ['phone', PHONE, 'zh', '其后的住户', '网关无数据'],
  ['desk', DESK, 'zh', '其后的住户', '网关无数据'],
  ['phone', PHONE, 'en', 'Homes behind it', 'no data from the gateway'],
  ['desk', { width: 1280, height: 900 }, 'en', 'Homes behind it', 'no data from the gateway'],
] as const)(
  'the case of a silent gateway names the homes behind it, none of which is watched: %s, %s %s',
  async (name, viewport, language, title, state) => {
    const { page, troubles } = await openTab(browser, { viewport });
    await signInAt(page, service.url, ADMINISTRATOR);
    await page.evaluate(`localStorage.setItem('shouwang.locale', '${language}')`);
    await page.goto(`${service.url}/cases/gw-1.c1`);
    await page.getByRole('heading', { name: title }).waitFor();
    for (const home of BEHIND)
      await page.locator(`[data-behind="${home}"]`).getByText(state, { exact: false }).first().waitFor();
    expect(await page.locator('[data-behind]').count()).toBe(BEHIND.length);
    await settled(page);
    expect(await tooWide(page)).toBe(0);
    expect(await page.evaluate(CUT_NAMES)).toEqual([]);
    await picture(page, `gateway-case-${name}-${language}`);
    expect(troubles).toEqual([]);
  },
);

test('a band that rules see nothing by is nowhere called well, and the list says since when it was not heard', async () => {
  const { page, troubles } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/homes/701`, ADMINISTRATOR);
  const band = page.locator('.devices li', { hasText: 'wb-701' });
  await band.getByText('暂无数据', { exact: true }).waitFor();
  expect(await band.getByText('正常').count()).toBe(0);
  await page.locator('[data-rule="V1"][data-state="device-silent"]').waitFor({ state: 'attached' });
  await picture(page, 'home-overdue-band-phone');
  await page.goto(`${service.url}/watch`);
  const silent = page.locator('[data-home="701"] .reason', { hasText: '设备无数据' });
  await silent.getByText(/最后上报.*8 小时前/).waitFor();
  const never = page.locator('[data-home="702"] .reason', { hasText: '从未上报' });
  await never.getByText(/登记于/).waitFor();
  await settled(page);
  expect(await tooWide(page)).toBe(0);
  await picture(page, 'watch-since-phone');
  expect(troubles).toEqual([]);
});
