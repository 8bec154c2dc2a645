import type { Text } from './text.ts';

/** What can be wrong with a connection that a channel keeps to its provider. A closed list. */
export const SESSION_PROBLEMS = {
  unreachable: { zh: '无法连接服务商', en: 'The provider could not be reached' },
  'no-answer': { zh: '服务商未在时限内应答', en: 'The provider did not answer in time' },
  refused: { zh: '服务商拒绝了凭证，请核对配置', en: 'The provider refuses our id or secret' },
  'too-often': { zh: '连接过于频繁，服务商要求等待', en: 'The provider asks us to connect less often' },
  'too-many': { zh: '该应用的连接数已满', en: 'The provider allows no further connection of this app' },
  displaced: {
    zh: '被使用同一凭证的另一连接顶替，请检查是否有其他程序在用',
    en: 'Another connection with the same credentials took our place: is another program using them?',
  },
  lost: { zh: '连接中断', en: 'The connection was lost' },
  unreadable: { zh: '服务商发来无法识别的内容', en: 'The provider sent something that cannot be read' },
  'foreign-press': {
    zh: '收到另一套系统的卡片操作：同一应用被多处使用，本系统的操作也可能被对方收走',
    en: 'A press on a card of another installation arrived: one app is used twice, and ours may go to the other',
  },
  'press-failed': { zh: '卡片操作未能处理', en: 'A press of a button could not be handled' },
} as const satisfies Record<string, Text>;
export type SessionProblem = keyof typeof SESSION_PROBLEMS;
export const SESSION_PROBLEM_NAMES = Object.keys(SESSION_PROBLEMS) as [SessionProblem, ...SessionProblem[]];
