/** What text may say as JSON; most of it is none, and to find that out by trying costs more than all else. */
export function jsonOf(text: string): unknown {
  if (!/^\s{0,64}[[{"\d]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
