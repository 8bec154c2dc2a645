/**
 * What is written down of how homes were watched, so that a past month can be told. Every quarter of an hour the service
 * looks at each home; of a home stands when that changed, and beside all of them in which quarters the service looked. A
 * quarter in which it did not is none in which somebody was watched, whatever was so before and after it.
 */

/** How a home was found: the word of 看护, and why nobody would hear of it. */
export const HOME_STATES = ['watched', 'blind', 'untold', 'unarmed', 'away'] as const;
export type HomeState = (typeof HOME_STATES)[number];

/** As they stand in the records. */
const LETTERS: Readonly<Record<HomeState, string>> = {
  watched: 'w',
  blind: 'b',
  untold: 'u',
  unarmed: 'n',
  away: 'a',
};
const STATES = new Map(HOME_STATES.map((state) => [LETTERS[state], state]));

export const QUARTER_MS = 15 * 60_000;

/** Quarters are counted from the beginning of 1970. */
export const quarterOf = (at: number): number => Math.floor(at / QUARTER_MS);

/** All of these keys of `meta`, and no other, begin so. */
export const WATCH_RECORD = 'watched.';
/** Since which quarter it is written down. */
export const WATCH_BEGAN = `${WATCH_RECORD}began`;
/** So many rows a month, however many homes there are: of a city none is large, of a village few are needed. */
const PARTS = 64;

/** `2026-11`, of world time. */
export const monthOf = (quarter: number): string => new Date(quarter * QUARTER_MS).toISOString().slice(0, 7);
export const firstQuarterOf = (month: string): number => quarterOf(Date.parse(`${month}-01T00:00Z`));
export const ofMonth = (month: string): string => `${WATCH_RECORD}${month}.`;
export const looksOf = (month: string): string => `${ofMonth(month)}looks`;
export const partKey = (month: string, part: number): string =>
  `${ofMonth(month)}homes-${String(part).padStart(2, '0')}`;
export const isPart = (key: string): boolean => key.includes('.homes-');

/** A home stays in its part wherever it moves to. */
export function partOf(home: string): number {
  let hash = 0;
  for (let i = 0; i < home.length; i++) hash = (Math.imul(hash, 31) + home.charCodeAt(i)) >>> 0;
  return hash % PARTS;
}
export const PART_NUMBERS: readonly number[] = Array.from({ length: PARTS }, (_, part) => part);

/** Of each home what it was found to be, from which quarter of the month on: `0w431b`. */
export type PartOfHomes = ReadonlyMap<string, string>;

export function readPart(stored: string | undefined): Map<string, string> {
  if (stored === undefined) return new Map();
  return new Map(Object.entries((JSON.parse(stored) as { readonly homes: Record<string, string> }).homes));
}
export const writePart = (homes: PartOfHomes): string =>
  JSON.stringify({ v: 1, homes: Object.fromEntries(homes) });

/** From `from` up to `to`, which is not in it. */
export type Run = readonly [from: number, to: number];

export const readLooks = (stored: string | undefined): Run[] =>
  stored === undefined ? [] : (JSON.parse(stored) as { readonly runs: Run[] }).runs;
export const writeLooks = (runs: readonly Run[]): string => JSON.stringify({ v: 1, runs });

/** The runs, and from one quarter to another, that one too, which come after all of them. */
export function withLook(runs: readonly Run[], from: number, quarter: number): Run[] {
  const last = runs.at(-1);
  const begin = Math.max(from, last?.[1] ?? from);
  if (quarter < begin) return [...runs];
  return last?.[1] === begin
    ? [...runs.slice(0, -1), [last[0], quarter + 1]]
    : [...runs, [begin, quarter + 1]];
}

export interface Found {
  /** Of the month. */
  readonly quarter: number;
  readonly state: HomeState;
}

export function* foundIn(line: string): Generator<Found> {
  for (const [, quarter, letter = ''] of line.matchAll(/(\d+)([a-z])/g)) {
    const state = STATES.get(letter);
    if (state) yield { quarter: Number(quarter), state };
  }
}

/** What a line ends with; undefined where nothing stands in it. */
export const lastFound = (line: string | undefined): HomeState | undefined =>
  line === undefined ? undefined : STATES.get(line.at(-1) ?? '');

/** The line with what was found now; the same where that is nothing new. */
export const withFound = (line: string | undefined, quarter: number, state: HomeState): string =>
  lastFound(line) === state ? (line ?? '') : `${line ?? ''}${quarter}${LETTERS[state]}`;
