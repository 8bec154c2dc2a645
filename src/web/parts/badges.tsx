import type { Priority } from '../../model/alert.ts';
import type { CaseStatus } from '../../model/case.ts';
import { t } from '../text/translate.ts';
import { PriorityShape } from './icons.tsx';

/** Shape, text and colour; with the meaning in words where there is room for it. */
interface PriorityOptions {
  readonly priority: Priority;
  readonly words?: boolean;
  /** Of devices and the service: nobody is in danger by it. */
  readonly ofThings?: boolean;
}

export function PriorityBadge({ priority, words = false, ofThings = false }: PriorityOptions) {
  const meaning = t(ofThings ? `priority.things.${priority}` : `priority.${priority}`);
  return (
    <span class={`priority priority-${priority}`} title={words ? undefined : meaning}>
      <PriorityShape priority={priority} />
      <b>{priority}</b>
      {words ? <span>{meaning}</span> : <span class="hidden">{meaning}</span>}
    </span>
  );
}

export function StatusBadge({ status }: { status: CaseStatus }) {
  return <span class={`state state-${status}`}>{t(`status.${status}`)}</span>;
}
