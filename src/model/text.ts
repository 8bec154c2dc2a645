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
