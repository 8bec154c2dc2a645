import type { NumberedCase } from '../../ports/records.ts';
import type { Answer } from './api.ts';
import { onDone } from './outbox.ts';
import { leavingHome } from './registry-news.ts';
import { maySee } from './session.ts';
import { onMessage, onReload } from './stream.ts';

const AGAIN_MS = 15_000;

/** A list of cases that is asked for once, and from then on follows what is told. */
export interface KeptCases<T> {
  readonly ask: () => Promise<Answer<T>>;
  /** What the service said, and what was told while its answer was on its way: that may be newer. */
  readonly known: (answer: T, meanwhile: readonly NumberedCase[]) => void;
  /** It could not be asked; it is soon asked again. */
  readonly unknown?: () => void;
  /** Takes one change; true: what is kept is cut off, and has to be asked for anew. */
  readonly changed: (one: NumberedCase) => boolean;
  readonly isKept: (home: string) => boolean;
  readonly forget: () => void;
}

/** Each list is asked for by itself: none waits for another, or is unknown because another is. Returns how to stop. */
export function keepCases<T>({ ask, known, unknown, changed, isKept, forget }: KeptCases<T>): () => void {
  /** While an answer is on its way, and not a moment longer: a page stands open for weeks. */
  let meanwhile: NumberedCase[] | undefined;
  let request = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const load = async () => {
    clearTimeout(timer);
    request += 1;
    const mine = request;
    meanwhile = [];
    const answer = await ask();
    if (mine !== request) return;
    const told = meanwhile ?? [];
    meanwhile = undefined;
    if (answer.ok) {
      known(answer.value, told);
      return;
    }
    unknown?.();
    timer = setTimeout(() => void load(), AGAIN_MS);
  };
  const take = (one: NumberedCase) => {
    meanwhile?.push(one);
    if (changed(one)) void load();
  };
  const stops = [
    onMessage((message) => {
      if (message.type === 'case' && maySee(message.case)) take(message.case);
      if (message.type !== 'registry') return;
      const home = leavingHome(message);
      if (home !== undefined && isKept(home)) void load();
    }),
    onDone(take),
    onReload(() => void load()),
  ];
  void load();
  return () => {
    request += 1;
    clearTimeout(timer);
    for (const stop of stops) stop();
    forget();
  };
}

export const isOfHome = (cases: ReadonlyMap<string, NumberedCase> | undefined, home: string): boolean =>
  [...(cases?.values() ?? [])].some((one) => one.home === home);

export const byId = (items: readonly NumberedCase[]): ReadonlyMap<string, NumberedCase> =>
  new Map(items.map((one) => [one.id, one]));
