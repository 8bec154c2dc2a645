import type { Priority } from '../model/alert.ts';
import type { CaseKind } from '../model/case-kind.ts';
import type { RequestCategory } from '../model/request-category.ts';
import type { Text } from '../model/text.ts';
import type { CaseBook, OpenCase } from './case-book.ts';
import type { CaseContext } from './context.ts';
import { dueWhenOpen, promisedFrom } from './due.ts';
import { titleText } from './texts.ts';

/** What a case is opened with. */
export interface Opening {
  readonly priority: Priority;
  /** What was found, without the place. */
  readonly title: Text;
  /** Of a request. */
  readonly category?: RequestCategory;
}

/** Puts a new case into the book. It stands nowhere else until somebody writes it. */
export function newCase(
  book: CaseBook,
  kind: CaseKind,
  { priority, title, category }: Opening,
  ctx: CaseContext,
): OpenCase {
  const { now, subject } = ctx;
  const targets = ctx.targets({ priority, kind, ...(category === undefined ? {} : { category }) });
  const open: OpenCase = {
    case: {
      id: `${subject.id}.c${book.nextCase++}`,
      kind,
      ...(category === undefined ? {} : { category }),
      status: 'open',
      priority,
      subject: subject.id,
      home: subject.home,
      path: subject.path,
      title: titleText(subject.place, title),
      openedAt: now,
      dueAt: now + targets.acknowledge,
      due: dueWhenOpen(targets, now),
      promised: promisedFrom(targets, now),
      alerts: [],
      version: 0,
      entries: 0,
    },
  };
  book.cases.push(open);
  return open;
}
