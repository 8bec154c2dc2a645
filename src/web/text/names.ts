import type { Locale } from '../../model/text.ts';

/** Languages as they call themselves: the same in every language, and so not in the dictionary. */
export const LOCALE_NAMES: readonly {
  readonly locale: Locale;
  readonly name: string;
  readonly tag: string;
}[] = [
  { locale: 'zh', name: '中文', tag: 'zh-CN' },
  { locale: 'en', name: 'English', tag: 'en' },
];
