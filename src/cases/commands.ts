import { unreachable } from '../lib/result.ts';
import type { Command } from '../model/command.ts';
import { type CaseOutcome, done } from './answers.ts';
import type { CaseBook } from './case-book.ts';
import { callBack, reopen, resolve, strikeOff } from './closing.ts';
import { confirmWell } from './confirm.ts';
import type { CaseContext } from './context.ts';
import { doneBefore, noteDone } from './done-commands.ts';
import { giveBack, release } from './release.ts';
import { takeStep } from './steps.ts';
import { acknowledge, assign } from './taking.ts';
import { withdrawStep } from './withdrawn-steps.ts';
import { addNote, addPhoto } from './words.ts';

/** What people ask of a case. */
export type CaseCommand = Extract<Command, { type: `case.${string}` }>;

/**
 * Does what somebody asks of a case, once: a command whose key was seen before gets the answer that it had, also when
 * the case has left the book since. A phone with bad signal sends until it hears an answer.
 */
export function takeCaseCommand(
  book: CaseBook,
  command: CaseCommand,
  by: string,
  ctx: CaseContext,
): CaseOutcome {
  const { key } = command;
  const before = doneBefore(book, key, ctx.now);
  if (before) return done(before.version, []);
  const outcome = act(book, command, by, ctx);
  const { reply } = outcome;
  if (reply.ok && reply.version !== undefined) noteDone(book, key, { version: reply.version, at: ctx.now });
  return outcome;
}

function act(book: CaseBook, command: CaseCommand, by: string, ctx: CaseContext): CaseOutcome {
  switch (command.type) {
    case 'case.acknowledge':
      return acknowledge(book, command, by, ctx);
    case 'case.assign':
      return assign(book, command, by, ctx);
    case 'case.step':
      return takeStep(book, command, by, ctx);
    case 'case.withdraw-step':
      return withdrawStep(book, command, by, ctx);
    case 'case.give-back':
      return giveBack(book, command, by, ctx);
    case 'case.note':
      return addNote(book, command, by, ctx);
    case 'case.photo':
      return addPhoto(book, command, by, ctx);
    case 'case.confirm':
      return confirmWell(book, command, by, ctx);
    case 'case.resolve':
      return resolve(book, command, by, ctx);
    case 'case.call-back':
      return callBack(book, command, by, ctx);
    case 'case.strike-off':
      return strikeOff(book, command, by, ctx);
    case 'case.reopen':
      return reopen(book, command, by, ctx);
    case 'case.release':
      return release(book, command, by, ctx);
    default:
      return unreachable(command);
  }
}
