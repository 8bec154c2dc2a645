import { expect, test } from 'vitest';
import { DAY, HOUR, ManualClock } from '../../src/lib/clock.ts';
import { ADMIN, letPass } from '../service.ts';
import { openTab, PHONE, picture, settled, signInAt, speak } from './browser.ts';
import { raiseBloodPressure } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** As wide as the screens of many offices. */
const DESK = { width: 1280, height: 800 } as const;
const CHINESE = ['收缩压阈值 180', '舒张压阈值 110'];
const ENGLISH = ['Systolic threshold 180', 'Diastolic threshold 110'];

/** The next half past eleven in the evening: the axis of time ends at midnight, with a date below its edge. */
const EVENING = 15.5 * HOUR;
const clock = new ManualClock(Math.ceil((Date.now() - EVENING) / DAY) * DAY + EVENING);

onStage({ clock }, async () => {
  await raiseBloodPressure(service, '501', clock.now());
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
    await speak(page, language);
    await page.goto(`${service.url}/cases/501.c1`);
    await page.locator('.chart canvas').first().waitFor();
    await settled(page);
    await picture(page, `chart-${viewport.width}-${language}`);
    const drawn = async () => (await page.evaluate('window.drawn')) as Drawn[];
    const texts = async () => (await drawn()).map(({ text }) => text);
    for (const word of words) await expect.poll(texts).toContainEqual(expect.stringContaining(word));
    // The date below the right edge, which is midnight.
    await expect.poll(texts).toContainEqual(expect.stringMatching(midnight));
    expect((await drawn()).filter(({ left, right, width }) => left < 0 || right > width)).toEqual([]);
  }
});

test('what a device measured before it hung in this home is told apart', async () => {
  await raiseBloodPressure(service, '502', clock.now());
  const { registry } = service.service;
  const band = registry.device('wb-502');
  if (!band) throw new Error('there is no such band');
  const put = [{ ...band, enrolledAt: clock.now() - 6 * HOUR }];
  await service.service.submit({ type: 'registry.apply', put, remove: [] }, 'test');
  const { page } = await openTab(browser, { viewport: PHONE });
  await page.addInitScript(NOTE_DRAWN);
  await signInAt(page, `${service.url}/cases/502.c1`, ADMIN);
  await page.getByText(/才登记到本户，竖线之前的读数可能来自别处/).waitFor();
  const texts = async () => ((await page.evaluate('window.drawn')) as Drawn[]).map(({ text }) => text);
  await expect.poll(texts).toContain('登记到本户');
  await settled(page);
  await picture(page, 'chart-moved-390');
  await page.goto(`${service.url}/cases/501.c1`);
  await page.locator('.chart canvas').first().waitFor();
  expect(await page.getByText('才登记到本户').count()).toBe(0);
});

test('a curve that ends before now says so', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await signInAt(page, `${service.url}/cases/501.c1`, ADMIN);
  await page.locator('.chart canvas').first().waitFor();
  expect(await page.getByText(/曲线只画到/).count()).toBe(0);
  await letPass(service, clock, 12 * HOUR);
  await page.reload();
  await page.getByText(/曲线只画到 .*，不是到现在/).waitFor();
  await settled(page);
  await picture(page, 'chart-ends-390');
});
