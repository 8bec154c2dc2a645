import type { Text } from './text.ts';

/** How often a home is to be visited. Higher classes are visited more often; how often, the rule says. */
export const VISIT_CLASS_TITLES = {
  high: { zh: '高风险', en: 'high risk' },
  key: { zh: '重点', en: 'key' },
  other: { zh: '一般', en: 'other' },
} as const satisfies Record<string, Text>;
export type VisitClass = keyof typeof VISIT_CLASS_TITLES;
export const VISIT_CLASSES = Object.keys(VISIT_CLASS_TITLES) as [VisitClass, ...VisitClass[]];

/** What came of a visit. Who was not met has not been visited. */
export const VISIT_RESULT_TITLES = {
  seen: { zh: '见到本人', en: 'seen' },
  spoken: { zh: '通话或隔门交谈', en: 'spoken to' },
  'not-met': { zh: '未见到', en: 'not met' },
} as const satisfies Record<string, Text>;
export type VisitResult = keyof typeof VISIT_RESULT_TITLES;
export const VISIT_RESULTS = Object.keys(VISIT_RESULT_TITLES) as [VisitResult, ...VisitResult[]];
export const isMet = (result: VisitResult): boolean => result !== 'not-met';

/** What has changed so much in somebody's life that they are to be visited soon. */
export const MAJOR_CHANGE_TITLES = {
  discharge: { zh: '出院', en: 'discharge from hospital' },
  bereavement: { zh: '丧亲', en: 'bereavement' },
  illness: { zh: '新发疾病', en: 'new illness' },
  fall: { zh: '跌倒', en: 'a fall' },
  alone: { zh: '照料人离开', en: 'a carer who left' },
  other: { zh: '其他重大变化', en: 'another major change' },
} as const satisfies Record<string, Text>;
export type MajorChange = keyof typeof MAJOR_CHANGE_TITLES;
export const MAJOR_CHANGES = Object.keys(MAJOR_CHANGE_TITLES) as [MajorChange, ...MajorChange[]];

/** How a line came into the log. `case`: somebody was reached while a case was handled. */
export const VISIT_SOURCE_TITLES = {
  console: { zh: '控制台', en: 'console' },
  api: { zh: '接口', en: 'API' },
  import: { zh: '导入', en: 'import' },
  case: { zh: '事项', en: 'case' },
} as const satisfies Record<string, Text>;
export type VisitSource = keyof typeof VISIT_SOURCE_TITLES;
export const VISIT_SOURCES = Object.keys(VISIT_SOURCE_TITLES) as [VisitSource, ...VisitSource[]];
