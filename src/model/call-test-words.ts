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
