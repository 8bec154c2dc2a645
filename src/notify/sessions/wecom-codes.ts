import type { NoticeFailure } from '../../model/notice.ts';
import type { SessionProblem } from '../../model/session-problem.ts';
import type { Answer } from '../define.ts';

type Meaning = readonly ['retry' | 'refused', NoticeFailure];

/**
 * What the error codes of WeCom mean for us. 853000 and 846605 are not in the vendor's list; its programs answer them.
 *
 * @see https://developer.work.weixin.qq.com/document/path/90313
 */
const CODES: ReadonlyMap<number, Meaning> = new Map([
  // The system is busy for a moment.
  ...each(['retry', 'provider-error'], [-1]),
  // Over the limit: 30 a minute and 1000 an hour for each conversation; too many calls of the bot at the same time.
  ...each(['retry', 'provider-busy'], [45009, 45033]),
  // A receiver or conversation that does not exist, is out of reach, or has not spoken to the bot.
  ...each(
    ['refused', 'recipient-invalid'],
    [40003, 40031, 40050, 40096, 46004, 50002, 60111, 81013, 82001, 86001, 86003],
  ),
  // Secret, rights, addresses, a bot that is off or was removed; a body that is not taken.
  ...each(
    ['refused', 'channel-misconfigured'],
    [
      40001, 40008, 40013, 40014, 40056, 40058, 41001, 42001, 43004, 44004, 45002, 48002, 50001, 50003, 60011,
      60020, 93000, 93004, 93008, 301002, 853000,
    ],
  ),
  // The press to which a card would answer is too old.
  ...each(['refused', 'provider-error'], [846605, 846608]),
]);

function each(meaning: Meaning, codes: readonly number[]): (readonly [number, Meaning])[] {
  return codes.map((code) => [code, meaning] as const);
}

/** The provider promises that one `task_id` makes one card: what a repeat is told says that the first one arrived. */
const REPEATED = /task_?id/i;
const REPEAT = /dup|repeat|exist|重复/i;

const TOO_FAST_WAIT_MS = 60_000;
const TOO_MUCH_FOR_ONE = 45009;

/** Reads the acknowledgement of a message. */
export function wecomAnswer(errcode: number, errmsg: string, taskId?: string): Answer {
  const detail = `${errcode} ${errmsg}`;
  if (errcode === 0)
    return { kind: 'accepted', detail, ...(taskId === undefined ? {} : { providerId: taskId }) };
  if (taskId !== undefined && REPEATED.test(errmsg) && REPEAT.test(errmsg)) {
    return { kind: 'accepted', detail: `it was there already: ${detail}`, providerId: taskId };
  }
  const [kind, failure] = CODES.get(errcode) ?? (['retry', 'provider-error'] as const);
  // The vendor counts by conversation: what is too much for one group is no reason to keep others waiting.
  if (errcode === TOO_MUCH_FOR_ONE)
    return { kind: 'retry', failure: 'provider-busy', detail, afterMs: TOO_FAST_WAIT_MS, only: 'address' };
  if (failure === 'provider-busy') return { kind: 'retry', failure, detail, afterMs: TOO_FAST_WAIT_MS };
  return { kind, failure, detail };
}

/** Why the bot was not let in. */
export function wecomRefusal(errcode: number): SessionProblem {
  const failure = CODES.get(errcode)?.[1];
  if (failure === 'provider-busy') return 'too-often';
  return errcode === -1 ? 'no-answer' : 'refused';
}
