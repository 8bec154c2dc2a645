import type { Text } from './text.ts';

/** Why a line of a history that was to be brought in was not taken. */
export const IMPORT_REFUSALS = {
  'not-text': { zh: '不是文本', en: 'It is no text' },
  'other-shape': {
    zh: '形式不符：不是 line protocol 的一行，或列数少于首行的列名',
    en: 'It has another shape: no line of line protocol as we write it, or fewer columns than the first line names',
  },
  'no-device': { zh: '没有设备编号', en: 'It names no device' },
  'unknown-kind': {
    zh: 'kind 既不是 reading 也不是 event',
    en: 'Its kind is neither reading nor event',
  },
  'unknown-metric': { zh: '没有这个指标', en: 'There is no such metric' },
  'unknown-event': { zh: '没有这种事件', en: 'There is no such event' },
  'not-a-number': { zh: '读数不是数字', en: 'The value is not a finite number' },
  'time-malformed': { zh: '时间无法识别', en: 'The time cannot be read' },
  'time-implausible': {
    zh: '时间早于 2000 年或晚于明天：line protocol 的时间单位是否如 --precision 所写（s、ms、us、ns）？',
    en: 'The time lies before 2000 or more than a day ahead: do times of line protocol count what --precision says (s, ms, us, ns)?',
  },
} as const satisfies Record<string, Text>;
export type ImportRefusal = keyof typeof IMPORT_REFUSALS;
