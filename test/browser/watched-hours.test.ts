import { expect, test } from 'vitest';
import {
  firstQuarterOf,
  looksOf,
  partKey,
  partOf,
  readPart,
  WATCH_BEGAN,
  writeLooks,
  writePart,
} from '../../src/model/watch-record.ts';
import { openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
import { ADMINISTRATOR, HOMES } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** Of March: it is written down from the 3rd on, the service stood still for five hours, and three homes were not watched for some time. */
const MARCH = '2026-03';
const LINES: Readonly<Record<string, string>> = {
  501: '192w700b1000w',
  602: '192b',
  801: '192w400n410w2000u2100w',
  902: '192w300a900w',
};

onStage({ staff: true }, async () => {
  const { records } = service.service;
  await records.saveMeta(WATCH_BEGAN, String(firstQuarterOf(MARCH) + 192));
  for (const home of HOMES) {
    const key = partKey(MARCH, partOf(home));
    const part = readPart(await records.meta(key)).set(home, LINES[home] ?? '192w');
    await records.saveMeta(key, writePart(part));
  }
  const runs = [
    [192, 1500],
    [1520, 31 * 96],
  ] as const;
  await records.saveMeta(looksOf(MARCH), writeLooks(runs));
});

const ADDRESS = '/ledger?from=2026-03-01&to=2026-03-31';

test.each([
  ['zh', PHONE],
  ['zh', { width: 1280, height: 900 }],
  ['en', PHONE],
  ['en', { width: 1280, height: 900 }],
] as const)('for how much of a month people were watched, in %s at %o', async (language, viewport) => {
  const { page, troubles } = await openTab(browser, { viewport });
  await signInAt(page, `${service.url}${ADDRESS}`, ADMINISTRATOR);
  const card = page.locator('.watched-hours');
  await card.locator('tbody tr').first().waitFor();
  await speak(page, language === 'en' ? 'English' : '中文');
  const [title, since] =
    language === 'zh'
      ? ['看护时数', '从 2026-03-03 08:00 才开始记录']
      : ['Hours watched', 'Recorded only since 2026-03-03 08:00'];
  await card.getByRole('heading', { name: title }).waitFor();
  await card.getByText(since).waitFor();
  // The one that was blind all the month, then the one of three days, then the one of a day.
  const places = await card.locator('tbody th').allInnerTexts();
  expect(places.map((place) => place.split(' ').at(-1))).toEqual(['602', '501', '801']);
  await settled(page);
  await picture(page, `watched-hours-${language}-${viewport.width}`);
  expect(await tooWide(page)).toBe(0);
  expect(troubles).toEqual([]);
});

test('on paper stand the hours, and no home', async () => {
  const { page } = await openTab(browser, { viewport: { width: 794, height: 1123 } });
  await signInAt(page, `${service.url}${ADDRESS}`, ADMINISTRATOR);
  await page.locator('.watched-hours tbody tr').first().waitFor();
  await settled(page);
  await page.emulateMedia({ media: 'print' });
  await picture(page, 'watched-hours-on-paper');
  expect(await page.getByText('曾连续 25 小时以上无数据的户数').isVisible()).toBe(true);
  expect(await page.locator('.watched-hours table').isVisible()).toBe(false);
});

test('of a month of which nothing is written down it says so', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/ledger?from=2026-01-01&to=2026-01-31`, ADMINISTRATOR);
  await page.getByText('这段时间没有看护记录，看护情况不明。').waitFor();
});
