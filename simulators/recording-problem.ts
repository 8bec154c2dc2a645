import { many, type Text, TextError } from '../src/model/text.ts';

/** Why a line of a recording is no message. A closed list. */
export const RECORDING_PROBLEMS = {
  'no-json': { zh: '不是有效的 JSON', en: 'not valid JSON' },
  'no-object': { zh: '应为对象', en: 'expected an object' },
  'no-time': {
    zh: 'receivedAt 应为 2026-03-01T08:00:00Z 形式的时刻',
    en: 'receivedAt: expected a time such as 2026-03-01T08:00:00Z',
  },
  'no-topic': { zh: 'topic 应为非空的文本', en: 'topic: expected a text that is not empty' },
  'no-payload': { zh: '既没有 payload 也没有 payloadBase64', en: 'neither payload nor payloadBase64' },
  'bad-base64': { zh: 'payloadBase64 应为 base64 文本', en: 'payloadBase64: expected base64' },
  'no-end': { zh: '这一行没有结尾', en: 'the line has no end' },
  'broken-off': { zh: '读到这里中断，后面的读不出来', en: 'cannot be read on from here' },
} as const satisfies Record<string, Text>;
export type RecordingProblem = keyof typeof RECORDING_PROBLEMS;

/** Of what stands there so much is shown. */
const FOUND_MAX = 60;

/** A line that is not a recorded message, or a file that breaks off. */
export class RecordingError extends TextError {
  readonly file: string;
  readonly line: number;
  readonly problem: RecordingProblem;

  /** @param found what stands there, or what the system says of it */
  constructor(file: string, line: number, problem: RecordingProblem, found?: string) {
    const { zh, en } = RECORDING_PROBLEMS[problem];
    const short = found && found.length > FOUND_MAX ? `${found.slice(0, FOUND_MAX)}…` : found;
    const [zhFound, enFound] = short === undefined ? ['', ''] : [`；写的是 ${short}`, `; found ${short}`];
    const where = `${file}:${line} ${problem}`;
    super({ zh: `${where}：${zh}${zhFound}`, en: `${where}: ${en}${enFound}` });
    this.file = file;
    this.line = line;
    this.problem = problem;
  }
}

/** Also of an error that came from another thread, where it was left of its class. */
export const isRecordingError = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'problem' in error &&
  String(error.problem) in RECORDING_PROBLEMS;

/** So many lines are named. */
const NAMED_MAX = 5;

/** All that is wrong with recordings, in one error: how much of it, by which reasons, and the first lines. */
export class BrokenRecordings extends TextError {
  readonly counts: Readonly<Partial<Record<RecordingProblem, number>>>;

  constructor(problems: BadLines, messages: number) {
    const { count, counts, first } = problems;
    const byReason = Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, times]) => `${reason} ${times}`)
      .join(', ');
    const named = first.slice(0, NAMED_MAX).map(({ text }) => text);
    const more = count - named.length;
    super({
      zh: [
        `记录中有 ${count} 处有误，其余 ${messages} 条报文可读（${byReason}）：`,
        ...named.map(({ zh }) => `  ${zh}`),
        ...(more > 0 ? [`  ……还有 ${more} 处`] : []),
      ].join('\n'),
      en: [
        `${many(count, 'line is no message', 'lines are no messages')}, beside ${many(messages, 'message', 'messages')} (${byReason}):`,
        ...named.map(({ en }) => `  ${en}`),
        ...(more > 0 ? [`  … and ${more} more`] : []),
      ].join('\n'),
    });
    this.counts = counts;
  }
}

/** What is wrong with the lines of recordings: counted all, kept a few. */
export class BadLines {
  count = 0;
  readonly counts: Partial<Record<RecordingProblem, number>> = {};
  readonly first: RecordingError[] = [];

  add(error: RecordingError): void {
    this.count++;
    this.counts[error.problem] = (this.counts[error.problem] ?? 0) + 1;
    if (this.first.length < NAMED_MAX) this.first.push(error);
  }
}
