/** A value that stands in an object and is lost when it is parsed, for the same key stands there again. */
export interface Overwritten {
  /** Of a list the number of the element that the object is; else 0. */
  readonly entry: number;
  readonly key: string;
  readonly value: unknown;
}

const [QUOTE, COLON] = [0x22, 0x3a];

/** How many keys stand in this JSON, or a few more: a text with `":` in it looks like one. */
export function keysIn(bytes: Uint8Array): number {
  let keys = 0;
  for (let i = 1; i < bytes.length; i++) {
    if (bytes[i] !== COLON) continue;
    let before = i - 1;
    while (before > 0 && (bytes[before] as number) <= 0x20) before--;
    if (bytes[before] === QUOTE) keys++;
  }
  return keys;
}

/**
 * The values that parsing this JSON loses, in their order. Looked for is the object itself or, of a list, each element; what is
 * nested in these is left.
 *
 * @param text JSON that can be parsed
 */
export function overwrittenIn(text: string): Overwritten[] {
  const lost: Overwritten[] = [];
  const level = text.trimStart().startsWith('[') ? 2 : 1;
  const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;
  let [depth, entry, from] = [0, 0, 0];
  // Of a list in a list, no element is an object.
  let isObject = false;
  let seen = new Map<string, string>();
  let key: string | undefined;
  const endValue = (end: number): void => {
    if (key === undefined) return;
    const before = seen.get(key);
    if (before !== undefined) lost.push({ entry, key, value: JSON.parse(before) });
    seen.set(key, text.slice(from, end));
    key = undefined;
  };
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const [mark] = token;
    const isOwn = depth === level && isObject;
    if (mark === '{' || mark === '[') {
      depth++;
      if (depth === level) [seen, isObject] = [new Map(), mark === '{'];
    } else if (mark === '}' || mark === ']') {
      if (isOwn) endValue(token.index);
      depth--;
    } else if (mark === ',') {
      if (isOwn) endValue(token.index);
      else if (depth === 1) entry++;
    } else if (mark === ':') {
      if (isOwn) from = tokens.lastIndex;
    } else if (isOwn && key === undefined) key = JSON.parse(mark) as string;
  }
  return lost;
}
