import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY, HOUR, ManualClock } from '../../src/lib/clock.ts';
import { ADMIN, type TestService, testService } from '../service.ts';
import { launch, openTab, PHONE, picture, settled, signInAt } from './browser.ts';
import { community, raiseBloodPressure } from './community.ts';

/** As wide as the screens of many offices. */
const DESK = { width: 1280, height: 800 } as const;
const CHINESE = ['收缩压阈值 180', '舒张压阈值 110'];
const ENGLISH = ['Systolic threshold 180', 'Diastolic threshold 110'];

/** The next half past eleven in the evening: the axis of time ends at midnight, with a date below its edge. */
const EVENING = 15.5 * HOUR;
const clock = new ManualClock(Math.ceil((Date.now() - EVENING) / DAY) * DAY + EVENING);
let service: TestService;
let browser: Browser;

beforeAll(async () => {
  service = await testService({ entries: community(clock.now()), clock });
  await raiseBloodPressure(service, '501', clock.now());
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

interface Drawn {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly width: number;
}
/** What stands on a canvas no document says: each text, and where it begins and ends. */
const NOTE_DRAWN = `
  window.drawn = [];
  const fillText = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    const { width } = this.measureText(text);
    const begin = { left: x, start: x, center: x - width / 2, right: x - width, end: x - width }[this.textAlign];
    const { a, e, b } = this.getTransform();
    if (b === 0) drawn.push({ text, left: begin * a + e, right: (begin + width) * a + e, width: this.canvas.width });
    return fillText.call(this, text, x, y, ...rest);
  };
`;

test('a chart draws the thresholds of a blood pressure with their words, and cuts off no label', async () => {
  for (const [viewport, language, words, midnight] of [
    [PHONE, '中文', CHINESE, /月\d+日$/],
    [PHONE, 'English', ENGLISH, /^\d+ [A-Z]/],
    [DESK, '中文', CHINESE, /月\d+日$/],
    [DESK, 'English', ENGLISH, /^\d+ [A-Z]/],
  ] as const) {
    const { page } = await openTab(browser, { viewport });
    await page.addInitScript(NOTE_DRAWN);
    await signInAt(page, service.url, ADMIN);
    await page.locator('.menu > summary').click();
    await page.getByRole('button', { name: language }).click();
    await page.goto(`${service.url}/cases/501.c1`);
    await page.locator('.chart canvas').first().waitFor();
    await settled(page);
    await picture(page, `chart-${viewport.width}-${language}`);
    const drawn = async () => (await page.evaluate('window.drawn')) as Drawn[];
    await expect.poll(async () => (await drawn()).length).toBeGreaterThan(0);
    for (const word of words)
      expect((await drawn()).map(({ text }) => text)).toContainEqual(expect.stringContaining(word));
    // The date below the right edge, which is midnight.
    expect((await drawn()).map(({ text }) => text)).toContainEqual(expect.stringMatching(midnight));
    expect((await drawn()).filter(({ left, right, width }) => left < 0 || right > width)).toEqual([]);
  }
});
