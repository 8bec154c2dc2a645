import { z } from 'zod';

/** What people read, in both languages. Chinese is what staff see by default. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export const textSchema = z.object({ zh: z.string(), en: z.string() });
export type Locale = keyof Text;
export const LOCALES: readonly Locale[] = ['zh', 'en'];

/** Several in one line. */
export const joined = (texts: readonly Text[]): Text => ({
  zh: texts.map(({ zh }) => zh).join('、'),
  en: texts.map(({ en }) => en).join(', '),
});

/** English has two forms of what is counted. */
export const many = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`;

/** The language of a terminal, as the system says it: Chinese where it names it, else English. */
export function localeOf(env: Readonly<Record<string, string | undefined>>): Locale {
  const named = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(Boolean) ?? '';
  return /^zh/i.test(named) ? 'zh' : 'en';
}

/** An expected error that a person reads: in the log in English, at a terminal in the language of its user. */
export class TextError extends Error {
  readonly text: Text;
  constructor(text: Text, options?: ErrorOptions) {
    super(text.en, options);
    this.text = text;
  }
}
