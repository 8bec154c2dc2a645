import { pick, t } from '../text/translate.ts';
import { announce } from './announcer.ts';
import { onMessage } from './stream.ts';

/** Cases that are new or became graver are said aloud once, on whichever page the person is. */
export function startArrivals(): () => void {
  return onMessage((message) => {
    if (message.type !== 'case') return;
    const opened = message.change === 'opened';
    if (!opened && !message.entries.some((one) => one.type === 'priority-raised')) return;
    const { priority, title } = message.case;
    if (priority !== 'P1' && priority !== 'P2') return;
    const words = { priority, label: t(`priority.${priority}`), title: pick(title) };
    announce(opened ? t('list.announce', words) : t('list.announceRaised', words));
  });
}
