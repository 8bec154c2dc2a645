import { z } from 'zod';
import { CALLS, CALLS_PERHAPS, type CallPerhaps } from './call-for-help.ts';
import type { EventName } from './metrics.ts';
import type { Text } from './text.ts';

/** What became of a test, or that it lasts. `called`: a real call came in between, of this device or another of the home. */
export const CALL_TEST_STATES = {
  waiting: { zh: '等待呼叫', en: 'Waiting for the call' },
  heard: { zh: '已收到呼叫', en: 'The call came' },
  'no-call': { zh: '未收到呼叫', en: 'No call came' },
  ended: { zh: '测试已提前结束', en: 'Ended before its time' },
  called: {
    zh: '期间有真实呼救，测试已结束',
    en: 'A real call came in between: it was told, and the test is over',
  },
} as const satisfies Record<string, Text>;
export type CallTestState = keyof typeof CALL_TEST_STATES;
export const CALL_TEST_STATE_NAMES = Object.keys(CALL_TEST_STATES) as [CallTestState, ...CallTestState[]];

/** How the call came: as its model says, or in a message that it cannot read, in plain words. */
export const CALL_TEST_WAYS = {
  report: { zh: '正常报文', en: 'in a message of its model' },
  'in-words': {
    zh: '报文格式不符，只认出了呼救：请核对设备型号',
    en: 'in a message that its model cannot read: have the model of the device looked at',
  },
} as const satisfies Record<string, Text>;
export type CallTestWay = keyof typeof CALL_TEST_WAYS;

export const CALL_TEST_LIMITS = {
  minutesMax: 15,
  /** Not where a device of the home called so shortly before. */
  calledMs: 5 * 60_000,
  /** For so long after it was heard somebody may say that it was real. */
  realMs: 30 * 60_000,
  /** Tests of one home that are remembered. */
  keptMax: 20,
} as const;

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
