import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Quiet: no traffic of its own, nothing that needs a desktop. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = (...more: readonly string[]): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...more] });

/** For a machine that has much else to do: it ends what hangs, and says nothing about speed. */
const PATIENCE_MS = 60_000;

export const PHONE = { width: 390, height: 844 } as const;
export const DESK = { width: 1440, height: 900 } as const;

export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong in the page itself: uncaught errors, and what the content security policy stopped. */
  readonly troubles: string[];
}

export interface TabOptions {
  /** Whether the test can have time pass in it (`page.clock`). */
  readonly clock?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly dark?: boolean;
  /** Of whoever has no language of their own here yet. */
  readonly locale?: string;
  /** The system has the only colours. */
  readonly forcedColors?: 'active';
}

/** A browser of its own, as far as cookies and storage go, for the rest of the test. */
export async function openTab(
  browser: Browser,
  { viewport = DESK, dark = false, clock = false, locale = 'zh-CN', forcedColors }: TabOptions = {},
): Promise<Tab> {
  const phone = viewport.width < 600;
  const context = await browser.newContext({
    viewport,
    isMobile: phone,
    hasTouch: phone,
    locale,
    ...(forcedColors && { forcedColors }),
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  // What is left open goes on asking the service, and takes time from the tests that follow.
  onTestFinished(async () => {
    for (const one of context.pages()) await one.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  });
  const page = await context.newPage();
  if (clock) await page.clock.install();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) troubles.push(message.text());
  });
  return { page, context, troubles };
}

export interface Person {
  readonly user: string;
  readonly password: string;
}

/** Signs in on whatever page of the console is asked for. */
export async function signInAt(page: Page, address: string, { user, password }: Person): Promise<void> {
  await page.goto(address);
  await page.getByLabel('用户名').fill(user);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.locator('header.top').waitFor();
}

/** It hears nothing of what happens, while what it asks for is answered. To be said before it opens a page. */
export async function withoutStream(page: Page): Promise<void> {
  // What a worker asks for that tabs share is not the page's.
  await page.addInitScript('delete window.SharedWorker');
  await page.route('**/api/v1/stream*', (route) => route.abort());
}

/** In this language from now on: 中文, English. */
export async function speak(page: Page, language: string): Promise<void> {
  const menu = page.locator('.menu > summary');
  await menu.click();
  await page.getByRole('button', { name: language }).click();
  await menu.click();
}

/**
 * Everything that the page asked for has come and is drawn: nothing says that it loads, and nothing moves. A function,
 * not text: text that is looked at more than once would need `unsafe-eval`, which the console's policy forbids.
 */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const { document } = globalThis as unknown as { document: DrawnDocument };
    return (
      document.querySelector('#main h1') !== null &&
      document.querySelector('.loading') === null &&
      document.getAnimations().every(({ playState }) => playState !== 'running')
    );
  });
}

/** Nobody touches anything for so long that what is new may come in, and nobody waits for it. */
export const letBe = (page: Page): Promise<void> => page.clock.fastForward(11_000);

/** No dialog is open, and none stands in the history of the tab any more: until then it goes back by itself. */
export async function dialogGone(page: Page): Promise<void> {
  await page.locator('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate('history.state?.dialogs')).toBeUndefined();
}

/** What is asked of the page: the tests are compiled without the types of a browser. */
interface DrawnDocument {
  querySelector(selector: string): unknown;
  getAnimations(): readonly { readonly playState: string }[];
}

/**
 * By how much the page is wider than its window, in pixels: it scrolls sideways then. Not by `innerWidth`, which on a
 * phone grows with what does not fit.
 */
export const tooWide = async (page: Page): Promise<number> => {
  const { width = 0 } = page.viewportSize() ?? {};
  return Math.max(0, Number(await page.evaluate(`document.documentElement.scrollWidth - ${width}`)));
};

/** Kept where somebody asked for them, to be looked at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOUWANG_TEST_SCREENSHOTS'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
