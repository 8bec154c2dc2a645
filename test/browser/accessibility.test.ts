import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { PAGES } from './audit.ts';
import { DESK, dialogGone, openTab, PHONE, settled, signInAt, speak, tooWide } from './browser.ts';
import {
  ADMINISTRATOR,
  community,
  DUTY_ROSTERS,
  DUTY_STAFF,
  pressButton,
  publish,
  raiseBloodPressure,
  stopWater,
} from './community.ts';
import { browser, onStage, service } from './stage.ts';

let axe: string;

onStage(
  async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    return {
      entries: [...community(Date.now()), ...DUTY_STAFF],
      rosters: DUTY_ROSTERS,
      demo: true,
      still: true,
    };
  },
  async () => {
    await pressButton(service, '501');
    await raiseBloodPressure(service, '502');
    await stopWater(service, '601');
    await publish(service, 'wm-602', { at: '2099-01-01T00:00:00Z', water_index_m3: 1 });
  },
);

/** What axe finds, shortly: rule and the elements that break it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
       .then((result) => result.violations.map((one) => [one.impact, one.id, one.nodes.map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? ''))]))`,
  )) as [string, string, string[]][];
  return found
    .filter(([impact]) => impact === 'serious' || impact === 'critical' || impact === 'moderate')
    .map(([, id, nodes]) => `${id}: ${nodes.slice(0, 3).join(' | ')}`);
}

/** What does not fit: a page that scrolls sideways, a button whose words stand outside it. */
async function outside(page: Page): Promise<string[]> {
  const buttons = (await page.evaluate(`[...document.querySelectorAll('button, .button, nav a')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === 'visible')
    .map((one) => one.textContent.trim())`)) as string[];
  return (await tooWide(page)) > 0 ? ['the page', ...buttons] : buttons;
}

const LANGUAGES = { zh: '中文', en: 'English' } as const;

describe.each([
  { viewport: PHONE, dark: false, locale: 'zh' },
  { viewport: PHONE, dark: true, locale: 'en' },
  { viewport: DESK, dark: true, locale: 'zh' },
  { viewport: DESK, dark: false, locale: 'en' },
] as const)('$viewport.width pixels wide, dark $dark, in $locale', ({ viewport, dark, locale }) => {
  test('no page has a serious barrier', async () => {
    const { page, troubles } = await openTab(browser, { viewport, dark });
    await page.goto(service.url);
    await page.getByLabel('用户名').waitFor();
    await page.getByRole('button', { name: LANGUAGES[locale] }).click();
    expect(await violations(page), 'sign-in').toEqual([]);
    await page.getByRole('button', { name: LANGUAGES.zh }).click();
    await signInAt(page, service.url, ADMINISTRATOR);
    await speak(page, LANGUAGES[locale]);
    await page.locator('.menu > summary').click();
    expect(await violations(page), 'menu').toEqual([]);
    for (const path of PAGES) {
      await page.goto(service.url + path);
      await page.locator('h1').first().waitFor({ state: 'attached' });
      await settled(page);
      expect(await violations(page), path).toEqual([]);
      expect(await outside(page), path).toEqual([]);
    }
    expect(troubles).toEqual([]);
  });

  test('no dialog has a serious barrier', async () => {
    const { page } = await openTab(browser, { viewport, dark });
    await signInAt(page, `${service.url}/cases/501.c1`, ADMINISTRATOR);
    await speak(page, LANGUAGES[locale]);
    for (const name of ['进展|Progress', '添加记录|Add note', '处置|Resolve', '更多|More']) {
      await page.getByRole('button', { name: new RegExp(`^(${name})$`) }).click();
      await page.locator('dialog[open]').waitFor();
      expect(await violations(page), name).toEqual([]);
      expect(await outside(page), name).toEqual([]);
      await page.keyboard.press('Escape');
      await dialogGone(page);
    }
    await page.goto(`${service.url}/duty`);
    for (const name of ['登记休假$|Register leave$', '换班 |Swap ']) {
      await page
        .getByRole('button', { name: new RegExp(`^(${name})`) })
        .first()
        .click();
      await page.locator('dialog[open]').waitFor();
      expect(await violations(page), name).toEqual([]);
      expect(await outside(page), name).toEqual([]);
      await page.keyboard.press('Escape');
      await dialogGone(page);
    }
  });
});

test('the keyboard alone acknowledges a case, and the focus is always seen', async () => {
  const { page } = await openTab(browser);
  await signInAt(page, service.url, ADMINISTRATOR);
  const button = page.getByRole('button', { name: /接手 3号楼2单元501/ });
  await button.waitFor();
  await button.focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle`);
  expect(outline).toBe('solid');
  await page.keyboard.press('Enter');
  await page.locator('[data-case="501.c1"] .owner').waitFor();
});
