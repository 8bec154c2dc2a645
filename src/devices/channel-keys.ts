/** What is told by two bytes in front of it, in hex, as the documents of makers write them: `01 75`. */
export type ByChannel<T> = Readonly<Record<`${string} ${string}`, T>>;

/** The same by the number that these two bytes make. */
export const byNumber = <T>(channels: ByChannel<T>): ReadonlyMap<number, T> =>
  new Map(
    Object.entries(channels).map(([key, value]) => [Number.parseInt(key.replace(' ', ''), 16), value as T]),
  );
