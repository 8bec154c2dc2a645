const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

export interface JsonBounds {
  /** Lists and objects within each other. */
  readonly nestingMax: number;
  /** Values in all, lists and objects among them. */
  readonly valuesMax: number;
}

/**
 * Which bound a JSON text breaks, found without making anything of it: what JSON.parse makes of a megabyte of brackets,
 * and what then looks at it, costs a hundred times what the bytes did. Says nothing of whether it is JSON.
 */
export function beyondBounds(
  text: string,
  { nestingMax, valuesMax }: JsonBounds,
): keyof JsonBounds | undefined {
  let [nesting, values] = [0, 1];
  for (let at = 0; at < text.length; at++)
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(text, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (++nesting > nestingMax) return 'nestingMax';
        if (++values > valuesMax) return 'valuesMax';
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        nesting--;
        break;
      case COMMA:
        if (++values > valuesMax) return 'valuesMax';
    }
  return undefined;
}

/** Where the text that begins here ends: at the next quote before which an even number of backslashes stands. */
function endOfText(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}
