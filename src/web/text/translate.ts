import { signal } from '@preact/signals';
import type { Locale, Text } from '../../model/text.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

export type Key = keyof typeof zh;

/** The names in braces of a text: `{n}` and `{n|one|other}` both ask for `n`. */
type NameOf<P extends string> = P extends `${infer N}|${string}` ? N : P;
type ParameterOf<S extends string> = S extends `${string}{${infer P}}${infer Rest}`
  ? NameOf<P> | ParameterOf<Rest>
  : never;
type Arguments<K extends Key> = [ParameterOf<(typeof zh)[K]>] extends [never]
  ? []
  : [Record<ParameterOf<(typeof zh)[K]>, string | number>];

/** Keys of texts in which nothing is filled in, for tables of keys. */
export type PlainKey = { [K in Key]: [ParameterOf<(typeof zh)[K]>] extends [never] ? K : never }[Key];

const DICTIONARIES: Record<Locale, Record<Key, string>> = { zh, en };

/** The language on screen. A component that calls `t` is drawn again when it changes. */
export const locale = signal<Locale>('zh');

/** The tag that `Intl` and the `lang` attribute want. */
export const languageTag = (of: Locale): string => (of === 'zh' ? 'zh-CN' : 'en-GB');

/** The text under this key in the language on screen, filled in. */
export function t<K extends Key>(key: K, ...parameters: Arguments<K>): string {
  return fill(DICTIONARIES[locale.value][key], parameters[0] ?? {}, locale.value);
}

/** Fills `{name}` and `{name|one|other}`; numbers are written as the language writes them. */
export function fill(text: string, parameters: Record<string, string | number>, language: Locale): string {
  return text.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (whole, name: string, one?: string, other?: string) => {
      const value = parameters[name];
      if (value === undefined) return whole;
      if (one !== undefined) return Number(value) === 1 ? one : (other ?? '');
      return typeof value === 'number' ? number(value, language) : value;
    },
  );
}

/** The half of a bilingual text that is in the language on screen. */
export const pick = (text: Text): string => text[locale.value];

const formats = new Map<string, Intl.NumberFormat>();

/** A number as the language writes it, with at most `decimals` places. */
export function number(value: number, language: Locale = locale.value, decimals = 3): string {
  const id = `${language}/${decimals}`;
  let format = formats.get(id);
  if (!format) {
    format = new Intl.NumberFormat(languageTag(language), { maximumFractionDigits: decimals });
    formats.set(id, format);
  }
  return format.format(value);
}
