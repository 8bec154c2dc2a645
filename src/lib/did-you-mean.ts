/** The candidate that was probably meant: the same but for case and separators, or a slip or two away. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const bare = (text: string) => text.toLowerCase().replace(/[-_. ]/g, '');
  const meantWord = bare(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(meantWord.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(meantWord, bare(candidate));
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + differs,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] as number) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number;
}

/** What is wrong with a key that is none: the one that was probably meant, or all that there are. */
export function unknownKey(key: string, known: readonly string[]): string {
  const close = didYouMean(key, known);
  return close === undefined
    ? `unknown key; allowed here: ${known.join(', ')}`
    : `unknown key; did you mean "${close}"?`;
}
