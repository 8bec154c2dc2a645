import type { Text } from '../src/model/text.ts';

/** What the templates of `npm run new` have in place of texts stands in brackets, or is empty. */
const LEFT = /^\s*($|[(（])/;

/** The texts of a definition that nobody has filled in, by their names: `title.zh`. */
export const leftOpen = (texts: Readonly<Record<string, Text>>): string[] =>
  Object.entries(texts).flatMap(([name, { zh, en }]) => [
    ...(LEFT.test(zh) || !/\p{Script=Han}/u.test(zh) ? [`${name}.zh`] : []),
    ...(LEFT.test(en) || !/[a-z]/i.test(en) ? [`${name}.en`] : []),
  ]);
