import { pick, t } from '../text/translate.ts';
import { announce } from './announcer.ts';
import { unseen } from './settings.ts';
import { onMessage } from './stream.ts';

/**
 * New grave cases are said aloud once, on whichever page the person is, and counted in the title of a tab that is not
 * in front.
 */
export function startArrivals(): () => void {
  const stop = onMessage((message) => {
    if (message.type !== 'case' || message.change !== 'opened') return;
    const { priority, title } = message.case;
    if (document.hidden) unseen.value += 1;
    if (priority !== 'P1' && priority !== 'P2') return;
    announce(t('list.announce', { priority, label: t(`priority.${priority}`), title: pick(title) }));
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
