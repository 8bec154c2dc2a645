import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR, ManualClock } from '../../src/lib/clock.ts';
import { letPass, type TestService, testService } from '../service.ts';
import { DESK, launch, openTab, PHONE, picture, settled, signInAt, tooWide } from './browser.ts';
import { ADMINISTRATOR, community, publish } from './community.ts';

const BEHIND = ['501', '502', '601'];
/** Names in the header that take more than a line: a word was cut in two. */
const CUT_NAMES = `[...document.querySelectorAll('.brand span, .nav a span')].filter((one) => {
  const text = document.createRange();
  text.selectNodeContents(one);
  return text.getClientRects().length > 1;
}).map((one) => one.textContent)`;

let service: TestService;
let browser: Browser;

beforeAll(async () => {
  const clock = new ManualClock(Date.now() - 8 * HOUR);
  const enrolledAt = clock.now() - HOUR;
  const entries = community(clock.now()).map((one) =>
    one.noun === 'device' && one.model === 'water-meter' && BEHIND.includes(one.home)
      ? { ...one, gateway: 'gw-1' }
      : one,
  );
  const gateway = { noun: 'gateway', id: 'gw-1', parent: 'haitang/g1/b3/u2', name: '地下室网关' } as const;
  service = await testService({
    entries: [...entries, { ...gateway, enrolledAt, disabled: false }],
    rules: [
      { id: 'W1', kind: 'low-consumption', params: {} },
      { id: 'M1', kind: 'silence', params: { models: [] } },
    ],
    clock,
  });
  for (const home of BEHIND) await publish(service, `wm-${home}`, { at: clock.now(), water_index_m3: 12 });
  await letPass(service, clock, 8 * HOUR);
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

test.each([
  ['phone', PHONE, 'zh', '其后的住户', '网关失联'],
  ['desk', DESK, 'zh', '其后的住户', '网关失联'],
  ['phone', PHONE, 'en', 'Homes behind it', 'gateway silent'],
  ['desk', { width: 1280, height: 900 }, 'en', 'Homes behind it', 'gateway silent'],
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
