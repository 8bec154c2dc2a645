import { signal } from '@preact/signals';
import type { NumberedCase } from '../../ports/records.ts';
import { isAwaited, isTakenP1, withChange } from '../cases/untaken-count.ts';
import type { PageReply } from './answers.ts';
import { type Answer, get } from './api.ts';
import { onDone } from './outbox.ts';
import { leavingHome } from './registry-news.ts';
import { maySee } from './session.ts';
import { onMessage, onReload } from './stream.ts';

/**
 * Cases that nobody has taken, whatever page is shown and however its list is filtered. `undefined` until the service has
 * said so: not known is another thing than none.
 */
export const untaken = signal<ReadonlyMap<string, NumberedCase> | undefined>(undefined);
/** Every P1 that somebody has: one of them may be overdue, whoever has it. */
export const takenP1 = signal<ReadonlyMap<string, NumberedCase>>(new Map());
/** Every case that waits for its call-back: whoever looks at other lists must see, too, that one is late. */
export const awaited = signal<ReadonlyMap<string, NumberedCase>>(new Map());
/** The service was asked, and has not said it yet: what is known may be old. */
export const uncounted = signal(false);

/** One page of the service's answer, the gravest first; where there are more, these are not counted one by one. */
const PAGE = 500;
const AGAIN_MS = 15_000;
/** So many pages of what waits for a call-back are asked for: there is a day's work of a whole city in them. */
const AWAITED_PAGES_MAX = 4;

let cutOff = false;

/** Counts from now on; returns how to stop that. */
export function startUntaken(): () => void {
  /** What was told while an answer was on its way: it may be newer than the answer. */
  let meanwhile: NumberedCase[] = [];
  let request = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const load = async () => {
    clearTimeout(timer);
    request += 1;
    const mine = request;
    meanwhile = [];
    const [answer, taken, resolved] = await Promise.all([
      get<PageReply<NumberedCase>>('/cases', { status: ['open'], limit: PAGE }),
      get<PageReply<NumberedCase>>('/cases', { status: ['acknowledged'], priority: ['P1'], limit: PAGE }),
      getAwaited(),
    ]);
    if (mine !== request) return;
    uncounted.value = !answer.ok || !taken.ok || !resolved.ok;
    if (!answer.ok || !taken.ok || !resolved.ok) {
      timer = setTimeout(() => void load(), AGAIN_MS);
      return;
    }
    cutOff = answer.value.next !== undefined;
    untaken.value = meanwhile.reduce((all, one) => withChange(all, one), byId(answer.value));
    takenP1.value = meanwhile.reduce((all, one) => withChange(all, one, isTakenP1), byId(taken.value));
    awaited.value = meanwhile.reduce((all, one) => withChange(all, one, isAwaited), byId(resolved.value));
  };
  const take = (changed: NumberedCase) => {
    meanwhile.push(changed);
    const before = untaken.peek();
    if (!before) return;
    untaken.value = withChange(before, changed);
    takenP1.value = withChange(takenP1.peek(), changed, isTakenP1);
    awaited.value = withChange(awaited.peek(), changed, isAwaited);
    // Of those that were left off nobody tells when one moves up into the page.
    if (cutOff && untaken.value.size < PAGE / 2) void load();
  };
  const isKnown = (home: string | undefined): boolean =>
    home !== undefined &&
    [...(untaken.peek()?.values() ?? []), ...takenP1.peek().values(), ...awaited.peek().values()].some(
      (one) => one.home === home,
    );
  const stops = [
    onMessage((message) => {
      if (message.type === 'case' && maySee(message.case)) take(message.case);
      else if (message.type === 'registry' && isKnown(leavingHome(message))) void load();
    }),
    onDone(take),
    onReload(() => void load()),
  ];
  void load();
  return () => {
    request += 1;
    clearTimeout(timer);
    for (const stop of stops) stop();
    untaken.value = undefined;
    takenP1.value = new Map();
    awaited.value = new Map();
    uncounted.value = false;
  };
}

const byId = ({ items }: PageReply<NumberedCase>): ReadonlyMap<string, NumberedCase> =>
  new Map(items.map((one) => [one.id, one]));

/** Page by page: the gravest come first, and the late one may be the least of them. */
async function getAwaited(): Promise<Answer<PageReply<NumberedCase>>> {
  const items: NumberedCase[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < AWAITED_PAGES_MAX; page++) {
    const query = { status: ['resolved'], limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await get<PageReply<NumberedCase>>('/cases', query);
    if (!answer.ok) return answer;
    items.push(...answer.value.items);
    cursor = answer.value.next;
    if (cursor === undefined) break;
  }
  return { ok: true, value: { items } };
}
