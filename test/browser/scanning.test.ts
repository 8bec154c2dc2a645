import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { dialogGone, openTab, PHONE, picture, signInAt } from './browser.ts';
import { ADMINISTRATOR } from './community.ts';
import { browser, onStage, service } from './stage.ts';

/** A camera that shows a test pattern, and nobody asks whether it may be used. */
const CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const LABEL = 'LW:D0:1122334455667788:70B3D59BD0000001:AABB1122';

onStage({ flags: CAMERA });

/**
 * Chromium has a reader of codes on Android, ChromeOS and macOS, and none on Linux. This stands in for it, as a page sees
 * it: it reads a label once the camera gives a picture.
 */
const READER_OF_CODES = `window.BarcodeDetector = class {
  async detect(video) {
    return video.videoWidth > 0 ? [{ rawValue: '${LABEL}' }] : [];
  }
};`;

async function onboarding(page: Page): Promise<void> {
  await signInAt(page, service.url, ADMINISTRATOR);
  await page.goto(`${service.url}/onboarding`);
  await page.locator('input[name=code]').waitFor();
}

test('the label of a device is read by the camera of the phone', async () => {
  const { page, context, troubles } = await openTab(browser, { viewport: PHONE });
  await context.addInitScript(READER_OF_CODES);
  await onboarding(page);
  await page.getByRole('button', { name: '扫码' }).click();
  await page.getByText('识别为 deveui:70b3d59bd0000001').waitFor();
  expect(await page.locator('input[name=code]').inputValue()).toBe(LABEL);
  expect(await page.locator('input[name=id]').inputValue()).toBe('70b3d59bd0000001');
  await dialogGone(page);
  await picture(page, 'onboarding-scanned-phone');
  expect(troubles).toEqual([]);
});

test('where the browser reads no codes there is no button, and the code is typed', async () => {
  const { page } = await openTab(browser, { viewport: PHONE });
  await onboarding(page);
  expect(await page.getByRole('button', { name: '扫码' }).count()).toBe(0);
  await page.locator('input[name=code]').fill(LABEL);
  await page.getByText('识别为 deveui:70b3d59bd0000001').waitFor();
});
