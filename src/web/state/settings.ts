import { effect, signal } from '@preact/signals';
import type { Locale } from '../../model/text.ts';
import { languageTag, locale } from '../text/translate.ts';

/** Choices of this browser. Storage may be forbidden (private windows): then they last as long as the page. */
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const theme = signal<Theme>('auto');

export const pageTitle = signal('');
/** The list as it was last seen, with its filters: where the way back leads. */
export const listAddress = signal('/');

let chosen = false;

export function startSettings(): void {
  const stored = recall('locale');
  if (stored === 'zh' || stored === 'en') {
    locale.value = stored;
    chosen = true;
  }
  const look = recall('theme');
  theme.value = THEMES.find((one) => one === look) ?? 'auto';
  effect(() => {
    document.documentElement.lang = languageTag(locale.value);
  });
  effect(() => {
    if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme.value;
  });
}

/** The person's own language, unless another was chosen in this browser. */
export function adoptLocale(of: Locale): void {
  if (!chosen) locale.value = of;
}

export function chooseLocale(of: Locale): void {
  chosen = true;
  locale.value = of;
  remember('locale', of);
}

export function chooseTheme(of: Theme): void {
  theme.value = of;
  remember('theme', of);
}

const PREFIX = 'shouwang.';

export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** `undefined` forgets. */
export function remember(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage is full or forbidden: the choice lasts as long as the page.
  }
}

/** Names under the prefix that begin so. */
export function recallAll(start: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(PREFIX + start))
      .map((name) => name.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/** Told when another tab remembers something under this name; returns how to stop that. */
export function onRemembered(name: string, listener: () => void): () => void {
  const hear = ({ key, newValue }: StorageEvent) => {
    if (newValue !== null && key === PREFIX + name) listener();
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}

/** Told what follows `start` in the name of a value that another tab has forgotten; returns how to stop that. */
export function onForgotten(start: string, listener: (rest: string) => void): () => void {
  const hear = ({ key, newValue }: StorageEvent) => {
    if (newValue === null && key?.startsWith(PREFIX + start)) listener(key.slice((PREFIX + start).length));
  };
  window.addEventListener('storage', hear);
  return () => window.removeEventListener('storage', hear);
}
