import { z } from 'zod';
import { CALLS, CALLS_PERHAPS, type CallPerhaps } from './call-for-help.ts';
import { CALL_TEST_STATE_NAMES, CALL_TEST_WAYS, type CallTestWay } from './call-test-words.ts';
import type { EventName } from './metrics.ts';

const instant = z.number().int();

/** Somebody tries whether the call of a device comes. Its first call meanwhile answers the test, and calls nobody. */
export const callTestSchema = z.object({
  id: z.string(),
  device: z.string(),
  /** What is to come. Anything else that calls for help is meant. */
  call: z.enum(CALLS_PERHAPS),
  by: z.string(),
  from: instant,
  until: instant,
  state: z.enum(CALL_TEST_STATE_NAMES),
  /** When it was over, and who ended it before its time. */
  endedAt: instant.exactOptional(),
  endedBy: z.string().exactOptional(),
  /** The call that answered it: when it arrived, when the device says that it was, and how it came. */
  heard: z
    .object({ at: instant, measuredAt: instant, way: z.enum(Object.keys(CALL_TEST_WAYS) as [CallTestWay]) })
    .exactOptional(),
  /** Somebody says that this call was real. */
  real: z.object({ at: instant, by: z.string(), case: z.string().exactOptional() }).exactOptional(),
});
export type CallTest = Readonly<z.output<typeof callTestSchema>>;

/** Tests of a home, the newest last, and when a device of it called for help last, as far as it was no test. */
export interface CallTestBook {
  readonly tests: readonly CallTest[];
  readonly calledAt?: number;
  /** Only of the service itself: which homes have a test, until when at most. The homes know better. */
  readonly homes?: readonly { readonly home: string; readonly until: number }[];
}
export const NO_CALL_TESTS: CallTestBook = { tests: [] };

export const isTesting = ({ state, until }: CallTest, now: number): boolean =>
  state === 'waiting' && now < until;

/** The calls for help that a device can make; what names no kind counts of what somebody wears alone. */
export function callsOf(events: readonly EventName[]): readonly CallPerhaps[] {
  const isWorn = CALLS.some((call) => events.includes(call));
  return isWorn ? CALLS_PERHAPS.filter((call) => events.includes(call)) : [];
}
