/** What is said in English, and how it is said in Chinese with the parts that stand in it. */
export type Line = readonly [RegExp, (...parts: string[]) => string];

/** By the first line that knows the text. */
export const firstOf = (lines: readonly Line[], text: string): string | undefined => {
  for (const [english, chinese] of lines) {
    const parts = english.exec(text);
    if (parts) return chinese(...parts.slice(1).map((part) => part ?? ''));
  }
  return undefined;
};

/** A space where other letters than Chinese ones begin. */
export const spaced = (text: string): string => (/^[\x21-\x7e]/.test(text) ? ` ${text}` : text);
