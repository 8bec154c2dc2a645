import type { Browser, Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { faultsOf, hiddenStops, PAGES } from './audit.ts';
import { launch, openTab, PHONE, picture, settled, signInAt, speak, tooWide } from './browser.ts';
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

/** Of somebody who set letters twice as large in their browser. */
let largeLetters: Browser;
afterAll(() => largeLetters?.close());

onStage(
  {
    entries: [...community(Date.now()), ...DUTY_STAFF],
    rosters: DUTY_ROSTERS,
    still: true,
    channels: [
      { id: 'terminal', channel: 'terminal' },
      { id: 'wall', channel: 'mqtt-topic' },
    ],
  },
  async () => {
    await pressButton(service, '501');
    await pressButton(service, '701');
    await raiseBloodPressure(service, '502');
    await stopWater(service, '601');
    await publish(service, 'wm-602', { at: '2099-01-01T00:00:00Z', water_index_m3: 1 });
    largeLetters = await launch('--blink-settings=defaultFontSize=32');
  },
);

async function openPage(page: Page, path: string): Promise<void> {
  await page.goto(service.url + path);
  await page.locator('#main h1').first().waitFor({ state: 'attached' });
  await settled(page);
}

async function inLanguage(page: Page, name: string): Promise<void> {
  await signInAt(page, service.url, ADMINISTRATOR);
  await speak(page, name);
}

const LANGUAGES = [
  ['中文', 'zh-CN'],
  ['English', 'en-GB'],
] as const;

describe.each(LANGUAGES)('in %s', (name, language) => {
  test.each([false, true])('every page can be hit, told apart, and heard; dark: %s', async (dark) => {
    const { page, troubles } = await openTab(browser, { viewport: { width: 320, height: 640 }, dark });
    await inLanguage(page, name);
    for (const path of PAGES) {
      await openPage(page, path);
      await picture(
        page,
        `every-page-320-${language}-${dark ? 'dark' : 'light'}${path.replaceAll('/', '-')}`,
      );
      expect(await faultsOf(page, language), path).toEqual([]);
    }
    expect(troubles).toEqual([]);
  });

  test('zoomed to 200 % on a phone no page scrolls sideways, and the P1 says who is in danger', async () => {
    const { page } = await openTab(browser, { viewport: { width: 195, height: 422 } });
    await inLanguage(page, name);
    for (const path of PAGES) {
      await openPage(page, path);
      expect(await tooWide(page), path).toBe(0);
      if (path !== '/') await namesWhoIsInDanger(page);
      await picture(page, `every-page-195-${language}${path.replaceAll('/', '-')}`);
    }
  });

  test('in letters twice as large all words grow, and no page scrolls sideways', async () => {
    const { page } = await openTab(largeLetters, { viewport: { width: 390, height: 844 } });
    await inLanguage(page, name);
    for (const path of PAGES) {
      await openPage(page, path);
      expect(await tooWide(page), path).toBe(0);
      expect(await smallLetters(page), path).toEqual([]);
      await picture(page, `every-page-large-${language}${path.replaceAll('/', '-')}`);
    }
  });
});

/** The name in the bar is a word that one can read, and not a column of letters that is cut off. */
async function namesWhoIsInDanger(page: Page): Promise<void> {
  const words = page.locator('.alarm-words');
  await words.waitFor();
  expect((await words.boundingBox())?.width).toBeGreaterThan(120);
}

/** Words below twice the smallest of ours, where letters are twice as large. */
const smallLetters = async (page: Page): Promise<string[]> =>
  (await page.evaluate(`[...document.querySelectorAll('body *')]
    .filter((one) => one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => parseFloat(getComputedStyle(one).fontSize) < 22)
    .map((one) => one.tagName + ' ' + one.textContent.slice(0, 20))`)) as string[];

/** The pages on which the keyboard is somewhere that nobody sees, in a window of this size. */
async function unseenIn(viewport: { width: number; height: number }): Promise<string[]> {
  // A desk that zooms: no phone, which has no keyboard.
  const { page } = await openTab(browser, { viewport });
  await signInAt(page, service.url, ADMINISTRATOR);
  const unseen: string[] = [];
  for (const path of PAGES) {
    await openPage(page, path);
    const forwards = await hiddenStops(page, 'Tab');
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    for (const stop of [...forwards, ...(await hiddenStops(page, 'Shift+Tab'))])
      unseen.push(`${viewport.width}×${viewport.height} ${path}: ${stop}`);
  }
  return unseen;
}

test('in windows of three sizes the keyboard is always seen, forwards and back', async () => {
  const sizes = [
    { width: 1280, height: 900 },
    { width: 390, height: 844 },
    { width: 320, height: 256 },
  ];
  // Each waits for a picture at each of a thousand stops: all at once, that is one wait.
  expect((await Promise.all(sizes.map(unseenIn))).flat()).toEqual([]);
});

test('where the system has the only colours, what is on differs from what is off', async () => {
  const { page } = await openTab(browser, { viewport: PHONE, forcedColors: 'active' });
  await signInAt(page, service.url, ADMINISTRATOR);
  await settled(page);
  const ground = (name: string) =>
    page.evaluate(
      `getComputedStyle([...document.querySelectorAll('.chips button')].find((one) => one.textContent === '${name}')).backgroundColor`,
    );
  expect(await ground('待接手')).not.toBe(await ground('已销号'));
});
