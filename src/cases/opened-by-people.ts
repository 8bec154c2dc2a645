import { unreachable } from '../lib/result.ts';
import type { Command } from '../model/command.ts';
import type { CaseOutcome } from './answers.ts';
import type { CaseBook } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { beginDrill } from './drills.ts';
import { openRequest } from './requests.ts';

type Opens = Extract<Command, { type: 'home.request' | 'drill.begin' }>;

/** A case that no alert opens, but somebody. */
export function openByPeople(book: CaseBook, command: Opens, by: string, ctx: CaseContext): CaseOutcome {
  switch (command.type) {
    case 'home.request':
      return openRequest(book, command, by, ctx);
    case 'drill.begin':
      return beginDrill(book, command, by, ctx);
    default:
      return unreachable(command);
  }
}
