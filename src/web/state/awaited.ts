import { signal } from '@preact/signals';
import type { NumberedCase } from '../../ports/records.ts';
import { isAwaited, withChange } from '../cases/untaken-count.ts';
import type { PageReply } from './answers.ts';
import { type Answer, get } from './api.ts';
import { byId, isOfHome, keepCases } from './kept-cases.ts';

/** Every case that waits for its call-back: whoever looks at other lists must see, too, that one is late. */
export const awaited = signal<ReadonlyMap<string, NumberedCase>>(new Map());

const PAGE = 500;
/** So many pages of what waits for a call-back are asked for: there is a day's work of a whole city in them. */
const AWAITED_PAGES_MAX = 4;

/**
 * Follows them from now on; returns how to stop that. Apart from what nobody has taken: that a P1 is in sight must not wait
 * for four pages of what is done.
 */
export const startAwaited = (): (() => void) =>
  keepCases({
    ask: getAwaited,
    known: (items, meanwhile) => {
      awaited.value = meanwhile.reduce((all, one) => withChange(all, one, isAwaited), byId(items));
    },
    changed: (one) => {
      awaited.value = withChange(awaited.peek(), one, isAwaited);
      return false;
    },
    isKept: (home) => isOfHome(awaited.peek(), home),
    forget: () => {
      awaited.value = new Map();
    },
  });

/** Page by page: the gravest come first, and the late one may be the least of them. */
async function getAwaited(): Promise<Answer<readonly NumberedCase[]>> {
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
  return { ok: true, value: items };
}
