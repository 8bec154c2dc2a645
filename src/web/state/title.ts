import { effect } from '@preact/signals';
import { markOf, shown } from '../cases/untaken-count.ts';
import { t } from '../text/translate.ts';
import { overdueCallBacks, overdueP1 } from './alarms.ts';
import { sessionState } from './session.ts';
import { pageTitle } from './settings.ts';
import { connection } from './stream.ts';
import { uncounted, untaken } from './untaken.ts';

/**
 * The title of the tab, for whoever has other tabs in front: what nobody has taken, and
 * what somebody has and is overdue at a P1, comes first, for the end is cut off.
 * Then call-backs that are late. Without a connection it says so before any number.
 */
export function startTitle(): void {
  effect(() => {
    const parts = [...marks(), pageTitle.value, t('app.name')];
    document.title = parts.filter((part) => part !== '').join(' · ');
  });
}

function marks(): string[] {
  if (sessionState.value === 'expired') return [t('tab.signedOut')];
  if (sessionState.value === 'unreachable') return [t('tab.stale')];
  if (sessionState.value !== 'signed-in') return [];
  const counted = markOf([...(untaken.value?.values() ?? []), ...overdueP1.value]);
  const late = overdueCallBacks.value.length;
  const callBacks = late === 0 ? '' : t('tab.callBacks', { n: shown(late) });
  if (connection.value.phase === 'stale') return [t('tab.stale'), counted, callBacks];
  return [uncounted.value ? t('tab.unknown') : '', counted, callBacks];
}
