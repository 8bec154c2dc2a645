import type { Alert } from '../../model/alert.ts';
import { pick, t } from '../text/translate.ts';
import { noteAgain } from './alarms.ts';
import { announceUrgently } from './announcer.ts';
import { onMessage, type StreamMessage } from './stream.ts';

type CaseMessage = Extract<StreamMessage, { type: 'case' }>;

const isGrave = ({ priority }: Pick<Alert, 'priority'>): boolean => priority === 'P1' || priority === 'P2';

/** Cases that are new, became graver, had something else found or are late are said aloud once, on whichever page the person is. */
export function startArrivals(): () => void {
  // An alert is told just before the case that it belongs to.
  let raised: Alert | undefined;
  return onMessage((message) => {
    if (message.type === 'alert') raised = message.change === 'raised' ? message.alert : undefined;
    if (message.type !== 'case') return;
    if (isGrave(message.case)) tell(message, raised?.case === message.case.id ? raised : undefined);
    raised = undefined;
  });
}

function tell({ change, case: one, entries }: CaseMessage, raised: Alert | undefined): void {
  const { priority } = one;
  const words = { priority, label: t(`priority.${priority}`), title: pick(one.title) };
  if (change === 'opened') announceUrgently(t('list.announce', words));
  else if (entries.some(({ type }) => type === 'priority-raised'))
    announceUrgently(t('list.announceRaised', words));
  else if (raised && isGrave(raised)) {
    if (one.status === 'acknowledged') noteAgain(one.id);
    announceUrgently(t('list.announceAgain', { priority, finding: pick(raised.title), title: words.title }));
  } else if (priority === 'P1' && entries.some(({ type }) => type === 'overdue')) {
    announceUrgently(t('list.announceOverdue', words));
  }
}
