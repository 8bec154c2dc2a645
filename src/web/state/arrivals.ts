import { pick, t } from '../text/translate.ts';
import { announce } from './announcer.ts';
import { unseen } from './settings.ts';
import { onMessage } from './stream.ts';

/**
 * Cases that are new or became graver are said aloud once, on whichever page the person is; new ones are counted in
 * the title of a tab that is not in front.
 */
export function startArrivals(): () => void {
  const stop = onMessage((message) => {
    if (message.type !== 'case') return;
    const opened = message.change === 'opened';
    if (!opened && !message.entries.some((one) => one.type === 'priority-raised')) return;
    const { priority, title } = message.case;
    if (document.hidden && opened) unseen.value += 1;
    if (priority !== 'P1' && priority !== 'P2') return;
    const words = { priority, label: t(`priority.${priority}`), title: pick(title) };
    announce(opened ? t('list.announce', words) : t('list.announceRaised', words));
  });
  const seen = () => {
    if (!document.hidden) unseen.value = 0;
  };
  document.addEventListener('visibilitychange', seen);
  return () => {
    stop();
    document.removeEventListener('visibilitychange', seen);
  };
}
