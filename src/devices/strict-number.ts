/** A number, if it is one: the numbers of JSON, and text that spells nothing else. A blank, a word and null are none. */
export function strictNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

/** Each digit can stand in one place of it alone: where it could stand in two, long texts of digits would be tried in all ways. */
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;
