import type { Priority } from '../../model/alert.ts';
import type { CaseStatus } from '../../model/case.ts';
import type { CaseKind } from '../../model/case-kind.ts';
import { t } from '../text/translate.ts';
import { PriorityShape } from './icons.tsx';

/** Shape, text and colour; with the meaning in words where there is room for it. */
interface PriorityOptions {
  readonly priority: Priority;
  readonly words?: boolean;
  /** Of the case: by devices nobody is in danger, and of what somebody asked for nothing is to be checked. */
  readonly kind?: CaseKind | undefined;
}

export function PriorityBadge({ priority, words = false, kind }: PriorityOptions) {
  const meaning = priorityMeaning(priority, kind);
  return (
    <span class={`priority priority-${priority}`} title={words ? undefined : meaning}>
      <PriorityShape priority={priority} />
      <b>{priority}</b>
      {words ? <span>{meaning}</span> : <span class="hidden">{meaning}</span>}
    </span>
  );
}

/** What a priority means of a case of this kind; of cases of several, and of alerts, what it means of a person. */
export function priorityMeaning(priority: Priority, kind: CaseKind | undefined): string {
  if (kind === 'technical') return t(`priority.things.${priority}`);
  return t(kind === 'request' ? `priority.requests.${priority}` : `priority.${priority}`);
}

export function StatusBadge({ status }: { status: CaseStatus }) {
  return <span class={`state state-${status}`}>{t(`status.${status}`)}</span>;
}
