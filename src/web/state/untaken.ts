import { signal } from '@preact/signals';
import type { NumberedCase } from '../../ports/records.ts';
import { isTakenP1, withChange } from '../cases/untaken-count.ts';
import type { PageReply } from './answers.ts';
import { type Answer, get } from './api.ts';
import { byId, isOfHome, keepCases } from './kept-cases.ts';

/**
 * Cases that nobody has taken, whatever page is shown and however its list is filtered. `undefined` until the service has
 * said so: not known is another thing than none.
 */
export const untaken = signal<ReadonlyMap<string, NumberedCase> | undefined>(undefined);
/** Every P1 that somebody has: one of them may be overdue, whoever has it. */
export const takenP1 = signal<ReadonlyMap<string, NumberedCase>>(new Map());
/** The service was asked, and has not said it yet: what is known may be old. */
export const uncounted = signal(false);

/** One page of the service's answer, the gravest first; where there are more, these are not counted one by one. */
const PAGE = 500;

interface Pressing {
  readonly open: PageReply<NumberedCase>;
  readonly taken: PageReply<NumberedCase>;
}

let cutOff = false;

/** Counts from now on; returns how to stop that. */
export const startUntaken = (): (() => void) =>
  keepCases({
    ask: getPressing,
    known: ({ open, taken }, meanwhile) => {
      uncounted.value = false;
      cutOff = open.next !== undefined;
      untaken.value = meanwhile.reduce((all, one) => withChange(all, one), byId(open.items));
      takenP1.value = meanwhile.reduce((all, one) => withChange(all, one, isTakenP1), byId(taken.items));
    },
    unknown: () => {
      uncounted.value = true;
    },
    changed: (one) => {
      const before = untaken.peek();
      if (!before) return false;
      untaken.value = withChange(before, one);
      takenP1.value = withChange(takenP1.peek(), one, isTakenP1);
      // Of those that were left off nobody tells when one moves up into the page.
      return cutOff && untaken.value.size < PAGE / 2;
    },
    isKept: (home) => isOfHome(untaken.peek(), home) || isOfHome(takenP1.peek(), home),
    forget: () => {
      untaken.value = undefined;
      takenP1.value = new Map();
      uncounted.value = false;
    },
  });

async function getPressing(): Promise<Answer<Pressing>> {
  const [open, taken] = await Promise.all([
    get<PageReply<NumberedCase>>('/cases', { status: ['open'], limit: PAGE }),
    get<PageReply<NumberedCase>>('/cases', { status: ['acknowledged'], priority: ['P1'], limit: PAGE }),
  ]);
  if (!open.ok) return open;
  return taken.ok ? { ok: true, value: { open: open.value, taken: taken.value } } : taken;
}
