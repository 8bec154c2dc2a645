import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

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

export const PHONE = { width: 390, height: 844 } as const;
export const DESK = { width: 1440, height: 900 } as const;

export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong in the page itself: uncaught errors, and what the content security policy stopped. */
  readonly troubles: string[];
}

export interface TabOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly dark?: boolean;
}

/** A browser of its own, as far as cookies and storage go. */
export async function openTab(
  browser: Browser,
  { viewport = DESK, dark = false }: TabOptions = {},
): Promise<Tab> {
  const phone = viewport.width < 600;
  const context = await browser.newContext({
    viewport,
    isMobile: phone,
    hasTouch: phone,
    locale: 'zh-CN',
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
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
  const folder = process.env['SHOUWANG_SCREENSHOTS'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
