import type { Page } from 'playwright-core';
import { tooWide } from './browser.ts';

/** All pages of the console; the homes are those that the tests of accessibility fill with cases. */
export const PAGES = [
  '/',
  '/cases/501.c1',
  '/cases/502.c1',
  '/cases/601.c1',
  '/ledger',
  '/watch',
  '/homes/501',
  '/homes/901',
  '/shadow',
  '/duty',
  '/devices',
  '/onboarding',
  '/import',
  '/rejections',
  '/notices',
  '/status',
  '/nowhere',
];

/** What is asked of a document below, as text: the tests are compiled without the types of a browser. */
const IN_SIGHT = `(one) => {
  const box = one.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && one.checkVisibility({ visibilityProperty: true });
}`;

/**
 * What rules that read the markup do not see: what is too small to be hit, what is drawn and not said, and what is called
 * the same as something else that does another thing.
 */
export async function faultsOf(page: Page, language: string): Promise<string[]> {
  const found = (await page.evaluate(`(() => {
    const inSight = ${IN_SIGHT};
    const all = (selector) => [...document.querySelectorAll(selector)].filter(inSight);
    const nameOf = (one) => (one.getAttribute('aria-label') ?? one.textContent).trim();
    const faults = [];
    if (document.documentElement.lang !== ${JSON.stringify(language)}) faults.push('language ' + document.documentElement.lang);
    const headings = [...document.querySelectorAll('#main :is(h1, h2, h3, h4)')];
    if (headings.filter(({ tagName }) => tagName === 'H1').length !== 1) faults.push('not one h1');
    let level = 0;
    for (const one of headings) {
      const here = Number(one.tagName.slice(1));
      if (here > level + 1) faults.push('leaps over a level: ' + one.textContent);
      level = here;
    }
    const [title] = document.title.split(' · 守望');
    if (!document.title.includes(' · ')) faults.push('the title says no page: ' + document.title);
    for (const one of all('a, button, summary, select, input, textarea')) {
      if (getComputedStyle(one).display === 'inline') continue;
      const label = one.matches('[type=checkbox], [type=radio]') ? one.closest('label') : null;
      const { width, height } = (label ?? one).getBoundingClientRect();
      if (width < 24 || height < 24) faults.push('small: ' + nameOf(one) + ' ' + width + '×' + height);
    }
    const names = new Map();
    for (const one of all('main a, main button')) {
      const does = one.tagName === 'A' ? one.getAttribute('href') : undefined;
      const name = one.tagName + ' ' + nameOf(one);
      const known = names.get(name);
      if (known && (does === undefined || known.does !== does)) faults.push('twice: ' + name);
      names.set(name, { does });
    }
    for (const one of all('canvas, svg')) {
      const said = one.closest('[role=img]')?.getAttribute('aria-label') ?? one.closest('[aria-hidden=true]');
      if (!said && !one.closest('[aria-label]')) faults.push('a picture that is not said: ' + one.outerHTML.slice(0, 80));
    }
    for (const one of all('table')) {
      if (one.querySelector('thead th[scope=col]') === null) faults.push('a table without heads');
    }
    const regions = [...document.querySelectorAll('[data-live-region]')].map((one) => one.getAttribute('aria-live'));
    if (regions.join() !== 'assertive,polite') faults.push('live regions: ' + regions);
    return faults;
  })()`)) as string[];
  const wide = await tooWide(page);
  return [...new Set(wide > 0 ? [`${wide} pixels too wide`, ...found] : found)];
}

/** Where the keyboard is, whether any of it is seen, and whether one sees that the keyboard is there. */
const STOP = `(() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return null;
  const box = (one.closest('label') ?? one).getBoundingClientRect();
  const points = [0.1, 0.5, 0.9].flatMap((x) => [0.2, 0.5, 0.8].map((y) => [box.left + box.width * x, box.top + box.height * y]));
  const seen = points.some(([x, y]) => {
    const there = document.elementFromPoint(x, y);
    return there !== null && (one.contains(there) || (one.closest('label') ?? one).contains(there));
  });
  const ringed = [null, '::after'].some((part) => getComputedStyle(one, part).outlineStyle === 'solid')
    || one.closest('label, [data-case]') !== null || one.matches('[type=date], [type=datetime-local]');
  const name = (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 40);
  return { seen, ringed, name: one.tagName + ' ' + name, top: box.top };
})()`;

interface Stop {
  readonly seen: boolean;
  readonly ringed: boolean;
  readonly name: string;
  readonly top: number;
}
const STOPS_MAX = 40;
/** On a machine that has much else to do a page may take so many pictures to follow the keyboard; mostly it is one. */
const PICTURES_MAX = 60;

/** Where the keyboard has come to. What scrolls it clear of a bar does so with one of the next pictures. */
async function stopOf(page: Page): Promise<Stop | null> {
  let at: Stop | null = null;
  for (let picture = 0; picture < PICTURES_MAX; picture++) {
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    at = (await page.evaluate(STOP)) as Stop | null;
    if (at === null || (at.seen && at.ringed)) break;
  }
  return at;
}

/** Walks with this key, and tells where the keyboard was and nobody could see it. */
export async function hiddenStops(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<string[]> {
  const hidden: string[] = [];
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    await page.keyboard.press(key);
    const at = await stopOf(page);
    if (at === null) break;
    if (!at.seen) hidden.push(`${key}: ${at.name} lies below something, at ${Math.round(at.top)}`);
    if (!at.ringed) hidden.push(`${key}: ${at.name} has no ring`);
  }
  return hidden;
}
